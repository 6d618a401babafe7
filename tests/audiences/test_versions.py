"""Every change of an audience is a version that stays; a release names the versions its readers were found by, and keeps those readers."""

from functools import partial
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from audiences import definitions, headcounts, mentions, people, rules, versions
from audiences.organisations import Body
from audiences.rules import Condition
from audiences.sealing import Sealer
from campaigns.agreement import releases
from campaigns.agreement.manifest import Manifest
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from tests import snapshots
from tests.audiences.posts import NOON, OFFICER
from tests.campaigns import stories
from tests.web import grounds

KEY = "a key for links that nobody follows"
WALES = rules.ticked(roles=["practitioner"], nations=["Wales"])


def history(database: Database) -> list[tuple[int, str, str]]:
    """The versions of an audience."""
    with database.reading() as session:
        return [(one.number, one.sentence, one.by) for one in versions.of(session, definitions.get(session, "practitioners").id)]


def redefine(database: Database, rule: rules.Rule) -> bool:
    """Change who is in it."""
    with database.transaction() as session:
        return definitions.redefine(session, "practitioners", rule=rule, by=OFFICER, at=NOON)


def sealed(house: stories.House, audiences: list[str]) -> tuple[UUID, Manifest | None]:
    """A message to these audiences, sealed as the worker does it; the release and what its manifest says."""
    parts = {key: f"For {key}." for key in audiences}
    release = stories.submitted(house, stories.drafted(house, stories.words(audiences=audiences, parts=parts)))
    assert Sealer(house.database, stories.SENDER, KEY, lambda: NOON).seal(release)
    with house.database.reading() as session:
        return release, releases.said(releases.get(session, release))


@pytest.fixture
@snapshots.beginning
def house(sqlite: Database) -> stories.House:
    """Both parties, a founded register, and a practitioner in Wales and one in Adur."""
    house = grounds.found(sqlite).house
    with sqlite.transaction() as session:
        add = partial(people.add, session, role="practitioner", by=OFFICER, at=NOON)
        add(name="Inspector, Cardiff", place=grounds.CARDIFF, address="inspector@cardiff.gov.uk")
        add(name="Inspector, Adur", place=grounds.ADUR, address="inspector@adur.gov.uk")
    return house


def test_every_change_makes_a_version_with_its_sentence(founded: Database) -> None:
    first = (1, "Practitioners at authorities that enforce health and safety.", OFFICER.name)
    assert history(founded) == [first]

    assert redefine(founded, WALES)
    assert not redefine(founded, WALES)

    assert history(founded) == [(2, "Practitioners at authorities in Wales that enforce health and safety.", OFFICER.name), first]


def test_a_version_keeps_the_sentence_it_was_said_in_and_one_without_is_said_anew(desk: Database) -> None:
    said = {"by": OFFICER.name, "at": NOON}
    with desk.transaction() as session:
        audience = definitions.get(session, "practitioners").id
        versions.keep(session, audience, 2, WALES, sentence="Those in Wales, as we said then.", **said)
        versions.keep(session, audience, 3, WALES, sentence="", **said)

        assert [one.sentence for one in versions.of(session, audience)[:2]] == [
            "Practitioners at authorities in Wales that enforce health and safety.",
            "Those in Wales, as we said then.",
        ]


@pytest.mark.parametrize("change", ["UPDATE audience_versions SET sentence = 'All.'", "DELETE FROM audience_versions"])
def test_a_version_is_never_changed(founded: Database, change: str) -> None:
    with pytest.raises(sa.exc.DatabaseError, match="what an audience was does not change"), founded.transaction() as session:
        session.execute(sa.text(change))


def test_a_release_freezes_the_version_and_a_later_one_changes_nothing_in_it(house: stories.House) -> None:
    release, said = sealed(house, ["practitioners", "senior-managers"])
    redefine(house.database, WALES)

    with house.database.reading() as session:
        again = releases.said(releases.get(session, release))
    assert said == again and said is not None and said.audiences is not None
    assert [(one.audience, one.name, one.version) for one in said.audiences] == [
        ("practitioners", "Practitioners", 1),
        ("senior-managers", "Senior managers", 1),
    ]
    assert said.readers == 2
    _, later = sealed(house, ["practitioners"])
    assert later is not None and later.audiences is not None
    assert [(one.version, one.rule) for one in later.audiences] == [
        (2, "Practitioners at authorities in Wales that enforce health and safety.")
    ]
    assert later.readers == 1


def test_the_order_of_the_audiences_decides_and_is_signed(house: stories.House) -> None:
    with house.database.transaction() as session:
        wales = definitions.define(session, name="Wales", rule=rules.ticked(nations=["Wales"]), by=OFFICER, at=NOON)

    for order, letters in (([wales, "practitioners"], [1, 1]), (["practitioners", wales], [2, 0])):
        _, said = sealed(house, order)
        assert said is not None and said.audiences is not None
        assert [one.audience for one in said.audiences] == order
        assert [next(one.readers for one in said.variants if one.audience == key) for key in order] == letters


def test_who_is_in_two_audiences_is_told_with_the_letter_they_get(house: stories.House) -> None:
    with house.database.transaction() as session:
        wales = definitions.define(session, name="Wales", rule=rules.ticked(nations=["Wales"]), by=OFFICER, at=NOON)
    with house.database.reading() as session:
        (twice,) = definitions.sift(session, ["practitioners", wales]).twice

    assert (twice.reader.name, twice.left, twice.gets) == ("Inspector, Cardiff", wales, "practitioners")


def test_an_audience_that_asks_about_what_is_gone_is_refused_with_a_sentence(desk: Database) -> None:
    with desk.transaction() as session:
        session.add(Body(code="shop", name="Corner Shop", kind="pilot organisation"))
    rule = rules.all_of(Condition(asks="site", of=("shop",), is_not=True))
    redefine(desk, rule)
    with desk.reading() as session:
        assert mentions.names(session, rule) == {"shop": "Corner Shop"}
        assert definitions.resolve(session, ["practitioners"]) == []

    with desk.transaction() as session:
        session.exec(sa.delete(Body).where(col(Body.code) == "shop"))

    gone = r"^Practitioners: Who is in it depends on an organisation that no longer exists\. Remove that line\.$"
    with desk.reading() as session:
        with pytest.raises(Refused, match=gone):
            definitions.resolve(session, ["practitioners"])
        assert headcounts.count(session, "practitioners").gone == "an organisation"


@pytest.mark.parametrize(
    ("asks", "what"), [("site", "an organisation"), ("authority", "an authority"), ("group", "a regional group"), ("body", "a body")]
)
def test_a_rule_about_what_never_was_is_not_kept(desk: Database, asks: str, what: str) -> None:
    with pytest.raises(Refused, match=f"depends on {what} that no longer exists") as refusal:
        redefine(desk, rules.all_of(Condition(asks=asks, of=("atlantis",))))

    assert refusal.value.field == "lines"
    assert [number for number, *_ in history(desk)] == [1]


@pytest.mark.parametrize("name", ["New", "Stakeholders", "count"])
def test_no_audience_is_called_like_a_page(desk: Database, name: str) -> None:
    with desk.transaction() as session, pytest.raises(Refused, match="Choose another name"):
        definitions.define(session, name=name, rule=WALES, by=OFFICER, at=NOON)

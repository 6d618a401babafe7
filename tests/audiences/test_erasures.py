"""Erasing a person destroys what is personal about them wherever it is kept; their role, their place and their wish to hear no more stay."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from audiences import definitions, erasures, importing, people, preferences, sealing
from audiences.people import Person
from audiences.preferences import Preference
from audiences.sealing import Sealer
from audiences.staging import Stager
from campaigns.agreement import releases, seals
from campaigns.agreement.sealed import Particulars
from campaigns.delivery import notices
from campaigns.delivery.notices import Notice
from campaigns.delivery.removals import Removal
from campaigns.foundation import log, officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotFound, NotYours
from campaigns.foundation.officers import Officer
from tests.audiences.posts import NOON, OBSERVER, OFFICER
from tests.campaigns import stories

LATER = NOON + timedelta(hours=1)
ADUR = "E07000223"


def erase(database: Database, person: UUID, *, by: Officer = OFFICER) -> None:
    with database.transaction() as session:
        erasures.erase(session, person, by=by, at=LATER)


def add(database: Database, address: str = "head@adur.gov.uk", *, role: str = "senior_manager", name: str = "Head of Health") -> UUID:
    with database.transaction() as session:
        return people.add(session, name=name, role=role, place=ADUR, address=address, by=OFFICER, at=NOON)


def test_an_erased_person_is_erased_once_and_by_a_writer_alone(desk: Database) -> None:
    person = add(desk)

    with pytest.raises(NotYours):
        erase(desk, person, by=OBSERVER)
    erase(desk, person)

    with pytest.raises(NotAllowedNow, match="already"):
        erase(desk, person)
    with pytest.raises(NotFound):
        erase(desk, UUID(int=9))


def test_whoever_shares_the_address_is_erased_with_it_and_two_of_one_post_do_not_collide(founded: Database) -> None:
    first, again = add(founded), add(founded, role="practitioner", name="Health Officer")
    successor = add(founded, "successor@adur.gov.uk")

    with founded.reading() as session:
        assert [one.id for one in erasures.together(session, first)] == [first, again]
    erase(founded, first)
    erase(founded, successor)

    with founded.reading() as session:
        assert all(people.get(session, one).is_erased for one in (first, again, successor))
        assert people.at_place(session, ADUR) == []
        assert [entry.kind for entry in log.history(session, again)] == ["PersonAdded", "Erased"]


def test_a_wish_to_get_no_letters_outlives_its_reader_as_a_digest(founded: Database) -> None:
    person = add(founded)
    with founded.transaction() as session:
        preferences.stop(session, person, by="the reader", at=NOON)
    erase(founded, person)
    with founded.reading() as session:
        assert session.exec(select(Preference)).all() == []
        assert "adur" not in session.exec(select(Removal)).one().address

    newcomer = add(founded, "Head@Adur.gov.uk")

    with founded.reading() as session:
        (out,) = definitions.sift(session, ["senior-managers"]).left_out
        assert out.addressee.person_id == newcomer and out.reason.endswith(preferences.REASON)
        assert preferences.standing(session, "head@adur.gov.uk") == "stop"
    with founded.transaction() as session:
        assert not preferences.stop(session, newcomer, by="the reader", at=LATER)
        assert preferences.start(session, newcomer, by="the reader", at=LATER)
        assert definitions.sift(session, ["senior-managers"]).left_out == []


def test_somebody_who_never_asked_us_to_stop_may_come_again_as_somebody_new(desk: Database) -> None:
    erase(desk, add(desk))

    newcomer = add(desk)

    with desk.reading() as session:
        assert [one.person_id for one in definitions.resolve(session, ["senior-managers"])] == [newcomer]


def test_an_erased_reader_s_own_link_says_that_there_is_nothing_to_stop(desk: Database) -> None:
    person = add(desk)
    erase(desk, person)

    for step in (preferences.stop, preferences.start):
        with desk.transaction() as session, pytest.raises(NotFound, match="have been erased here"):
            step(session, person, by="the reader", at=LATER)


@pytest.mark.parametrize("is_officer", [True, False])
def test_notices_to_the_address_are_forgotten_unless_they_are_an_officer_s(desk: Database, is_officer: bool) -> None:
    person = add(desk)
    with desk.transaction() as session:
        if is_officer:
            officers.add(session, name="Observer", party=None, duty="observer", email="head@adur.gov.uk", by="test", at=NOON)
        words = {"subject": "Dear Head", "text": "Words", "html": "<p>Words</p>"}
        waiting = notices.write(session, to="Head@adur.gov.uk", **words, by="test", at=NOON)
        other = notices.write(session, to="other@adur.gov.uk", **words, by="test", at=NOON)
    erase(desk, person)

    with desk.reading() as session:
        kept = session.get_one(Notice, waiting)
        assert (kept.to, kept.subject, kept.text) == (("Head@adur.gov.uk", "Dear Head", "Words") if is_officer else ("", "", None))
        assert session.get_one(Notice, other).text == "Words"


def test_a_reader_erased_while_a_release_is_sealed_is_not_frozen_in_it(founded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    person, house = add(founded), stories.house(founded)
    add(founded, "other@adur.gov.uk")
    message = stories.drafted(house, stories.words(audiences=["senior-managers"], parts={"senior-managers": "You decide."}))
    release, genuine = stories.submitted(house, message), seals.compile_variants

    def meanwhile(*args: object, **kwargs: object) -> object:
        erase(founded, person)  # its readers have been read by now, and none is frozen yet
        return genuine(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(sealing.seals, "compile_variants", meanwhile)
    assert Sealer(founded, stories.SENDER, "key", lambda: NOON).seal(release)

    with founded.reading() as session:
        assert sorted(str(row.address) for row in session.exec(select(Particulars))) == ["None", "other@adur.gov.uk"]
        assert releases.get(session, release).state == "sealed"


def test_an_import_that_read_the_person_before_gives_no_name_back(desk: Database) -> None:
    person = add(desk)
    raw = f"name,role,authority,email\nAnother name,senior manager,{ADUR},head@adur.gov.uk\n".encode()
    import_id = Stager(desk).stage(raw, name="people.csv", by=OFFICER, at=NOON)
    with desk.transaction() as session:
        erasures.erase(session, person, by=OFFICER, at=LATER)

    with desk.transaction() as session:
        importing.apply(session, import_id, by=OFFICER, at=LATER)

    with desk.reading() as session:
        assert [(one.name, one.active) for one in session.exec(select(Person))] == [(people.ERASED, False)]

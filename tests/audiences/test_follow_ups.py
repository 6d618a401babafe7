"""A follow-up goes to exactly those on the list an officer saw who are still to be told: never more, and less where somebody is told meanwhile."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from audiences import coverage, definitions, follow_ups, people
from audiences.coverage_views import View
from audiences.people import Person
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import removals
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.drafting import messages
from campaigns.drafting.words import Words
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours, Refused
from campaigns.planning import campaign_plans
from campaigns.reach import touches
from campaigns.reach.touches import Fact
from tests import snapshots
from tests.audiences.posts import NOON, OBSERVER, OFFICER

WORDS = Words(title="T", subject="S", core="Dear ((name)),", audiences=["practitioners"], latest_send=NOON + timedelta(days=90))
ADUR, BARNET, CARDIFF, FIFE = "E07000223", "E09000003", "W06000015", "S12000047"
PRACTITIONERS = View(role="practitioner")


@pytest.fixture
@snapshots.beginning
def campaign(desk: Database) -> UUID:
    """Four authorities with a practitioner each, Adur with a senior manager too; Fife's was written to and has confirmed, Adur's written to."""
    with desk.transaction() as session:
        for code in (ADUR, BARNET, CARDIFF, FIFE):
            somebody(session, code)
        somebody(session, ADUR, "senior_manager")
        found = campaign_plans.begin(session, name="Revitalise LOPP", objective="Everybody knows.", by=OFFICER, at=NOON)
        letters(session, found, ADUR, FIFE)
        touch(session, found, FIFE, "confirmed")
    return found


def somebody(session: Session, code: str, role: str = "practitioner", *, name: str = "a", days: int = 0) -> None:
    address, at = f"{name}.{role}@{code.lower()}.test", NOON + timedelta(days=days)
    people.add(session, name=f"A {role}", role=role, place=code, address=address, by=OFFICER, at=at, test_domains_allowed=True)


def letters(
    session: Session, campaign: UUID, *codes: str, to: str = "", state: str = "accepted", days: int = 1, message: UUID | None = None
) -> None:
    """A letter so many days later to every practitioner at these authorities, or those whose address begins so, and what it is evidence of."""
    about = message or messages.draft(session, campaign, WORDS, by=OFFICER, at=NOON)
    said: dict[str, Any] = {
        "revision": 1,
        "reference": "R",
        "title": "T",
        "latest_send": NOON,
        "submitted_by": "tests",
        "submitted_at": NOON,
    }
    release = Release(message_id=about, campaign_id=campaign, **said)
    session.add(release)
    session.flush()
    chunk = Chunk(release_id=release.id, not_before=NOON)
    session.add(chunk)
    session.flush()
    theirs = select(Person).where(Person.role == "practitioner", col(Person.place).in_(codes), col(Person.address).startswith(to))
    for place, person in enumerate(session.exec(theirs)):
        own = {"release_id": release.id, "position": place}
        session.add(SealedLetter(**own, person_id=person.id, audience="x", role=person.role, authority_code=person.place, leaf=b""))
        session.add(Delivery(**own, chunk_id=chunk.id, state=state, due_at=NOON, at=NOON + timedelta(days=days)))
        if state == "accepted":
            touch(session, campaign, person.place, "written", days=days, message=about)


def touch(session: Session, campaign: UUID, code: str, grade: str, *, days: int = 1, message: UUID | None = None) -> None:
    at = NOON + timedelta(days=days)
    touches.put(session, [Fact(campaign, code, "practitioner", grade, f"{grade}:{code}:{message}", at, "tests", message_id=message)])


def gap(session: Session, campaign: UUID, view: View, grade: str) -> list[str]:
    return [row.authority.code for row in follow_ups.gap(coverage.grid(session, campaign, view).rows, grade)]


def drafted(session: Session, campaign: UUID, view: View, grade: str, codes: list[str]) -> Words:
    made = follow_ups.draft(session, campaign, view, grade, codes, by=OFFICER, at=NOON + timedelta(days=2))
    return messages.current(session, messages.get(session, made)).read()


def readers(session: Session, words: Words) -> set[tuple[str, str]]:
    return {(reader.authority_code or "", reader.role) for reader in definitions.resolve(session, words.audiences)}


def test_it_goes_to_exactly_those_on_the_list(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        codes = gap(session, campaign, PRACTITIONERS, "confirmed")
        words = drafted(session, campaign, PRACTITIONERS, "confirmed", codes)

        assert len(codes) == 349 and FIFE not in codes
        assert readers(session, words) == {(code, "practitioner") for code in (ADUR, BARNET, CARDIFF)}


def test_whoever_is_told_meanwhile_gets_none_and_nobody_is_added(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        words = drafted(session, campaign, PRACTITIONERS, "confirmed", [ADUR, CARDIFF])
        touch(session, campaign, ADUR, "confirmed")
        somebody(session, "E07000224")

        assert readers(session, words) == {(CARDIFF, "practitioner")}


def test_in_all_roles_a_gap_is_an_authority_nobody_of_which_was_told(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        codes = gap(session, campaign, View(), "written")
        words = drafted(session, campaign, View(), "briefed", [ADUR, FIFE])

        assert not {ADUR, FIFE} & set(codes) and len(codes) == 348
        assert readers(session, words) == {(ADUR, "practitioner"), (ADUR, "senior_manager"), (FIFE, "practitioner")}


def test_who_answered_our_questions_and_was_never_met_is_not_yet_briefed(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        touch(session, campaign, BARNET, "understands")
        codes = gap(session, campaign, PRACTITIONERS, "briefed")
        words = drafted(session, campaign, PRACTITIONERS, "briefed", [BARNET])

        assert BARNET in codes and BARNET not in gap(session, campaign, PRACTITIONERS, "confirmed")
        assert readers(session, words) == {(BARNET, "practitioner")}


def test_it_says_that_we_wrote_only_where_that_is_true_of_every_reader(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        true = drafted(session, campaign, PRACTITIONERS, "confirmed", [ADUR])
        untold = drafted(session, campaign, PRACTITIONERS, "confirmed", [ADUR, BARNET])
        people.leave(session, people.at_place(session, ADUR)[-1].id, by=OFFICER, at=NOON)
        somebody(session, ADUR, name="new", days=3)
        newcomer = drafted(session, campaign, PRACTITIONERS, "confirmed", [ADUR])

    assert "We wrote to you on 13 May 2026." in true.core
    assert "We wrote" not in untold.core and "We wrote" not in newcomer.core


def test_it_says_between_which_days_where_not_everybody_was_written_to_on_one(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        letters(session, campaign, CARDIFF, days=4)
        words = drafted(session, campaign, PRACTITIONERS, "confirmed", [ADUR, CARDIFF])

    assert "We wrote to you between 13 May 2026 and 16 May 2026." in words.core


@pytest.mark.parametrize(("state", "says_so"), [("returned", False), ("unknown", False), ("accepted", True)])
def test_one_letter_says_nothing_of_another_reader_in_the_same_role(desk: Database, campaign: UUID, state: str, says_so: bool) -> None:
    with desk.transaction() as session:
        somebody(session, BARNET, name="another")
        letters(session, campaign, BARNET, to="another.")
        letters(session, campaign, BARNET, to="a.", state=state)
        words = drafted(session, campaign, PRACTITIONERS, "confirmed", [BARNET])

    assert ("We wrote to you on 13 May 2026." in words.core) is says_so


def test_who_gets_no_letters_any_more_need_not_have_been_written_to(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        somebody(session, ADUR, name="another")
        removals.add(session, f"another.practitioner@{ADUR.lower()}.test", reason="asked", by="Reader", at=NOON)
        words = drafted(session, campaign, PRACTITIONERS, "confirmed", [ADUR])

    assert "We wrote to you on 13 May 2026." in words.core


def test_it_says_so_of_no_other_message_of_no_other_campaign_and_where_nobody_is_known(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        message = messages.draft(session, campaign, WORDS, by=OFFICER, at=NOON)
        other = campaign_plans.begin(session, name="Another", objective="Something else.", by=OFFICER, at=NOON)
        cores = [
            drafted(session, campaign, View(role="practitioner", message=message), "confirmed", [ADUR]).core,
            drafted(session, other, PRACTITIONERS, "confirmed", [ADUR]).core,
            drafted(session, campaign, PRACTITIONERS, "confirmed", ["E07000224"]).core,
        ]

    assert [core for core in cores if "We wrote" in core] == []


def test_where_one_role_was_not_written_to_nothing_is_said_of_the_whole_organisation(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        words = drafted(session, campaign, View(role="senior_manager"), "written", [ADUR])  # whose practitioner was written to

    assert words.core == "Dear ((name)),\n\nThis is about Revitalise LOPP.\n\nWe have not written to you about it before."


def test_of_a_message_it_takes_the_words_without_what_was_for_one_audience(desk: Database, campaign: UUID) -> None:
    latest = NOON + timedelta(days=90)
    core = "Dear ((name)),\n\nOne lead authority speaks.\n\n((your part))"
    with desk.transaction() as session:
        words = Words(
            title="What LOPP is",
            subject="LOPP",
            core=core,
            parts={"practitioners": "Ask us."},
            audiences=["practitioners"],
            latest_send=latest,
        )
        message = messages.draft(session, campaign, words, by=OFFICER, at=NOON)
        letters(session, campaign, ADUR, message=message)
        found = drafted(session, campaign, View(role="practitioner", message=message), "confirmed", [ADUR])

        assert found.core == "Dear ((name)),\n\nWe wrote to you on 13 May 2026.\n\nOne lead authority speaks."
        assert (found.title, found.subject, found.parts, found.latest_send) == ("Follow-up: What LOPP is", "LOPP", {}, latest)


def test_the_same_list_on_the_same_day_is_the_same_audience_and_another_one_has_its_own(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        one, again = (drafted(session, campaign, PRACTITIONERS, "confirmed", [ADUR]) for _ in range(2))
        other = drafted(session, campaign, PRACTITIONERS, "confirmed", [CARDIFF])
        names = [definitions.get(session, key).name for key in (*one.audiences, *other.audiences)]

    assert one.audiences == again.audiences != other.audiences
    assert names == ["Not yet confirmed: Revitalise LOPP, 14 May 2026", "Not yet confirmed: Revitalise LOPP, 14 May 2026 (2)"]


def test_a_list_that_no_page_shows_is_refused(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        for codes in ([], ["X"], ["E10000011"]):
            with pytest.raises(Refused, match="Open the page again"):
                follow_ups.draft(session, campaign, View(), "written", codes, by=OFFICER, at=NOON)
        for view in (View(channel="letter"), View(on=NOON.date())):
            with pytest.raises(NotAllowedNow, match="as things stand today"):
                follow_ups.draft(session, campaign, view, "written", [ADUR], by=OFFICER, at=NOON)
        with pytest.raises(NotYours):
            follow_ups.draft(session, campaign, View(), "written", [ADUR], by=OBSERVER, at=NOON)

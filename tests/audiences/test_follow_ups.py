"""A follow-up goes to exactly those on the list an officer saw who are still to be told: never more, and less where somebody is told meanwhile."""

from uuid import UUID

import pytest

from audiences import follow_ups, people
from audiences.coverage_views import View
from campaigns.delivery import removals
from campaigns.drafting import messages
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours, Refused
from campaigns.planning import campaign_plans
from tests import snapshots
from tests.audiences import followed_up
from tests.audiences.followed_up import ADUR, BARNET, CARDIFF, FIFE, PRACTITIONERS, WORDS, drafted, gap, letters, readers, somebody, touch
from tests.audiences.posts import NOON, OBSERVER, OFFICER


@pytest.fixture
@snapshots.beginning
def campaign(desk: Database) -> UUID:
    """Four authorities, two of which were written to."""
    return followed_up.campaign(desk)


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


def test_who_gets_no_letters_of_the_campaign_any_more_need_not_have_been_written_to(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        somebody(session, ADUR, name="another")
        address = f"another.practitioner@{ADUR.lower()}.test"
        removals.add(session, address, reason="asked", by="Reader", at=NOON, campaign_id=campaign)
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

"""What a follow-up says, of which message, until when, and what its audience is called."""

from datetime import timedelta
from uuid import UUID

import pytest

from audiences import definitions, follow_ups
from audiences.coverage_views import View
from campaigns.drafting import messages
from campaigns.drafting.words import Words
from campaigns.foundation.database import Database
from campaigns.planning import campaign_plans
from tests import snapshots
from tests.audiences import followed_up
from tests.audiences.followed_up import ADUR, CARDIFF, ESSEX, FIFE, PRACTITIONERS, WORDS, drafted, letters, readers, somebody
from tests.audiences.posts import NOON, OFFICER


@pytest.fixture
@snapshots.beginning
def campaign(desk: Database) -> UUID:
    """Four authorities, two of which were written to."""
    return followed_up.campaign(desk)


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


def test_it_may_go_at_once_and_for_four_weeks_whenever_the_message_might_have_gone(desk: Database, campaign: UUID) -> None:
    before = WORDS.model_copy(update={"not_before": NOON + timedelta(days=1), "latest_send": NOON + timedelta(days=2)})
    with desk.transaction() as session:
        message = messages.draft(session, campaign, before, by=OFFICER, at=NOON)
        words = drafted(session, campaign, View(role="practitioner", message=message), "confirmed", [ADUR])

    assert (words.not_before, words.latest_send) == (None, NOON + timedelta(days=2) + follow_ups.SENT_WITHIN)


def test_who_confirmed_another_message_of_the_campaign_is_still_asked_about_this_one(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        message = messages.draft(session, campaign, WORDS, by=OFFICER, at=NOON)
        words = drafted(session, campaign, View(role="practitioner", message=message), "confirmed", [FIFE])

        assert readers(session, words) == {(FIFE, "practitioner")}
        assert definitions.get(session, words.audiences[0]).name == "Not yet confirmed: T, 14 May 2026"


def test_a_county_that_was_opted_in_gets_its_follow_up(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        somebody(session, ESSEX)
        words = drafted(session, campaign, View(role="practitioner", opted_in=True), "written", [ESSEX])

        assert readers(session, words) == {(ESSEX, "practitioner")}


def test_of_a_campaign_with_the_longest_name_it_has_names_that_may_be_kept(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        long = campaign_plans.begin(session, name=f"{'L' * 27} {'O' * 92}", objective="Everybody knows.", by=OFFICER, at=NOON)
        one, other = (drafted(session, long, PRACTITIONERS, "confirmed", [code]) for code in (ADUR, CARDIFF))
        names = [definitions.get(session, words.audiences[0]).name for words in (one, other)]

    assert names == [f"Not yet confirmed: {'L' * 27}, 14 May 2026", f"Not yet confirmed: {'L' * 24}, 14 May 2026 (2)"]


def test_the_same_list_on_the_same_day_is_the_same_audience_and_another_one_has_its_own(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        one, again = (drafted(session, campaign, PRACTITIONERS, "confirmed", [ADUR]) for _ in range(2))
        other = drafted(session, campaign, PRACTITIONERS, "confirmed", [CARDIFF])
        names = [definitions.get(session, key).name for key in (*one.audiences, *other.audiences)]

    assert one.audiences == again.audiences != other.audiences
    assert names == ["Not yet confirmed: Revitalise LOPP, 14 May 2026", "Not yet confirmed: Revitalise LOPP, 14 May 2026 (2)"]


def test_of_two_campaigns_whose_names_differ_by_marks_alone_each_has_an_audience(desk: Database, campaign: UUID) -> None:
    with desk.transaction() as session:
        other = campaign_plans.begin(session, name="Revitalise: LOPP!", objective="Everybody knows.", by=OFFICER, at=NOON)
        keys = [drafted(session, one, PRACTITIONERS, "confirmed", [ADUR]).audiences[0] for one in (campaign, other)]

        assert definitions.get(session, keys[1]).name == "Not yet confirmed: Revitalise: LOPP!, 14 May 2026 (2)"

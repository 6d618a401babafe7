"""Officers are asked for their signatures in agreed words, once (how a notice is posted: test_posting_notices.py).

The words stand in tests/golden; set COUNTERSIGN_GOLDEN=write to write them anew.
"""

import pytest

from campaigns.agreement import releases, roster_changes
from campaigns.agreement.seals import ReleaseSealed
from campaigns.drafting import messages
from campaigns.foundation import clock, log, officers
from campaigns.foundation.officers import OfficerRecord
from tests import snapshots
from tests.campaigns import stories
from tests.campaigns.agreement.test_reminders import deputy
from tests.campaigns.posting import reachable
from tests.campaigns.stories import DAY, NOON, House, Story
from tests.workers.facts import every, fact
from tests.workers.letters import reads_as_agreed
from workers import notifying
from workers.tools import Tools

SIGNATORIES = {"hse": "hse-director@posts.test", "lacors": "lacors-chair@posts.test"}
LACORS = ["lacors-chair@posts.test", "lacors-deputy@posts.test"]


@pytest.fixture
@snapshots.once
def story(house: House) -> Story:
    """A release that waits for both, with one signatory a party who can be written to; another stands outside the roster."""
    with house.database.transaction() as session:
        for officer in (house.hse, house.lacors):
            session.get_one(OfficerRecord, officer.id).email = SIGNATORIES[str(officer.party)]
        officers.add(session, name="Not in the roster", party="hse", duty="signatory", email="outside@posts.test", by="test", at=NOON)
    return stories.waiting_release(house)


def test_the_letter_that_asks_for_a_signature_reads_as_agreed(story: Story, tools: Tools) -> None:
    notifying.ask_for_signatures(fact(story.database, ReleaseSealed), tools)
    notice = every(story.database)[0]

    assert reads_as_agreed("please_sign", notice, the_release=story.release)


def test_every_signatory_who_can_be_written_to_is_asked_for_their_own_party_once(story: Story, tools: Tools) -> None:
    for _ in range(2):
        notifying.ask_for_signatures(fact(story.database, ReleaseSealed), tools)

    asked = {notice.to: notice.text or "" for notice in every(story.database)}
    assert [notice.to for notice in every(story.database)] == sorted(SIGNATORIES.values())
    assert "waiting for HSE to sign." in asked[SIGNATORIES["hse"]]
    assert "waiting for LACoRS to sign." in asked[SIGNATORIES["lacors"]]


def test_a_party_that_signed_meanwhile_is_not_asked(story: Story, tools: Tools) -> None:
    story.sign(story.house.hse)

    notifying.ask_for_signatures(fact(story.database, ReleaseSealed), tools)

    assert [notice.to for notice in every(story.database)] == [SIGNATORIES["lacors"]]


def test_a_suspended_signatory_is_not_asked_and_the_deputy_is_at_once_where_nobody_else_can_sign(house: House, tools: Tools) -> None:
    deputy(reachable(house), "lacors", ends=NOON + DAY)
    deputy(house, "hse", ends=NOON + DAY)
    with house.database.transaction() as session:
        for suspended in (house.hse, house.lacors, house.lacors_other):
            roster_changes.suspend(session, suspended.id, reason="Key stolen.", by=house.drafter, at=NOON)
    stories.waiting_release(house)

    notifying.ask_for_signatures(fact(house.database, ReleaseSealed), tools)

    asked = {notice.to: notice.text or "" for notice in every(house.database)}
    assert list(asked) == ["hse-deputy@posts.test", "stand-in-lacors@posts.test"]
    assert "No signatory of LACoRS can sign it now, so its deputies are asked." in asked["stand-in-lacors@posts.test"]
    assert "deputies" not in asked["hse-deputy@posts.test"]


def test_whoever_wrote_some_of_the_words_is_not_asked_to_sign_them(house: House, tools: Tools) -> None:
    message = stories.drafted(reachable(house))
    with house.database.transaction() as session:
        messages.revise(session, message, stories.words(subject="Other"), by=house.hse, at=NOON)
    stories.seal(house, stories.submitted(house, message))

    notifying.ask_for_signatures(fact(house.database, ReleaseSealed), tools)

    assert [notice.to for notice in every(house.database)] == ["hse-deputy@posts.test", *LACORS]


def test_words_that_changed_meanwhile_ask_for_nobody_s_signature(story: Story, tools: Tools) -> None:
    with story.database.transaction() as session:
        messages.revise(session, story.message, stories.words(subject="Other"), by=story.house.drafter, at=NOON)

    notifying.ask_for_signatures(fact(story.database, ReleaseSealed), tools)

    assert every(story.database) == []


def test_both_must_have_signed_by_the_latest_time_to_send_where_that_is_the_earlier(house: House, tools: Tools) -> None:
    stories.waiting_release(reachable(house), stories.words(latest_send=NOON + DAY))

    notifying.ask_for_signatures(fact(house.database, ReleaseSealed), tools)

    assert f"Both must have signed by {clock.say(NOON + DAY)}." in (every(house.database)[0].text or "")


def test_nobody_is_asked_to_sign_what_waits_no_longer(story: Story, tools: Tools) -> None:
    with story.database.transaction() as session:
        releases.return_(session, story.release, reason="Other words.", by=story.house.lacors, at=NOON)

    notifying.ask_for_signatures(fact(story.database, ReleaseSealed), tools)

    assert every(story.database) == []
    with story.database.reading() as session:
        assert log.of_kinds(session, story.release, notifying.SignaturesAsked.__name__) == []


def test_it_counts_persons_and_not_the_letters_of_every_case(house: House, tools: Tools) -> None:
    core = "Dear ((name)),\n\nThe briefing is moved to ((date)).\n\n((your part))"
    stories.waiting_release(reachable(house), stories.words(core=core, holding_line=True, closed={"date": ["12 May", "14 May"]}))

    notifying.ask_for_signatures(fact(house.database, ReleaseSealed), tools)

    assert "3 people will get it" in str(every(house.database)[0].text)

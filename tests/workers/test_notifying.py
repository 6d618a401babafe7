"""Officers are written to in agreed words, once, and a notice is posted or given up with a reason.

The words stand in tests/golden; set COUNTERSIGN_GOLDEN=write to write them anew.
"""

from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
from sqlmodel import select

from campaigns.agreement import roster_changes
from campaigns.agreement.seals import ReleaseSealed
from campaigns.delivery import notices
from campaigns.delivery.notices import Notice, NoticeWritten
from campaigns.delivery.transport import Outcome, RecordingTransport, framed
from campaigns.drafting import messages
from campaigns.foundation import clock, log, officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import TryLater
from campaigns.foundation.log import LogEntry
from campaigns.foundation.officers import OfficerRecord
from tests.campaigns import stories
from tests.campaigns.agreement.test_reminders import deputy, reachable
from tests.campaigns.stories import DAY, NOON, House, Story
from tests.workers.letters import reads_as_agreed
from workers import notifying
from workers.tools import Tools

SIGNATORIES = {"hse": "hse-director@posts.test", "lacors": "lacors-chair@posts.test"}
LACORS = ["lacors-chair@posts.test", "lacors-deputy@posts.test"]


def fact(database: Database, kind: type[log.Event]) -> LogEntry:
    with database.reading() as session:
        return session.exec(select(LogEntry).where(LogEntry.kind == kind.__name__)).one()


def written(database: Database) -> list[Notice]:
    with database.reading() as session:
        return list(session.exec(select(Notice).order_by(Notice.to)))


@pytest.fixture
def story(house: House) -> Story:
    """A release that waits for both, with one signatory a party who can be written to; another stands outside the roster."""
    with house.database.transaction() as session:
        for officer in (house.hse, house.lacors):
            session.get_one(OfficerRecord, officer.id).email = SIGNATORIES[str(officer.party)]
        officers.add(session, name="Not in the roster", party="hse", duty="signatory", email="outside@posts.test", by="test", at=NOON)
    return stories.waiting_release(house)


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> RecordingTransport:
    """The mail relay notices go to."""
    transport = RecordingTransport()
    monkeypatch.setattr(notifying.workshop, "connect", lambda settings: transport)
    return transport


def waiting(tools: Tools) -> LogEntry:
    """The fact that one notice waits."""
    with tools.database.transaction() as session:
        notices.write(session, to="officer@posts.test", subject="Hello", text="Words\n", html="<p>Words</p>", by="test", at=NOON)
    return fact(tools.database, NoticeWritten)


def test_the_letter_that_asks_for_a_signature_reads_as_agreed(story: Story, tools: Tools) -> None:
    notifying.ask_for_signatures(fact(story.database, ReleaseSealed), tools)
    notice = written(story.database)[0]

    assert reads_as_agreed("please_sign", notice, the_release=story.release)


def test_every_signatory_who_can_be_written_to_is_asked_for_their_own_party_once(story: Story, tools: Tools) -> None:
    for _ in range(2):
        notifying.ask_for_signatures(fact(story.database, ReleaseSealed), tools)

    asked = {notice.to: notice.text or "" for notice in written(story.database)}
    assert list(asked) == sorted(SIGNATORIES.values())
    assert "signature of HSE." in asked[SIGNATORIES["hse"]]
    assert "signature of LACoRS." in asked[SIGNATORIES["lacors"]]


def test_a_party_that_signed_meanwhile_is_not_asked(story: Story, tools: Tools) -> None:
    story.sign(story.house.hse)

    notifying.ask_for_signatures(fact(story.database, ReleaseSealed), tools)

    assert [notice.to for notice in written(story.database)] == [SIGNATORIES["lacors"]]


def test_a_suspended_signatory_is_not_asked_and_the_deputy_is_at_once_where_nobody_else_can_sign(house: House, tools: Tools) -> None:
    deputy(reachable(house), "lacors", ends=NOON + DAY)
    deputy(house, "hse", ends=NOON + DAY)
    with house.database.transaction() as session:
        for suspended in (house.hse, house.lacors, house.lacors_other):
            roster_changes.suspend(session, suspended.id, reason="Key stolen.", by=house.drafter, at=NOON)
    stories.waiting_release(house)

    notifying.ask_for_signatures(fact(house.database, ReleaseSealed), tools)

    asked = {notice.to: notice.text or "" for notice in written(house.database)}
    assert list(asked) == ["hse-deputy@posts.test", "stand-in-lacors@posts.test"]
    assert "No signatory of LACoRS can sign it now, so its deputies are asked." in asked["stand-in-lacors@posts.test"]
    assert "deputies" not in asked["hse-deputy@posts.test"]


def test_whoever_wrote_some_of_the_words_is_not_asked_to_sign_them(house: House, tools: Tools) -> None:
    message = stories.drafted(reachable(house))
    with house.database.transaction() as session:
        messages.revise(session, message, stories.words(subject="Other"), by=house.hse, at=NOON)
    stories.seal(house, stories.submitted(house, message))

    notifying.ask_for_signatures(fact(house.database, ReleaseSealed), tools)

    assert [notice.to for notice in written(house.database)] == ["hse-deputy@posts.test", *LACORS]


def test_words_that_changed_meanwhile_ask_for_nobody_s_signature(story: Story, tools: Tools) -> None:
    with story.database.transaction() as session:
        messages.revise(session, story.message, stories.words(subject="Other"), by=story.house.drafter, at=NOON)

    notifying.ask_for_signatures(fact(story.database, ReleaseSealed), tools)

    assert written(story.database) == []


def test_both_must_have_signed_by_the_latest_time_to_send_where_that_is_the_earlier(house: House, tools: Tools) -> None:
    stories.waiting_release(reachable(house), stories.words(latest_send=NOON + DAY))

    notifying.ask_for_signatures(fact(house.database, ReleaseSealed), tools)

    assert f"Both must have signed by {clock.say(NOON + DAY)}." in (written(house.database)[0].text or "")


def test_nobody_is_asked_to_sign_what_waits_no_longer(story: Story, tools: Tools) -> None:
    story.sign(story.house.hse)
    story.sign(story.house.lacors)
    story.schedule()

    notifying.ask_for_signatures(fact(story.database, ReleaseSealed), tools)

    assert written(story.database) == []


def test_a_notice_is_posted_once_and_its_words_are_forgotten(tools: Tools, relay: RecordingTransport) -> None:
    entry = waiting(tools)
    for _ in range(2):
        notifying.post_notice(entry, tools)

    (notice,) = written(tools.database)
    (sent,) = relay.sent
    message = message_from_bytes(sent.message)
    assert (notice.text, notice.html, notice.posted_at is not None) == (None, None, True)
    assert (sent.recipient, message["To"], message["Subject"]) == ("officer@posts.test", "officer@posts.test", "Hello")
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_a_notice_the_relay_puts_off_comes_again(tools: Tools, relay: RecordingTransport) -> None:
    entry = waiting(tools)
    relay.outcomes.append(Outcome("deferred", "RCPT", "450 later"))

    with pytest.raises(TryLater, match="450 later"):
        notifying.post_notice(entry, tools)
    notifying.post_notice(entry, tools)

    assert len(relay.sent) == 1


@pytest.mark.parametrize("outcome", [Outcome("rejected", "RCPT", "550 no such officer"), Outcome("unknown", "dot", "TimeoutError: ")])
def test_a_notice_that_is_refused_or_unclear_is_not_posted_again(tools: Tools, relay: RecordingTransport, outcome: Any) -> None:
    entry = waiting(tools)
    relay.outcomes.append(outcome)
    for _ in range(2):
        notifying.post_notice(entry, tools)

    (notice,) = written(tools.database)
    assert (notice.text, notice.posted_at, notice.refused) == (None, None, outcome.said)
    assert len(relay.sent) <= 1


def test_it_counts_persons_and_not_the_letters_of_every_case(house: House, tools: Tools) -> None:
    core = "Dear ((name)),\n\nThe briefing is moved to ((date)).\n\n((your part))"
    stories.waiting_release(reachable(house), stories.words(core=core, holding_line=True, closed={"date": ["12 May", "14 May"]}))

    notifying.ask_for_signatures(fact(house.database, ReleaseSealed), tools)

    assert "3 people will get it" in str(written(house.database)[0].text)


@pytest.mark.parametrize("text", ["before\n.\nMAIL FROM:<x@evil.test>\n", ".\n", "..a\r\n.b", "a\rb\n", "£5\u2028.\x0b.\x0c.", "x" * 2000])
def test_whatever_a_notice_says_can_be_put_on_the_wire_and_ends_nothing_early(text: str, house: House, tools: Tools) -> None:
    with tools.database.transaction() as session:
        notices.write(session, to="officer@posts.test", subject="Hello", text=text, html="", by="test", at=NOON)
    notice = written(tools.database)[0]

    body = framed(notifying._message(notice, tools).as_bytes(policy=SMTP))

    assert b"\r\n.\r\n" not in body

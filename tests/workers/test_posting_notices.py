"""A notice is posted once, tried again where that may help, and given up with a reason."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from typing import Any
from unittest.mock import Mock

import pytest

from campaigns.delivery import brakes, notices
from campaigns.delivery.notices import NoticeWritten
from campaigns.delivery.transport import Envelope, Outcome, RecordingTransport, framed
from campaigns.foundation import log
from campaigns.foundation.errors import TryLater
from campaigns.foundation.log import LogEntry
from tests.campaigns.posting import Clock
from tests.campaigns.stories import NOON, House
from tests.workers.facts import every, fact
from workers import notifying
from workers.tools import Tools


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> RecordingTransport:
    """The mail relay notices go to."""
    transport = RecordingTransport()
    monkeypatch.setattr(notifying.workshop, "connect", lambda *_: transport)
    return transport


def waiting(tools: Tools) -> LogEntry:
    """The fact that one notice waits."""
    with tools.database.transaction() as session:
        notices.write(session, to="officer@posts.test", subject="Hello", text="Words\n", html="<p>Words</p>", by="test", at=NOON)
        return log.latest(session)[0]


def test_a_notice_is_posted_once_and_its_words_are_forgotten(tools: Tools, relay: RecordingTransport) -> None:
    entry = waiting(tools)
    for _ in range(2):
        notifying.post_notice(entry, tools)

    (notice,) = every(tools.database)
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


def test_a_notice_comes_again_once_a_relay_that_was_down_is_back(
    tools: Tools, relay: RecordingTransport, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, seconds = waiting(tools), 1000.0
    monkeypatch.setattr(brakes, "seconds", lambda: seconds)
    with monkeypatch.context() as down:
        down.setattr(relay, "deliver", Mock(side_effect=TryLater("down")))
        for hours in (0, 100):
            clock.at, seconds = NOON + timedelta(hours=hours), seconds + brakes.LONGEST_DOWN
            with pytest.raises(TryLater, match="down"):
                notifying.post_notice(entry, tools)
    seconds += brakes.LONGEST_DOWN
    notifying.post_notice(entry, tools)

    assert len(relay.sent) == 1


@pytest.mark.parametrize("silence", [TryLater("TimeoutError"), Outcome("deferred", "RCPT", "TimeoutError: the relay took too long")])
def test_a_relay_that_says_nothing_keeps_other_facts_waiting_for_one_notice_alone(
    tools: Tools, relay: RecordingTransport, monkeypatch: pytest.MonkeyPatch, silence: Any
) -> None:
    asked, seconds = Mock(side_effect=[silence, *[AssertionError] * 4]), 1000.0
    entries = [waiting(tools) for _ in range(5)]
    monkeypatch.setattr(brakes, "seconds", lambda: seconds)
    with monkeypatch.context() as silent:
        silent.setattr(relay, "deliver", asked)
        for entry in entries:
            with pytest.raises(TryLater):
                notifying.post_notice(entry, tools)
    seconds += brakes.QUIET
    for entry in entries:
        notifying.post_notice(entry, tools)

    assert (asked.call_count, len(relay.sent)) == (1, 5)


def test_a_notice_that_another_worker_is_posting_is_left_to_it_and_is_posted_again_only_where_that_one_died(
    tools: Tools, relay: RecordingTransport, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, deliver, refused = waiting(tools), relay.deliver, list[str]()

    def slowly(envelope: Envelope) -> Outcome:
        with pytest.raises(TryLater, match="Another worker") as fault:
            notifying.post_notice(entry, tools)
        refused.append(str(fault.value))
        deliver(envelope)
        raise KeyboardInterrupt

    with monkeypatch.context() as slow:
        slow.setattr(relay, "deliver", slowly)
        with pytest.raises(KeyboardInterrupt):
            notifying.post_notice(entry, tools)
    with pytest.raises(TryLater):
        notifying.post_notice(entry, tools)
    clock.at += tools.lease
    notifying.post_notice(entry, tools)

    assert (len(refused), len(relay.sent)) == (1, 2)


@pytest.mark.parametrize("outcome", [Outcome("rejected", "RCPT", "550 no such officer"), Outcome("unknown", "dot", "TimeoutError: ")])
def test_a_notice_that_is_refused_or_unclear_is_not_posted_again(tools: Tools, relay: RecordingTransport, outcome: Any) -> None:
    entry = waiting(tools)
    relay.outcomes.append(outcome)
    for _ in range(2):
        notifying.post_notice(entry, tools)
        tools.notice_brake.until = 0.0

    (notice,) = every(tools.database)
    assert (notice.text, notice.posted_at, notice.refused) == (None, None, outcome.said)
    assert len(relay.sent) <= 1


@pytest.mark.parametrize(
    "outcome", [Outcome("rejected", "MAIL", "550 we do not want your mail"), Outcome("deferred", "RCPT", "450 mailbox unavailable")]
)
def test_a_notice_put_off_or_not_refused_for_its_readers_sake_is_tried_for_as_long_as_a_letter_would_be(
    tools: Tools, relay: RecordingTransport, clock: Clock, outcome: Outcome
) -> None:
    entry = waiting(tools)
    for hours in (0, 71):
        relay.outcomes.append(outcome)
        clock.at = NOON + timedelta(hours=hours)
        with pytest.raises(TryLater, match=outcome.said):
            notifying.post_notice(entry, tools)
    assert every(tools.database)[0].text

    relay.outcomes.append(outcome)
    clock.at = NOON + timedelta(hours=72)
    notifying.post_notice(entry, tools)
    assert (every(tools.database)[0].text, every(tools.database)[0].refused) == (None, outcome.said)


@pytest.mark.parametrize("to", ["ö@posts.test", "an officer@posts.test", "officer@", "post:;@posts.test"])
def test_a_notice_to_an_address_that_cannot_stand_on_an_envelope_is_given_up_with_the_reason(
    tools: Tools, relay: RecordingTransport, to: str
) -> None:
    with tools.database.transaction() as session:
        notices.write(session, to=to, subject="Hello", text="Words\n", html=None, by="test", at=NOON)
    for _ in range(2):
        notifying.post_notice(fact(tools.database, NoticeWritten), tools)

    (notice,) = every(tools.database)
    assert (notice.text, notice.posted_at, relay.sent) == (None, None, [])
    assert notice.refused and "Nothing can be posted to this address" in notice.refused


def test_what_became_of_a_notice_is_written_down_before_the_goodbye(
    tools: Tools, relay: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, seen = waiting(tools), list[bool]()
    monkeypatch.setattr(relay, "close", lambda: seen.append(every(tools.database)[0].posted_at is not None))

    notifying.post_notice(entry, tools)

    assert seen == [True]


@pytest.mark.parametrize("text", ["before\n.\nMAIL FROM:<x@evil.test>\n", ".\n", "..a\r\n.b", "a\rb\n", "£5\u2028.\x0b.\x0c.", "x" * 2000])
def test_whatever_a_notice_says_can_be_put_on_the_wire_and_ends_nothing_early(text: str, house: House, tools: Tools) -> None:
    with tools.database.transaction() as session:
        notices.write(session, to="officer@posts.test", subject="Hello", text=text, html="", by="test", at=NOON)
    notice = every(tools.database)[0]

    body = framed(notifying._message(notice, tools).as_bytes(policy=SMTP))

    assert b"\r\n.\r\n" not in body

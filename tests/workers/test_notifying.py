"""Officers are written to in agreed words, once, and a notice is posted or given up with a reason.

The words stand in tests/golden; set COUNTERSIGN_GOLDEN=write to write them anew.
"""

import os
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from campaigns.agreement.seals import ReleaseSealed
from campaigns.delivery import notices
from campaigns.delivery.notices import Notice, NoticeWritten
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.foundation import log, officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import TryLater
from campaigns.foundation.log import LogEntry
from tests.campaigns import stories
from tests.campaigns.stories import NOON, House, Story
from workers import notifying
from workers.tools import Tools

GOLDEN = Path(__file__).parents[1] / "golden"
SIGNATORIES = {"hse": "hse-director@posts.test", "lacors": "lacors-chair@posts.test"}


def fact(database: Database, kind: type[log.Event]) -> LogEntry:
    with database.reading() as session:
        return session.exec(select(LogEntry).where(LogEntry.kind == kind.__name__)).one()


def written(database: Database) -> list[Notice]:
    with database.reading() as session:
        return list(session.exec(select(Notice).order_by(Notice.to)))


def reachable(house: House) -> House:
    """One signatory a party can be written to."""
    with house.database.transaction() as session:
        for party, address in SIGNATORIES.items():
            officers.add(session, name=f"Reachable, {party}", party=party, duty="signatory", email=address, by="test", at=NOON)
    return house


@pytest.fixture
def story(house: House) -> Story:
    """A release that waits for both, with one signatory a party who can be written to."""
    return stories.waiting_release(reachable(house))


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

    for part, words in (("subject.txt", notice.subject + "\n"), ("body.txt", notice.text), ("body.html", notice.html)):
        path, words = GOLDEN / f"please_sign.{part}", (words or "").replace(str(story.release), "THE-RELEASE")
        if os.environ.get("COUNTERSIGN_GOLDEN") == "write":
            path.write_text(words, encoding="utf-8")
        assert words == path.read_text(encoding="utf-8")


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

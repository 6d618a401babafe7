"""The post that comes in: what each kind of mail changes, once, and what it must not."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from audiences import erasures, incoming_post, suggestions
from campaigns.delivery import bounces, deliveries, incoming, removals, returns
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.incoming import IncomingMail
from campaigns.delivery.verp import Found, Place
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours, Refused
from campaigns.foundation.log import LogEntry
from tests import snapshots
from tests.audiences.posts import OBSERVER, OFFICER
from tests.campaigns import coming_back, posting
from tests.campaigns.coming_back import mail as mail_about
from tests.campaigns.stories import NOON, READERS, Story

ADDRESSES = [reader.address for reader in READERS]
BY_A_WORD = [("dsn-no-such-mailbox", "came back", incoming_post.GONE, 1), ("complaint", "stop", incoming_post.COMPLAINED, 0)]


def _gone(database: Database) -> tuple[Any, ...]:
    story = coming_back.letters(database)
    with database.transaction() as session:
        session.exec(sa.update(Delivery).values(state="accepted"))
        posting.recount(session, story.release)
    return coming_back.kept(story)


@pytest.fixture
def story(sqlite: Database) -> Story:
    """Three letters that our relay accepted."""
    return coming_back.told(sqlite, snapshots.of(sqlite, "letters that have gone", _gone))


def take(story: Story, raw: bytes, position: int | None = 0, *, forged: bool = False) -> IncomingMail | None:
    found = Found(forged=forged) if position is None else Found(Place(story.release, position))
    with story.database.transaction() as session:
        return incoming_post.take(session, incoming.digest(raw), bounces.read(raw), found, at=NOON)


def gone(story: Story) -> dict[str, str]:
    with story.database.reading() as session:
        return removals.among(session, ADDRESSES)


def kinds(story: Story) -> list[str]:
    with story.database.reading() as session:
        return [entry.kind for entry in session.exec(select(LogEntry).order_by(LogEntry.id))][-6:]  # type: ignore[arg-type]


def waiting(story: Story) -> list[IncomingMail]:
    with story.database.reading() as session:
        return incoming.waiting(session, limit=10)


def test_a_hard_bounce_marks_its_letter_takes_its_address_off_and_asks_who_else(story: Story) -> None:
    mail = take(story, mail_about("dsn-no-such-mailbox", ADDRESSES[0]))

    assert mail is not None and mail.done == "the letter came back; no more letters go to the address"
    assert story.tally() == dict.fromkeys(deliveries.STATES, 0) | {"accepted": 2, "returned": 1}
    assert gone(story) == {ADDRESSES[0]: incoming_post.GONE}
    assert {"LetterReturned", "AddressRemoved", "SuggestionMade"} <= set(kinds(story))
    with story.database.reading() as session:
        assert [(one.kind, one.person_id) for one in suggestions.waiting(session)] == [("address gone", READERS[0].person_id)]
        row = session.get(Delivery, (story.release, 0))
        assert row is not None and row.reply == "5.1.1 no such mailbox"


def test_the_same_mail_heard_again_and_a_second_bounce_change_nothing_more(story: Story) -> None:
    raw = mail_about("dsn-no-such-mailbox", ADDRESSES[0])
    take(story, raw)
    before = kinds(story)

    assert take(story, raw) is None
    again = take(story, raw + b"\r\n")

    assert again is not None and again.done.startswith("nothing: the letter had come back before")
    assert kinds(story) == before


@pytest.mark.parametrize("name", ["dsn-policy", "dsn-suspended", "gmx"])
def test_a_soft_bounce_marks_its_letter_and_keeps_the_address(story: Story, name: str) -> None:
    take(story, mail_about(name, ADDRESSES[0]))

    assert story.tally()["returned"] == 1
    assert gone(story) == {}


@pytest.mark.parametrize("name", ["dsn-delayed", "exim-delayed", "out-of-office", "sieve-vacation", "challenge", "receipt"])
def test_what_is_late_or_a_machine_talking_changes_no_letter_and_no_address(story: Story, name: str) -> None:
    take(story, mail_about(name, ADDRESSES[0]))

    assert story.tally()["accepted"] == 3
    assert gone(story) == {}
    assert waiting(story) == []


def test_a_new_contact_in_an_automatic_reply_waits_for_an_officer(story: Story) -> None:
    take(story, mail_about("out-of-office", ADDRESSES[0]))

    with story.database.reading() as session:
        (made,) = suggestions.waiting(session)
    assert (made.kind, made.name, made.address, made.person_id) == (
        "new contact",
        "Sue Jones",
        "sue.jones@ashby.test",
        READERS[0].person_id,
    )


def test_a_complaint_takes_the_reader_off_at_once(story: Story) -> None:
    take(story, mail_about("complaint", ADDRESSES[1]), 1)

    assert gone(story) == {ADDRESSES[1]: incoming_post.COMPLAINED}
    assert "ComplaintReceived" in kinds(story)
    assert story.tally()["accepted"] == 3


def test_a_complaint_after_a_bounce_is_what_stands_and_no_bounce_after_it_is(story: Story) -> None:
    take(story, mail_about("dsn-no-such-mailbox", ADDRESSES[1]), 1)
    take(story, mail_about("complaint", ADDRESSES[1]), 1)
    take(story, mail_about("dsn-no-such-mailbox", ADDRESSES[1]) + b"again", 1)

    assert gone(story) == {ADDRESSES[1]: incoming_post.COMPLAINED}


def test_a_forged_token_is_written_down_and_refused(story: Story) -> None:
    for name in ("dsn-no-such-mailbox", "complaint", "dsn-arrived"):
        mail = take(story, mail_about(name, ADDRESSES[0]), None, forged=True)
        assert mail is not None and mail.done == "refused: its token is not one of ours"

    assert gone(story) == {}
    assert story.tally()["accepted"] == 3
    assert waiting(story) == []
    reply = take(story, mail_about("reply", ADDRESSES[0]), None, forged=True)
    assert [mail.id for mail in waiting(story)] == [reply and reply.id], "a person's words are read all the same"


@pytest.mark.parametrize(("name", "verdict", "why", "returned"), BY_A_WORD)
def test_a_bounce_or_complaint_with_nothing_but_a_message_id_waits_for_an_officer_s_word(
    story: Story, name: str, verdict: str, why: str, returned: int
) -> None:
    ours = f"<{story.release.hex}.{READERS[0].person_id.hex}@countersign.test>".encode()
    take(story, mail_about(name, ADDRESSES[0], ours), None)
    assert (gone(story), story.tally()["accepted"]) == ({}, 3)
    (mail,) = waiting(story)

    with story.database.transaction() as session:
        incoming_post.judge(session, mail.id, verdict=verdict, by=OFFICER, at=NOON)

    assert mail.place == Place(story.release, 0)
    assert (gone(story), story.tally()["returned"]) == ({ADDRESSES[0]: why}, returned)


@pytest.mark.parametrize("by_token", [True, False], ids=["by its token", "by an officer's word"])
def test_a_bounce_about_somebody_it_was_passed_on_to_keeps_the_address(story: Story, by_token: bool) -> None:
    ours = f"<{story.release.hex}.{READERS[0].person_id.hex}@countersign.test>".encode()
    take(story, mail_about("dsn-no-such-mailbox", "elsewhere@other.test", ours), 0 if by_token else None)
    for mail in waiting(story):
        with story.database.transaction() as session:
            incoming_post.judge(session, mail.id, verdict="came back", by=OFFICER, at=NOON)

    assert story.tally()["returned"] == 1
    assert gone(story) == {}


def test_a_report_for_a_letter_never_sent_changes_nothing(story: Story) -> None:
    mail = take(story, mail_about("dsn-no-such-mailbox", ADDRESSES[0]), 7)

    assert mail is not None and mail.done.startswith("nothing: the letter had come back before, or never gone")
    assert gone(story) == {}


def test_an_arrival_counts_until_the_letter_comes_back_after_all(story: Story) -> None:
    take(story, mail_about("dsn-arrived", ADDRESSES[0]))
    take(story, mail_about("dsn-no-such-mailbox", ADDRESSES[0]))
    late = take(story, mail_about("dsn-arrived", ADDRESSES[0]) + b"\r\n")

    assert late is not None and late.done == "nothing: the letter had come back"
    with story.database.reading() as session:
        assert returns.arrived(session, Place(story.release, 0), at=NOON) == []


def test_a_reply_is_filed_with_its_letter_and_confirms_only_by_an_officers_word(story: Story) -> None:
    take(story, mail_about("reply", ADDRESSES[0]), 0)
    (mail,) = waiting(story)

    with story.database.transaction() as session, pytest.raises(NotYours):
        incoming_post.judge(session, mail.id, verdict="confirms", by=OBSERVER, at=NOON)
    with story.database.transaction() as session, pytest.raises(Refused, match="Choose what this mail means"):
        incoming_post.judge(session, mail.id, verdict="came back", by=OFFICER, at=NOON)
    with story.database.transaction() as session:
        incoming_post.judge(session, mail.id, verdict="confirms", by=OFFICER, at=NOON)
    with story.database.transaction() as session, pytest.raises(NotAllowedNow):
        incoming_post.judge(session, mail.id, verdict="file", by=OFFICER, at=NOON)

    with story.database.transaction() as session, pytest.raises(NotYours):
        incoming.judge_anew(session, mail.id, verdict="file", by=OBSERVER, at=NOON)

    assert mail.words.startswith("Thank you.")
    assert waiting(story) == []
    assert "MailJudged" in kinds(story)


def test_an_officer_lifts_what_came_back_and_not_what_a_reader_wants(story: Story) -> None:
    take(story, mail_about("dsn-no-such-mailbox", ADDRESSES[0]))
    take(story, mail_about("complaint", ADDRESSES[1]), 1)

    with story.database.transaction() as session:
        incoming_post.lift(session, READERS[0].person_id, by=OFFICER, at=NOON)
    with story.database.transaction() as session, pytest.raises(NotAllowedNow):
        incoming_post.lift(session, READERS[1].person_id, by=OFFICER, at=NOON)

    assert gone(story) == {ADDRESSES[1]: incoming_post.COMPLAINED}


def test_the_words_of_a_mail_are_forgotten_when_somebody_is_erased(story: Story) -> None:
    take(story, mail_about("reply", ADDRESSES[0]), 0)
    take(story, mail_about("ordinary", ADDRESSES[1]), None)
    with story.database.transaction() as session:
        erasures.erase(session, READERS[0].person_id, by=OFFICER, at=NOON)

    assert sorted(mail.is_forgotten for mail in waiting(story)) == [False, True]


def test_every_change_is_told_in_the_log_without_an_address(story: Story) -> None:
    take(story, mail_about("dsn-no-such-mailbox", ADDRESSES[0]))

    with story.database.reading() as session:
        said = str([entry.payload for entry in log.latest(session, 6)])
    assert "@" not in said


def test_on_postgresql_a_mail_is_taken_once_too(on_postgres: Database) -> None:
    story = coming_back.told(on_postgres, _gone(on_postgres))
    raw = mail_about("dsn-no-such-mailbox", ADDRESSES[0])

    taken = [take(story, raw), take(story, raw)]

    assert taken[0] is not None and taken[1] is None
    assert (story.tally()["returned"], gone(story)) == (1, {ADDRESSES[0]: incoming_post.GONE})

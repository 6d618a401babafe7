"""The mailbox: each mail is taken once, whatever becomes of the others, and what it changes reaches the figures and the officers."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from audiences import incoming_post
from campaigns.delivery import bounces, deliveries, incoming, removals
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.incoming import IncomingMail
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.database import Database
from campaigns.foundation.errors import TryLater
from campaigns.foundation.settings import BadSettings
from campaigns.reach.touches import STANDING, Touch
from tests.audiences.posts import OFFICER
from tests.campaigns import posting
from tests.campaigns.posting import Clock
from tests.campaigns.stories import READERS, Story
from tests.workers import boxes, gone
from tests.workers.conftest import Lane
from tests.workers.facts import every
from tests.workers.test_scheduler import heard
from workers import mailbox, scheduler
from workers.tools import Tools

QUIET = timedelta(hours=72)


@pytest.fixture
def tools(tools: Tools, box: Path) -> Tools:
    tools.settings = tools.settings.model_copy(update={"mailbox_url": f"maildir://{box}"})
    return tools


@pytest.fixture
def story(sqlite: Database, transport: RecordingTransport) -> Story:
    """Three letters that our relay accepted, each with its own return address."""
    return gone.letters(sqlite, transport)


def drop(box: Path, *mails: bytes) -> None:
    start = len(list(box.rglob("*.*")))
    for number, raw in enumerate(mails, start):
        (box / "new" / f"{number:05}.test").write_bytes(raw)


def look(tools: Tools, box: Path, lanes: dict[str, Lane]) -> int:
    number = mailbox.look(f"maildir://{box}", tools)
    heard(tools, lanes)
    return number


def grades(tools: Tools) -> list[str]:
    with tools.database.reading() as session:
        standing = select(Touch.grade).where(STANDING)
        return sorted(session.exec(standing))


def test_a_bounce_takes_back_what_its_letter_counted_for_and_is_moved_as_seen(
    story: Story, tools: Tools, box: Path, lanes: dict[str, Lane], transport: RecordingTransport
) -> None:
    drop(box, gone.bounce("dsn-no-such-mailbox", transport, 1))
    before = grades(tools)

    taken = look(tools, box, lanes)

    assert (taken, before, grades(tools)) == (1, ["written"] * 3, ["written"] * 2)
    assert [path.name for path in (box / "cur").iterdir()] == ["00000.test:2,S"]
    assert story.tally() == dict.fromkeys(deliveries.STATES, 0) | {"accepted": 2, "returned": 1}
    with tools.database.reading() as session:
        assert removals.among(session, [reader.address for reader in READERS]) == {READERS[1].address: incoming_post.GONE}


@pytest.mark.parametrize(("former", "back"), [("{old}", 1), ("a-secret-of-nobody-that-is-long-enough", 0)])
def test_a_letter_that_went_under_a_secret_replaced_since_still_comes_back(
    story: Story, tools: Tools, box: Path, lanes: dict[str, Lane], transport: RecordingTransport, former: str, back: int
) -> None:
    secrets = {"secret_key": "a-new-secret-that-is-long-enough-too", "former_secret_keys": former.format(old=tools.settings.secret_key)}
    tools.settings = tools.settings.model_copy(update=secrets)
    drop(box, gone.bounce("dsn-no-such-mailbox", transport, 1))

    look(tools, box, lanes)

    assert story.tally()["returned"] == back


def test_news_of_a_letter_whose_outcome_is_not_written_down_yet_waits_for_the_next_look_and_keeps_no_other(
    story: Story, tools: Tools, box: Path, lanes: dict[str, Lane], transport: RecordingTransport
) -> None:
    def put(state: str) -> None:
        with tools.database.transaction() as session:
            session.exec(sa.update(Delivery).where(Delivery.position == 1).values(state=state))
            posting.recount(session, story.release)

    put("attempting")
    drop(box, gone.bounce("dsn-no-such-mailbox", transport, 1), gone.bounce("dsn-no-such-mailbox", transport, 2))

    assert look(tools, box, lanes) == 1
    assert [path.name for path in (box / "new").iterdir()] == ["00000.test"]
    assert (story.tally()["attempting"], story.tally()["returned"]) == (1, 1)

    put("accepted")
    assert look(tools, box, lanes) == 1
    assert story.tally()["returned"] == 2 and list((box / "new").iterdir()) == []


def test_a_mail_heard_twice_and_a_chunk_told_again_change_nothing(
    story: Story, tools: Tools, box: Path, lanes: dict[str, Lane], transport: RecordingTransport
) -> None:
    raw = gone.bounce("dsn-no-such-mailbox", transport, 0)
    drop(box, raw)
    look(tools, box, lanes)
    drop(box, raw)

    assert look(tools, box, lanes) == 0
    with tools.database.transaction() as session:  # every fact about the letters is told once more
        session.exec(
            sa.text("INSERT INTO untold (entry_id, due_at, attempts) SELECT id, '2000-01-01', 0 FROM log_entries WHERE kind = 'ChunkSent'")
        )  # type: ignore[call-overload]
    heard(tools, lanes)

    assert grades(tools) == ["written"] * 2
    with tools.database.reading() as session:
        assert len(session.exec(select(IncomingMail)).all()) == 1


def test_nothing_heard_for_72_hours_counts_once_and_until_the_letter_comes_back(
    story: Story, tools: Tools, box: Path, lanes: dict[str, Lane], clock: Clock, transport: RecordingTransport
) -> None:
    drop(box, gone.bounce("dsn-arrived", transport, 0))
    look(tools, box, lanes)
    clock.at += QUIET - timedelta(minutes=1)
    look(tools, box, lanes)
    scheduler.tick(tools)
    early = grades(tools)
    clock.at += timedelta(minutes=2)
    scheduler.tick(tools)
    unread = grades(tools)
    look(tools, box, lanes)
    scheduler.tick(tools)
    scheduler.tick(tools)
    later = grades(tools)

    drop(box, gone.bounce("dsn-no-such-mailbox", transport, 0))
    look(tools, box, lanes)

    assert early == unread == sorted(["written"] * 3 + ["delivered"])
    assert later == sorted(["written"] * 3 + ["delivered"] + ["unreturned"] * 3)
    assert grades(tools) == sorted(["written"] * 2 + ["unreturned"] * 2)


def test_where_nobody_looks_into_the_mailbox_silence_says_nothing(story: Story, tools: Tools, clock: Clock) -> None:
    tools.settings = tools.settings.model_copy(update={"mailbox_url": None})
    clock.at += 2 * QUIET

    scheduler.tick(tools)

    assert grades(tools) == ["written"] * 3


def test_a_reply_counts_once_an_officer_has_said_so(
    story: Story, tools: Tools, box: Path, lanes: dict[str, Lane], transport: RecordingTransport
) -> None:
    drop(box, gone.bounce("reply", transport, 0))
    look(tools, box, lanes)
    before = grades(tools)
    with tools.database.transaction() as session:
        (mail,) = incoming.waiting(session, limit=5)
        incoming_post.judge(session, mail.id, verdict="confirms", by=OFFICER, at=tools.clock())

    heard(tools, lanes)

    assert before == ["written"] * 3
    assert grades(tools) == sorted(["confirmed"] + ["written"] * 3)


def test_two_robots_exchange_one_message(
    story: Story, tools: Tools, box: Path, lanes: dict[str, Lane], transport: RecordingTransport
) -> None:
    sent = len(transport.sent)
    for name in ("out-of-office", "challenge", "calendar-reply", "receipt", "out-of-office-in-welsh", "reply"):
        drop(box, gone.bounce(name, transport, 0))
        look(tools, box, lanes)

    assert every(tools.database) == []
    assert len(transport.sent) == sent == 3


def test_a_mail_that_cannot_be_taken_is_set_aside_and_the_rest_is_taken(
    story: Story, tools: Tools, box: Path, lanes: dict[str, Lane], transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = bounces.read
    monkeypatch.setattr(bounces, "read", lambda raw: genuine(raw) if b"poison" not in raw else 1 / 0)
    drop(box, b"From: x@y.test\n\npoison\n", gone.bounce("dsn-no-such-mailbox", transport, 0))

    assert look(tools, box, lanes) == 1

    assert list((box / "new").iterdir()) == []
    with tools.database.reading() as session:
        (aside,) = incoming.waiting(session, limit=5)
    assert (aside.state, aside.done) == ("set aside", "It could not be read here. Read it in the mailbox it came to.")
    assert story.tally()["returned"] == 1


def test_a_mail_stays_where_it_is_while_the_database_does_not_answer(
    story: Story, tools: Tools, box: Path, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("gone"))

    drop(box, gone.bounce("dsn-no-such-mailbox", transport, 0))
    monkeypatch.setattr(incoming_post, "take", down)

    with pytest.raises(sa.exc.OperationalError):
        mailbox.look(f"maildir://{box}", tools)
    assert len(list((box / "new").iterdir())) == 1


def test_mail_is_taken_from_an_imap_server_and_marked_as_seen(
    story: Story, tools: Tools, lanes: dict[str, Lane], transport: RecordingTransport
) -> None:
    large = gone.bounce("dsn-no-such-mailbox", transport, 1) + b"x" * 2_000_000
    with boxes.imap(gone.bounce("dsn-no-such-mailbox", transport, 0), large) as server:
        taken = [mailbox.look(server.url, tools), mailbox.look(server.url, tools)]

        assert (taken, server.seen) == ([2, 0], {1, 2})
    assert story.tally()["returned"] == 2


@pytest.mark.parametrize(("url", "kind"), [("ftp://x.test/", BadSettings), ("maildir:///nowhere/at/all", TryLater)])
def test_a_box_that_is_none_is_refused(tools: Tools, url: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        mailbox.look(url, tools)

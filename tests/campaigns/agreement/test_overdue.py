"""Whatever is wrong with one release keeps no other from ending or beginning, and nobody waits in a ring."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event

import pytest
from structlog.testing import capture_logs

from campaigns.agreement import manifest, releases, reminders, schedules, waits
from campaigns.drafting import messages
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed
from tests.campaigns import stories
from tests.campaigns.agreement.removals import lifted
from tests.campaigns.stories import DAY, HOUR, LATEST, NOON, House, Story

UNREADABLE = [b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"predicate":{}}']


def garbled(house: House, stored: bytes, digest: str | None = None) -> Story:
    """A release that waits for signatures, with other bytes, and the digest that goes with them."""
    story = stories.waiting_release(house)
    with house.database.transaction() as session:
        lifted(session)
        releases.get(session, story.release).sqlmodel_update({"manifest": stored, "digest": digest or manifest.digest(stored)})
    return story


@pytest.mark.parametrize("stored", UNREADABLE, ids=lambda stored: str(stored[:16]))
def test_bytes_that_cannot_be_read_are_agreed_to_by_nobody_and_refused_by_name(sqlite: Database, stored: bytes) -> None:
    story = garbled(stories.house(sqlite), stored)

    with sqlite.reading() as session:
        release = releases.get(session, story.release)
        assert [party.code for party in releases.missing(session, release)] == ["hse", "lacors"]
        assert releases.said(release) is None
        with pytest.raises(GateClosed, match=r"^Its stored bytes cannot be read\.$"):
            releases.asked(session, release, by=story.house.hse, at=NOON)


def test_a_release_that_cannot_be_read_lapses_like_any_other_and_is_listed_and_reminded_of_meanwhile(sqlite: Database) -> None:
    house = stories.house(sqlite)
    story, other = garbled(house, b"{}"), stories.half_signed_release(house)

    with sqlite.transaction() as session:
        assert {wait.release.id for party in waits.of_each_party(session, at=NOON) for wait in party.waits} == {
            story.release,
            other.release,
        }
        assert set(reminders.due(session, at=NOON + 3 * DAY)) == {story.release, other.release}
        assert [call.addresses for call in reminders.remind(session, story.release, at=NOON + 3 * DAY)] == [[], []]
    with sqlite.transaction() as session:
        assert schedules.end_overdue(session, at=NOON + 14 * DAY) == 2

    assert story.state() == other.state() == "lapsed"


def test_a_release_that_cannot_be_ended_is_left_whole_and_said_and_the_others_end(sqlite: Database) -> None:
    house = stories.house(sqlite)
    story, other = stories.half_signed_release(house), stories.half_signed_release(house)
    with sqlite.transaction() as session:
        messages.get(session, story.message).state = "gone"  # by no step of ours: nothing gives it back as a draft

    with capture_logs() as said, sqlite.transaction() as session:
        assert schedules.end_overdue(session, at=NOON + 14 * DAY) == 1

    assert (story.state(), other.state()) == ("sealed", "lapsed")
    assert [(line["event"], line["release"]) for line in said] == [("a release could not be ended", str(story.release))]
    assert "the message has gone out" in said[0]["why"]


@pytest.mark.parametrize(
    ("made", "at", "state"), [(stories.half_signed_release, NOON + 14 * DAY, "lapsed"), (stories.agreed_release, LATEST, "missed")]
)
def test_what_ends_is_counted_and_dated_and_then_left_alone(
    sqlite: Database, made: Callable[[House], Story], at: datetime, state: str
) -> None:
    story = made(stories.house(sqlite))

    with capture_logs() as said, sqlite.transaction() as session:
        assert schedules.end_overdue(session, at=at) == 1
        assert schedules.end_overdue(session, at=LATEST + 14 * DAY) == 0
    assert said == []

    with sqlite.reading() as session:
        release = releases.get(session, story.release)
        assert (release.state, release.ended_at) == (state, at)


@pytest.mark.parametrize("step", ["begin", "return", "withdraw"])
def test_nobody_who_holds_a_message_waits_for_one_who_waits_for_that_message(on_postgres: Database, step: str) -> None:
    """Whoever submits a newer revision holds the message and then closes its older releases, this one among them."""
    database = on_postgres
    story, holding = stories.agreed_release(stories.house(database)), Event()
    story.schedule(when=NOON + HOUR)

    def other() -> None:
        assert holding.wait(timeout=10)
        with database.transaction() as session:
            match step:
                case "begin":
                    schedules.begin_due(session, at=NOON + HOUR)
                case "return":
                    releases.return_(session, story.release, reason="Not yet", by=story.house.lacors, at=NOON)
                case _:
                    releases.withdraw(session, story.release, reason="Never", by=story.house.lacors, at=NOON)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            messages.get(session, story.message, lock=True)
            later = pool.submit(other)
            holding.set()
            with pytest.raises(TimeoutError):
                later.result(timeout=0.5)
            releases.get(session, story.release, lock=True)
        later.result(timeout=10)

    assert story.state() == {"begin": "sending", "return": "returned", "withdraw": "withdrawn"}[step]


@pytest.mark.parametrize("ended", ["lapsed", "missed"])
def test_what_ends_at_once_is_held_in_one_order_whoever_ends_it(on_postgres: Database, ended: str) -> None:
    """Rows come as they were last written, unless asked for in an order; here the highest id is the oldest row."""
    house, made = stories.house(on_postgres), {"lapsed": stories.half_signed_release, "missed": stories.agreed_release}[ended]
    ids = [made(house).release for _ in range(3)]
    for release in sorted(ids, reverse=True):
        with on_postgres.transaction() as session:
            releases.get(session, release).reason = "written again"

    with on_postgres.transaction() as session:
        latest = max(releases.get(session, release).latest_send for release in ids)
        assert schedules.end_overdue(session, at=latest if ended == "missed" else NOON + 14 * DAY) == 3

    with on_postgres.reading() as session:
        told = [entry.subject for entry in log.latest(session, 3)]
    assert told == sorted(ids, reverse=True)

"""The worker reads what is due from the web, each calendar once however many clocks there are, and nothing that is served can hurt it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest

from audiences import calendar_subscriptions
from audiences.calendar_files import LARGEST
from audiences.calendar_loads import Calendar
from audiences.calendar_subscriptions import CalendarSubscription
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from campaigns.planning import rules
from tests import armed
from tests.audiences.calendar_servers import Server, ok, said, serving
from tests.audiences.posts import OFFICER
from tests.audiences.test_calendar_files import START, event, file
from tests.campaigns.posting import Clock
from workers import calendar_reading
from workers.tools import Tools

GOOD = ok(file(event(START), event(START, uid="two", summary="Cabinet")))
WEB_PAGE = ok(b"<!doctype html><title>Sign in</title>")
HOSTILE = {
    "empty": (ok(b""), "The answer was empty"),
    "a web page": (WEB_PAGE, "does not begin with BEGIN:VCALENDAR"),
    "eleven megabytes": (ok(b"x" * (LARGEST + 1024 * 1024)), "bigger than 10 MB"),
    "moved": (said("302 Found", "Location: http://169.254.169.254/latest/meta-data"), "moved to http://169.254.169.254/latest/meta-data"),
    "cut off": (ok(file(event(START))[:-15]), "breaks off"),
    "no text": (ok(b"\xff\xfe" + "BEGIN:VCALENDAR".encode("utf-16-le")), "not text in UTF-8"),
    "deeper than any": (ok(b"BEGIN:VCALENDAR\r\n" * 10_000), "."),
    "many events": (ok(file(*[event(START, uid=str(number)) for number in range(3000)])), "more than"),
    "no event": (ok(file()), "holds no day"),
    "no event that can be": (ok(file(event("DTSTART:soon"))), "“soon” is no day"),
}


@contextmanager
def subscribed(database: Database, answer: bytes, clock: Clock) -> Iterator[Server]:
    with serving(answer) as server:
        with database.transaction() as session:
            calendar = Calendar("committees", "everywhere", "", "committee")
            calendar_subscriptions.add(session, calendar, server.url, loopback=True, by=OFFICER, at=clock())
        yield server


def stored(database: Database) -> CalendarSubscription:
    with database.reading() as session:
        return calendar_subscriptions.every(session)[0]


def standing(database: Database) -> int:
    with database.reading() as session:
        return len(rules.standing(session, calendar="committees"))


def test_what_is_due_is_read_and_then_daily(tools: Tools, clock: Clock) -> None:
    with subscribed(tools.database, GOOD, clock) as server:
        assert [calendar_reading.read_due(tools), calendar_reading.read_due(tools)] == [1, 0]
        server.answer = said("404 Not Found")
        clock.at += timedelta(days=1)
        assert (calendar_reading.read_due(tools), len(server.asked), standing(tools.database)) == (1, 2, 2)


@pytest.mark.long
def test_two_clocks_read_it_once(database: Database, settings: Settings, clock: Clock) -> None:
    clocks = [Tools(settings, database, RecordingTransport(), clock, arming=armed.ALWAYS) for _ in range(2)]
    with subscribed(database, GOOD, clock) as server, ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(calendar_reading.read_due, clocks)) == [0, 1]
        assert (len(server.asked), standing(database)) == (1, 2)


@pytest.mark.long
@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_is_served_instead_is_said_and_the_rules_stand(what: str, tools: Tools, clock: Clock) -> None:
    answer, sentence = HOSTILE[what]
    with subscribed(tools.database, GOOD, clock) as server:
        calendar_reading.read_due(tools)
        server.answer = answer
        clock.at += timedelta(days=1)

        assert calendar_reading.read_due(tools) == 1

    found = stored(tools.database)
    assert (sentence in found.last_error, found.failures, standing(tools.database)) == (True, 1, 2), found.last_error


def test_no_transaction_is_open_while_the_network_is(tools: Tools, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    pool, genuine, open_ones = tools.database.engine.pool, calendar_subscriptions.look, []

    def look(*args: object, **more: object) -> object:
        open_ones.append(pool.checkedout())  # type: ignore[attr-defined]
        return genuine(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(calendar_subscriptions, "look", look)
    with subscribed(tools.database, said("404 Not Found"), clock):
        calendar_reading.read_due(tools)

    assert (open_ones, stored(tools.database).failures) == ([0], 1)


def test_a_worker_that_is_to_stop_cuts_a_slow_server_off_and_holds_nothing_against_it(tools: Tools, clock: Clock) -> None:
    with subscribed(tools.database, GOOD, clock) as server:
        server.drips = 30
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(calendar_reading.read_due, tools)
            while not server.asked:
                pass
            tools.stopping.set()
            assert reading.result(timeout=60) == 0
    assert (stored(tools.database).failures, stored(tools.database).next_at) == (0, clock() + calendar_subscriptions.LEASE)


def test_a_calendar_that_makes_us_stumble_ends_no_thread(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([False, False, True])
    monkeypatch.setattr(tools.stopping, "wait", lambda _: next(looks))
    seen: list[Tools] = []

    def stumble(given: Tools) -> int:
        seen.append(given)
        raise ValueError("a bug")

    monkeypatch.setattr(calendar_reading, "read_due", stumble)
    calendar_reading.run(tools)
    assert len(seen) == 2

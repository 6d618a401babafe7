"""The clock finds whatever is due and whatever was lost, and hints at it again without flooding a lane."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select
from structlog.testing import capture_logs

from audiences.imports import Import
from audiences.staging import Stager
from campaigns.delivery.journals import Journal
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.log import Untold
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import HOUR, LATEST, House, Story
from tests.workers.conftest import Lane
from workers import actors, relay, scheduler
from workers.tools import Tools


def heard(tools: Tools, lanes: dict[str, Lane]) -> None:
    """Everything hinted at is heard, and what follows from it, until nothing is due."""
    while relay.tell_due(tools, lanes):  # type: ignore[arg-type]
        for lane in lanes.values():
            while lane.hints:
                actors.hear(lane.hints.pop(0), tools)


def lost(lanes: dict[str, Lane]) -> None:
    """A broker that forgot everything."""
    for lane in lanes.values():
        lane.hints.clear()


def agreed(house: House, tools: Tools, lanes: dict[str, Lane]) -> Story:
    story = stories.agreed_release(house)
    heard(tools, lanes)
    return story


def test_a_release_goes_when_its_time_has_come_and_not_before(
    house: House, tools: Tools, lanes: dict[str, Lane], clock: Clock, transport: RecordingTransport
) -> None:
    story = agreed(house, tools, lanes)
    story.schedule(when=clock.at + HOUR)
    scheduler.tick(tools)
    heard(tools, lanes)
    early = (story.state(), len(transport.sent))
    clock.at += HOUR

    scheduler.tick(tools)
    heard(tools, lanes)

    assert early == ("scheduled", 0)
    assert (story.state(), len(transport.sent)) == ("sent", 3)


def test_a_release_whose_latest_time_passed_is_missed_and_sends_nothing(
    house: House, tools: Tools, lanes: dict[str, Lane], clock: Clock, transport: RecordingTransport
) -> None:
    story = agreed(house, tools, lanes)
    story.schedule(when=clock.at + HOUR)
    clock.at = LATEST

    scheduler.tick(tools)
    heard(tools, lanes)

    assert (story.state(), len(transport.sent)) == ("missed", 0)


def test_letters_whose_hint_a_broker_lost_go_all_the_same(
    house: House, tools: Tools, lanes: dict[str, Lane], clock: Clock, transport: RecordingTransport
) -> None:
    story = stories.sending_release(house)
    relay.tell_due(tools, lanes)  # type: ignore[arg-type]
    lost(lanes)
    clock.at += timedelta(minutes=1)

    scheduler.tick(tools)
    heard(tools, lanes)

    assert (story.state(), len(transport.sent)) == ("sent", 3)


def test_letters_nobody_was_to_be_told_of_any_more_are_found_at_the_next_tick(
    house: House, tools: Tools, lanes: dict[str, Lane], transport: RecordingTransport
) -> None:
    story = stories.sending_release(house)
    with tools.database.transaction() as session:
        session.exec(sa.delete(Untold))

    scheduler.tick(tools)
    heard(tools, lanes)

    assert (story.state(), len(transport.sent)) == ("sent", 3)


def test_letters_that_wait_their_turn_are_hinted_at_once_however_often_the_clock_ticks(
    house: House, tools: Tools, lanes: dict[str, Lane], clock: Clock
) -> None:
    stories.sending_release(house, size=1)
    for _ in range(5):
        scheduler.tick(tools)
        relay.tell_due(tools, lanes)  # type: ignore[arg-type]
        clock.at += timedelta(seconds=1)

    assert len(lanes["sending"].hints) == 3


def dying(tools: Tools, story: Story, clock: Clock, *, dot: int) -> Journal:
    """A worker that has a chunk in hand, and the dot of one letter on the wire."""
    journal = Journal(tools.settings.journals)
    taken = posting.claimed(story, at=clock.at, journal=journal.name, way=tools.way)
    journal.begin(taken.hand.token, taken.hand.chunk_id, taken.hand.release_id)
    journal.dot(dot)
    return journal


def test_a_letter_whose_worker_died_is_unclear_and_without_a_log_put_before_an_officer_and_not_sent_again(
    house: House, tools: Tools, lanes: dict[str, Lane], clock: Clock, transport: RecordingTransport
) -> None:
    story = stories.sending_release(house)
    hand = dying(tools, story, clock, dot=0)
    scheduler.tick(tools)
    before = story.tally()["attempting"]
    os.close(hand._file)  # as the system does when a process dies

    for _ in range(3):
        scheduler.tick(tools)
        heard(tools, lanes)
        clock.at += timedelta(minutes=2)

    assert before == 3
    assert (story.tally()["held"], story.tally()["accepted"], story.state()) == (1, 2, "sending")
    assert len(transport.sent) == 2


@pytest.mark.parametrize("place", range(len(scheduler.LOOKS)))
def test_a_look_that_fails_keeps_no_other_waiting_and_is_said(
    house: House, tools: Tools, lanes: dict[str, Lane], transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    looks: list[str] = []

    def noted(name: str, fault: Exception | None) -> Callable[[Tools], None]:
        def look(_: Tools) -> None:
            looks.append(name)
            if fault:
                raise fault

        look.__name__ = name
        return look

    names = [look.__name__ for look in scheduler.LOOKS]
    faults = [OSError("No space left on device") if one == place else None for one in range(len(names))]
    monkeypatch.setattr(scheduler, "LOOKS", tuple(map(noted, names, faults)))

    with capture_logs() as said:
        failed = scheduler.tick(tools)

    assert (looks, failed) == (names, [names[place]])
    assert [(line["event"], line["look"], line["fault"]) for line in said] == [
        ("the clock stumbled", names[place], "OSError: No space left on device")
    ]


def test_a_full_disk_keeps_no_letter_from_going(
    house: House, tools: Tools, lanes: dict[str, Lane], transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    story = agreed(house, tools, lanes)
    story.schedule()
    monkeypatch.setattr(Path, "open", full)

    assert scheduler.tick(tools) == ["keep"]
    heard(tools, lanes)

    assert (story.state(), len(transport.sent)) == ("sent", 3)


def test_two_clocks_begin_a_release_once(house: House, tools: Tools, lanes: dict[str, Lane], transport: RecordingTransport) -> None:
    story = agreed(house, tools, lanes)
    story.schedule()

    scheduler.tick(tools)
    scheduler.tick(tools)
    heard(tools, lanes)

    assert (story.state(), len(transport.sent)) == ("sent", 3)
    with tools.database.reading() as session:
        assert session.exec(select(Untold)).all() == []


def test_a_file_of_people_that_nobody_applies_is_forgotten_after_a_day(house: House, tools: Tools, clock: Clock) -> None:
    Stager(tools.database).stage(b"a,b\n1,2\n", name="people.csv", by=house.drafter, at=clock.at)
    kept = []
    for _ in range(2):
        scheduler.tick(tools)
        with tools.database.reading() as session:
            kept.append(len(session.exec(select(Import)).all()))
        clock.at += timedelta(hours=25)

    assert kept == [1, 0]


def test_the_first_look_is_at_once(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = list[Tools]()

    def last_look(tools: Tools) -> None:
        looks.append(tools)
        tools.stopping.set()

    monkeypatch.setattr(scheduler, "LOOKS", (last_look,))
    monkeypatch.setattr(scheduler, "TICK", 3600.0)

    scheduler.run(tools)
    scheduler.run(tools)  # asked to stop already

    assert looks == [tools]


def test_what_nobody_waits_for_by_the_second_is_looked_at_every_ten(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []

    def often(tools: Tools) -> None:
        looks.append("often")
        if looks.count("often") == 11:
            tools.stopping.set()

    def seldom(_: Tools) -> None:
        looks.append("seldom")

    monkeypatch.setattr(scheduler, "LOOKS", (often, seldom))
    monkeypatch.setattr(scheduler, "SELDOM", frozenset({seldom}))
    monkeypatch.setattr(scheduler, "TICK", 0.0)

    scheduler.run(tools)

    assert looks == ["often", "seldom", *["often"] * 10, "seldom"]

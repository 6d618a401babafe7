"""A worker that is killed, or asked to stop, in the middle of sending loses no letter and doubles none."""

import time
from collections.abc import Callable

import pytest

from tests.processes import kill_drill
from tests.processes.kill_drill import Drill
from workers import rehearsal
from workers.rehearsal import Plan

pytestmark = [pytest.mark.processes, pytest.mark.slow]
NOTHING_WRONG = {"lost": 0, "duplicated": 0, "altered": 0, "unsigned": 0}


@pytest.fixture(autouse=True)
def _short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"LEASE_SECONDS": "5", "SMTP_TIMEOUT": "1", "CHUNK_SIZE": "50"}.items():
        monkeypatch.setenv(f"COUNTERSIGN_{name}", value)


def test_three_kills_lose_nothing_double_nothing_and_leave_at_most_a_letter_each_to_decide(
    record_property: Callable[[str, object], None],
) -> None:
    drill = Drill(people=300, kills=(60, 120, 180))

    found = kill_drill.play(drill)

    record_property("figure", f"kill drill: {found}")
    assert {name: found[name] for name in NOTHING_WRONG} == NOTHING_WRONG
    assert found["unknown"] == found["tally"]["unknown"] <= len(drill.kills)
    assert found["tally"]["accepted"] + found["tally"]["unknown"] == 300
    assert found["after_deciding"] == NOTHING_WRONG | {"accepted": 300, "unknown": 0}
    assert found["release"] == "sent"


def test_a_letter_between_its_dot_and_the_reply_is_unknown_until_an_officer_decides() -> None:
    with rehearsal.opened(Plan(people=6, pace=2)) as played:  # half a second between a dot and its reply
        kill_drill.start(played)
        kill_drill.wait_for_journal(played, 2)
        time.sleep(0.25)
        played.workers[0].kill()
        played.start_workers()
        played.send()
        figures, release = played.tally(), played.release()
        time.sleep(kill_drill.STILL_FOR)
        (position,) = kill_drill.unknown_positions(played)
        kill_drill.decide(played, position, "count as sent")
        played.finish()

        assert (figures["unknown"], figures["accepted"], release.state) == (1, 5, "sending")
        assert kill_drill.journal_lines(played) <= 6  # nothing was sent again
        assert played.tally()["accepted"] == 6
        assert played.release().state == "sent"


def test_a_worker_asked_to_stop_leaves_nothing_unclear() -> None:
    with rehearsal.opened(Plan(people=150, pace=100)) as played:
        kill_drill.start(played)
        kill_drill.wait_for_journal(played, 40)
        codes, stopped = played.stop_workers(), played.tally()
        played.start_workers()
        played.send()
        played.finish()

        assert codes == [0]
        assert (stopped["attempting"], stopped["unknown"]) == (0, 0)
        assert 40 <= stopped["accepted"] < 150
        assert kill_drill.count(played) == NOTHING_WRONG | {"accepted": 150, "unknown": 0}
        assert played.release().state == "sent"

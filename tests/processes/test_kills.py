"""A worker that is killed, or asked to stop, in the middle of sending loses no letter and doubles none."""

import time
from collections.abc import Callable

import pytest

from tests.processes import kill_drill
from tests.processes.kill_drill import Drill
from workers import checker, rehearsal
from workers.rehearsal import Plan

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.long]
NOTHING_WRONG = dict.fromkeys(checker.FAULTS, 0)


@pytest.fixture(autouse=True)
def _short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"LEASE_SECONDS": "5", "SMTP_TIMEOUT": "1", "CHUNK_SIZE": "50"}.items():
        monkeypatch.setenv(f"COUNTERSIGN_{name}", value)


def test_three_kills_lose_nothing_double_nothing_and_leave_at_most_a_letter_each_to_decide(
    record_property: Callable[[str, object], None],
) -> None:
    drill = Drill(people=180, kills=(40, 80, 120))

    found = kill_drill.play(drill)

    record_property("figure", f"kill drill: {found}")
    assert {name: found[name] for name in NOTHING_WRONG} == NOTHING_WRONG
    assert found["unknown"] == found["tally"]["held"] <= len(drill.kills)
    assert found["tally"]["accepted"] + found["tally"]["held"] == 180
    assert found["after_deciding"] == NOTHING_WRONG | {"accepted": 180, "unknown": 0}
    assert found["release"] == "sent"


def test_a_stopped_worker_leaves_nothing_unclear_and_a_killed_one_the_letter_between_its_dot_and_the_reply() -> None:
    with rehearsal.opened(Plan(people=10, pace=2.5)) as played:  # 0.4 seconds between a dot and its reply
        kill_drill.start(played)
        kill_drill.wait_for_journal(played, 2)
        codes, stopped = played.stop_workers(), played.tally()
        played.start_workers()
        kill_drill.wait_for_journal(played, 5)
        time.sleep(0.2)
        played.workers[0].kill()
        played.start_workers()
        played.await_outcomes()
        killed, release = played.tally(), played.release()
        time.sleep(kill_drill.STILL_FOR)
        arrived = kill_drill.journal_lines(played)
        (position,) = kill_drill.unknown_positions(played)
        kill_drill.decide(played, position, "count as sent")
        kill_drill.wait_until_sent(played)

        assert (codes, stopped["attempting"], stopped["unknown"]) == ([0], 0, 0)
        assert 2 <= stopped["accepted"] < 5
        assert (killed["unknown"] + killed["held"], killed["accepted"], release.state) == (1, 9, "sending")
        assert arrived <= 10  # nothing was sent again
        assert (played.tally()["accepted"], played.release().state) == (10, "sent")

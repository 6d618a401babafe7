"""A worker that is killed, or asked to stop, in the middle of sending loses no letter and doubles none."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from campaigns.delivery import journals
from tests.processes import kill_drill
from tests.processes.kill_drill import Drill
from workers import checker, rehearsal
from workers.rehearsal import Plan, Rehearsal

pytestmark = pytest.mark.long
PEOPLE = 40
NOTHING_WRONG = dict.fromkeys(checker.FAULTS, 0)


@pytest.fixture(autouse=True)
def _patient_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in kill_drill.UNHURRIED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COUNTERSIGN_CHUNK_SIZE", "50")


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
    with rehearsal.opened(Plan(people=PEOPLE, pace=2.5)) as played:  # 0.4 seconds between a dot and its reply
        kill_drill.start(played)
        kill_drill.wait_for_journal(played, 2)
        codes, stopped = played.stop_workers(), played.tally()
        played.start_workers()
        kill_drill.wait_for_journal(played, stopped["accepted"] + 2)
        kill_between_a_dot_and_its_reply(played)
        played.start_workers()
        played.await_outcomes()
        killed, release = played.tally(), played.release()
        time.sleep(kill_drill.STILL_FOR)
        arrived = kill_drill.journal_lines(played)
        (position,) = kill_drill.unknown_positions(played)
        kill_drill.decide(played, position, "count as sent")
        kill_drill.wait_until_sent(played)

        assert (codes, stopped["attempting"], stopped["unknown"]) == ([0], 0, 0)
        assert 2 <= stopped["accepted"] < PEOPLE
        assert (killed["unknown"] + killed["held"], killed["accepted"], release.state) == (1, PEOPLE - 1, "sending")
        assert arrived <= PEOPLE  # nothing was sent again
        assert (played.tally()["accepted"], played.release().state) == (PEOPLE, "sent")


def kill_between_a_dot_and_its_reply(played: Rehearsal) -> None:
    """Frozen, the worker's own journal says where it stands; where that is no such moment, it goes on for a moment more."""
    pid, folder = played.workers[0].process.pid, played.stage.settings.journals
    while played.tally()["accepted"] < played.plan.people:
        os.kill(pid, signal.SIGSTOP)
        os.waitid(os.P_PID, pid, os.WSTOPPED)  # all its threads stand
        open_ones = [evidence for path in folder.glob(f"*{journals.ENDING}") for evidence in journals.read(path).claims]
        if None in [outcome for evidence in open_ones for outcome in evidence.letters.values()]:
            played.workers[0].kill()
            return
        os.kill(pid, signal.SIGCONT)
        time.sleep(kill_drill.LOOK_EVERY)
    raise AssertionError("every letter had its reply before a look fell between a dot and a reply")

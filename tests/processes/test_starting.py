"""A worker started before its database or its broker waits for it, ends at once when asked, and one that stalls ends itself."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from campaigns.agreement import schedules
from campaigns.delivery import plans
from campaigns.delivery.armed import Keeper
from campaigns.foundation import clock
from tests.processes import clusters, schedule_scene
from workers import rehearsal_processes as processes
from workers import rehearsal_stage, watchdog
from workers.rehearsal_processes import Child
from workers.rehearsal_stage import Stage

pytestmark = pytest.mark.long
SAYS_SO_WITHIN = 180.0
WAITS = "this worker waits to begin"
HARDLY_AGAIN = "from workers import starting\nstarting.SOON = starting.AGAIN = 3600.0\n"  # only a signal ends such a wait


@contextmanager
def started(stage: Stage, program: str = processes.COMMAND, **settings: str) -> Iterator[Child]:
    """A worker with these settings over the stage's."""
    output = stage.folder / "worker.log"
    environment = stage.environment() | {f"COUNTERSIGN_{name}": value for name, value in settings.items()}
    with output.open("wb") as lines:
        process = subprocess.Popen([sys.executable, "-c", program, "run"], env=environment, stdout=lines, stderr=lines)
    try:
        yield Child(process, output)
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with rehearsal_stage.build(smtp="127.0.0.1:1", database_url=None, broker_url=None, keep=tmp_path / "stage") as stage:
        yield stage


def wait_for(child: Child, words: str) -> None:
    deadline = time.monotonic() + SAYS_SO_WITHIN
    while words not in child.output.read_text("utf-8"):
        assert child.process.poll() is None, child.output.read_text("utf-8")
        assert time.monotonic() < deadline, child.output.read_text("utf-8")
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("setting", "url"),
    [
        ("DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:1/postgres"),
        ("BROKER_URL", "amqp://guest:guest@127.0.0.1:1/"),
        ("BROKER_URL", "redis://127.0.0.1:1/0"),
    ],
)
def test_a_worker_waits_for_what_does_not_answer_and_ends_at_once_when_asked(stage: Stage, setting: str, url: str) -> None:
    with started(stage, HARDLY_AGAIN + processes.COMMAND, **{setting: url}) as child:
        wait_for(child, WAITS)
        assert child.stop() == 0
    assert child.output.read_text("utf-8").count(WAITS) == 1


def test_a_worker_begins_when_its_database_has_come_up(tmp_path: Path) -> None:
    if why := clusters.why_not():
        pytest.skip(why)
    with (
        clusters.opened() as cluster,
        rehearsal_stage.build(smtp="127.0.0.1:1", database_url=cluster.url, broker_url=None, keep=tmp_path / "stage") as stage,
    ):
        stage.database.dispose()
        cluster.run("stop -m fast")
        with started(stage) as child:
            wait_for(child, WAITS)
            cluster.run("start")
            deadline = time.monotonic() + SAYS_SO_WITHIN
            while not stage.settings.arming_path.exists():  # the clock's first look
                assert child.process.poll() is None and time.monotonic() < deadline, child.output.read_text("utf-8")
                time.sleep(0.1)
            assert child.stop() == 0


def test_a_worker_refuses_to_start_where_its_arming_file_cannot_be_written(stage: Stage) -> None:
    in_the_way = stage.folder / "a-file"
    in_the_way.write_text("")
    with started(stage, ARMING_FILE=str(in_the_way / "arming.json")) as child:
        assert child.process.wait(SAYS_SO_WITHIN) == 1
    assert "COUNTERSIGN_ARMING_FILE" in child.output.read_text("utf-8")


def test_a_failure_in_a_worker_is_logged_with_its_traceback(stage: Stage) -> None:
    stumbling = "from workers import scheduler\nscheduler.LOOKS = (lambda tools: 1 / 0,)\n" + processes.COMMAND
    with started(stage, stumbling) as child:
        wait_for(child, "the clock stumbled")
        child.stop()
    line = next(line for line in child.output.read_text("utf-8").splitlines() if "the clock stumbled" in line)
    assert "ZeroDivisionError: division by zero" in json.loads(line)["exception"]


def test_a_log_that_cannot_be_written_stops_no_clock(stage: Stage) -> None:
    stumbling = """
import os, sys
os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
from workers import scheduler
def stumble(tools):
    print("looked", file=sys.stderr, flush=True)
    return 1 / 0
scheduler.LOOKS = (stumble,)
"""
    with started(stage, stumbling + processes.COMMAND) as child:
        wait_for(child, "looked\nlooked\nlooked")


def test_a_worker_whose_sending_lane_hangs_ends_itself_so_that_it_is_started_anew(stage: Stage) -> None:
    Keeper(stage.database, stage.settings.arming_path, clock.now).watch()
    story = schedule_scene.agreed(schedule_scene.house(stage.database), 3)
    story.schedule(at=clock.now())
    with stage.database.transaction() as session:
        schedules.begin_due(session, at=clock.now())
        assert plans.plan_next(session, story.release, size=10, at=clock.now())
    hanging = "import time\nfrom workers import actors, watchdog\nwatchdog.PATIENCE, watchdog.EVERY = 3.0, 0.5\n"
    hanging += "actors.hear = lambda entry, tools: time.sleep(3600)\n" + processes.COMMAND

    with started(stage, hanging) as child:
        code = child.process.wait(SAYS_SO_WITHIN)

    assert code == watchdog.EXIT_CODE
    assert "this process ends itself, to be started anew" in child.output.read_text("utf-8")

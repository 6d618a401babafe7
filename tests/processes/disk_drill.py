"""Nothing left to write on: the disk of the database and the journals is full for a while, the journals' folder cannot be written,
and a worker has 64 file handles and then not one more. Whatever fails, fails closed, is told within a minute, and goes on when it is put right.

`python -m tests.processes.disk_drill` plays all three on SQLite and prints one JSON object; exit code 1 when a letter was lost or doubled, when
nobody was told in time, or when the harm was not felt.
"""

import argparse
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy.exc import SQLAlchemyError

from campaigns.agreement import schedules
from campaigns.foundation import clock
from tests.processes import ending, mounts, pages, patience, storm_accounts, storm_scene
from tests.processes.storm_scene import Cell, Storm
from workers.rehearsal_stage import Stage

PEOPLE, PACE = 900, 30.0
MEGABYTES = 128  # with a quarter of it free `/readyz` still says that there is room
HANDLES = 64
TOLD_WITHIN = 60.0  # seconds
FULL_BEFORE_A_KILL = 3.0  # seconds
LASTS_AT_LEAST = 12.0  # seconds, so that a lease ends meanwhile, and the clock looks many times
COMPLAINS = re.compile(r'"level": "(?:warning|error|critical)"|^(?:WARNING|ERROR|CRITICAL|Error):', re.MULTILINE)
Harm = Callable[[Storm], Any]


def play(
    people: int, furnish: Callable[[Stage], None] | None, harm: Harm, *, database_url: str | None = None, **limits: int
) -> dict[str, Any]:
    """Send it, do harm when a third has gone until somebody was told, put it right, let it go on if it was stopped, and account for it all."""
    cell = Cell(people, 1, "sqlite", "memory", 1, people / PACE, "{}", None)
    with storm_scene.opened(cell, None, database_url=database_url, furnish=furnish) as storm, pages.served(storm.played) as visitor:
        for name, most in limits.items():
            storm.crew[0].rlimit(getattr(resource, name), (most, most))
        storm.played.agree()
        patience.until(lambda: _accepted(storm) >= people // 3, "a third has gone")
        before, said = _accepted(storm), len(_log(storm))
        with harm(storm):
            told = _told(storm, said, lambda: visitor.fetch("GET", "/readyz", {}) != 200)
            meanwhile = _accepted(storm) - before
        stopped = _lifted(storm)
        storm.settle(within=4 * people / PACE + 60)
        counts = storm_accounts.count(storm)
    return {
        "sent meanwhile": meanwhile,
        "told after": told,
        "stopped": stopped,
        "workers that fell": storm.fell,
        **storm_accounts.six(counts),
    }


def _accepted(storm: Storm) -> int:
    return sum(line["reply"][:1] == "2" for line in storm_accounts.read(storm.played.stage.journal) if "reply" in line)


def _log(storm: Storm) -> str:
    return (storm.played.stage.folder / "worker-0.log").read_text("utf-8", "replace")


def _told(storm: Storm, said: int, unready: Callable[[], bool]) -> dict[str, float]:
    """After how many seconds each of those who watch could know; looked at for as long as the harm lasts."""
    began, told = time.monotonic(), dict[str, float]()
    looks = {
        "the worker's log": lambda: bool(COMPLAINS.search(_log(storm)[said:])),
        "the release is stopped": lambda: storm.played.release().state == "stopped",
        "/readyz": unready,
    }
    while (passed := time.monotonic() - began) < LASTS_AT_LEAST or (not told and passed < TOLD_WITHIN):
        for name, look in looks.items():
            if name not in told and _so(look):
                told[name] = round(time.monotonic() - began, 1)
        time.sleep(0.25)
    return told


def _so(look: Callable[[], bool]) -> bool:
    try:
        return look()
    except SQLAlchemyError:  # on a disk that is full even a reader may be refused
        return False


def _lifted(storm: Storm) -> str:
    """What an officer does who sees that it is put right; gives why it was stopped, if it was."""
    release, cast = storm.played.release(), storm.played.cast
    if release.state != "stopped" or cast is None:
        return ""
    with storm.played.stage.database.transaction() as session:
        schedules.resume(session, release.id, by=cast.drafter, at=clock.now())
    return release.reason or "stopped"


def full(people: int) -> dict[str, Any]:
    """Database and journals on one disk, which is full for a while, in which the worker is killed too."""
    with tempfile.TemporaryDirectory() as folder, mounts.disk(Path(folder), megabytes=MEGABYTES) as disk:

        def furnish(stage: Stage) -> None:
            (disk.folder / "journals").mkdir()
            stage.settings.journals.symlink_to(disk.folder / "journals")

        @contextmanager
        def harm(storm: Storm) -> Iterator[None]:
            disk.fill()
            try:
                time.sleep(FULL_BEFORE_A_KILL)
                storm.kill()
                yield
            finally:
                disk.free()

        return play(people, furnish, harm, database_url=f"sqlite:///{disk.folder}/rehearsal.db")


def read_only(people: int) -> dict[str, Any]:
    """The journals' folder cannot be written, and a worker begins anew in front of it."""

    @contextmanager
    def harm(storm: Storm) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(mounts.read_only(storm.played.stage.settings.journals))
            storm.kill()
            yield

    return play(people, None, harm)


def no_handles(people: int) -> dict[str, Any]:
    """A worker with 64 handles; for a while it gets not one more than it has, and its connection to the relay is cut."""

    @contextmanager
    def harm(storm: Storm) -> Iterator[None]:
        worker = storm.crew[0]
        worker.rlimit(psutil.RLIMIT_NOFILE, (3, HANDLES))
        try:
            yield
        finally:
            worker.rlimit(psutil.RLIMIT_NOFILE, (HANDLES, HANDLES))

    return play(people, None, harm, RLIMIT_NOFILE=HANDLES)


PLAYS = {"full disk": full, "read-only journals": read_only, "no file handles": no_handles}


def wrong(found: dict[str, Any]) -> list[str]:
    """What must not be: and somebody is to be told, unless sending went on as if nothing were the matter."""
    told = min(found["told after"].values(), default=TOLD_WITHIN + 1)
    unheard = told > TOLD_WITHIN and found["sent meanwhile"] == 0
    return storm_accounts.faults(found) + ([f"nobody was told within {TOLD_WITHIN:.0f} s"] if unheard else [])


def why_not() -> str:
    """Why it cannot be played here; empty when it can."""
    with tempfile.TemporaryDirectory() as folder:
        return mounts.why_not(Path(folder))


def main() -> None:
    """All three, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--only", nargs="*", choices=list(PLAYS), default=list(PLAYS))
    asked = parser.parse_args()
    if reason := why_not():
        sys.exit(reason)
    found = {name: PLAYS[name](asked.people) for name in asked.only}
    void = [f"{name}: it was not felt" for name, one in found.items() if not one["told after"] and one["sent meanwhile"]]
    ending.leave(found, wrong=[f"{name}: {fault}" for name, one in found.items() for fault in wrong(one)], void=void)


if __name__ == "__main__":
    main()

"""Copies of an installation that sends: yesterday's dump beside it, its folder, its database put back; what each of them sends, and says."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from campaigns.agreement import parties, releases
from campaigns.delivery import arming, deliveries
from campaigns.delivery.arming import Arming
from campaigns.foundation import clock, officers
from campaigns.foundation.database import Database
from tests.processes.clusters import PROGRAMS, Cluster
from workers import rehearsal_processes as processes
from workers.rehearsal import Rehearsal
from workers.rehearsal_processes import Child
from workers.rehearsal_stage import Stage

ASKS_WITHIN = 180.0
SENDS_WITHIN = 90.0
TICKS = 4.0  # seconds: several looks of the clock, in which something might wrongly be sent


@dataclass
class Stack:
    """A second installation, with a mail server of its own, that works on a copy."""

    stage: Stage
    catcher: Child
    worker: Child

    def letters(self) -> int:
        """How many letters it sent; what it writes to officers is not one."""
        journal = self.stage.journal
        lines = journal.read_text("utf-8").splitlines() if journal.exists() else []
        return sum(not json.loads(line)["message_id"].startswith("<notice.") for line in lines)


@contextmanager
def second_stack(played: Rehearsal, *, database_url: str, folder: Path, arming_file: Path) -> Iterator[Stack]:
    """A worker with the same settings but for where its database, its files and its mail server are."""
    folder.mkdir(exist_ok=True)
    port = processes.free_port()
    where = {"database_url": database_url, "smtp_url": f"smtp://{processes.HOST}:{port}", "data_dir": folder, "arming_file": arming_file}
    stage = Stage(folder, played.stage.settings.model_copy(update=where), Database(database_url))
    stage.journal.unlink(missing_ok=True)
    catcher = processes.catcher(stage, port=port, pace=None)
    processes.wait_for(catcher, port)
    stack = Stack(stage, catcher, processes.worker(stage, 9))
    try:
        yield stack
    finally:
        stack.worker.kill()
        catcher.kill()
        stage.database.dispose()


def dumped(cluster: Cluster, name: str) -> str:
    """The cluster's database, dumped as it stands and restored beside it; gives where."""
    url = make_url(cluster.url)
    to = f"-h {processes.HOST} -p {cluster.port} -U postgres"
    for command in (f"pg_dump {to} -Fc -f {cluster.folder}/dump {url.database}", f"createdb {to} {name}"):
        subprocess.run([f"{PROGRAMS}/{command.split()[0]}", *command.split()[1:]], check=True, timeout=60)
    subprocess.run([f"{PROGRAMS}/pg_restore", *to.split(), "-d", name, f"{cluster.folder}/dump"], check=True, timeout=60)
    return url.set(database=name).render_as_string(hide_password=False)


def keep_files(cluster: Cluster) -> Callable[[], None]:
    """The files of a stopped cluster, kept; what is given puts them back, into a stopped cluster."""
    data, kept = cluster.folder / "data", cluster.folder / "kept"
    subprocess.run(["cp", "-a", str(data), str(kept)], check=True)

    def back() -> None:
        shutil.rmtree(data)
        subprocess.run(["cp", "-a", str(kept), str(data)], check=True)

    return back


def asking(database: Database) -> Arming:
    """The machine that asks both parties, once it does."""
    found: list[Arming] = []
    until(lambda: bool(found.extend(_waiting(database)) or found), ASKS_WITHIN, "a machine asks")
    return found[0]


def both_confirm(database: Database) -> None:
    """A signatory of each party lets it send."""
    for party in ("hse", "lacors"):
        with database.transaction() as session:
            assert party in {one.code for one in parties.required(session)}
            officer = officers.get(session, officers.signatories(session, party)[0].id)
            arming.confirm(session, arming.waiting(session)[0].epoch, by=officer, at=clock.now())


def tally(database: Database, played: Rehearsal) -> dict[str, int]:
    """How the letters stand in a copy."""
    with database.reading() as session:
        return deliveries.tally(session, releases.get(session, played.release_id))


def until(done: Callable[[], Any], within: float, what: str) -> None:
    """Wait for it."""
    deadline = time.monotonic() + within
    while not done():
        assert time.monotonic() < deadline, f"not within {within:.0f} s: {what}"
        time.sleep(0.1)


def _waiting(database: Database) -> list[Arming]:
    try:
        with database.reading() as session:
            return arming.waiting(session)
    except SQLAlchemyError:  # it is only just starting
        return []

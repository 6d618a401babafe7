"""A PostgreSQL of our own on loopback, with durable settings, that may be crashed: nobody else's data is on it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workers import rehearsal_processes as processes

PROGRAMS = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
SETTINGS = "-c max_connections=200 -c shared_buffers=64MB"


@dataclass(frozen=True)
class Cluster:
    """Where it keeps its files, and where it listens."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Its one database."""
        return f"postgresql+psycopg://postgres@{processes.HOST}:{self.port}/postgres"

    @property
    def pid(self) -> int:
        """Its first process: all others are its children."""
        return int((self.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])

    def crash(self) -> "subprocess.Popen[bytes]":
        """Take its processes down at once, as a power cut would, and start it again; what is given ends when it answers."""
        return subprocess.Popen(self._command("-m immediate restart"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run(self, words: str) -> None:
        """pg_ctl, to its end."""
        subprocess.run(self._command(words), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)

    def _command(self, words: str) -> list[str]:
        options = f"-p {self.port} -k {self.folder} -h {processes.HOST} {SETTINGS}"
        return _as_postgres(f"{PROGRAMS}/pg_ctl -D {self.folder}/data -l {self.folder}/log -w -o '{options}' {words}")


def why_not() -> str:
    """Why there can be no cluster here; empty when there can."""
    if PROGRAMS is None:
        return "no PostgreSQL is installed"
    return "" if os.geteuid() == 0 else "PostgreSQL is started by its own user, whom root alone can become"


@contextmanager
def opened() -> Iterator[Cluster]:
    """Started, answering, and gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="countersign-cluster-"))
    cluster = Cluster(folder, processes.free_port())
    try:
        shutil.chown(folder, "postgres")
        made = _as_postgres(f"{PROGRAMS}/initdb -A trust -U postgres -D {folder}/data")
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        cluster.run("start")
        yield cluster
    finally:
        subprocess.run(cluster._command("-m immediate stop"), check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


def _as_postgres(command: str) -> list[str]:
    return ["su", "postgres", "-s", "/bin/sh", "-c", command]

"""The others: `smtp-source`, the loop that most people write, django-post-office and Nodemailer's pool, each sending the same long letter.

What is not here already is installed by its ordinary client into a folder that `make clean` takes away. Each sender measures itself, from its
first letter to its last; starting Python or Node is held against nobody. A server's CPU is added where there is one.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import long_letter, nodemailer_pool, post_office_project, usage
from tests.benchmarks.errands import Errand, Sent
from tests.benchmarks.postfix_sink import SOURCE, path_of
from tests.processes import clusters
from tests.processes.clusters import Cluster
from workers.rehearsal_processes import HOST

SESSIONS = 16
INSTALLED_WITHIN = 600.0
SENT_WITHIN = 1800.0


@dataclass(frozen=True)
class Program:
    """A command that ran to its end."""

    seconds: float
    cpu: float
    output: str


def smtp_source(errand: Errand) -> Sent:
    """The practical limit: one constant message of the same length, sixteen connections that are kept."""
    size = ["-l", str(long_letter.SIZE)]
    who = ["-f", "lopp@countersign.test", "-t", "post@council.test"]
    command = [str(path_of(SOURCE)), "-d", "-s", str(SESSIONS), "-m", str(errand.letters), *size, *who, f"{HOST}:{errand.port}"]
    done = run(command)
    return Sent(errand.letters, done.seconds, {"sender": done.cpu})


def smtplib_loop(errand: Errand) -> Sent:
    """An EmailMessage for every reader, one after another over one connection."""
    letter = long_letter.page().keep(errand.folder)
    return _said(run([sys.executable, "-m", "tests.benchmarks.smtplib_loop", str(letter), str(errand.port), str(errand.letters)]))


def nodemailer(errand: Errand) -> Sent:
    """Nodemailer's pool."""
    if not (errand.tools / "node_modules" / "nodemailer").exists():
        errand.tools.mkdir(parents=True, exist_ok=True)
        _install([str(_present("npm")), "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(errand.tools), "nodemailer"])
    program = errand.folder / "pool.cjs"
    program.write_text(nodemailer_pool.PROGRAM, encoding="utf-8")
    letter = long_letter.page().keep(errand.folder)
    words = [str(letter), str(errand.port), str(errand.letters), str(errand.tools)]
    return _said(run([str(_present("node")), str(program), *words]))


def post_office(errand: Errand) -> Sent:
    """django-post-office on PostgreSQL: every letter queued, then sent by two processes."""
    python = errand.tools / "post-office" / "bin" / "python"
    if not (python.parent / ".installed").exists():
        venv.create(python.parents[1], with_pip=True, clear=True)
        _install([str(python), "-m", "pip", "install", "--quiet", "django-post-office", "psycopg[binary]"])
        (python.parent / ".installed").touch()
    letter = long_letter.page().keep(errand.folder)
    post_office_project.write(errand.folder)
    with clusters.opened() as cluster:
        said = {"BENCH_POSTGRES_PORT": str(cluster.port), "BENCH_SMTP_PORT": str(errand.port), "BENCH_LETTERS": str(errand.letters)}
        program = str(errand.folder / post_office_project.NAME)
        run([str(python), program, "migrate"], said)
        before = _server_cpu(cluster)
        sent = _said(run([str(python), program, "send", str(letter)], said))
        return Sent(sent.accepted, sent.seconds, sent.cpu | {"database": _server_cpu(cluster) - before})


def run(command: list[str], settings: dict[str, str] | None = None) -> Program:
    """Run a command to its end; raises when it failed, with the last it said."""
    began, before = time.monotonic(), os.times()
    done = subprocess.run(
        command,
        env=os.environ | (settings or {}),
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=SENT_WITHIN,
    )
    used = os.times()
    cpu = used.children_user + used.children_system - before.children_user - before.children_system
    return Program(time.monotonic() - began, cpu, done.stdout)


def versions(tools: Path) -> dict[str, str]:
    """Which versions were installed."""
    found = {}
    package = tools / "node_modules" / "nodemailer" / "package.json"
    if package.exists():
        found["Nodemailer"] = str(json.loads(package.read_text(encoding="utf-8"))["version"])
    for folder in tools.glob("post-office/lib/python*/site-packages/*.dist-info"):
        name, _, version = folder.name.removesuffix(".dist-info").partition("-")
        if name.lower() in {"django", "django_post_office"}:
            found[name] = version
    return found


def _said(done: Program) -> Sent:
    """What a sender said of itself on its last line."""
    said = json.loads(done.output.splitlines()[-1])
    return Sent(said["accepted"], said["seconds"], {"sender": said["cpu"]})


def _install(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=INSTALLED_WITHIN)


def _present(program: str) -> Path:
    if (found := shutil.which(program)) is None:
        raise FileNotFoundError(f"{program} is not installed here")
    return Path(found)


def _server_cpu(cluster: Cluster) -> float:
    return usage.cpu_of(cluster.pid)

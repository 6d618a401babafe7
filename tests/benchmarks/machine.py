"""On what the figures were found: the machine, and the version of everything that took part."""

import os
import platform
import re
import shutil
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import psutil

from tests.benchmarks import peers, postfix_sink
from tests.processes import clusters

OURS = ("sqlalchemy", "psycopg", "dramatiq")


def described(tools: Path) -> dict[str, str]:
    """Names and values, for the table."""
    found = {
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "Linux": platform.release(),
        "Python": platform.python_version(),
        "Postfix": _said(postfix_sink.path_of("postconf"), "-d", "mail_version"),
        "PostgreSQL": _said(f"{clusters.PROGRAMS}/postgres", "--version"),
        "RabbitMQ": _said(shutil.which("rabbitmqctl"), "version"),
        "Node": _said(shutil.which("node"), "--version"),
    }
    return found | {name: metadata.version(name) for name in OURS} | peers.versions(tools)


def _said(program: str | None, *words: str) -> str:
    """The version in what a program says of itself."""
    try:
        said = subprocess.run([str(program), *words], capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return "not here"
    version = re.search(r"\d+(\.\d+)+", said)
    return version[0] if version else "unknown"

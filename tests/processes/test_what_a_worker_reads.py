"""A worker that has started holds in memory what telling and sending need, and of each kind of broker only its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from workers import rehearsal_stage

pytestmark = pytest.mark.long

# What a worker reads when it comes to it: to compile a letter, set a PDF, count bank holidays, catch mail, rehearse or migrate.
SELDOM = {
    "premailer",
    "lxml",
    "cssutils",
    "requests",
    "typst",
    "docx",
    "holidays",
    "icalendar",
    "nh3",
    "python_calamine",
    "aiosmtpd",
    "alembic",
    "mako",
    "psutil",
}
OTHERS = {"flask", "segno", "waitress", "wtforms"}  # the web's
BROKERS = {"pika", "redis"}
START = """
import sys
from workers import main, relay

def tell_what_is_read(tools, lanes):
    sys.stdout.write('\\nread ' + ' '.join(sys.modules) + '\\n')  # at once: the log is written beside it
    tools.stopping.set()

relay.run = tell_what_is_read
main.main()
"""
CONNECT = (
    "import sys; from workers import actors, brokers; brokers.connect(sys.argv[1]); brokers.down(sys.argv[1]); print('read', *sys.modules)"
)


def read_by(program: str, *words: str, environment: dict[str, str] | None = None) -> set[str]:
    """The packages a program has read, as it says in a line of its own."""
    done = subprocess.run([sys.executable, "-c", program, *words], env=environment, capture_output=True, text=True, timeout=60, check=True)
    (said,) = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("read ")]
    return {name.partition(".")[0] for name in said}


def test_a_worker_that_has_started_read_nothing_it_seldom_needs(tmp_path: Path) -> None:
    with rehearsal_stage.build(smtp="127.0.0.1:1", database_url=None, broker_url=None, keep=tmp_path / "stage") as stage:
        read = read_by(START, "run", environment=stage.environment())

    assert {"dramatiq", "sqlalchemy"} <= read
    assert read & (SELDOM | OTHERS | BROKERS) == set()


@pytest.mark.parametrize(("url", "its_own"), [("amqp://127.0.0.1:1/", "pika"), ("redis://127.0.0.1:1/0", "redis")])
def test_of_the_brokers_libraries_only_its_own_is_read(url: str, its_own: str) -> None:
    pytest.importorskip(its_own)

    assert read_by(CONNECT, url) & BROKERS == {its_own}

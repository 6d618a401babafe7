"""A real Postfix of our own on loopback: it takes every letter, keeps those to people it knows, and returns the others to their sender.

Or, with a port behind it, it hands every letter on to that; such a one may be killed and started again.
"""

import contextlib
import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.processes import patience

POSTFIX = "/usr/sbin/postfix"
STARTS_WITHIN = 120.0
WRITTEN_WITHIN = 30.0  # seconds for what its processes had said to be in its log
OURS = "lopp@countersign.test"
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file_prefixes = {folder}
maillog_file = {folder}/mail.log
myhostname = mail.example.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
enable_long_queue_ids = yes
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_client_connection_rate_limit = 0
"""
KEEPING = """
default_transport = error:nothing leaves this machine
recipient_delimiter = +
virtual_mailbox_domains = static:all
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_maps = texthash:{folder}/known
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_reject_unlisted_recipient = no
"""
HANDING_ON = """
default_transport = smtp
relayhost = [127.0.0.1]:{behind}
smtp_connection_cache_on_demand = no
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 5s
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 5 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """Where it listens, and where it keeps its files."""

    folder: Path
    port: int
    behind: int | None = None

    @property
    def log(self) -> Path:
        """What it writes down."""
        return self.folder / "mail.log"

    @property
    def box(self) -> Path:
        """The Maildir of our own address, whatever token stands behind its +."""
        return self.folder / "boxes" / "ours"

    def know(self, addresses: Iterable[str]) -> None:
        """These people exist; nobody else does."""
        lines = [f"{OURS} ours/", *(f"{address} others/{number}/" for number, address in enumerate(sorted(set(addresses))))]
        (self.folder / "known").write_text("\n".join(lines) + "\n")
        self.run("reload")

    def run(self, word: str) -> None:
        """start, stop or reload, to its end."""
        subprocess.run(self._command(word), check=True, capture_output=True, timeout=60)

    def kill(self) -> "subprocess.Popen[bytes]":
        """kill -9 of all its processes, at any moment of their work, and start it again; what is given ends when it has started.

        The one that writes the log dies a moment after the others, so that what they had said stands there: on a machine at work that is
        syslog's, which does not die with Postfix. The master is frozen meanwhile, so that it replaces none.
        """
        master = psutil.Process(int((self.folder / "spool" / "pid" / "master.pid").read_text()))
        master.suspend()
        others = master.children()
        for one in others:
            if one.name() != "postlogd":
                one.kill()
        _rests(self.log)
        for one in (master, *others):
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs([master], timeout=10)
        return subprocess.Popen(self._command("start"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def waiting(self) -> int:
        """How many letters it has whole and has not handed on. Whole is what may be executed; the rest was being written when it was killed."""
        files = [one for name in ("incoming", "active", "deferred") for one in (self.folder / "spool" / name).rglob("*") if one.is_file()]
        return sum(_is_whole(one) for one in files)

    def _command(self, word: str) -> list[str]:
        return [POSTFIX, "-c", str(self.folder / "etc"), word]


def _rests(log: Path) -> None:
    """Wait until a log has kept its size over five looks."""
    sizes: list[int] = []

    def rests() -> bool:
        sizes.append(log.stat().st_size)
        return len(sizes) > 5 and len(set(sizes[-6:])) == 1

    patience.until(rests, "Postfix's log rests", within=WRITTEN_WITHIN, every=0.1)


def _is_whole(letter: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):  # it was handed on meanwhile
        return bool(letter.stat().st_mode & stat.S_IXUSR)
    return False


def why_not() -> str:
    """Why there can be no Postfix here; empty when there can."""
    if not Path(POSTFIX).exists():
        return "no Postfix is installed"
    return "" if os.geteuid() == 0 else "Postfix is started by root alone"


@contextmanager
def postfix(behind: int | None = None) -> Iterator[Postfix]:
    """Started, answering, and stopped at the end; `behind` is the port of whom it hands everything on to."""
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = Postfix(folder, port, behind)
    _furnish(own)
    try:
        own.run("start")
        wait(own)
        yield own
    finally:
        subprocess.run(own._command("stop"), check=False, capture_output=True, timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _furnish(own: Postfix) -> None:
    keeper, nobody = pwd.getpwnam("postfix"), pwd.getpwnam("nobody")
    for name in ("etc", "spool", "data", "boxes"):
        (own.folder / name).mkdir()
    os.chown(own.folder / "data", keeper.pw_uid, keeper.pw_gid)
    os.chown(own.folder / "boxes", nobody.pw_uid, nobody.pw_gid)
    said = {"folder": own.folder, "port": own.port, "uid": nobody.pw_uid, "gid": nobody.pw_gid, "behind": own.behind}
    (own.folder / "etc" / "main.cf").write_text((MAIN + (HANDING_ON if own.behind else KEEPING)).format(**said))
    (own.folder / "etc" / "master.cf").write_text(MASTER.format(**said))
    (own.folder / "known").write_text(f"{OURS} ours/\n")


def wait(own: Postfix) -> None:
    """Until it answers."""
    since = time.monotonic()
    while time.monotonic() - since < STARTS_WITHIN:
        try:
            with socket.create_connection(("127.0.0.1", own.port), timeout=1) as connection:
                if connection.recv(100).startswith(b"220"):
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"Postfix did not answer: {own.log.read_text() if own.log.exists() else ''}")

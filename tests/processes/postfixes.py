"""A real Postfix of our own on loopback: it takes every letter, keeps those to people it knows, and returns the others to their sender."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

POSTFIX = "/usr/sbin/postfix"
STARTS_WITHIN = 20.0
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
default_transport = error:nothing leaves this machine
recipient_delimiter = +
virtual_mailbox_domains = static:all
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_maps = texthash:{folder}/known
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_client_connection_rate_limit = 0
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

    @property
    def box(self) -> Path:
        """The Maildir of our own address, whatever token stands behind its +."""
        return self.folder / "boxes" / "ours"

    def know(self, addresses: Iterable[str]) -> None:
        """These people exist; nobody else does."""
        lines = [f"{OURS} ours/", *(f"{address} others/{number}/" for number, address in enumerate(sorted(set(addresses))))]
        (self.folder / "known").write_text("\n".join(lines) + "\n")
        subprocess.run([POSTFIX, "-c", str(self.folder / "etc"), "reload"], check=True, capture_output=True)


def why_not() -> str:
    """Why there can be no Postfix here; empty when there can."""
    if not Path(POSTFIX).exists():
        return "no Postfix is installed"
    return "" if os.geteuid() == 0 else "Postfix is started by root alone"


@contextmanager
def postfix() -> Iterator[Postfix]:
    """Started, answering, and stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = Postfix(folder, port)
    _furnish(own)
    command = [POSTFIX, "-c", str(folder / "etc")]
    try:
        subprocess.run([*command, "start"], check=True, capture_output=True, timeout=60)
        _wait(own)
        yield own
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True, timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _furnish(own: Postfix) -> None:
    keeper, nobody = pwd.getpwnam("postfix"), pwd.getpwnam("nobody")
    for name in ("etc", "spool", "data", "boxes"):
        (own.folder / name).mkdir()
    os.chown(own.folder / "data", keeper.pw_uid, keeper.pw_gid)
    os.chown(own.folder / "boxes", nobody.pw_uid, nobody.pw_gid)
    said = {"folder": own.folder, "port": own.port, "uid": nobody.pw_uid, "gid": nobody.pw_gid}
    (own.folder / "etc" / "main.cf").write_text(MAIN.format(**said))
    (own.folder / "etc" / "master.cf").write_text(MASTER.format(**said))
    (own.folder / "known").write_text(f"{OURS} ours/\n")


def _wait(own: Postfix) -> None:
    since = time.monotonic()
    while time.monotonic() - since < STARTS_WITHIN:
        try:
            with socket.create_connection(("127.0.0.1", own.port), timeout=1) as connection:
                if connection.recv(100).startswith(b"220"):
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"Postfix did not answer: {(own.folder / 'mail.log').read_text() if (own.folder / 'mail.log').exists() else ''}")

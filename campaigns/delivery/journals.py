"""A sending process's journal: a file that says, letter by letter, whose dot was about to go and what the relay then answered.

Outcomes reach the database in batches; when a process is killed, the journal is what is left of the last one. A line is written before a dot goes on
the wire, and another once its reply was read. So of all letters in a dead process's hands, only one whose dot was to go and has no reply is unclear.

The file outlives the process, not the machine: it is not forced onto the disk, which would make a letter a hundred times as dear. So after the
machine was restarted, or where a line cannot be read, a letter's absence from the file proves nothing (see `Evidence.whole`).

The process holds a lock on its journal as long as it lives; whoever can take that lock knows that the process is gone.
"""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import structlog

from campaigns.delivery.fates import VERBS
from campaigns.delivery.transport import Outcome

ENDING = ".journal"
OF_LETTERS, PLACES = ("dot", "heard"), range(2**31)
CLOSED = -1  # no file has this number, while the old one may soon be another file's
BOOT = Path("/proc/sys/kernel/random/boot_id")  # changes each time the machine is started
logger = structlog.get_logger()


@dataclass(frozen=True)
class Evidence:
    """What a journal says of one claim: the letters whose dot was about to go, by position, each with its outcome or None without a reply. `whole`:
    whether nothing written can be missing, so that every other letter was never begun.
    """

    claim: UUID
    chunk_id: UUID
    release_id: UUID
    letters: dict[int, Outcome | None] = field(default_factory=dict)
    whole: bool = True


class Contents(NamedTuple):
    """The claims in a journal that were not closed, oldest first. `whole`: whether nothing written can be missing, so that a claim that is not in it
    was never begun."""

    claims: list[Evidence]
    whole: bool


class Journal:
    """The journal of one sending thread of one process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}-{boot()}{ENDING}"
        self.path = folder / self.name
        nascent = self.path.with_suffix(".new")  # nobody may find it before it is locked
        self._file = os.open(nascent, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        nascent.rename(self.path)
        self._open = set[UUID]()

    def begin(self, claim: UUID, chunk_id: UUID, release_id: UUID) -> None:
        """A chunk is in hand from now on."""
        self._write(f"claim {claim} {chunk_id} {release_id}\n")
        self._open.add(claim)

    def dot(self, position: int) -> None:
        """This letter's dot is about to go."""
        self._write(f"dot {position}\n")

    def heard(self, position: int, outcome: Outcome) -> None:
        """What became of this letter."""
        words = outcome.said.replace("\r", " ").replace("\n", " ")
        self._write(f"heard {position} {outcome.kind} {outcome.stage} {words}\n")

    def done(self, claim: UUID) -> None:
        """The claim is closed, and everything about it is in the database. Nothing is kept longer than that, as replies may name a reader."""
        self._open.discard(claim)
        if self._open:
            self._write(f"done {claim}\n")
        else:
            os.ftruncate(self._file, 0)

    def unfinished(self) -> list[Evidence]:
        """The claims that could not be closed because the database did not answer."""
        return read(self.path).claims if self._open else []

    def close(self) -> None:
        """The process ends in peace. The file is removed unless a claim in it was not closed."""
        if not read(self.path).claims:
            self.path.unlink(missing_ok=True)
        file, self._file = self._file, CLOSED
        os.close(file)

    def _write(self, line: str) -> None:
        octets = line.encode("utf-8", "replace")
        written = os.write(self._file, octets)  # the whole line, unless the disk has room for only a part of it
        if written != len(octets):
            os.ftruncate(self._file, os.fstat(self._file).st_size - written)  # else the next line would be read as the rest of this one
            raise OSError(errno.ENOSPC, "There is no room for the journal's next line", str(self.path))


def read(path: Path) -> Contents:
    """What a journal says. A last line that was cut off is left out. So are the lines about letters after an unreadable line that may have begun a
    claim, until the next claim begins.
    """
    open_claims: dict[UUID, Evidence] = {}
    current: Evidence | None = None
    whole = is_whole(path.name)
    for line in path.read_bytes().split(b"\n")[:-1]:
        word, _, rest = line.decode("utf-8", "replace").partition(" ")
        try:
            if word == "claim":
                claim, chunk_id, release_id = (UUID(part) for part in rest.split(" "))
                current = Evidence(claim, chunk_id, release_id)
                open_claims[current.claim] = current
            elif word == "done":
                open_claims.pop(UUID(rest), None)
            elif current is None:
                raise ValueError(word)
            else:
                _note(current, word, rest)
        except (ValueError, KeyError, TypeError):
            whole, current = False, current if word in OF_LETTERS else None
    return Contents([replace(evidence, whole=whole) for evidence in open_claims.values()], whole)


def _note(evidence: Evidence, word: str, rest: str) -> None:
    """Take down what a line says of a letter; raises for a line that cannot be read."""
    if word == "dot":
        evidence.letters[_place(rest)] = None
        return
    position, kind, stage, said = rest.split(" ", 3)
    if word != "heard" or kind not in VERBS:
        raise ValueError(word)
    evidence.letters[_place(position)] = Outcome(kind, stage, said)


def _place(written: str) -> int:
    if int(written) not in PLACES:
        raise ValueError(written)
    return int(written)


def is_whole(name: str) -> bool:
    """Whether a journal of this name is certainly complete: the machine has not been restarted since it was written."""
    return name.endswith(f"-{boot()}{ENDING}")


@cache
def boot() -> str:
    """An id of the machine's current start; a random one where the system gives none."""
    try:
        return BOOT.read_text("ascii").strip().replace("-", "")[:12]
    except OSError:
        return uuid4().hex[:12]


def orphans(folder: Path) -> Iterator[Path]:
    """The journals in a folder whose process is gone, each locked while the caller reads it, so that nobody else takes it up."""
    for path in sorted(folder.glob(f"*{ENDING}")):
        with _taken(path) as free:
            if free:
                yield path


@contextmanager
def _taken(path: Path) -> Iterator[bool]:
    try:
        file = os.open(path, os.O_RDWR)
    except OSError as fault:  # gone, another user's, or the disk's: it keeps no other journal from being read
        if not isinstance(fault, FileNotFoundError):
            logger.error("a journal cannot be opened", path=str(path), fault=str(fault))
        yield False
        return
    try:
        yield _locked(file) and path.exists()  # or another has read it meanwhile, and taken it away
    finally:
        os.close(file)


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

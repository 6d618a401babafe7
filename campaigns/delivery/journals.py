"""A sending process's journal: a file that says, letter by letter, whose dot was about to go and what the relay then said.

Outcomes reach the database in batches; this is what is left of a batch when a process is killed. A line is in the file before the dot is on
the wire, and another once the reply was read, so that of all letters in a dead process's hands only one whose dot had no reply is unclear.
The file outlives the process, not the disk: it is not forced onto it, which would cost a letter a hundred times what it costs now.

Its process holds a lock on it for as long as it lives; whoever can take that lock knows that the process is gone.
"""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from campaigns.delivery.transport import Outcome

ENDING = ".journal"
LONGEST = 1_000_000  # octets, after which a file whose claims are all closed begins anew


@dataclass(frozen=True)
class Evidence:
    """What a journal says of one claim: letters whose dot was about to go, by position, each with its outcome if there was one."""

    claim: UUID
    chunk_id: UUID
    release_id: UUID
    letters: dict[int, Outcome | None] = field(default_factory=dict)


class Journal:
    """The journal of one sending thread of one process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}{ENDING}"
        self.path = folder / self.name
        nascent = self.path.with_suffix(".new")  # nobody may find it before it is locked
        self._file = os.open(nascent, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        nascent.rename(self.path)
        self._size, self._open = 0, set[UUID]()

    def begin(self, claim: UUID, chunk_id: UUID, release_id: UUID) -> None:
        """A chunk is in hand from here on. A long file is emptied, if all claims before this one are closed."""
        if self._size > LONGEST and not self._open:
            os.ftruncate(self._file, 0)
            self._size = 0
        self._open.add(claim)
        self._write(f"claim {claim} {chunk_id} {release_id}\n")

    def dot(self, position: int) -> None:
        """This letter's dot is about to go."""
        self._write(f"dot {position}\n")

    def heard(self, position: int, outcome: Outcome) -> None:
        """What became of it."""
        words = outcome.said.replace("\r", " ").replace("\n", " ")
        self._write(f"heard {position} {outcome.kind} {outcome.stage} {words}\n")

    def done(self, claim: UUID) -> None:
        """The claim is closed, and everything above is in the database."""
        self._open.discard(claim)
        self._write(f"done {claim}\n")

    def close(self) -> None:
        """The process ends in peace. The file goes only if nothing in it is still wanted."""
        if not any(read(self.path)):
            self.path.unlink(missing_ok=True)
        os.close(self._file)

    def _write(self, line: str) -> None:
        octets = line.encode("utf-8", "replace")
        self._size += os.write(self._file, octets)  # whole: a short line to a file is one write


def read(path: Path) -> Iterator[Evidence]:
    """The claims in a journal that were not closed, oldest first. A last line that was cut off says nothing."""
    open_claims: dict[UUID, Evidence] = {}
    current: Evidence | None = None
    for line in path.read_bytes().split(b"\n")[:-1]:
        word, _, rest = line.decode("utf-8", "replace").partition(" ")
        if word == "claim":
            current = Evidence(*(UUID(part) for part in rest.split(" ")))
            open_claims[current.claim] = current
        elif word == "done":
            open_claims.pop(UUID(rest), None)
        elif current is not None and word == "dot":
            current.letters[int(rest)] = None
        elif current is not None and word == "heard":
            position, kind, stage, said = rest.split(" ", 3)
            current.letters[int(position)] = Outcome(kind, stage, said)
    yield from open_claims.values()


def orphans(folder: Path) -> Iterator[Path]:
    """The journals in a folder whose process is gone, each held against others who look while it is being read."""
    for path in sorted(folder.glob(f"*{ENDING}")):
        with _taken(path) as free:
            if free:
                yield path


@contextmanager
def _taken(path: Path) -> Iterator[bool]:
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
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

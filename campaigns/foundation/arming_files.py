"""The arming file: what this machine remembers, outside every database, of the databases it was let send from.

One file serves all installations of a user on a machine: an entry for each place (see places.py). A mark is compared and moved under the file's
lock, so that of several processes none puts it back; the file is replaced whole, so that no crash leaves half of it.
"""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from campaigns.foundation.errors import CountersignError

PATIENCE, AGAIN = 2.0, 0.005  # seconds: for the lock, and until it is tried again


class ArmingFileFault(CountersignError):
    """The arming file cannot be used; the message says which and why."""


class ArmingFileBusy(ArmingFileFault):
    """Another process has it, for longer than anybody should."""


@dataclass(frozen=True)
class Entry:
    """What is remembered of one database: which arming it was, and the newest of what was seen to stand in it.

    `number` and `fingerprint`: of the newest log entry; `claims`: how often letters had been claimed in it, from any machine.
    """

    epoch: str
    number: int = 0
    fingerprint: str = ""
    claims: int = 0


@dataclass
class ArmingFile:
    """The file, while its lock is held. `own` tells this folder from a copy of it."""

    path: Path
    own: str
    entries: dict[str, Entry]

    def put(self, place: str, entry: Entry) -> None:
        """Remember this of a place, durably; nothing is written when it is what stands there already."""
        if self.entries.get(place) == entry:
            return
        self.entries[place] = entry
        said = json.dumps({name: asdict(value) for name, value in self.entries.items()}, indent=1, sort_keys=True)
        fresh = self.path.with_name(f"{self.path.name}.new")
        with fresh.open("w", encoding="ascii") as file:
            file.write(said + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        _flush_folder(self.path.parent)


def read(path: Path) -> ArmingFile:
    """What stands in it now; to be looked at only. Raises `ArmingFileFault`."""
    with opened(path) as file:
        return file


def move_on(path: Path, place: str, seen: Entry) -> bool:
    """Move a place's mark on to what was seen in its database, never back. False: another epoch stands there. Raises `ArmingFileFault`."""
    with opened(path) as file:
        entry = file.entries.get(place)
        if entry is None or entry.epoch != seen.epoch:
            return False
        newest = max(entry, seen, key=lambda one: one.number)
        file.put(place, replace(newest, claims=max(entry.claims, seen.claims)))
        return True


@contextmanager
def opened(path: Path) -> Iterator[ArmingFile]:
    """The file, locked against every other process and thread. Raises `ArmingFileFault` when it cannot be read or written, or is not let go of."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(f"{path.name}.lock").open("a+", encoding="ascii") as lock:
            _take(path, lock.fileno())
            yield ArmingFile(path, _own(lock.fileno()), _entries(path))
    except (OSError, ValueError, TypeError, AttributeError) as fault:  # the last two where it holds JSON of something else
        raise ArmingFileFault(f"the arming file {path} cannot be used (COUNTERSIGN_ARMING_FILE): {fault}") from fault


def _take(path: Path, lock: int) -> None:
    """Wait for the lock, but not for ever: whoever has it may be frozen, and each waits in the thread that sends."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise ArmingFileBusy(f"the arming file {path} is in use by another process, which does not let go of it") from None
        time.sleep(AGAIN)


def _own(lock: int) -> str:
    """A number made by chance once, and the lock file's own on its disk: copied together with the folder, the second is another."""
    said = os.pread(lock, 64, 0).decode("ascii")
    if not said:
        said = secrets.token_hex(16)
        os.write(lock, said.encode())
        os.fsync(lock)
    return f"{said} {os.fstat(lock).st_ino}"


def _entries(path: Path) -> dict[str, Entry]:
    if not path.exists():
        return {}
    return {place: Entry(**values) for place, values in json.loads(path.read_text("ascii")).items()}


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

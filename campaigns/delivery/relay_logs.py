"""Reading the relay's own log (Postfix's) for letters whose reply we did not hear: which of them did it take?

It took a letter if one queue id has both a `message-id=` line with the letter's Message-ID, and a `(queue active)` line whose `from=` carries the
token that only we can make for that letter (see verp.py). The first line alone proves nothing: a letter that was cut before its dot has it too, and
so has any stranger's mail that borrows our Message-ID. Times are the relay's (see relay_log_lines.py).

A relay that is behind writes the second line hours late: its queue manager looks at no more than 20,000 letters at once. So a letter with only the
first line is *begun* and may have been taken, unless the log says that it was broken off before its dot or refused at it.
"""

import bz2
import gzip
import lzma
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Protocol

from campaigns.delivery import relay_log_lines
from campaigns.delivery.relay_log_lines import Entry
from campaigns.delivery.relay_sessions import Sessions

BLOCK = 1 << 20  # octets read at once; going back, the time is looked at once a block
HEAD = 1 << 16  # octets among which a line with a time is sure to be found
TAIL = 4 << 20  # octets at the end among which a line of a few seconds ago is sure to be found
AGREE = timedelta(seconds=5)  # how far the relay's clock may be ahead of ours
CUT = b"\x00"  # put before octets that may not begin a line, so that words from the middle of a line are not taken for one
PACKED: dict[str, Callable[[IO[bytes]], "Readable"]] = {
    ".gz": lambda raw: gzip.GzipFile(fileobj=raw),
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
ROTATED = re.compile(r"[.-]\d[\d-]*(\.gz|\.bz2|\.xz)?")
NAMED = re.compile(rb"(?P<queue>\w+): message-id=(?P<name>\S+)")
ACTIVE = re.compile(rb"(?P<queue>\w+): from=<(?P<sender>.*)>, size=\d+, nrcpt=\d+ \(queue active\)")
BEGUN = re.compile(rb"(?P<queue>\w+): (?:client|uid)=\S.*")
REFUSED = re.compile(rb"(?P<queue>\w+): (?:milter-)?reject: (?:END-OF-MESSAGE|header|body|mime header|nested header) .*")
KNOCK = rb"disconnect from \S+ (?:(?:ehlo|helo|starttls|auth)=\d+(?:/\d+)? )+noop=%d quit=1 commands=\d+(?:/\d+)?"
ON_HOLD = re.compile(rb"(?P<queue>\w+): (?:milter-)?hold: .*")


class Readable(Protocol):
    """A log, packed or not."""

    def read(self, size: int = -1, /) -> bytes:
        """So many octets, or the rest."""


@dataclass(frozen=True)
class Sought:
    """A letter as the log would name it: its Message-ID, and the tokens of its return address (one for each of our keys)."""

    message_id: str
    tokens: frozenset[str]


@dataclass
class Found:
    """What the log says, by the letters' numbers. `taken`: with the queue id; `doubtful`: something stands there that we cannot explain; `begun`: the
    relay began to take it, and what became of it does not stand there yet. `open`: when letters were begun of which the log does not yet say which
    they are (see relay_sessions.py). `reaches_back`: whether the log begins early enough for the search.
    """

    taken: dict[int, str] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)
    open: list[datetime] = field(default_factory=list)
    reaches_back: bool = False

    def may_be_taking(self, number: int, *, at: datetime) -> bool:
        """Whether the relay may still be taking this letter, whose reply was given up `at` that moment."""
        if number in self.taken or number in self.doubtful:
            return False
        return number in self.begun or any(one <= at + AGREE for one in self.open)


def search(path: Path, sought: Mapping[int, Sought], *, since: datetime, margin: timedelta, now: datetime) -> Found:
    """What the log says of the letters `sought`, by their numbers. Raises OSError for a log that cannot be read, or was cut short
    meanwhile.

    It is read from a `margin` before `since`, as the relay's clock may be slow, with as many of the rotated logs beside it as that takes.
    """
    reading = _Reading(sought, now)
    try:
        with path.open("rb") as newest:  # opened before the others are listed: a log rotated meanwhile is read twice rather than never
            size = os.fstat(newest.fileno()).st_size
            start, back_to = _reaching(newest, since - margin, now)
            older: list[Path] = []
            for past in _rotated(path):
                if back_to <= since - margin:
                    break
                older, back_to = [past, *older], min(_begins(past, now), back_to)
            for past in older:
                with _opened(past) as stream:
                    reading.read(stream)
            newest.seek(start)
            reading.read(newest, CUT if start else b"")
            if os.fstat(newest.fileno()).st_size < size:  # rotated by copying: what was cut off is now in a copy that we may not have read
                raise OSError("it was cut short while it was read")
    except (EOFError, lzma.LZMAError, zlib.error) as fault:
        raise OSError(f"a rotated log cannot be read: {fault}") from fault
    reading.found.begun, reading.found.open = reading.begun(), reading.sessions.open(now)
    reading.found.reaches_back = back_to <= since
    return reading.found


def last_knock(path: Path, *, name: str, noops: int, now: datetime) -> datetime | None:
    """When the relay called `name` last logged a conversation of a greeting, `noops` NOOPs and a goodbye, which is ours (see `calling.knock`).

    This shows that it is the log of the relay we talk to, and that all that happened before is in it. None if there is none, or its time is ahead of
    ours. Raises OSError.
    """
    said = re.compile(KNOCK % noops)
    with path.open("rb") as stream:
        place = stream.seek(max(0, stream.seek(0, os.SEEK_END) - TAIL))
        lines = ((CUT if place else b"") + stream.read()).split(b"\n")[:-1]  # the last is not finished, or empty
        not_after = min(now.timestamp(), os.fstat(stream.fileno()).st_mtime) + AGREE.total_seconds()
    for line in reversed(lines):
        one = relay_log_lines.read(line, now=now, fold=0) if b": disconnect from " in line else None
        if one is not None and one.process == "smtpd" and one.is_of(name) and said.fullmatch(one.text):
            return one.at if one.at.timestamp() <= not_after else None
    return None


class _Reading:
    """Goes through logs from old to new, and collects what they say."""

    def __init__(self, sought: Mapping[int, Sought], now: datetime) -> None:
        self.by_name = {one.message_id.encode(): number for number, one in sought.items()}
        self.by_token = {token.encode(): number for number, one in sought.items() for token in one.tokens}
        self.named: dict[tuple[str, bytes], set[int]] = {}  # letters by instance and queue id, until the relay uses the id again
        self.queues: set[bytes] = set()  # their queue ids, of any instance
        self.sessions = Sessions()
        self.now, self.found = now, Found()

    def read(self, stream: Readable, rest: bytes = b"") -> None:
        """Read a log to its end; `rest` is put before its first octet."""
        while block := stream.read(BLOCK):
            whole, _, rest = (rest + block).rpartition(b"\n")
            for line in whole.split(b"\n"):
                self.sessions.follow(line)
                if self._concerns_us(line) and (one := relay_log_lines.read(line, now=self.now)) is not None:
                    self._take(one)
            rest = rest if len(rest) < BLOCK else CUT

    def begun(self) -> set[int]:
        """The letters that the relay had under some queue id, and of which the log says nothing further."""
        open_ones = (numbers for queue, numbers in self.named.items() if queue not in self.sessions.broken_off)
        return set().union(*open_ones) - self.found.taken.keys() - self.found.doubtful

    def _concerns_us(self, line: bytes) -> bool:
        """A quick test, as few of a million lines are about a letter that is looked for."""
        queue, _, said = line.partition(b"]: ")[2].partition(b": ")
        return said[11:].rstrip(b"\r") in self.by_name if said.startswith(b"message-id=") else queue in self.queues

    def _take(self, one: Entry) -> None:
        if one.process == "cleanup" and (said := NAMED.fullmatch(one.text)):
            if (number := self.by_name.get(said["name"])) is not None:
                self.named.setdefault((one.instance, said["queue"]), set()).add(number)
                self.queues.add(said["queue"])
        elif one.process == "cleanup" and (said := ON_HOLD.fullmatch(one.text)):  # the relay has it, and may yet let it go
            self.found.doubtful |= self.named.get((one.instance, said["queue"]), set())
        elif one.process == "qmgr" and (said := ACTIVE.fullmatch(one.text)):
            self._active(self.named.get((one.instance, said["queue"]), set()), said)
        elif said := REFUSED.fullmatch(one.text) or BEGUN.fullmatch(one.text):
            self.named.pop((one.instance, said["queue"]), None)

    def _active(self, named: set[int], said: re.Match[bytes]) -> None:
        token = said["sender"].lower().partition(b"@")[0].rpartition(b"+")[2]
        for number in named:
            if self.by_token.get(token) == number:
                self.found.taken[number] = said["queue"].decode("ascii")
            else:  # a stranger's, or ours under a return address that something rewrote
                self.found.doubtful.add(number)


def _reaching(stream: IO[bytes], since: datetime, now: datetime) -> tuple[int, datetime]:
    """The place in a log from which to read, so that nothing from `since` on is left out, and the time of the first line there."""
    place, back_to = stream.seek(0, os.SEEK_END), now
    while place and back_to > since:
        place = max(0, place - BLOCK)
        stream.seek(place)
        back_to = _first_time(stream, CUT if place else b"", now) or back_to
    return place, back_to


def _first_time(stream: Readable, before: bytes, now: datetime) -> datetime | None:
    lines = (before + stream.read(HEAD)).split(b"\n")[:-1]
    return next((one.at for line in lines if (one := relay_log_lines.read(line, now=now))), None)


def _rotated(path: Path) -> list[Path]:
    """Older logs beside this one, the newest first: log.1, log.2.gz, log-20261126.xz."""
    older = [one for one in path.parent.iterdir() if one.name.startswith(path.name) and ROTATED.fullmatch(one.name[len(path.name) :])]
    return sorted(older, key=lambda one: one.stat().st_mtime, reverse=True)


def _begins(path: Path, now: datetime) -> datetime:
    with _opened(path) as stream:
        return _first_time(stream, b"", now) or now


@contextmanager
def _opened(path: Path) -> Iterator[Readable]:
    with path.open("rb") as raw:
        yield PACKED[path.suffix](raw) if path.suffix in PACKED else raw

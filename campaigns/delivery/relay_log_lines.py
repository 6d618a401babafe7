"""A line of the relay's log: when, which process of which instance, and what it says. Times are RFC 3339's, or syslog's own without a year.

Source: RFC 3164, 4.1.2 ("Mmm dd hh:mm:ss", the local time).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

AHEAD = timedelta(days=1)  # a time without a year that lies further ahead than this is last year's
STAMP = rb"(?:(?P<iso>\d{4}-\d\d-\d\dT\S{8,32})|(?P<classic>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d))"
LINE = re.compile(STAMP + rb" \S+ (?P<program>[^\s\[\]:]+)\[\d+\]: (?P<text>[^\r\n]*)\r?")
MONTHS = {name: number for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}


@dataclass(frozen=True)
class Entry:
    """`program` as the log has it: postfix/qmgr, postfix-out/smtpd, postfix/submission/smtpd."""

    at: datetime
    program: str
    text: bytes

    @property
    def instance(self) -> str:
        """Which Postfix of several: each has queue ids of its own."""
        return self.program.partition("/")[0]

    @property
    def process(self) -> str:
        """Which of its processes."""
        return self.program.rpartition("/")[2]

    def is_of(self, name: str) -> bool:
        """Whether the relay of this syslog name wrote it."""
        return self.program.rpartition("/")[0] == name or self.program.startswith(f"{name}/")


def read(line: bytes, *, now: datetime, fold: int = 1) -> Entry | None:
    """A line of the log; None for one that is none: cut short, or of another kind.

    In the hour that comes twice in autumn a time without a zone is the later of the two it may be, or with `fold=0` the earlier.
    """
    found = LINE.fullmatch(line)
    if found is None:
        return None
    try:
        at = _whole(found["iso"]) if found["iso"] else _in_its_year(found["classic"], now, fold)
    except ValueError:
        return None
    return Entry(at, found["program"].decode("ascii", "replace"), found["text"])


def _whole(stamp: bytes) -> datetime:
    return datetime.fromisoformat(stamp.decode("ascii")).astimezone(UTC)


def _in_its_year(stamp: bytes, now: datetime, fold: int) -> datetime:
    """A time of this machine's zone without its year: the last one that is not ahead of us."""
    month, day, clock = stamp[:3], int(stamp[4:6]), stamp[7:].decode("ascii")
    latest = now.astimezone().year + 1
    for year in (latest, latest - 1, latest - 2, latest - 3, latest - 4):  # four, for a 29 February
        try:
            local = datetime.fromisoformat(f"{year}-{MONTHS[month]:02}-{day:02}T{clock}").replace(fold=fold)
        except (KeyError, ValueError):
            continue
        if local.astimezone(UTC) <= now + AHEAD:
            return local.astimezone(UTC)
    raise ValueError(stamp)

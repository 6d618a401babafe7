"""One event of an iCalendar file: its lines in, the whole London days it stands for out, or why it cannot stand.

Source: RFC 5545, 3.8.2 (days and durations), 3.8.4.4 (moved occurrences), 3.8.5 (recurrences).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from campaigns.foundation import clock, late, one_line
from campaigns.foundation.errors import Refused
from campaigns.planning import recurrences
from campaigns.planning.recurrences import EARLIEST, LATEST
from campaigns.planning.rules import LONGEST_HOLD

if TYPE_CHECKING:
    import icalendar
    import icalendar.parser as icalendar_parser
else:
    icalendar, icalendar_parser = late.module("icalendar"), late.module("icalendar.parser")

LONGEST = 8000
MOST_DAYS = 400  # exceptions or extra days of one event
MOST_LINES = MOST_DAYS + 10  # that say a day, in one event
MOST_REMARKS = 50
DAY = timedelta(days=1)


class Unreadable(Exception):
    """An event that cannot be taken: which one, and why."""

    def __init__(self, uid: str, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.uid, self.name, self.sentence = uid, name, sentence


@dataclass(frozen=True)
class Entry:
    """An event as the days of a rule; `uid` is its name in its calendar."""

    uid: str
    title: str
    first: date
    last: date
    recurrence: str = ""
    excepted: tuple[date, ...] = ()


@dataclass(frozen=True)
class Event:
    """An event read; `replaces` is the day of the series that it moves."""

    uid: str
    title: str
    first: date
    last: date
    recurrence: str
    excepted: tuple[date, ...]
    extra: tuple[date, ...]
    replaces: date | None
    sequence: int
    cancelled: bool

    def entries(self, apart: Iterable[date] = ()) -> list[Entry]:
        """What it stands for; `apart` are days that moved out of it."""
        if self.cancelled:
            return []
        excepted = tuple(sorted({*self.excepted, *apart}))
        uid = f"{self.uid}/{self.replaces}" if self.replaces else self.uid
        own = Entry(uid, self.title, self.first, self.last, self.recurrence, excepted)
        gone = set(excepted) if not self.recurrence else set()
        length = self.last - self.first
        added = [
            Entry(f"{self.uid}/{day}", self.title, day, day + length) for day in self.extra if day not in excepted and day != self.first
        ]
        return [*([] if self.first in gone else [own]), *added]


def read(lines: Sequence[str], remarks: list[str]) -> Event:
    """Read an event's lines; what was assumed is added to `remarks`."""
    said: dict[str, list[icalendar_parser.Contentline]] = {}
    for line in lines[:20] if len(lines) > MOST_LINES else lines:
        said.setdefault(re.split("[;:]", line, maxsplit=1)[0].strip().upper(), []).append(icalendar_parser.Contentline(line))  # type: ignore[no-untyped-call]
    uid, title = _plain(said, "UID")[: one_line.LONGEST], _plain(said, "SUMMARY")[: one_line.LONGEST] or "No title"
    try:
        if not uid:
            raise Refused("it has no UID, so it could not be known again")
        if len(lines) > MOST_LINES:
            raise Refused(f"it names more than {MOST_DAYS} single days")
        if any(len(line) > LONGEST for name in said for line in said[name] if name != "SUMMARY"):
            raise Refused(f"one of its lines is longer than {LONGEST:,} characters")
        return _Reader(said, uid, title, remarks).event()
    except Refused as refusal:
        raise Unreadable(uid, title, refusal.sentence) from None
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError):
        raise Unreadable(uid, title, "its days cannot be read") from None


@dataclass
class _Reader:
    said: "dict[str, list[icalendar_parser.Contentline]]"
    uid: str
    title: str
    remarks: list[str]

    def event(self) -> Event:
        if "DTSTART" not in self.said:
            raise Refused("it does not say when it begins")
        if any(len(self.said.get(name, [])) > 1 for name in ("DTSTART", "DTEND", "DURATION", "RRULE")) or "EXRULE" in self.said:
            raise Refused("it says more than once when it is, or how often")
        begins, whole = self._moments("DTSTART")[0]
        first = begins.date() if whole else clock.london(begins).date()
        recurrence = self._recurrence(first, begins, whole)
        replaces = [_day(moment) for moment in self._moments("RECURRENCE-ID")]
        if replaces and any("RANGE" in line.upper().partition(":")[0] for line in self.said["RECURRENCE-ID"]):
            raise Refused("it moves all later occurrences at once (RANGE=THISANDFUTURE); export the series as two")
        return Event(
            uid=self.uid,
            title=self.title,
            first=first,
            last=self._last(first, begins, whole),
            recurrence="" if replaces else recurrence,
            excepted=tuple(_day(moment) for moment in self._moments("EXDATE")),
            extra=tuple(_day(moment) for moment in self._moments("RDATE")),
            replaces=replaces[0] if replaces else None,
            sequence=int(_plain(self.said, "SEQUENCE")[:9] or "0"),
            cancelled=_plain(self.said, "STATUS").upper() == "CANCELLED",
        )

    def _last(self, first: date, begins: datetime, whole: bool) -> date:
        if "DTEND" in self.said:
            ends = self._moments("DTEND")[0][0]
        elif "DURATION" in self.said:
            ends = begins + icalendar.vDuration.from_ical(_plain(self.said, "DURATION"))  # type: ignore[no-untyped-call]
        else:
            ends = begins
        if ends < begins:
            raise Refused("it ends before it begins")
        last = first if ends == begins else _day((ends - timedelta(seconds=1), whole))
        if not EARLIEST <= first <= last <= LATEST:
            raise Refused(f"its days are not between {EARLIEST.year} and {LATEST.year}")
        if last - first >= LONGEST_HOLD:
            raise Refused("it lasts longer than 400 days")
        return max(last, first)

    def _recurrence(self, first: date, begins: datetime, whole: bool) -> str:
        until = r"UNTIL=(\d{8})T(\d{6})(Z?)"
        text = re.sub(until, lambda found: _until(found, begins, whole), _plain(self.said, "RRULE").upper())
        if not text:
            return ""
        if not whole and begins.date() != first:
            raise Refused("it comes again by days of another time zone, which are other days in London")
        recurrences.check(text, first)
        return text

    def _moments(self, name: str) -> list[tuple[datetime, bool]]:
        """The moments a line names, each with whether it is a whole day."""
        found: list[tuple[datetime, bool]] = []
        for line in self.said.get(name, []):
            _, parameters, value = line.parts()
            if str(parameters.get("VALUE", "")).upper() == "PERIOD" or "/" in value:
                raise Refused("it names periods of time (PERIOD), which are no days")
            found += [self._moment(each.strip(), str(parameters.get("TZID", ""))) for each in value.split(",")]
        if len(found) > MOST_DAYS:
            raise Refused(f"it names more than {MOST_DAYS} single days")
        return found

    def _moment(self, text: str, zone_name: str) -> tuple[datetime, bool]:
        if re.fullmatch(r"[0-9]{8}", text):
            return datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC), True
        if not re.fullmatch(r"[0-9]{8}T[0-9]{6}Z?", text):
            raise Refused(f"“{text[:40]}” is no day and no moment")
        moment = datetime.fromisoformat(text.removesuffix("Z"))
        if not 1 < moment.year < 9999:
            raise Refused(f"its days are not between {EARLIEST.year} and {LATEST.year}")
        return moment.replace(tzinfo=UTC if text.endswith("Z") else self._zone(zone_name)), False

    def _zone(self, name: str) -> ZoneInfo:
        try:
            if name and len(name) < 64:
                return ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            pass
        what = f"names a time zone nobody knows, “{name[:40]}”" if name else "names no time zone"
        remark = f"“{self.title[:80]}” {what}: its times were taken as London's"
        if remark not in self.remarks and len(self.remarks) < MOST_REMARKS:
            self.remarks.append(remark)
        return clock.LONDON


def _day(moment: tuple[datetime, bool]) -> date:
    return moment[0].date() if moment[1] else clock.london(moment[0]).date()


def _until(found: re.Match[str], begins: datetime, whole: bool) -> str:
    """The last day of a series. A calendar that cuts one in two ends the first half a moment before the next event: that day is then not in it."""
    zone = clock.LONDON if whole else begins.tzinfo
    ends = datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=UTC if found[3] else zone).astimezone(zone)
    early = not whole and ends.date() > begins.date() and ends.time() < begins.time()
    return f"UNTIL={ends.date() - early * DAY:%Y%m%d}"


def _plain(said: "dict[str, list[icalendar_parser.Contentline]]", name: str) -> str:
    """The first such line's words on one line, without what no reader sees."""
    if name not in said:
        return ""
    value = re.sub(r'^[^:"]*(?:"[^"]*"[^:"]*)*:', "", said[name][0][: LONGEST * 2], count=1)
    value = re.sub(r"\\([nN,;\\])", lambda escaped: " " if escaped[1] in "nN" else escaped[1], value)
    return " ".join("".join(each if each.isprintable() else " " for each in value).split())

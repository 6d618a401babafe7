"""iCalendar files: text in, entries of whole days out, and every event that cannot be one with a sentence that says why.

A moment counts as its London day; one without a zone, or in a zone nobody knows, is taken as London time, and that is said. A moved occurrence
(RECURRENCE-ID) is taken out of its series and stands on its own; RDATEs stand on their own too. Only the lines that say a day are looked at,
so that a file made to exhaust its reader has little to do it with. Source: RFC 5545, 3.1, 3.6.1 and 3.8.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from audiences import calendar_events
from audiences.calendar_events import Entry, Event
from campaigns.foundation.errors import Refused

LARGEST = 10 * 1024 * 1024
MOST_EVENTS, MOST_ENTRIES = 2000, 1000
LONGEST = 8000  # characters of one unfolded line that says a day
DEEPEST = 4
CUT = re.compile(rb"(?<=[\x80-\xff])\r?\n[ \t](?=[\x80-\xbf])")  # a line folded in the midst of a letter (RFC 5545, 3.1)
WANTED = frozenset(
    {"UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "EXDATE", "RDATE", "RECURRENCE-ID", "STATUS", "SEQUENCE"}
)


@dataclass
class Reading:
    """What a file says: its entries, the events refused (which one, why), and what was assumed."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)  # uid, what it is called, why
    remarks: list[str] = field(default_factory=list)


def read(raw: bytes) -> Reading:
    """Read a whole file. Refuses what is no iCalendar file at all; of one that is, events are refused one by one."""
    reading = Reading()
    series: dict[str, list[Event]] = defaultdict(list)
    for lines in _blocks(_text(raw)):
        try:
            event = calendar_events.read(lines, reading.remarks)
            series[event.uid].append(event)
        except calendar_events.Unreadable as fault:
            reading.refused.append((fault.uid, fault.name, fault.sentence))
    for events in series.values():
        _take(events, reading)
    if len(reading.entries) > MOST_ENTRIES:
        raise Refused(f"The file holds more than {MOST_ENTRIES:,} entries. Export fewer years or one calendar at a time.", field="file")
    return reading


def _take(events: list[Event], reading: Reading) -> None:
    """A series with its moved occurrences. Of two that claim to be the same, the newest stands."""
    moved = {event.replaces: event for event in sorted(events, key=lambda each: each.sequence) if event.replaces}
    masters = sorted((event for event in events if not event.replaces), key=lambda each: -each.sequence)
    for other in masters[1:]:
        reading.refused.append((other.uid, other.title, "another event of the file has the same UID; only one of them was taken"))
    for event in masters[:1]:
        reading.entries += event.entries(apart=list(moved))
    for event in moved.values():
        reading.entries += event.entries()


def _text(raw: bytes) -> str:
    try:
        text = CUT.sub(b"", raw).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            "The file is not text in UTF-8, as every iCalendar file must be. Export it again as iCalendar (.ics).", field="file"
        ) from None
    if not text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        raise Refused("This is not an iCalendar file: it does not begin with BEGIN:VCALENDAR.", field="file")
    return text


def _blocks(text: str) -> Iterator[list[str]]:
    """The lines of each event that matter; lines of alarms and the like inside an event are passed over."""
    inside: list[str] = []
    found: list[str] = []
    events = 0
    for line in _unfolded(text):
        name, _, value = line[:80].partition(":")
        verb, what = name.strip().upper(), value.strip().upper()
        if verb == "BEGIN":
            inside.append(what)
            events += what == "VEVENT"
            _not_too_much(inside, events)
            found = [] if what == "VEVENT" else found
        elif verb == "END":
            _ends(inside, what)
            if what == "VEVENT":
                yield found
        elif inside[-1:] == ["VEVENT"] and len(found) <= calendar_events.MOST_LINES and verb.partition(";")[0] in WANTED:
            found.append(line)
    if inside:
        raise Refused("The file breaks off before its end. Export or download it again.", field="file")


def _not_too_much(inside: list[str], events: int) -> None:
    if len(inside) > DEEPEST:
        raise Refused("The file is nested deeper than any calendar is. Export it again as iCalendar (.ics).", field="file")
    if events > MOST_EVENTS:
        raise Refused(f"The file holds more than {MOST_EVENTS:,} events. Export fewer years or one calendar at a time.", field="file")


def _ends(inside: list[str], what: str) -> None:
    if not inside or inside.pop() != what:
        raise Refused("The file is broken: something in it ends that did not begin. Export it again.", field="file")


def _unfolded(text: str) -> Iterator[str]:
    """Whole lines; what goes on beyond the longest that could matter is dropped."""
    parts: list[str] = []
    length = 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line[:1] in {" ", "\t"} and parts:
            if length <= LONGEST:
                parts.append(line[1 : LONGEST + 2])
                length += len(parts[-1])
            continue
        if parts:
            yield "".join(parts)
        parts, length = [line[: LONGEST + 1]], len(line)
    if parts and parts[0]:
        yield "".join(parts)

"""What a calendar answers to an invitation: bytes of a text/calendar part in, one person's answer out, or nothing. Pure.

It comes from outside and may have been made to exhaust its reader: only the few lines that say an answer are looked at, none longer than a
line that could matter, and nothing is expanded. Of several that answer at once it cannot be told whose the mail is, so that is none.
Sources: RFC 5545 (3.1, 3.2, 3.8), RFC 5546 (3.2.3, METHOD:REPLY), RFC 2446 (what older calendars write).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

ACCEPTED, DECLINED, TENTATIVE, DELEGATED = "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"
ANSWERS = frozenset({ACCEPTED, DECLINED, TENTATIVE, DELEGATED})
MOST_OCTETS = 512 * 1024  # a reply has less than two thousand, and its time zone as many
LONGEST = 4000  # characters of one unfolded line
MOST_LINES, MOST_ATTENDEES, DEEPEST = 20_000, 50, 4
OF_THE_CALENDAR, OF_THE_EVENT = frozenset({"METHOD"}), frozenset({"UID", "SEQUENCE", "DTSTAMP", "ATTENDEE"})
HEAD = re.compile(r'([A-Za-z0-9-]+)((?:;[^":;]*(?:"[^"]*"[^":;]*)*)*):')  # a name and its parameters; a colon inside quotes ends neither
PARTSTAT = re.compile(r'(?:"[^"]*"|[^";])+')
ADDRESS = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,255}")
STAMP = re.compile(r"(\d{8}T\d{6})Z?", re.ASCII)
Said = dict[str, list[tuple[str, str]]]  # a property's name → the parameters and the value of each


@dataclass(frozen=True)
class Reply:
    """One attendee's answer. `partstat` is one of ANSWERS; `stamped`: when their calendar wrote it, in UTC; None where it does not say."""

    uid: str
    sequence: int
    attendee: str
    partstat: str
    stamped: datetime | None


def read(raw: bytes) -> Reply | None:
    """The answer in a calendar; None for whatever is not METHOD:REPLY of one event by one attendee."""
    if len(raw) > MOST_OCTETS:
        return None
    said = _said(raw.decode("utf-8-sig", "replace"))
    if said is None or [value.strip().upper() for _, value in said.get("METHOD", [])] != ["REPLY"]:
        return None
    answers = [found for found in map(_answer, said.get("ATTENDEE", [])) if found]
    uid, sequence = _first(said, "UID"), _first(said, "SEQUENCE") or "0"
    if len(answers) != 1 or not uid or not (sequence.isascii() and sequence.isdigit() and len(sequence) < 10):
        return None
    attendee, partstat = answers[0]
    return Reply(uid, int(sequence), attendee, partstat, _moment(_first(said, "DTSTAMP")))


def _said(text: str) -> Said | None:
    """What matters of a calendar with one event; None of any other."""
    inside: list[str] = []
    found: Said = {}
    events = 0
    for number, line in enumerate(_unfolded(text)):
        head = HEAD.match(line)
        name, value = (head[1].upper(), line[head.end() :]) if head else ("", "")
        if name == "BEGIN":
            inside.append(value.strip().upper())
            events += inside[-1] == "VEVENT"
        elif name == "END" and (not inside or inside.pop() != value.strip().upper()):
            return None
        elif name in {("VCALENDAR",): OF_THE_CALENDAR, ("VCALENDAR", "VEVENT"): OF_THE_EVENT}.get(tuple(inside), frozenset()):
            found.setdefault(name, []).append((head[2] if head else "", value))
        if events > 1 or len(inside) > DEEPEST or number > MOST_LINES or len(found.get("ATTENDEE", [])) > MOST_ATTENDEES:
            return None
    return found if events == 1 and not inside else None


def _unfolded(text: str) -> Iterator[str]:
    """Whole lines; a line longer than any that matters is cut, so that it says nothing."""
    whole: list[str] = []
    length = 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line[:1] in {" ", "\t"} and whole:
            whole.append(line[1:] if length <= LONGEST else "")
        else:
            yield "".join(whole)[:LONGEST]
            whole, length = [line], 0
        length += len(line)
    yield "".join(whole)[:LONGEST]


def _answer(attendee: tuple[str, str]) -> tuple[str, str] | None:
    """An attendee's address and answer; None of one who only stands there."""
    given = dict(part.split("=", 1) for part in PARTSTAT.findall(attendee[0]) if "=" in part)
    partstat = {name.strip().upper(): value for name, value in given.items()}.get("PARTSTAT", "").strip('" ').upper()
    value = attendee[1].strip()
    address = (value[len("mailto:") :] if value[: len("mailto:")].lower() == "mailto:" else value).strip().lower()
    return (address, partstat) if partstat in ANSWERS and ADDRESS.fullmatch(address) else None


def _first(said: Said, name: str) -> str:
    """The value of a property that stands there once; empty where it stands there twice or not at all."""
    values = said.get(name, [])
    return values[0][1].strip() if len(values) == 1 else ""


def _moment(value: str) -> datetime | None:
    found = STAMP.fullmatch(value)
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None

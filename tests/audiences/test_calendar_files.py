"""iCalendar files: what is read of a good one, and a sentence, in good time, for every bad one (Done-when 8)."""

import time
from collections.abc import Callable
from datetime import date

import pytest

from audiences import calendar_files, calendar_parsing
from audiences.calendar_files import Reading
from campaigns.foundation.errors import Refused
from tests.web.test_hostile_strings import OURS

LONGEST = 2.0  # seconds of the machine's processor


def event(*lines: str, uid: str = "one", summary: str = "Committee") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", *lines, "END:VEVENT"])


def file(*events: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//EN", *events, "END:VCALENDAR", ""]).encode()


def read(*lines: str, summary: str = "Committee") -> Reading:
    return calendar_files.read(file(event(*lines, summary=summary)))


@pytest.mark.parametrize(
    ("lines", "first", "last"),
    [
        (["DTSTART;VALUE=DATE:20260512"], date(2026, 5, 12), date(2026, 5, 12)),
        (["DTSTART;VALUE=DATE:20260512", "DTEND;VALUE=DATE:20260514"], date(2026, 5, 12), date(2026, 5, 13)),
        (["DTSTART;VALUE=DATE:20260512", "DURATION:P2D"], date(2026, 5, 12), date(2026, 5, 13)),
        (["DTSTART:20260512T233000Z", "DTEND:20260513T003000Z"], date(2026, 5, 13), date(2026, 5, 13)),
        (["DTSTART;TZID=America/New_York:20260512T210000"], date(2026, 5, 13), date(2026, 5, 13)),
        (["DTSTART;TZID=Europe/London:20260512T190000", "DTEND;TZID=Europe/London:20260513T000000"], date(2026, 5, 12), date(2026, 5, 12)),
    ],
)
def test_days_are_london_days_and_the_end_is_not_included(lines: list[str], first: date, last: date) -> None:
    (entry,) = read(*lines).entries
    assert (entry.first, entry.last) == (first, last)


@pytest.mark.parametrize("line", ["DTSTART:20260512T190000", "DTSTART;TZID=Mars/Olympus:20260512T190000"])
def test_a_time_without_a_known_zone_is_londons_and_that_is_said(line: str) -> None:
    found = read(line)
    assert found.entries[0].first == date(2026, 5, 12) and "“Committee” names" in found.remarks[0] and "London's" in found.remarks[0]


def test_a_moved_occurrence_leaves_its_series_and_stands_on_its_own() -> None:
    series = event("DTSTART;VALUE=DATE:20260512", "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;VALUE=DATE:20260602")
    moved = event("DTSTART;VALUE=DATE:20260520", "RECURRENCE-ID;VALUE=DATE:20260519")
    called_off = event("DTSTART;VALUE=DATE:20260526", "RECURRENCE-ID;VALUE=DATE:20260526", "STATUS:CANCELLED")
    whole, own = calendar_files.read(file(series, moved, called_off)).entries

    assert whole.excepted == (date(2026, 5, 19), date(2026, 5, 26), date(2026, 6, 2)) and whole.recurrence == "FREQ=WEEKLY;COUNT=4"
    assert (own.uid, own.first) == ("one/2026-05-19", date(2026, 5, 20))


def test_extra_days_stand_on_their_own() -> None:
    found = read("DTSTART;VALUE=DATE:20260512", "RDATE;VALUE=DATE:20260601,20260608").entries
    assert [(one.uid, one.first.day) for one in found] == [("one", 12), ("one/2026-06-01", 1), ("one/2026-06-08", 8)]


START = "DTSTART;VALUE=DATE:20260512"
BAD_EVENTS = {
    "no start": [],
    "no day": ["DTSTART:soon"],
    "no date there is": ["DTSTART;VALUE=DATE:20260231"],
    "year 0": ["DTSTART;VALUE=DATE:00000101"],
    "year 1": ["DTSTART:00010101T000000Z"],
    "year 9999": ["DTSTART;VALUE=DATE:99991231"],
    "year 9999, a moment": ["DTSTART:99991231T235959Z"],
    "ends first": [START, "DTEND;VALUE=DATE:20260501"],
    "lasts for ever": [START, "DTEND;VALUE=DATE:20990501"],
    "lasts longer than numbers": [START, "DURATION:P999999999999W"],
    "lasts nonsense": [START, "DURATION:soon"],
    "every second": [START, "RRULE:FREQ=SECONDLY"],
    "every minute": [START, "RRULE:FREQ=MINUTELY;COUNT=1000000000"],
    "never comes": [START, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31"],
    "never comes, daily": [START, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"],
    "never comes, hours": [START, "RRULE:FREQ=YEARLY;BYHOUR=25"],
    "never comes, sixth Monday": [START, "RRULE:FREQ=MONTHLY;BYDAY=6MO"],
    "never comes, position": [START, "RRULE:FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2"],
    "stands still": [START, "RRULE:FREQ=YEARLY;INTERVAL=0"],
    "goes back": [START, "RRULE:FREQ=YEARLY;INTERVAL=-1"],
    "never": [START, "RRULE:FREQ=DAILY;COUNT=0"],
    "two rules": [START, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"],
    "a rule of exceptions": [START, "RRULE:FREQ=DAILY", "EXRULE:FREQ=DAILY"],
    "periods": [START, "RDATE;VALUE=PERIOD:20260601T000000Z/P1D"],
    "many exceptions": [START, "RRULE:FREQ=DAILY", *["EXDATE;VALUE=DATE:" + ",".join(["20260513"] * 400)] * 3],
    "a line of a megabyte": [START, "EXDATE;VALUE=DATE:" + "20260513," * 120_000],
    "moves all later": [START, "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260512"],
    "another zone's days": ["DTSTART;TZID=Asia/Tokyo:20260512T010000", "RRULE:FREQ=WEEKLY;BYDAY=TU"],
}


@pytest.mark.parametrize("name", BAD_EVENTS)
def test_an_event_that_cannot_be_is_refused_by_name_and_the_next_is_read(name: str) -> None:
    began = time.process_time()
    found = calendar_files.read(file(event(*BAD_EVENTS[name], uid="bad", summary="Bad one"), event(START, uid="good")))

    assert [one.uid for one in found.entries] == ["good"]
    assert [(uid, title) for uid, title, _ in found.refused] == [("bad", "Bad one")] and len(found.refused[0][2]) > 10
    assert time.process_time() - began <= LONGEST


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=DAILY;COUNT=9999", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=DAILY;INTERVAL=999"])
def test_a_recurrence_without_an_end_is_taken_and_not_unrolled(rule: str) -> None:
    began = time.process_time()
    assert read("DTSTART;VALUE=DATE:20240229", f"RRULE:{rule}").entries[0].recurrence == rule
    assert time.process_time() - began <= LONGEST


@pytest.mark.parametrize(
    ("begins", "until", "last"),
    [
        ("DTSTART;TZID=Europe/London:20260602T090000", "20260616T080000Z", 16),
        ("DTSTART;TZID=Europe/London:20260602T090000", "20260616T075959Z", 15),
        ("DTSTART:20260602T090000", "20260616T085959", 15),
        ("DTSTART;TZID=Europe/London:20260602T090000", "20260602T075959Z", 2),
        ("DTSTART;VALUE=DATE:20260602", "20260615T235959Z", 16),
        ("DTSTART;VALUE=DATE:20260602", "20260616T000000", 16),
    ],
)
def test_a_series_ends_with_what_begins_at_the_latest_at_its_last_moment(begins: str, until: str, last: int) -> None:
    assert read(begins, f"RRULE:FREQ=WEEKLY;UNTIL={until}").entries[0].recurrence == f"FREQ=WEEKLY;UNTIL=202606{last:02}"


def test_a_series_that_began_in_summer_keeps_its_last_day_in_winter() -> None:
    assert read("DTSTART:20260602T090000Z", "RRULE:FREQ=WEEKLY;UNTIL=20261208T090000Z").entries[0].recurrence.endswith("UNTIL=20261208")


@pytest.mark.parametrize("fold", [b"\r\n ", b"\n\t"])
def test_a_line_folded_in_the_midst_of_a_letter_is_put_together(fold: bytes) -> None:
    raw = file(event("DTSTART;VALUE=DATE:20260602", summary="Cyngor Môn – cyfarfod"))
    for letter in ("ô", "–"):
        whole = letter.encode()
        raw = raw.replace(whole, whole[:1] + fold + whole[1:])

    assert calendar_files.read(raw).entries[0].title == "Cyngor Môn – cyfarfod"


def test_of_two_with_one_uid_the_newest_stands() -> None:
    found = calendar_files.read(file(event(START, "SEQUENCE:1"), event("DTSTART;VALUE=DATE:20260601", "SEQUENCE:2")))
    assert [one.first.month for one in found.entries] == [6] and "same UID" in found.refused[0][2]


def big(line: str) -> bytes:
    return file(event(START, *[line] * (9_900_000 // (len(line) + 2))))


BAD_FILES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "binary": lambda: bytes(range(256)) * 1000,
    "wrong charset": lambda: file(event(START, summary="Café")).decode().encode("latin-1"),
    "UTF-16": lambda: file(event(START)).decode().encode("utf-16"),
    "a page": lambda: b"<html><body>Sign in</body></html>",
    "11 MB": lambda: b"BEGIN:VCALENDAR\r\n" + b"X" * 11_000_000,
    "deep": lambda: b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 100_000,
    "ends what did not begin": lambda: b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n",
    "breaks off": lambda: b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
    "10 MB of events": lambda: file(*[event(START, uid=str(number)) for number in range(100_000)]),
    "a thousand extra days": lambda: file(*[event(START, "RDATE;VALUE=DATE:" + ",".join(f"20270{month}{day:02}" for month in range(1, 10) for day in range(1, 29)), uid=str(one)) for one in range(5)]),
}  # fmt: skip
GOOD_FILES: dict[str, Callable[[], bytes]] = {
    "10 MB of one property": lambda: big("X-NOTHING:" + "x" * 60),
    "10 MB of days": lambda: big("EXDATE;VALUE=DATE:20260513"),
    "10 MB in one line": lambda: big("DESCRIPTION:" + "x" * 9_000_000),
    "10 MB folded": lambda: file(event(START, "DESCRIPTION:x", *[" " + "y" * 74] * 125_000)),
    "10 MB of words in a title": lambda: file(event(START, summary="x" * 9_900_000)),
    "2,000 events that never come": lambda: file(*[event(START, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", uid=str(one)) for one in range(2000)]),
    "900 recurrences without an end": lambda: file(*[event(START, f"RRULE:FREQ=DAILY;INTERVAL={one + 1}", uid=str(one)) for one in range(900)]),
}  # fmt: skip


@pytest.mark.long
def test_every_hostile_file_is_answered_in_a_sentence_and_in_time(record_property: Callable[[str, object], None]) -> None:
    spent, sentences = {}, {}
    for name, made in {**BAD_FILES, **GOOD_FILES}.items():
        raw, began = made(), time.process_time()
        try:
            calendar_files.read(raw)
        except Refused as refusal:
            sentences[name] = refusal.sentence
        spent[name] = time.process_time() - began
        if name in BAD_FILES:
            assert name == "empty" or len(sentences[name]) > 20
            with pytest.raises(Refused):
                calendar_parsing.opened(raw)
        else:
            assert name not in sentences
    slowest = max(spent, key=lambda name: spent[name])
    record_property("figure", f"hostile iCalendar: {len(spent)} files, slowest {spent[slowest]:.2f} s ({slowest})")
    assert spent[slowest] <= LONGEST, spent


def test_the_process_that_reads_says_what_the_reader_says() -> None:
    raw = file(event(START, "RRULE:FREQ=WEEKLY", "EXDATE;VALUE=DATE:20260519"), event(uid="bad"))
    assert calendar_parsing.opened(raw) == calendar_files.read(raw)


def test_hostile_strings_are_a_title_on_one_line() -> None:
    for text in OURS:
        found = calendar_files.read(file(event(START, summary=text)).decode("utf-8", "replace").encode())
        assert len(found.entries) + len(found.refused) == 1
        assert all(one.title.isprintable() and 0 < len(one.title) <= 200 for one in found.entries)

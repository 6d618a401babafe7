"""Answers of calendars: read right where they are answers, nothing where they are not, and never a crash or a long wait."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from campaigns.briefings import calendar_replies
from campaigns.briefings.calendar_replies import Reply

RFC = Path(__file__).parents[4] / "shared" / "data" / "ical" / "rfc2446"
UID = "6f0f3a2e-3a55-4d0a-9a3e-0d7b3a5f8c11-0"
TENTH = datetime(2026, 5, 10, 9, 30, tzinfo=UTC)
HEAD = f"UID:{UID}\r\nSEQUENCE:1\r\nDTSTAMP:20260510T093000Z\r\n"
SECONDS = 2.0


def calendar(*inside: str, method: str = "REPLY") -> bytes:
    """A calendar as bytes, its event made of these lines."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT", HEAD.strip(), *inside, "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def answers(partstat: str, address: str = "anna@ashby.test") -> bytes:
    return calendar(f"ATTENDEE;PARTSTAT={partstat}:mailto:{address}")


OUTLOOK = (
    "BEGIN:VCALENDAR\r\nPRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nX-MS-OLK-FORCEINSPECTOROPEN:TRUE\r\n"
    "BEGIN:VTIMEZONE\r\nTZID:GMT Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16011028T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:-0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"
    'ATTENDEE;CN="Bell, Anna; Ashby: Health";PARTSTAT=ACCEPTED:mailto:Anna.Bell@Ashby.test\r\nCLASS:PUBLIC\r\nDTEND;TZID="GMT Standard Time":20260519T120000\r\n'
    f"DTSTAMP:20260510T093000Z\r\nPRIORITY:5\r\nSEQUENCE:1\r\nSUMMARY;LANGUAGE=en-gb:Accepted: Briefing\r\nUID:{UID[:20]}\r\n {UID[20:]}\r\n"
    "X-MICROSOFT-CDO-REPLYTIME:20260510T093000Z\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\nATTENDEE:mailto:other@ashby.test\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
GOOGLE = (
    "BEGIN:VCALENDAR\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\nVERSION:2.0\nCALSCALE:GREGORIAN\nMETHOD:REPLY\nBEGIN:VEVENT\n"
    f"DTSTART:20260519T090000Z\nDTEND:20260519T110000Z\nDTSTAMP:20260510T093000Z\nORGANIZER;CN=LOPP:mailto:lopp@countersign.test\nUID:{UID}\n"
    "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=TENTATIVE;CN=Anna Bell\n ;X-NUM-GUESTS=0:mailto:anna.bell@ashby.test\n"
    "SEQUENCE:1\nSTATUS:CONFIRMED\nSUMMARY:Briefing\nTRANSP:OPAQUE\nEND:VEVENT\nEND:VCALENDAR\n"
)
APPLE = (
    "BEGIN:VCALENDAR\r\nCALSCALE:GREGORIAN\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nPRODID:-//Apple Inc.//macOS 14.4//EN\r\nBEGIN:VEVENT\r\n"
    "ATTENDEE;CN=Anna Bell;CUTYPE=INDIVIDUAL;EMAIL=anna.bell@ashby.test;PARTSTAT=DE\r\n CLINED;ROLE=REQ-PARTICIPANT:mailto:anna.bell@ashby.test\r\n"
    f"DTSTAMP:20260510T093000Z\r\nUID:{UID}\r\nSEQUENCE:1\r\nCOMMENT:On leave\\, sorry\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def _rfc() -> list[dict[str, Any]]:
    file = RFC / "expected.json"
    return json.loads(file.read_text()) if file.exists() else []


def test_the_objects_of_rfc_2446_are_read_right() -> None:
    """Of each REPLY the uid, number, answer and attendee are compared; every other object is no answer.

    expected.json was made by splitting at the first colon, which stands inside quotes in a DELEGATED-TO: there its address is
    `e@example.com":mailto:c@example.com`. The attendee is what follows the last `mailto:`, c@example.com: the files say so.
    """
    if not _rfc():
        pytest.skip("the objects of RFC 2446 are not beside this checkout")
    for row in _rfc():
        found = calendar_replies.read((RFC / row["file"]).read_bytes())
        if row["method"] != "REPLY":
            assert found is None, row["file"]
            continue
        (attendee,) = row["attendees"]
        address = attendee["address"].rpartition(":mailto:")[2]
        assert found is not None and found.stamped is not None and found.stamped.year == 1997, row["file"]
        assert (found.uid, found.sequence, found.attendee, found.partstat) == (row["uid"], row["sequence"], address, attendee["partstat"])
    assert sum(row["method"] == "REPLY" for row in _rfc()) == 3


@pytest.mark.parametrize(("said", "partstat"), [(OUTLOOK, "ACCEPTED"), (GOOGLE, "TENTATIVE"), (APPLE, "DECLINED")])
def test_what_outlook_google_and_apple_write_is_read(said: str, partstat: str) -> None:
    assert calendar_replies.read(said.encode()) == Reply(UID, 1, "anna.bell@ashby.test", partstat, TENTH)


@pytest.mark.parametrize(
    "raw",
    [
        answers("ACCEPTED").replace(b"METHOD:REPLY", b"METHOD:COUNTER"),
        answers("ACCEPTED").replace(b"METHOD:REPLY", b"METHOD:REPLY\r\nMETHOD:CANCEL"),
        answers("ACCEPTED").replace(b"METHOD:REPLY\r\n", b""),
        answers("ACCEPTED").replace(b"VEVENT", b"VTODO"),
        answers("ACCEPTED").replace(b"END:VCALENDAR\r\n", b""),
        answers("ACCEPTED").replace(b"END:VEVENT", b"END:VEVENT\r\nBEGIN:VEVENT\r\nEND:VEVENT"),
        answers("ACCEPTED").replace(b"SEQUENCE:1", b"SEQUENCE:-1"),
        answers("ACCEPTED").replace(b"SEQUENCE:1", "SEQUENCE:\u0661".encode()),
        answers("ACCEPTED").replace(b"SEQUENCE:1", b"SEQUENCE:" + b"9" * 5000),
        answers("ACCEPTED").replace(b"UID:", b"X-UID:"),
        answers("ACCEPTED").replace(b"UID:", b"UID:one\r\nUID:"),
        answers("NEEDS-ACTION"),
        answers("ACCEPTED", "nobody"),
        answers("ACCEPTED", "a@b.test, c@d.test"),
        calendar("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.test", "ATTENDEE;PARTSTAT=DECLINED:mailto:c@d.test"),
        b"",
        b"\x00",
        b"Accepted.",
    ],
)
def test_what_is_no_answer_of_one_person_is_nothing(raw: bytes) -> None:
    assert calendar_replies.read(answers("ACCEPTED")) is not None
    assert calendar_replies.read(raw) is None


def test_without_a_number_it_answers_the_first_and_a_time_that_cannot_be_is_none() -> None:
    found = calendar_replies.read(answers("ACCEPTED").replace(b"SEQUENCE:1\r\n", b"").replace(b"20260510", b"20260230"))

    assert found == Reply(UID, 0, "anna@ashby.test", "ACCEPTED", None)


HOSTILE = {
    "ten megabytes": answers("ACCEPTED") + b"X" * 10 * 1024 * 1024,
    "half a megabyte on one line": calendar("DESCRIPTION:" + "x" * 500_000, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.test"),
    "a line folded without end": calendar("DESCRIPTION:" + "\r\n x" * 120_000),
    "ten thousand attendees": calendar(*(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:a{n}@b.test" for n in range(10_000))),
    "events inside events": b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + b"BEGIN:VEVENT\r\n" * 30_000,
    "ends without a beginning": b"END:VCALENDAR\r\n" * 30_000,
    "a rule without end": calendar("RRULE:FREQ=SECONDLY", "DTSTART:00010101T000000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:a@b.test"),
    "parameters without end": calendar("ATTENDEE" + ";X=1" * 100_000 + ";PARTSTAT=ACCEPTED:mailto:a@b.test"),
    "quotes that do not close": calendar('ATTENDEE;CN="' * 30_000),
    "pairs of quotes": calendar("ATTENDEE;CN=" + '""' * 200_000),
    "a hundred thousand lines": calendar(*["X:1"] * 100_000),
    "UTF-16": answers("ACCEPTED").decode().encode("utf-16"),
    "bytes of no charset": bytes(range(256)) * 1000,
    "a UID as long as a book": answers("ACCEPTED").replace(UID.encode(), b"u" * 400_000),
    "nothing but spaces": b" " * 500_000,
    "nothing but line ends": b"\r\n" * 250_000,
}
READ_ALL_THE_SAME = {"half a megabyte on one line", "a rule without end", "a UID as long as a book"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_calendar_made_to_hurt_hurts_nobody(name: str) -> None:
    started = time.process_time()
    found = calendar_replies.read(HOSTILE[name])

    assert time.process_time() - started < SECONDS
    assert (found is not None) == (name in READ_ALL_THE_SAME)
    assert found is None or len(found.uid) <= calendar_replies.LONGEST


def test_a_wrong_charset_spoils_a_name_and_not_the_answer() -> None:
    raw = calendar("ATTENDEE;CN=Ren\u00e9;PARTSTAT=ACCEPTED:mailto:rene@ashby.test").decode().encode("windows-1252")

    found = calendar_replies.read(raw)
    assert found is not None and (found.attendee, found.partstat) == ("rene@ashby.test", "ACCEPTED")

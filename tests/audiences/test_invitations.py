"""Invitations as calendars read them: valid for libical, right by our further rules, the same event throughout, and answered back to us.

The letters are sealed, signed and sent for real; the hours of both changes of the clocks are those of the Act, worked out here.
Sources: RFC 5545, RFC 5546, RFC 6047; Summer Time Act 1972 (from 01:00 GMT on the last Sunday of March to that of October).
"""

import json
import subprocess
from datetime import UTC, date, datetime, timedelta
from email.message import Message

import icalendar
import pytest
from sqlmodel import select

from audiences import invitees
from campaigns.agreement import schedules
from campaigns.briefings import cancellations
from campaigns.delivery.incoming import IncomingMail
from campaigns.drafting import calendar_entries, invitations
from campaigns.drafting.invitations import LAST_WORD, Occasion
from campaigns.drafting.programs import Program
from campaigns.foundation import clock
from campaigns.foundation.settings import Settings
from tests import armed
from tests.audiences.answers_given import says
from tests.audiences.invited import WALES, YORKSHIRE, Invited
from tests.campaigns import stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import DAY, HOUR, NOON, Story
from workers import mailbox
from workers.tools import Tools

LIBICAL = """
import json, sys, gi
gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib
found = []
for text in json.load(sys.stdin):
    whole = ICalGLib.Component.new_from_string(text)
    whole.check_restrictions()
    event = whole.get_first_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)
    begins, ends = (moment.as_timet_with_zone(moment.get_timezone()) for moment in (event.get_dtstart(), event.get_dtend()))
    found.append([whole.count_errors(), whole.count_components(ICalGLib.ComponentKind.VEVENT_COMPONENT), int(whole.get_method()), begins, ends])
print(json.dumps(found))
"""
FIELDS = {"coming_url": "http://localhost:8000/coming/" + "a" * 48, "address": "a" * 64 + "@ashby.test"}


def text_of(part: Message) -> bytes:
    """A calendar part as its reader has it."""
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    return raw


def event_of(part: Message) -> icalendar.Component:
    (event,) = icalendar.Calendar.from_ical(text_of(part)).walk("VEVENT")
    return event


def libical(texts: list[bytes]) -> list[list[int]]:
    """For each calendar what libical says: violations, events, method, and from when to when in seconds of UTC."""
    asked = subprocess.run(
        ["/usr/bin/python3", "-c", LIBICAL], input=json.dumps([text.decode() for text in texts]).encode(), capture_output=True, check=False
    )
    if asked.returncode and b"gi" in asked.stderr:
        pytest.skip("libical's own check is not installed (gir1.2-ical-3.0)")
    assert asked.returncode == 0, asked.stderr
    return json.loads(asked.stdout)  # type: ignore[no-any-return]


def breaks(part: Message) -> list[str]:
    """Which of our further rules a calendar part breaks."""
    raw = text_of(part)
    calendar = icalendar.Calendar.from_ical(raw)
    events, zones = calendar.walk("VEVENT"), calendar.walk("VTIMEZONE")
    lines = raw.removesuffix(b"\r\n").split(b"\r\n")
    rules = {
        "the method stands in the head as in the body": part.get_param("method") == str(calendar["METHOD"]),
        "every line ends in CRLF": b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b""),
        "no line is longer than 75 octets": max(map(len, lines)) <= 75,
        "no line is empty": all(lines[:-1]),
        "one event": len(events) == 1,
        "one time zone, which is used": [str(zone["TZID"]) for zone in zones] == ["Europe/London"]
        and all(events[0][name].params["TZID"] == "Europe/London" for name in ("DTSTART", "DTEND")),
        "one attendee, who is asked to answer": str(events[0]["ATTENDEE"].params["RSVP"]) == "TRUE",
        "answers come to the mailbox": str(events[0]["ORGANIZER"]) == f"mailto:{stories.SENDER.reply_to}",
    }
    return [rule for rule, holds in rules.items() if not holds]


def answer_to(part: Message, partstat: str) -> bytes:
    """The REPLY that a calendar makes of our own REQUEST, in a mail from its attendee."""
    event = event_of(part)
    attendee = str(event["ATTENDEE"])
    reply = icalendar.Calendar()
    for name, value in (("PRODID", "-//Tests//EN"), ("VERSION", "2.0"), ("METHOD", "REPLY")):
        reply.add(name, value)
    said = icalendar.Event()
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "ORGANIZER", "SUMMARY"):
        said[name] = event[name]
    said.add("DTSTAMP", NOON + HOUR)
    said.add("ATTENDEE", icalendar.vCalAddress(attendee), parameters={"PARTSTAT": partstat})
    reply.add_component(said)
    sender = attendee.removeprefix("mailto:")
    head = f"From: {sender}\r\nTo: {stories.SENDER.reply_to}\r\nSubject: Accepted\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"
    return head.encode() + reply.to_ical()


def moved(tour: Invited) -> Story:
    """A notice of change, signed in advance, is let go once the briefing of Wales has its other date."""
    day = "Wednesday 20 May 2026"
    closed = {"date": [day, "Thursday 21 May 2026"]}
    core = "Dear ((name)),\n\nThe briefing is on ((date)).\n\n((your part))"
    notice = tour.agreed(WALES, holding_line=True, closed=closed, core=core, title="Another date", subject="Another date for the briefing")
    tour.arrange(WALES, NOON + 8 * DAY)
    with tour.database.transaction() as session:
        schedules.schedule(session, notice.release, when=None, case={"date": day}, by=tour.house.drafter, at=NOON)
    stories.begin(notice)
    tour.send(notice.release)
    return notice


def called_off(tour: Invited) -> int:
    """The briefing of Wales does not take place: everybody who was invited is told so."""
    with tour.database.transaction() as session:
        briefing = tour.briefing().id
        cancellations.call_off(session, briefing, reason="Flooded", by=tour.house.drafter, at=NOON)
        return invitees.cancel(session, briefing, at=NOON)


def test_request_change_and_cancellation_are_valid_and_one_event_throughout(out: tuple[Invited, Story]) -> None:
    tour, story = out
    asked = tour.calendars()
    moved(tour)
    changed = tour.calendars()[len(asked) :]
    cancelled = called_off(tour)
    tour.send(story.release)
    off = tour.calendars()[len(asked) + len(changed) :]
    every = [part for _, part in (*asked, *changed, *off)]

    assert (len(asked), len(changed), len(off), cancelled) == (4, 3, 3, 3)
    assert [broken for part in every if (broken := breaks(part))] == []
    said = libical([text_of(part) for part in every])
    assert [row[0] for row in said] == [0] * 10 and [row[1] for row in said] == [1] * 10
    wales = {str(event_of(part)["UID"]) for address, part in (*asked, *changed, *off) if "leeds" not in address}
    assert wales == {f"{tour.briefing().id}-0"}
    assert [[str(event_of(part)["STATUS"]) for _, part in some] for some in (changed, off)] == [["CONFIRMED"] * 3, ["CANCELLED"] * 3]
    numbers = [[int(event_of(part)["SEQUENCE"]) for address, part in some if "leeds" not in address] for some in (asked, changed, off)]
    assert numbers[0] == [0] * 3 and numbers[2] == [LAST_WORD] * 3 and 0 < min(numbers[1]) == max(numbers[1]) < LAST_WORD
    assert {event_of(part).decoded("DTSTART").astimezone(UTC) for _, part in changed} == {NOON + 8 * DAY}
    for address, part in (*asked, *changed, *off):
        assert str(event_of(part)["ATTENDEE"]) == f"mailto:{address}"


def test_each_reader_is_invited_to_the_briefing_of_their_own_group(out: tuple[Invited, Story]) -> None:
    tour, _ = out
    found = {address.lower(): event_of(part) for address, part in tour.calendars()}

    assert {address: str(event["UID"]) for address, event in found.items()} == {
        "head@cardiff.test": f"{tour.briefing().id}-0",
        "inspector@cardiff.test": f"{tour.briefing().id}-0",
        "inspector@swansea.test": f"{tour.briefing().id}-0",
        "head@leeds.test": f"{tour.briefing(YORKSHIRE).id}-0",
    }
    leeds = found["head@leeds.test"]
    assert str(leeds["LOCATION"]) == "Civic Hall; Leeds, 2nd floor"
    assert leeds.decoded("DTSTART").astimezone(UTC) == NOON + 7 * DAY + 1.5 * HOUR
    assert leeds.decoded("DTEND").astimezone(UTC) == NOON + 7 * DAY + 3.5 * HOUR


@pytest.mark.parametrize(("partstat", "answer"), [("ACCEPTED", "coming"), ("DECLINED", "not coming"), ("TENTATIVE", "perhaps")])
def test_the_answer_a_calendar_makes_of_our_request_is_read_back(out: tuple[Invited, Story], partstat: str, answer: str) -> None:
    tour, _ = out
    tools = Tools(Settings(env="test"), tour.database, tour.transport, Clock(NOON + 2 * HOUR), arming=armed.ALWAYS)
    assert all(mailbox.take(answer_to(part, partstat), tools) for _, part in tour.calendars())

    with tour.database.reading() as session:
        assert session.exec(select(IncomingMail.done)).all() == [f"answered the invitation: {answer}"] * 4
    assert set(says(tour).values()) == set(says(tour, YORKSHIRE).values()) == {answer}


def last_sunday(year: int, month: int) -> date:
    """The day on which the clocks change."""
    day = date(year, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def moments() -> list[datetime]:
    """Beginnings, in UTC, in winter, in summer, and for two days on both sides of every change of 2026 and 2027, by the hour.

    Left out: what begins or ends, an hour later, between 01:00 and 02:00 on the night when that comes twice, and what ends on another day.
    """
    changes = [datetime.combine(last_sunday(year, month), datetime.min.time(), UTC) + HOUR for year in (2026, 2027) for month in (3, 10)]
    near = [change + hour * HOUR for change in changes for hour in range(-48, 49)]
    twice = {change + hour * HOUR for change in changes[1::2] for hour in (-1, 0)}  # nobody can be invited to then
    one_day = [moment for moment in near if clock.london(moment).date() == clock.london(moment + HOUR).date()]
    return [moment for moment in one_day if not {moment, moment + HOUR} & twice] + [
        datetime(2026, 1, 12, 10, tzinfo=UTC),
        datetime(2027, 7, 5, 9, tzinfo=UTC),
    ]


def entry(starts_at: datetime, ends_at: datetime) -> bytes:
    """The calendar entry for an event that begins and ends then."""
    occasion = Occasion(uid="u-0", sequence=0, briefing="u", group="Wales", starts_at=starts_at, ends_at=ends_at, place="County Hall")
    pieces = calendar_entries.body(subject="Come", organiser="LOPP", address="lopp@countersign.test", stamp=NOON)
    raw = Program(tuple(pieces)).join(invitations.values(occasion, {}) | FIELDS)
    part = Message()
    part["Content-Type"], part["Content-Transfer-Encoding"] = "text/calendar; charset=utf-8", "quoted-printable"
    part.set_payload(raw.decode("ascii"))
    return text_of(part)


def test_every_hour_about_both_changes_of_2026_and_2027_is_right_for_two_other_programs() -> None:
    starts = moments()
    texts = [entry(start, start + HOUR) for start in starts]

    events = [icalendar.Calendar.from_ical(text).walk("VEVENT")[0] for text in texts]
    assert [event.decoded("DTSTART").astimezone(UTC) for event in events] == starts
    said = libical(texts)
    assert [row[0] for row in said] == [0] * len(starts) == [0] * 368
    assert [(row[3], row[4]) for row in said] == [(int(start.timestamp()), int((start + HOUR).timestamp())) for start in starts]

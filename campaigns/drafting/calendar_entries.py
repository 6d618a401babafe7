"""The calendar entry of an invitation, as the third way of reading the same letter: compiled once, each reader's values folded in.

Every value begins on a folded line of its own, so that none is longer than 75 octets whatever is filled in. The time zone's rules are those
of Great Britain since 1996. Sources: RFC 5545 (3.1, 3.6.5), RFC 5546 (3.2), RFC 6047 (2.4).
"""

import re
from datetime import datetime

from campaigns.drafting import programs
from campaigns.drafting.programs import Field, Piece

ZONE = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
TZNAME:BST
DTSTART:19960331T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:GMT
DTSTART:19961027T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
ENTRY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Countersign//Invitations//EN
CALSCALE:GREGORIAN
METHOD:{event_method}
%(zone)sBEGIN:VEVENT
UID:
 {event_uid}
SEQUENCE:{event_sequence}
DTSTAMP:%(stamp)s
DTSTART;TZID=Europe/London:{event_starts}
DTEND;TZID=Europe/London:{event_ends}
STATUS:{event_status}
%(summary)s
LOCATION:
 {event_place}
DESCRIPTION:Say whether you are coming:
 {coming_url}
%(organiser)s
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:
 {address}
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""
TEXTS = {"event_place": "calendar text"}  # the value that is words; every other stands as it is


def head(boundary: str) -> list[Piece]:
    """The head of the part: its method stands there again."""
    before = f"\r\n--{boundary}\r\nContent-Type: text/calendar; charset=utf-8; method="
    return [before.encode("ascii"), Field("event_method", "header"), b"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"]


def body(*, subject: str, organiser: str, address: str, stamp: datetime) -> list[Piece]:
    """The entry. `subject`: what it is called; `organiser` and `address`: who invites, and where answers go; `stamp`: when it was made."""
    name = organiser.replace('"', "'")
    told = {
        "zone": ZONE,
        "stamp": f"{stamp:%Y%m%dT%H%M%SZ}",
        "summary": _literal(f"SUMMARY:{programs.calendar_text(subject)}"),
        "organiser": _literal(f'ORGANIZER;CN="{name}":mailto:{address}'),
    }
    parts = re.split(r"\{(\w+)\}", ENTRY)  # before anything is filled in: what an officer wrote is never taken for a blank
    return programs.body([part if place % 2 else part % told for place, part in enumerate(parts)], "calendar", TEXTS)


def _literal(line: str) -> str:
    return programs.folded(line, first=programs.FOLDED + 1).replace("\r\n", "\n")

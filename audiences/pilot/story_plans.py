"""What the demonstration means to do: rows of its communications plan, the milestone they wait for, and two entries of calendars.

The entries are of our own making and say so in their source: a demonstration must not be taken for a council's calendar. Source of the rows:
HELA paper of 21 March 2006, Annexes 2 and 3 and paragraph 15.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from audiences.pilot import story_words
from campaigns.foundation import clock
from campaigns.foundation.officers import Officer
from campaigns.planning import milestones, plan_rows, rules
from campaigns.planning.plan_rows import Typed as Row
from campaigns.planning.rules import EVERYWHERE
from campaigns.planning.rules import Typed as Entry

LEEDS = "E08000035"
OURS = "Made up for this demonstration; no real calendar says so"
TUESDAY, FRIDAY = 1, 4


def load(session: Session, campaign: UUID, *, by: Officer, at: datetime) -> None:
    """Name the milestone, fill the plan and put both entries down, all as dated from `at`."""
    today = clock.london(at).date()
    milestones.add(session, campaign, name=story_words.MILESTONE, by=by, at=at)
    for audience, title, channel, days, whole_month, owners, note in story_words.PLAN:
        row = Row(audience, title, channel, _working(today + timedelta(days=days)), whole_month, *owners, note)
        plan_rows.add(session, campaign, row, by=by, at=at)
    for entry in _entries(today):
        rules.add(session, entry, by=by, at=at)


def _entries(today: date) -> tuple[Entry, Entry]:
    """A committee that meets each second Tuesday, whose papers close a week before; and the copy date of a journal, each third Friday."""
    meets = _nth(2, TUESDAY, today + timedelta(days=46))
    copy = _nth(3, FRIDAY, today.replace(day=1) + timedelta(days=32))
    return (
        Entry("authority", LEEDS, "committee", "Environment committee", meets, meets, OURS, "FREQ=MONTHLY;BYDAY=2TU", lead_days=7),
        Entry(EVERYWHERE, "", "copy date", "Environmental Health News: copy date", copy, copy, OURS, "FREQ=MONTHLY;BYDAY=3FR"),
    )


def _nth(number: int, weekday: int, within: date) -> date:
    """The second Tuesday, say, of the month that a day is in."""
    first = within.replace(day=1)
    return first + timedelta(days=7 * (number - 1) + (weekday - first.weekday()) % 7)


def _working(day: date) -> date:
    """This day, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)

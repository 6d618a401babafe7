"""What time it is: stored in UTC, typed and shown as people in Great Britain say it.

Only entrances look at `now`; everything below takes the time as an argument.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.foundation.errors import Refused

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def london(moment: datetime) -> datetime:
    """The same moment on a clock in London."""
    return moment.astimezone(LONDON)


def from_london(day: date, hour: time) -> datetime:
    """The moment a London clock shows `hour` on `day`, in UTC.

    Refuses a time the clocks skip in spring and one they show twice in autumn, naming the choices: a letter is never
    moved by an hour in silence.
    """
    first = datetime.combine(day, hour.replace(fold=0), LONDON)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if london(first.astimezone(UTC)).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise Refused(
            f"{hour:%H:%M} does not exist on {weekday(day)}: the clocks go forward an hour. Choose {_hour(london(second.astimezone(UTC)))} or {_hour(london(first.astimezone(UTC)))}."
        )
    raise Refused(f"{hour:%H:%M} comes twice on {weekday(day)}: the clocks go back an hour. Choose a time before 01:00 or from 02:00 on.")


def end_of(day: date) -> datetime:
    """The last moment of a day in London: what happened on the day had happened by then."""
    return from_london(day + timedelta(days=1), time(0)) - timedelta(microseconds=1)


def say(moment: datetime) -> str:
    """`Tuesday 12 May 2026, 10:00`, on a London clock."""
    return f"{weekday(london(moment))}, {hour(moment)}"


def hour(moment: datetime) -> str:
    """`10:00`, on a London clock; in the hour that comes twice in autumn `01:30 BST`, and then `01:30 GMT`."""
    local = london(moment)
    comes_twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f"{local:%H:%M %Z}" if comes_twice else f"{local:%H:%M}"


def day(which: date) -> str:
    """`12 May 2026`."""
    return f"{which.day} {which:%B %Y}"


def weekday(which: date) -> str:
    """`Tuesday 12 May 2026`."""
    return f"{which:%A} {day(which)}"


def _hour(moment: datetime) -> str:
    return f"{moment:%H:%M}"

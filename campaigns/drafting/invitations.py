"""An invitation: a letter with a calendar entry for the reader's own briefing, sealed as three letters: invited, reminded, and cancelled.

All three are signed together, so that a briefing can be called off at once and in agreed words. A change of date, time or place is a holding
line that invites: its closed choices are what the entry says. Sources: RFC 5545, RFC 5546 (3.2.2, 3.2.5); HELA paper, Annex 3.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

from campaigns.foundation import clock
from campaigns.foundation.errors import Refused

STAGE = "invitation"  # the blank whose three lines say that a reader is invited, reminded, or that it does not take place
STAGES = INVITED, REMINDED, CANCELLED = ("invited", "reminded", "cancelled")
SAID_OF_IT = ("date", "time", "place", "link")  # the blanks that a reader's own briefing fills
FIELDS = ("event_uid", "event_sequence", "event_method", "event_status", "event_starts", "event_ends", "event_place")
OF_NOBODY = dict(zip(FIELDS, ("preview", "0", "REQUEST", "CONFIRMED", "20000101T100000", "20000101T120000", "((place))"), strict=True))
FACTS = ("event_starts", "event_ends", "event_place")  # what must still be so of a briefing for a letter about it to hold
LAST_WORD = 1_000_000  # the SEQUENCE of every cancellation: no change before it counts up so far, and what is dated anew has another UID
ONLINE = "online"
DAY, SPAN = re.compile(r"(?:[A-Z][a-z]+day )?\d{1,2} [A-Z][a-z]+ \d{4}"), re.compile(r"(\d{1,2}):(\d\d) to (\d{1,2}):(\d\d)")
Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Occasion(BaseModel):
    """A briefing as readers are invited to it: what both parties sign, and what stands in calendars. Dates are UTC.

    `uid` is the same for as long as it is one: called off and dated anew it is another. `sequence` grows with every later release.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    uid: str
    sequence: int
    briefing: str
    group: str
    starts_at: Moment
    ends_at: Moment
    place: str = ""
    link: str = ""

    def says_the_same(self, other: "Occasion") -> bool:
        """Whether nobody who was invited to the other would notice a difference."""
        return self.model_copy(update={"sequence": other.sequence}) == other

    @property
    def when(self) -> str:
        """`Tuesday 12 May 2026, 10:00 to 12:00`, on a London clock."""
        return f"{clock.weekday(clock.london(self.starts_at))}, {_span(self.starts_at, self.ends_at)}"

    @property
    def where(self) -> str:
        """The place, and the link where there is one."""
        return ", ".join(filter(None, (self.place, self.link)))


def case_of(closed: Mapping[str, list[str]], stage: str) -> dict[str, str]:
    """Of an invitation: the case that invites, reminds or cancels."""
    return {STAGE: closed[STAGE][STAGES.index(stage)]}


def stage_of(closed: Mapping[str, list[str]], case: Mapping[str, str]) -> str:
    """Which of an invitation's three letters a case is for; a notice of change invites anew."""
    return STAGES[closed[STAGE].index(case[STAGE])] if STAGE in case else INVITED


def values(occasion: Occasion, case: Mapping[str, str], *, stage: str = INVITED) -> dict[str, str]:
    """What stands in one reader's letter: the blanks of its words, and the fields of its calendar entry."""
    happening, cancelled = changed(occasion, case), stage == CANCELLED
    return {
        "date": clock.weekday(clock.london(happening.starts_at)),
        "time": _span(happening.starts_at, happening.ends_at),
        "place": happening.place or ONLINE,
        "link": happening.link,
        **case,
        "event_uid": occasion.uid,
        "event_sequence": str(LAST_WORD if cancelled else occasion.sequence),
        "event_method": "CANCEL" if cancelled else "REQUEST",
        "event_status": "CANCELLED" if cancelled else "CONFIRMED",
        "event_starts": f"{clock.london(happening.starts_at):%Y%m%dT%H%M%S}",
        "event_ends": f"{clock.london(happening.ends_at):%Y%m%dT%H%M%S}",
        "event_place": happening.where,
    }


def changed(occasion: Occasion, case: Mapping[str, str]) -> Occasion:
    """The occasion as the chosen case of a notice has it. Refuses a date or time that is not written as these are, or does not exist."""
    day = day_of(case["date"]) if "date" in case else clock.london(occasion.starts_at).date()
    starts, ends = (
        span_of(case["time"]) if "time" in case else (clock.london(occasion.starts_at).time(), clock.london(occasion.ends_at).time())
    )
    moments = {"starts_at": clock.from_london(day, starts), "ends_at": clock.from_london(day, ends)}
    return occasion.model_copy(update=moments | {name: case[name] for name in ("place", "link") if name in case})


def day_of(said: str) -> date:
    """A day as a choice has it. Refuses any other way of writing, and a weekday that it is not."""
    found = DAY.fullmatch(said)
    try:
        day = datetime.strptime(said.rpartition("day ")[2], "%d %B %Y").date() if found else None  # noqa: DTZ007 - a day has no zone
    except ValueError:
        day = None
    if day is None or ("day " in said and not said.startswith(f"{day:%A} ")):
        raise Refused(f"Write “{said}” as a day that exists, like Tuesday 19 May 2026")
    return day


def span_of(said: str) -> tuple[time, time]:
    """A time of day as a choice has it. Refuses any other way of writing, and an end that does not come after the start."""
    found = SPAN.fullmatch(said)
    try:
        starts, ends = (time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))) if found else (time(), time())
    except ValueError:
        starts = ends = time()
    if starts >= ends:
        raise Refused(f"Write “{said}” as a time of day, like 10:00 to 12:00")
    return starts, ends


def _span(starts_at: datetime, ends_at: datetime) -> str:
    return f"{clock.london(starts_at):%H:%M} to {clock.london(ends_at):%H:%M}"

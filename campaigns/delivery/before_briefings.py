"""Letters that go so many days before their reader's own briefing: their turn is given when the briefings of a tour begin.

While a briefing has no date, its letters are looked at again for as long as they could still go; then they come back for a decision. A
letter with no turn left before its briefing comes back at once, and no later date of the briefing sends it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlmodel import Session

from campaigns.agreement.leads import Lead
from campaigns.planning import turns
from campaigns.planning.turns import Turn
from campaigns.planning.windows import Rule

NO_DATE = "until its briefing has a date"


class Letter(Protocol):
    """What is asked of a queued letter where it is said when it may go."""

    @property
    def position(self) -> int:
        """Its place in the release."""

    @property
    def says(self) -> tuple[str, ...]:
        """What its leaf says of its reader, whose id comes first."""

    @property
    def authority_code(self) -> str:
        """The authority it goes to; empty for other bodies."""


class Briefings(Protocol):
    """Whoever knows who meets where: by a letter's position, when its reader's own briefings of a tour begin or began, those that have a date."""

    def __call__(self, session: Session, tour_id: UUID, letters: Sequence[Letter]) -> Mapping[int, Sequence[datetime]]: ...


def turn(lead: Lead, begins: Sequence[datetime], rules: Sequence[Rule], *, look_again: timedelta, at: datetime, **terms: Any) -> Turn:
    """The turn of a reader whose briefings of the tour begin at these moments. `terms`: the latest time, and what else windows ask."""
    if begins:
        return turns.before(begins, lead.days, rules, at=at, **terms)
    later = turns.of(rules, at=at + look_again, in_windows=True, **terms)
    return Turn(at + look_again, later.closes, f"held {NO_DATE}") if later.opens else Turn(None, None, "its briefing has no date")

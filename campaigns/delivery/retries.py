"""When a letter that was put off is tried again, and when it is given up. Pure: a plan, and what a letter has behind it.

Many mail servers put off whoever writes for the first time, for some minutes (greylisting): so the first tries come soon, and later ones are
hours apart. Each letter's own time is moved a little, always the same for the same try, so that letters put off together do not all come
back together. Source: RFC 5321 §4.5.4.1.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

MOVED_BY = 0.2  # of a wait, sooner or later


@dataclass(frozen=True)
class Plan:
    """Minutes after the first try at which a letter is tried again, the last wait being repeated; and when it is given up."""

    tries: tuple[float, ...] = (1, 5, 15, 30, 60, 120, 240)
    give_up: timedelta = timedelta(hours=72)

    def wait(self, attempt: int) -> timedelta:
        """How long to wait after so many tries, at least one."""
        waits = [after - before for before, after in zip((0.0, *self.tries), self.tries, strict=False)]
        return timedelta(minutes=waits[min(attempt, len(waits)) - 1])


USUAL = Plan()


def next_try(release_id: UUID, position: int, attempt: int, *, first_at: datetime, at: datetime, plan: Plan) -> datetime | None:
    """When a letter put off at this `attempt` (the first was at `first_at`) is tried again, at the very end once more; None: given up."""
    end = first_at + plan.give_up
    if at >= end:
        return None
    return min(at + plan.wait(attempt) * _moved(release_id, position, attempt), end)


def given_up(said: str, plan: Plan = USUAL) -> str:
    """What stands with a letter that was given up."""
    hours = plan.give_up / timedelta(hours=1)
    return f"Given up after {hours:g} {'hour' if hours == 1 else 'hours'}; the last answer: {said}"


def read(typed: str) -> tuple[float, ...]:
    """The minutes of a plan as they are set: `1 5 15 30 60`. Refuses what is no number, and what does not grow."""
    minutes = tuple(float(one) for one in typed.split())
    if not minutes or any(after <= before for before, after in zip((0.0, *minutes), minutes, strict=False)):
        raise ValueError("the minutes of the tries must grow")
    return minutes


def _moved(release_id: UUID, position: int, attempt: int) -> float:
    """Between 1 - MOVED_BY and 1 + MOVED_BY."""
    drawn = hashlib.sha256(f"{release_id} {position} {attempt}".encode()).digest()
    return 1 - MOVED_BY + 2 * MOVED_BY * int.from_bytes(drawn[:4], "big") / 2**32

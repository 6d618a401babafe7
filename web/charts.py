"""Reach over time, drawn: one small chart a grade, in steps, from the first evidence until the day looked at; the table beside it says the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from audiences.grades import COUNTED, HEADLINE
from audiences.progress import Step
from audiences.targets import Progress
from campaigns.foundation import clock
from campaigns.reach.touches import GRADES

WIDTH, HEIGHT, TOP = 320.0, 110.0, 14.0


@dataclass(frozen=True)
class Goal:
    """A target: how high, and until when."""

    x: float
    y: float
    said: str


@dataclass(frozen=True)
class Chart:
    """One grade, with all that counts towards it: the path of its steps, and the words and numbers at its ends. A target is held against the same."""

    grade: str
    said: str
    path: str
    have: int
    of: int
    begin: date
    end: date
    goals: list[Goal]

    @property
    def aria(self) -> str:
        """What it shows, in a sentence."""
        return f"{self.said}: {self.have} of {self.of} on {clock.day(self.end)}, from {clock.day(self.begin)} on"

    @property
    def days(self) -> tuple[str, str]:
        """The days at its two ends."""
        return clock.day(self.begin), clock.day(self.end)


def draw(steps: Sequence[Step], targets: Iterable[Progress], *, of: int, today: date) -> list[Chart]:
    """The charts of the grades there is evidence for, all on one scale of days and of authorities; none before there is any evidence."""
    if not steps:
        return []
    held = [one for one in targets if not one.target.role]
    end = max(today, *(one.target.by_day for one in held)) if held else today
    shown = [grade for grade in GRADES if grade in HEADLINE or any(step.own[grade] for step in steps)]
    return [_chart(grade, steps, [one for one in held if one.target.grade == grade], of, today, end) for grade in shown]


def _chart(grade: str, steps: Sequence[Step], held: list[Progress], of: int, today: date, end: date) -> Chart:
    begin = steps[0].day

    def across(day: date) -> float:
        return round(WIDTH * (day - begin).days / max((end - begin).days, 1), 1)

    def up(number: int) -> float:
        return round(TOP + HEIGHT * (1 - number / max(of, 1)), 1)

    path = f"M0 {up(0):g}" + "".join(f"H{across(step.day):g}V{up(step.least[grade]):g}" for step in steps) + f"H{max(across(today), 2):g}"
    goals = [
        Goal(across(one.target.by_day), up(min(one.need, of)), f"Target: {one.need} by {clock.day(one.target.by_day)}") for one in held
    ]
    return Chart(grade, COUNTED[grade].capitalize(), path, steps[-1].least[grade], of, begin, end, goals)

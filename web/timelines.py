"""The forward plan, drawn: a line for each item over weeks, calendars under it; pure, so that the picture can be tested without a page.

What is drawn is said three times: by shape and shade, by a letter that print and colour blindness leave, and in the table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from audiences.forward_plan import FIXED, Item, View
from audiences.plan_calendars import Band, Mark
from audiences.planned_letters import AGREED, DUE, HELD, PROPOSED, SENT, UNSENT, WAITING
from campaigns.foundation import clock
from web.words import many

LABELS, DAYS, LINE, TOP = 300.0, 900.0, 22.0, 44.0
LONGEST_LABEL = 42
MOST_LINES = 60
MARKS = {PROPOSED: "P", WAITING: "W", AGREED: "A", DUE: "D", HELD: "H", SENT: "S", UNSENT: "N", FIXED: ""}
LEGEND = {
    PROPOSED: "Proposed: planned or drafted",
    WAITING: "Waiting for signatures",
    AGREED: "Agreed by both, no time chosen",
    DUE: "Due: scheduled, or a briefing with its date",
    HELD: "Held or stopped",
    SENT: "Sent, or took place",
    UNSENT: "Nothing went, and nothing will",
    FIXED: "Copy date or meeting",
}


@dataclass(frozen=True)
class Bar:
    """Days on a line: where, how wide, how it looks, the letter or number on it, and all of it in words."""

    x: float
    wide: float
    look: str
    mark: str
    said: str


@dataclass(frozen=True)
class Line:
    """One line: its words at the left, shortened, whole in `said`, and what is on it."""

    y: float
    label: str
    said: str
    bars: list[Bar]
    interest: bool = False


@dataclass(frozen=True)
class Tick:
    """A week or a month at the top."""

    x: float
    said: str


@dataclass(frozen=True)
class Timeline:
    """All that is drawn, and how much is not."""

    width: float
    height: float
    months: list[Tick]
    weeks: list[Tick]
    lines: list[Line]
    bands: list[Line]
    today: float | None
    bands_y: float
    not_drawn: int
    aria: str


def draw(view: View, items: Sequence[Item], bands: Sequence[Band], *, today: date) -> Timeline:
    """The picture of a view. Of very many items the first are drawn; the table beside it has them all."""
    drawn = items[:MOST_LINES]
    lines = [_line(item, view, TOP + LINE * place) for place, item in enumerate(drawn)]
    under = TOP + LINE * len(lines) + 26
    below = [_band(band, view, under + LINE * place) for place, band in enumerate(bands)]
    height = under + LINE * len(below) + 6
    return Timeline(
        LABELS + DAYS,
        height,
        _months(view),
        [Tick(x(view, view.first + timedelta(days=7 * week)), _day(view.first + timedelta(days=7 * week))) for week in range(view.weeks)],
        lines,
        below,
        x(view, today) if view.first <= today <= view.last else None,
        under,
        len(items) - len(drawn),
        f"Forward plan from {clock.day(view.first)} to {clock.day(view.last)}: {many(len(items), 'item')}. The table below says the same.",
    )


def x(view: View, day: date) -> float:
    """Where a day begins."""
    return round(LABELS + DAYS * (day - view.first).days / (7 * view.weeks), 1)


def _line(item: Item, view: View, y: float) -> Line:
    said = f"{item.title}: {item.kind}, {item.stands}, {span(item.first, item.last)}"
    bars = [_bar(item.first, item.last, view, item.state, MARKS[item.state], said)]
    return Line(y, _short(item.title), item.title, bars, item.is_of_interest)


def _band(band: Band, view: View, y: float) -> Line:
    return Line(y, _short(band.name), band.name, [_marked(mark, view) for mark in band.marks])


def _marked(mark: Mark, view: View) -> Bar:
    step = min(4, 1 + 4 * mark.count // max(mark.of, 1))
    return _bar(mark.first, mark.last, view, f"closed-{step}", mark.few, f"{mark.said}, {span(mark.first, mark.last)}")


def _bar(first: date, last: date, view: View, look: str, mark: str, said: str) -> Bar:
    begins, ends = x(view, max(first, view.first)), x(view, min(last, view.last) + timedelta(days=1))
    wide = max(round(ends - begins, 1), 9.0)
    return Bar(min(begins, LABELS + DAYS - wide), wide, look, mark if wide >= 8.0 * len(mark) else "", said)


def span(first: date, last: date) -> str:
    """`12 May 2027`, `12 May to 4 June 2027`, `10 to 16 May 2027`."""
    if first == last:
        return clock.day(first)
    same = (first.year, first.month) == (last.year, last.month)
    begins = _day(first) if same else f"{first.day} {first:%B}" if first.year == last.year else clock.day(first)
    return f"{begins} to {clock.day(last)}"


def _months(view: View) -> list[Tick]:
    found = [Tick(x(view, view.first), f"{view.first:%B %Y}")]
    for number in range(1, 7 * view.weeks):
        day = view.first + timedelta(days=number)
        if day.day == 1:
            room = x(view, day) - found[-1].x >= 105
            found = [*(found if room else found[:-1]), Tick(x(view, day), f"{day:%B %Y}")]
    return found


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1].rstrip() + "…"


def _day(day: date) -> str:
    return f"{day.day}"

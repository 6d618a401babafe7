"""Progress: how many authorities stood at each grade, day by day, and what each channel brought.

Both come from the same touches as coverage: the last step over time is what coverage says today, and what was taken back counts on the days
it stood. Effort per channel is not recorded anywhere, so none is claimed. Source: HELA paper, Annex 3 ("HELA Extranet and EHN").
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from audiences import coverage_views, grades
from audiences.coverage_views import View
from campaigns.foundation import clock
from campaigns.reach import cells
from campaigns.reach.cells import Counted
from campaigns.reach.touches import CHANNELS, CONFIRMED, GRADES, STANDING, Touch


@dataclass(frozen=True)
class Step:
    """One day on which something changed: authorities at the end of it by each grade's own evidence, and with all that counts towards it."""

    day: date
    own: dict[str, int]
    least: dict[str, int]


@dataclass(frozen=True)
class Yield:
    """What a channel brought: its touches, the authorities touched, those it touched first, those that did something only after it."""

    channel: str
    touches: int
    authorities: int
    first: int
    confirmed_after: int


class Span(NamedTuple):
    """The time evidence stood: of what stands, since the first of it; of what was taken back, until then."""

    code: str
    role: str
    grade: str
    begin: datetime
    end: datetime | None


def over_time(session: Session, campaign_id: UUID, view: View | None = None, *, counted: list[Counted] | None = None) -> list[Step]:
    """The steps of every grade up to the day looked at, oldest first; no days without a change. `counted`: coverage, if read already."""
    view = view or View()
    codes = {council.code for council in coverage_views.councils(session, view)}
    changes: defaultdict[date, list[tuple[str, str, int]]] = defaultdict(list)
    for span in _spans(session, campaign_id, view, counted):
        if span.code in codes and span.role in view.touched:
            for moment, change in ((span.begin, 1), (span.end, -1)):
                if moment is not None and (view.moment is None or moment <= view.moment):
                    changes[clock.london(moment).date()].append((span.code, span.grade, change))
    standing: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(GRADES, 0))
    steps: list[Step] = []
    for day in sorted(changes):
        for code, grade, change in changes[day]:
            standing[code][grade] += change
        step = _step(day, standing.values())
        if not steps or (step.own, step.least) != (steps[-1].own, steps[-1].least):
            steps.append(step)
    return steps


def yields(session: Session, campaign_id: UUID, view: View | None = None) -> list[Yield]:
    """What each channel brought, in the order of channels; those that touched nobody say so with noughts."""
    view = view or View()
    codes = {council.code for council in coverage_views.councils(session, view)}
    counted = cells.counted(session, campaign_id, role=view.role, message=view.message, at=view.moment)
    found = [one for one in counted if one.code in codes and one.role in view.touched]
    first: dict[str, dict[str, datetime]] = {channel: _first(one for one in found if one.channel == channel) for channel in CHANNELS}
    any_first = _first(found)
    shown: dict[str, datetime] = {}
    for one in found:
        if one.grade in grades.at_least(CONFIRMED):
            shown[one.code] = min(shown.get(one.code, one.first), one.first)
    return [
        Yield(
            channel,
            sum(one.touches for one in found if one.channel == channel),
            len(began),
            sum(any_first[code] == at for code, at in began.items()),
            sum(code in shown and at < shown[code] for code, at in began.items()),
        )
        for channel, began in first.items()
    ]


def _spans(session: Session, campaign_id: UUID, view: View, counted: list[Counted] | None) -> Iterable[Span]:
    if counted is None:
        counted = cells.counted(session, campaign_id, role=view.role, channel=view.channel, message=view.message)
    first: dict[tuple[str, str], Counted] = {}  # what stands, stands on from the first of it: the rest changes nothing
    for one in counted:
        standing = first.get((one.code, one.grade))
        if one.role in view.touched and (standing is None or one.first < standing.first):
            first[one.code, one.grade] = one
    yield from (Span(one.code, one.role, one.grade, cells.moment(one.first), None) for one in first.values())
    chosen = {"role": view.role, "channel": view.channel, "message_id": view.message}
    gone = sa.select(*(getattr(Touch, name) for name in ("authority_code", "role", "grade", "at", "withdrawn_at"))).where(
        col(Touch.campaign_id) == campaign_id,
        ~STANDING,
        col(Touch.withdrawn_at) > col(Touch.at),
        *(getattr(Touch, name) == value for name, value in chosen.items() if value),
    )
    yield from (Span(*row) for row in session.execute(gone))


def _step(day: date, standing: Iterable[dict[str, int]]) -> Step:
    return Step(day, *grades.standing(Counter(frozenset(grade for grade in GRADES if held[grade]) for held in standing)))


def _first(found: Iterable[Counted]) -> dict[str, datetime]:
    first: dict[str, datetime] = {}
    for one in found:
        first[one.code] = min(first.get(one.code, one.first), one.first)
    return first

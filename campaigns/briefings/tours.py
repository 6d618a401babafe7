"""A tour: one briefing for every regional group, so that none is forgotten.

Each briefing wants a date, a place, a presenter from both parties, and the agreed release whose text is the speaking note, pinned to
its version. Source: HELA paper, Annex 3 ("Present LOPP to each LA regional group"; "Circulate a speaking note").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement import releases
from campaigns.foundation import lifecycles, log, officers
from campaigns.foundation.errors import Invalid, NotFound, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

LONGEST_LINE = 200


class TourOpened(Event):
    """A tour was set up, with a briefing wanted for every group."""

    groups: int


class BriefingDated(Event):
    """A briefing has a date, a place and presenters."""

    starts_at: datetime


class BriefingDeclined(Event):
    """A group does not want a briefing."""

    reason: str


class BriefingHeld(Event):
    """A briefing took place."""


class BriefingReopened(Event):
    """A briefing was marked as held by mistake."""


@dataclass(frozen=True)
class Group:
    """A regional group, as told: its code, name and nation."""

    code: str
    name: str
    nation: str


@dataclass(frozen=True)
class Arrangement:
    """When, where and by whom; `note` is the agreed release read from."""

    starts_at: datetime
    place: str
    hse_presenter: str
    lacors_presenter: str
    note: UUID


class Tour(SQLModel, table=True):
    """One row per tour."""

    __tablename__ = "tours"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    campaign_id: UUID = Field(foreign_key="campaigns.id", index=True)
    name: str
    opened_at: datetime


class Briefing(SQLModel, table=True):
    """One row per group on a tour."""

    __tablename__ = "briefings"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    tour_id: UUID = Field(foreign_key="tours.id", index=True)
    group_code: str
    group_name: str
    nation: str
    state: str = "wanted"
    starts_at: datetime | None = None
    place: str | None = None
    hse_presenter: str | None = None
    lacors_presenter: str | None = None
    note_release_id: UUID | None = Field(default=None, foreign_key="releases.id")
    reason: str | None = None
    list_completed_at: datetime | None = None  # set by attendance.complete, cleared when it is reopened


def open_tour(session: Session, campaign_id: UUID, *, name: str, groups: Iterable[Group], by: Officer, at: datetime) -> UUID:
    """Set up a tour with a briefing wanted for every group. Refuses an empty name and a tour of nobody."""
    officers.require_writer(by)
    groups = list(groups)
    problems = [*_line("name", name, "a name for the tour"), *([] if groups else [Problem("groups", "A tour needs at least one group")])]
    if problems:
        raise Invalid(problems)
    tour = Tour(campaign_id=campaign_id, name=name.strip(), opened_at=at)
    session.add(tour)
    session.flush()
    session.add_all(Briefing(tour_id=tour.id, group_code=group.code, group_name=group.name, nation=group.nation) for group in groups)
    log.record(session, TourOpened(groups=len(groups)), subject=tour.id, by=by.name, at=at)
    return tour.id


def arrange(session: Session, briefing_id: UUID, arrangement: Arrangement, *, by: Officer, at: datetime) -> None:
    """Give a briefing its date, place, presenters and speaking note. Refuses a note that both parties have not signed."""
    officers.require_writer(by)
    problems = [
        *_line("place", arrangement.place, "a place"),
        *_line("hse_presenter", arrangement.hse_presenter, "who presents for HSE"),
        *_line("lacors_presenter", arrangement.lacors_presenter, "who presents for LACoRS"),
        *_note(session, arrangement.note),
    ]
    if problems:
        raise Invalid(problems)
    _move(
        session,
        briefing_id,
        "date",
        starts_at=arrangement.starts_at,
        place=arrangement.place.strip(),
        hse_presenter=arrangement.hse_presenter.strip(),
        lacors_presenter=arrangement.lacors_presenter.strip(),
        note_release_id=arrangement.note,
        reason=None,
    )
    log.record(session, BriefingDated(starts_at=arrangement.starts_at), subject=briefing_id, by=by.name, at=at)


def decline(session: Session, briefing_id: UUID, *, reason: str, by: Officer, at: datetime) -> None:
    """The group does not want a briefing; needs a reason."""
    officers.require_writer(by)
    if problems := _line("reason", reason, "why there will be no briefing"):
        raise Invalid(problems)
    _move(session, briefing_id, "decline", reason=reason.strip())
    log.record(session, BriefingDeclined(reason=reason.strip()), subject=briefing_id, by=by.name, at=at)


def hold(session: Session, briefing_id: UUID, *, by: Officer, at: datetime) -> None:
    """The briefing took place. Refuses one whose time has not come."""
    officers.require_writer(by)
    briefing = get(session, briefing_id)
    if briefing.starts_at and briefing.starts_at > at:
        raise Invalid([Problem("held", "This briefing has not begun yet. Mark it as held once it has")])
    _move(session, briefing_id, "hold")
    log.record(session, BriefingHeld(), subject=briefing_id, by=by.name, at=at)


def reopen(session: Session, briefing_id: UUID, *, by: Officer, at: datetime) -> None:
    """It was marked as held by mistake; its attendance counts no more until it is held again."""
    officers.require_writer(by)
    _move(session, briefing_id, "reopen", list_completed_at=None)
    log.record(session, BriefingReopened(), subject=briefing_id, by=by.name, at=at)


def get(session: Session, briefing_id: UUID, *, lock: bool = False) -> Briefing:
    """The briefing; refuses an unknown id."""
    briefing = session.get(Briefing, briefing_id, with_for_update=lock, populate_existing=lock)
    if briefing is None:
        raise NotFound("There is no such briefing.")
    return briefing


def tour(session: Session, tour_id: UUID) -> Tour:
    """The tour; refuses an unknown id."""
    found = session.get(Tour, tour_id)
    if found is None:
        raise NotFound("There is no such tour.")
    return found


def every(session: Session) -> list[Tour]:
    """All tours, the newest first."""
    return list(session.exec(select(Tour).order_by(col(Tour.opened_at).desc())))


def briefings(session: Session, tour_id: UUID) -> list[Briefing]:
    """A tour's briefings, by nation and name."""
    return list(session.exec(select(Briefing).where(Briefing.tour_id == tour_id).order_by(Briefing.nation, Briefing.group_name)))


def _move(session: Session, briefing_id: UUID, verb: str, **columns: object) -> None:
    briefing = get(session, briefing_id, lock=True)
    briefing.sqlmodel_update({"state": lifecycles.move(lifecycles.BRIEFING, briefing.state, verb), **columns})
    session.add(briefing)


def _note(session: Session, release_id: UUID) -> list[Problem]:
    release = releases.get(session, release_id)
    agreed = release.digest is not None and release.state in {"sealed", "scheduled", "sending", "sent", "missed"}
    if agreed and not releases.missing(session, release):
        return []
    return [Problem("note", "Choose a speaking note that both HSE and LACoRS have signed")]


def _line(field: str, text: str, what: str) -> list[Problem]:
    if 0 < len(text.strip()) <= LONGEST_LINE and text.strip().isprintable():
        return []
    return [Problem(field, f"Enter {what}, in up to {LONGEST_LINE} characters on one line")]

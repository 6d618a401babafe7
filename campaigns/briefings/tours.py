"""A tour: one briefing for every regional group, so that none is forgotten, and for whichever other body wants one.

Each briefing wants a date, a place or a link, a presenter from both parties, and the agreed release whose text is the speaking note, pinned
to its version. It may be dated before all of that is known; what is missing is named, and nobody says that it was held without it unless they
say why. Source: HELA paper, Annex 3 ("Present LOPP to each LA regional group"; "Circulate a speaking note").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.briefings.arrangements import USUAL
from campaigns.foundation import clock, database, lifecycles, log, officers, one_line, stamps
from campaigns.foundation.errors import Invalid, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

AWAITED = "awaiting steer"


class TourOpened(Event):
    """A tour was set up, with a briefing wanted for every group."""

    groups: int


class BriefingHeld(Event):
    """A briefing took place; `without` says why, if it had no speaking note or not both presenters."""

    without: str = ""


class BriefingReopened(Event):
    """A briefing was marked as held by mistake."""


@dataclass(frozen=True)
class Group:
    """A regional group or another body, as told: its code, name and nation."""

    code: str
    name: str
    nation: str


class Tour(SQLModel, table=True):
    """One row per tour."""

    __tablename__ = "tours"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    campaign_id: UUID = Field(foreign_key="campaigns.id", index=True)
    name: str
    opened_at: datetime


class Briefing(SQLModel, table=True):
    """One row per group and slot on a tour: a second date for a group is its slot 2. `focus` may await somebody's advice."""

    __tablename__ = "briefings"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    tour_id: UUID = Field(foreign_key="tours.id", index=True)
    group_code: str
    group_name: str
    nation: str
    state: str = "wanted"
    slot: int = 1
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str | None = None
    link: str | None = None
    host: str | None = None
    hse_presenter: str | None = None
    lacors_presenter: str | None = None
    note_release_id: UUID | None = Field(default=None, foreign_key="releases.id")
    capacity: int | None = None
    agenda_item: str | None = None
    focus: str | None = None
    awaits_steer: bool = False
    reason: str | None = None
    list_completed_at: datetime | None = None  # set by attendance.complete, cleared when it is reopened
    held_without: str | None = None
    times_off: int = 0  # how often it was called off or declined: dated anew, it is another event in calendars

    @property
    def title(self) -> str:
        """The group's name; of a further date, which one it is."""
        return self.group_name if self.slot == 1 else f"{self.group_name}, date {self.slot}"

    @property
    def until(self) -> datetime | None:
        """When it ends: two hours after it began, unless something else was said."""
        return self.ends_at or (self.starts_at + USUAL if self.starts_at else None)

    def has_begun(self, at: datetime) -> bool:
        """Whether it has a date, and that has come."""
        return self.starts_at is not None and self.starts_at <= at

    @property
    def missing(self) -> list[str]:
        """What a briefing is not held without, unless somebody says why."""
        wanted = {
            "presenter for HSE": self.hse_presenter,
            "presenter for LACoRS": self.lacors_presenter,
            "speaking note": self.note_release_id,
        }
        return [what for what, there in wanted.items() if not there]

    @property
    def focus_said(self) -> str:
        """What it is to be about, or that this awaits advice; empty when nobody has said."""
        proposed = f" (proposed: {self.focus})" if self.focus else ""
        return f"{AWAITED}{proposed}" if self.awaits_steer else self.focus or ""


def open_tour(session: Session, campaign_id: UUID, *, name: str, groups: Iterable[Group], by: Officer, at: datetime) -> UUID:
    """Set up a tour with a briefing wanted for every group. Refuses an empty name, that of another tour of the campaign, and a tour of nobody."""
    officers.require_writer(by)
    groups = list(groups)
    problems = [
        *one_line.problems("name", name, "a name for the tour"),
        *([] if groups else [Problem("groups", "A tour needs at least one group")]),
        *_named(session, campaign_id, name.strip()),
    ]
    if problems:
        raise Invalid(problems)
    tour = Tour(campaign_id=campaign_id, name=name.strip(), opened_at=at)
    session.add(tour)
    session.flush()
    session.add_all(Briefing(tour_id=tour.id, group_code=group.code, group_name=group.name, nation=group.nation) for group in groups)
    log.record(session, TourOpened(groups=len(groups)), subject=tour.id, by=by.name, at=at)
    return tour.id


def hold(session: Session, briefing_id: UUID, *, why: str = "", by: Officer, at: datetime) -> None:
    """The briefing took place. Refuses one whose time has not come, and one without a note or both presenters unless `why` says how come."""
    officers.require_writer(by)
    briefing = get(session, briefing_id, lock=True)
    lifecycles.move(lifecycles.BRIEFING, briefing.state, "hold")
    if briefing.starts_at and briefing.starts_at > at:
        raise Invalid([Problem("held", "This briefing has not begun yet. Mark it as held once it has")])
    without = why.strip() if briefing.missing else ""
    if briefing.missing and (problems := one_line.problems("why", why, f"why it was held without a {briefing.missing[0]}")):
        raise Invalid(problems)
    move(session, briefing_id, "hold", held_without=without or None)
    log.record(session, BriefingHeld(without=without), subject=briefing_id, by=by.name, at=at)


def reopen(session: Session, briefing_id: UUID, *, by: Officer, at: datetime) -> None:
    """It was marked as held by mistake; its attendance counts no more until it is held again."""
    officers.require_writer(by)
    move(session, briefing_id, "reopen", held_without=None, list_completed_at=None)
    log.record(session, BriefingReopened(), subject=briefing_id, by=by.name, at=at)


def get(session: Session, briefing_id: UUID, *, lock: bool = False) -> Briefing:
    """The briefing; refuses an unknown id."""
    return database.get(session, Briefing, briefing_id, "There is no such briefing.", lock=lock)


def tour(session: Session, tour_id: UUID, *, lock: bool = False) -> Tour:
    """The tour; refuses an unknown id."""
    return database.get(session, Tour, tour_id, "There is no such tour.", lock=lock)


def every(session: Session) -> list[Tour]:
    """All tours, the newest first."""
    return list(session.exec(select(Tour).order_by(col(Tour.opened_at).desc())))


def named(session: Session, key: str) -> Tour | None:
    """The tour that words name by its id; None where they name none that there is."""
    return next((tour for tour in every(session) if str(tour.id) == key), None)


def briefings(session: Session, tour_id: UUID) -> list[Briefing]:
    """A tour's briefings, by nation and name; bodies of no nation come last."""
    found = session.exec(select(Briefing).where(Briefing.tour_id == tour_id))
    return sorted(found, key=lambda one: (not one.nation, one.nation, one.group_name, one.slot))


def dated(session: Session, first: datetime, last: datetime) -> list[Briefing]:
    """The briefings of all tours that are to begin from `first` to `last`, in order."""
    between = (col(Briefing.state) == "dated") & (col(Briefing.starts_at) >= first) & (col(Briefing.starts_at) <= last)
    return list(session.exec(select(Briefing).where(between).order_by(col(Briefing.starts_at), col(Briefing.group_name))))


def move(session: Session, briefing_id: UUID, verb: str, **columns: object) -> None:
    """One step of a briefing's life, for the steps that make it; refuses a verb its state does not know."""
    briefing = get(session, briefing_id, lock=True)
    briefing.sqlmodel_update({"state": lifecycles.move(lifecycles.BRIEFING, briefing.state, verb), **columns})
    session.add(briefing)


def _named(session: Session, campaign_id: UUID, name: str) -> list[Problem]:
    """That a tour of the campaign has this name. Whoever opens one at the same moment waits here, and then sees ours."""
    stamps.wait_turn(session)
    same = next((one for one in every(session) if one.campaign_id == campaign_id and one.name.casefold() == name.casefold()), None)
    if same is None:
        return []
    opened = "".join(f", opened by {fact.by} on {clock.say(fact.at)}" for fact in log.of_kinds(session, same.id, TourOpened.__name__))
    return [Problem("name", f"There is a tour of this name already{opened}. Give this one another name")]

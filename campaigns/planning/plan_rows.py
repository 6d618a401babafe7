"""The communications plan: who is to hear what, by which channel and when, each row with an owner from each party.

A row says what is meant; whether it came about is deduced from its message where it is a letter, and said by an officer where it is not.
Source: HELA paper, Annex 3 ("Revitalise LOPP communications plan, ensuring all stakeholders are covered").
"""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import clock, database, log, officers, one_line, sightings
from campaigns.foundation.errors import Invalid, NotAllowedNow, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from campaigns.planning import campaign_plans

LETTER, BRIEFING, VISIT, ARTICLE, EXTRANET = "letter", "briefing", "visit", "article", "extranet"
CHANNELS = {
    LETTER: "Letter",
    BRIEFING: "Briefing, face to face",
    VISIT: "Visit",
    "call": "Call",
    ARTICLE: "Article in Environmental Health News",
    EXTRANET: "Extranet page",
    "relay": "Relay by HELA, LGP or a group",
}
FACE_TO_FACE = frozenset({BRIEFING, VISIT})
IN_WRITING = frozenset({LETTER, ARTICLE, EXTRANET, "relay"})
LONGEST_LINE, LONGEST_NOTE, EARLIEST, LATEST = 200, 1000, 2000, 2100


class PlanRowAdded(Event):
    """Something was put into a communications plan."""

    title: str


class PlanRowChanged(Event):
    """A row of a communications plan says something else."""

    title: str
    changed: list[str]


class PlanRowDropped(Event):
    """A row was taken out of a communications plan."""

    title: str


class PlanRowDone(Event):
    """What a row means, and is no letter, came about."""

    title: str


class PlanRowReopened(Event):
    """It had been marked as done by mistake, and is still to come about."""

    title: str


class PlanRow(SQLModel, table=True):
    """One row per thing planned. `audience` is a key as told; `message_id` the message that was drafted for it, if any."""

    __tablename__ = "plan_rows"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    campaign_id: UUID = Field(foreign_key="campaigns.id", index=True)
    audience: str
    title: str
    message_id: UUID | None = Field(default=None, index=True)
    channel: str
    first: date = Field(index=True)
    whole_month: bool = False
    hse_owner: str = ""
    lacors_owner: str = ""
    note: str = ""
    added_by: str
    added_at: datetime
    done_on: date | None = None
    dropped_at: datetime | None = None

    @property
    def last(self) -> date:
        """The last day meant: that of the month, where only a month is."""
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1]) if self.whole_month else self.first

    @property
    def when(self) -> str:
        """When it is meant, as people say it: `12 May 2027`, `May 2027`."""
        return f"{self.first:%B %Y}" if self.whole_month else clock.day(self.first)


@dataclass(frozen=True)
class Typed:
    """A row as typed. With `whole_month` any day of it will do."""

    audience: str
    title: str
    channel: str
    day: date
    whole_month: bool = False
    hse_owner: str = ""
    lacors_owner: str = ""
    note: str = ""
    message_id: UUID | None = None

    def columns(self) -> dict[str, Any]:
        """The columns of a table's row. Refuses, all at once, what no row can say."""
        said: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in vars(self).items()}
        day: date = said.pop("day")
        found = one_line.problems("title", said["title"], "what it says")
        found += [Problem("audience", "Choose who it is for")] * (not _line(said["audience"]))
        found += [Problem("channel", "Choose a channel from the list")] * (self.channel not in CHANNELS)
        found += [Problem("day", f"Choose a day between {EARLIEST} and {LATEST}")] * (not EARLIEST <= day.year <= LATEST)
        found += [
            Problem(name, f"Enter a post, in up to {LONGEST_LINE} characters on one line, or leave it empty until it is known")
            for name in ("hse_owner", "lacors_owner")
            if said[name] and not _line(said[name])
        ]
        found += [Problem("note", f"Write up to {LONGEST_NOTE} characters of plain text, without hidden characters")] * (
            not _plain(said["note"])
        )
        if found:
            raise Invalid(found)
        return {**said, "first": day.replace(day=1) if self.whole_month else day}


def add(session: Session, campaign_id: UUID, typed: Typed, *, by: Officer, at: datetime) -> UUID:
    """Put a row into a campaign's plan. Owners may be missing: that is a gap which is shown, not a mistake."""
    officers.require_writer(by)
    campaign_plans.get(session, campaign_id)
    row = PlanRow(campaign_id=campaign_id, **typed.columns(), added_by=by.name, added_at=at)
    session.add(row)
    session.flush()
    log.record(session, PlanRowAdded(title=row.title), subject=row.id, by=by.name, at=at)
    return row.id


def shown(row: PlanRow) -> dict[str, str]:
    """What a row says, in words: what an officer is shown who changes it."""
    return {
        "Who it is for": row.audience,
        "What it says": row.title,
        "The message": f"drafted ({str(row.message_id)[:8]})" if row.message_id else "",
        "How": CHANNELS[row.channel],
        "When": row.when,
        "Who sees to it for HSE": row.hse_owner,
        "Who sees to it for LACoRS": row.lacors_owner,
        "Note": row.note,
    }


def change(session: Session, row_id: UUID, typed: Typed, *, seen: str | None = None, by: Officer, at: datetime) -> bool:
    """Change a row; False if nothing changed. Refuses one that was dropped, and `Stale` if it is not as `seen`."""
    officers.require_writer(by)
    row, columns = standing_row(get(session, row_id, lock=True)), typed.columns()
    changed = sorted(name for name, value in columns.items() if getattr(row, name) != value)
    if not changed:
        return False
    sightings.require(seen, shown(row), "row")
    row.sqlmodel_update(columns)
    session.add(row)
    log.record(session, PlanRowChanged(title=row.title, changed=changed), subject=row.id, by=by.name, at=at)
    return True


def draft_for(session: Session, row_id: UUID, message_id: UUID, *, by: Officer, at: datetime) -> bool:
    """The message of a row was drafted; False, and nothing is changed, where the row names another by now or was taken out."""
    officers.require_writer(by)
    row = get(session, row_id, lock=True)
    if row.dropped_at is not None or row.message_id is not None:
        return False
    row.message_id = message_id
    session.add(row)
    log.record(session, PlanRowChanged(title=row.title, changed=["message"]), subject=row.id, by=by.name, at=at)
    return True


def done(session: Session, row_id: UUID, *, on: date, by: Officer, at: datetime) -> None:
    """What a row means came about. Refuses a letter, whose sending is evidence of itself, and what was done already."""
    officers.require_writer(by)
    row = standing_row(get(session, row_id, lock=True))
    if row.channel == LETTER:
        raise NotAllowedNow("A letter is done when its message has gone out; nobody says so by hand.")
    if row.done_on is not None:
        raise NotAllowedNow("This was marked as done already.")
    row.done_on = on
    session.add(row)
    log.record(session, PlanRowDone(title=row.title), subject=row.id, by=by.name, at=at)


def reopen(session: Session, row_id: UUID, *, by: Officer, at: datetime) -> None:
    """What a row means did not come about after all. Refuses one that is not marked as done."""
    officers.require_writer(by)
    row = standing_row(get(session, row_id, lock=True))
    if row.done_on is None:
        raise NotAllowedNow("This is not marked as done.")
    row.done_on = None
    session.add(row)
    log.record(session, PlanRowReopened(title=row.title), subject=row.id, by=by.name, at=at)


def drop(session: Session, row_id: UUID, *, by: Officer, at: datetime) -> None:
    """Take a row out of the plan; its message, where there is one, stays. Refuses one that was dropped already."""
    officers.require_writer(by)
    row = standing_row(get(session, row_id, lock=True))
    row.dropped_at = at
    session.add(row)
    log.record(session, PlanRowDropped(title=row.title), subject=row.id, by=by.name, at=at)


def get(session: Session, row_id: UUID, *, lock: bool = False) -> PlanRow:
    """The row; refuses an unknown id."""
    return database.get(session, PlanRow, row_id, "There is no such row of a communications plan.", lock=lock)


def standing_row(row: PlanRow, *, undrafted: bool = False) -> PlanRow:
    """The same row; refuses one that was taken out of the plan and, where it is to be drafted, one that has its message."""
    if row.dropped_at is not None:
        raise NotAllowedNow("This row was taken out of the plan.")
    if undrafted and row.message_id is not None:
        raise NotAllowedNow("A message has been drafted for this row of the plan already. Open it from the plan.")
    return row


def standing(session: Session, campaign_ids: Collection[UUID] | None = None) -> list[PlanRow]:
    """The rows that stand, of these campaigns or of all, by date."""
    chosen = select(PlanRow).where(col(PlanRow.dropped_at).is_(None))
    if campaign_ids is not None:
        chosen = chosen.where(col(PlanRow.campaign_id).in_(list(campaign_ids)))
    return list(session.exec(chosen.order_by(col(PlanRow.first), PlanRow.title, col(PlanRow.id))))


def _line(text: str) -> bool:
    return 0 < len(text) <= LONGEST_LINE and text.isprintable()


def _plain(text: str) -> bool:
    return len(text) <= LONGEST_NOTE and all(sign.isprintable() or sign in "\r\n\t\u00a0" for sign in text)

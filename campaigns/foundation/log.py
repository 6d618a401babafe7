"""What happened, and who is still to be told: an append-only log and a transactional outbox, written with the change itself.

A row of `untold` stands until every subscriber has heard the event. It is a table of rows rather than a cursor because identity
values do not commit in order: a cursor skips.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar, cast
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from campaigns.foundation import database
from campaigns.foundation.errors import NotFound

HINT_LASTS = timedelta(seconds=5)  # how long the relay waits for a hint to be heard before it hints again; a broker may lose them all
LONGEST_WAIT = timedelta(minutes=10)
TRIALS = sa.text("kind = 'TrialWritten'")  # of which an officer's are counted whenever they write another (see delivery/trials.py)


class Event(BaseModel):
    """A fact in the past tense. Subclasses are known by their class name; fields must survive JSON."""

    model_config = ConfigDict(frozen=True)
    kinds: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Event.kinds[cls.__name__] = cls


class LogEntry(SQLModel, table=True):
    """One fact: never changed, never deleted (triggers see to that on both engines)."""

    __tablename__ = "log_entries"
    __table_args__ = (sa.Index("ix_log_entries_trials", "by", "at", sqlite_where=TRIALS, postgresql_where=TRIALS),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    subject: UUID = Field(index=True)
    by: str
    at: datetime
    payload: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON, nullable=False))


class Untold(SQLModel, table=True):
    """A fact whose subscribers have not all heard it yet. `due_at`: when the relay hints (again)."""

    __tablename__ = "untold"

    entry_id: int = Field(primary_key=True, foreign_key="log_entries.id")
    due_at: datetime = Field(index=True)
    hinted_until: datetime | None = None  # while a hint given is still counted on
    attempts: int = 0
    last_error: str | None = None


class Unlinked(SQLModel, table=True):
    """A fact that has no place in the chain yet (see audit.py)."""

    __tablename__ = "unlinked"

    entry_id: int = Field(primary_key=True, foreign_key="log_entries.id")


def record(session: Session, event: Event, *, subject: UUID, by: str, at: datetime) -> LogEntry:
    """Write a fact beside the change it tells of, and queue its telling; both stand or fall with the transaction."""
    entry = LogEntry(kind=type(event).__name__, subject=subject, by=by, at=at, payload=event.model_dump(mode="json"))
    session.add(entry)
    session.flush()
    session.add_all([Untold(entry_id=number(entry), due_at=at), Unlinked(entry_id=number(entry))])
    return entry


def number(entry: LogEntry) -> int:
    """The entry's place in the log; refuses one that was never written."""
    if entry.id is None:
        raise NotFound("This fact was not written down.")
    return entry.id


def read(entry: LogEntry) -> Event:
    """The fact as its own type."""
    return Event.kinds[entry.kind].model_validate(entry.payload)


def get(session: Session, entry_id: int) -> LogEntry | None:
    """The entry, or None: a hint may name what is not there."""
    return session.get(LogEntry, entry_id)


def history(session: Session, *subjects: UUID, but: Collection[str] = ()) -> list[LogEntry]:
    """Everything that happened to these things, oldest first, `but` for facts of these kinds: of a large release most are about its chunks."""
    happened = select(LogEntry).where(col(LogEntry.subject).in_(subjects), col(LogEntry.kind).not_in(but))
    return list(session.exec(happened.order_by(col(LogEntry.id))))


def is_any_between(session: Session, subject: UUID, first: datetime, last: datetime) -> bool:
    """Whether anything happened to a thing from the first of these moments to the last."""
    happened = select(LogEntry.id).where(LogEntry.subject == subject, col(LogEntry.at).between(first, last))
    return session.exec(happened.limit(1)).first() is not None


def of_kinds(session: Session, subject: UUID, *kinds: str) -> list[LogEntry]:
    """What happened to one thing, only facts of these kinds, oldest first."""
    happened = select(LogEntry).where(LogEntry.subject == subject, col(LogEntry.kind).in_(kinds))
    return list(session.exec(happened.order_by(col(LogEntry.id))))


def last_each(session: Session, subjects: Collection[UUID], kind: str) -> dict[UUID, datetime]:
    """When a fact of this kind was last recorded of each of these things that it was recorded of."""
    newest = (
        select(sa.func.max(LogEntry.id)).where(col(LogEntry.subject).in_(subjects), LogEntry.kind == kind).group_by(col(LogEntry.subject))
    )
    return dict(session.exec(select(LogEntry.subject, LogEntry.at).where(col(LogEntry.id).in_(newest))).all())


def newest_of(session: Session, *subjects: UUID, kinds: Collection[str]) -> list[tuple[LogEntry, int]]:
    """For kinds of which a thing may have one fact per reader: the newest by kind and by who did it, each with how many there are."""
    each = select(sa.func.max(LogEntry.id), sa.func.count()).where(col(LogEntry.subject).in_(subjects), col(LogEntry.kind).in_(kinds))
    numbers = dict(session.exec(each.group_by(col(LogEntry.kind), col(LogEntry.by))).all())
    newest = select(LogEntry).where(col(LogEntry.id).in_(numbers)).order_by(col(LogEntry.id))
    return [(entry, numbers[entry.id]) for entry in session.exec(newest)]


def latest(session: Session, limit: int = 1, *, but: Collection[str] = ()) -> list[LogEntry]:
    """The newest facts, newest first; without those of some kinds."""
    return list(session.exec(select(LogEntry).where(col(LogEntry.kind).not_in(but)).order_by(col(LogEntry.id).desc()).limit(limit)))


def is_untold(session: Session, entry_id: int) -> bool:
    """Whether a subscriber has yet to hear this fact."""
    return session.get(Untold, entry_id) is not None


def any_due(session: Session, *, at: datetime) -> bool:
    """Whether there is anything to tell: a look that takes no lock."""
    return session.connection().execute(ANY_DUE, {"at": at}).first() is not None


def hint(session: Session, *, at: datetime, most: int, only: Collection[str] = (), but: Collection[str] = ()) -> list[tuple[int, str]]:
    """Take the facts due for telling, `only` of these kinds or of all `but` these: (entry, kind). Each falls due again unless it is told.

    At most so many are under way at a time: a broker that is slow, or loses everything, is not flooded with hints given again.
    """
    session.flush()
    meant, connection = {"kinds": list(only or but), "at": at}, session.connection()
    room = most - connection.execute(UNDER_WAY[bool(only)], meant).scalar_one()
    due = [(entry_id, kind) for entry_id, kind in connection.execute(WAITING[bool(only)], meant | {"most": room})] if room > 0 else []
    if due:
        connection.execute(HINTED, [{"entry": entry_id, "until": at + HINT_LASTS} for entry_id, _ in due])
    return due


def told(session: Session, entry_id: int) -> None:
    """Everybody has heard this."""
    session.exec(sa.delete(Untold).where(col(Untold.entry_id) == entry_id))


def not_told(session: Session, entry_id: int, *, error: str, at: datetime, anew: bool = False) -> None:
    """A subscriber failed: wait a little longer each time, and keep the last reason for the operator.

    `anew`: it lacked something that may be back in a moment, so that the waits begin again, unless that was the last reason, too.
    """
    row = session.get(Untold, entry_id, with_for_update=True)
    if row is None:  # another worker told it meanwhile
        return
    row.attempts = 1 if anew and row.last_error != error[:500] else row.attempts + 1
    row.hinted_until = None
    row.due_at = at + min(timedelta(seconds=2 ** min(row.attempts, 10)), LONGEST_WAIT)  # a failure that lasts for days must not overflow
    row.last_error = error[:500]
    session.add(row)


def put_off(at: datetime) -> SelectOfScalar[int]:
    """The facts of which a telling failed, and whose turn comes later, as SQL: until then nobody is to hear of them."""
    return select(Untold.entry_id).where(col(Untold.hinted_until).is_(None), col(Untold.due_at) > at)


def forget_errors(session: Session, text: str) -> None:
    """Blank whatever a failed telling said of this text: a relay's reply may quote an address."""
    quoted = col(Untold.last_error).icontains(text, autoescape=True)
    session.exec(sa.update(Untold).where(quoted).values(last_error="erased"))


def tell_again(session: Session, entries: list[int], *, at: datetime) -> None:
    """Put facts back among those to be told; those there already keep their turn, so that a look a second floods nobody."""
    if rows := [{"entry_id": entry_id, "due_at": at, "attempts": 0} for entry_id in entries]:
        back = database.insert(session, Untold).values(rows)
        session.exec(back.on_conflict_do_nothing())  # of two who put one back at once, each succeeds


def tell_now(session: Session, entry_id: int, *, at: datetime) -> None:
    """Whoever had heard this is gone: it is due at once."""
    tell_again(session, [entry_id], at=at)
    session.exec(sa.update(Untold).where(col(Untold.entry_id) == entry_id).values(due_at=at, hinted_until=None))


def not_hinted(session: Session, entries: list[int], *, at: datetime) -> None:
    """The broker did not take these hints: they are due again."""
    session.exec(sa.update(Untold).where(col(Untold.entry_id).in_(entries)).values(due_at=at, hinted_until=None))


def forget_hints(session: Session, *, at: datetime) -> None:
    """Make every untold fact due now: hints in a memory that is gone will not come back."""
    session.exec(sa.update(Untold).values(due_at=at, hinted_until=None))


# The relay asks these several times a second, and so they are made once, and without the ORM.
_UNTOLD, _ENTRIES = (cast("sa.Table", sa.inspect(model).local_table) for model in (Untold, LogEntry))
_BOTH = _UNTOLD.join(_ENTRIES, _ENTRIES.c.id == _UNTOLD.c.entry_id)
_KINDS: sa.BindParameter[Any] = sa.bindparam("kinds", expanding=True)
_MEANT = {True: _ENTRIES.c.kind.in_(_KINDS), False: _ENTRIES.c.kind.not_in(_KINDS)}  # only these, or all but these
ANY_DUE = sa.select(_UNTOLD.c.entry_id).where(_UNTOLD.c.due_at <= sa.bindparam("at")).limit(1)
WAITING = {
    only: sa.select(_UNTOLD.c.entry_id, _ENTRIES.c.kind)
    .select_from(_BOTH)
    .where(meant, _UNTOLD.c.due_at <= sa.bindparam("at"))
    .order_by(_UNTOLD.c.due_at, _UNTOLD.c.entry_id)  # those of one step fall due at once, and are hinted as they happened
    .limit(sa.bindparam("most", type_=sa.Integer()))
    .with_for_update(skip_locked=True, of=_UNTOLD)
    for only, meant in _MEANT.items()
}
UNDER_WAY = {
    only: sa.select(sa.func.count()).select_from(_BOTH).where(meant, _UNTOLD.c.hinted_until > sa.bindparam("at"))
    for only, meant in _MEANT.items()
}
HINTED = (
    sa.update(_UNTOLD)
    .where(_UNTOLD.c.entry_id == sa.bindparam("entry"))
    .values(due_at=sa.bindparam("until"), hinted_until=sa.bindparam("until"))
)

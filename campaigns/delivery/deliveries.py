"""One durable row for every letter of a release: queued, attempting, then what became of it.

A letter whose dot had no definite reply is *unknown*, and evidence is looked for (see unclear.py). Without evidence it is *held* for an officer, who
may also leave it: then it is *left*, unclear for good. Figures are counted from these rows and add up to the readers signed for.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm.util import identity_key
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import Particulars, SealedLetter
from campaigns.foundation import lifecycles, log
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.log import Event, Untold

STATES = ("queued", "attempting", "accepted", "rejected", "unknown", "held", "left", "removed", "missed", "returned")
UNFINISHED = ("queued", "attempting", "unknown", "held")
ENDED = frozenset({"withdrawn", "missed"})
NEVER_BEGAN = frozenset({"returned", "lapsed", "superseded", "unsealed"})
AT_ONCE = 20  # chunks in one transaction: a fraction of a second, in which nobody else can write
MAYBE_TWICE = sa.text("maybe_twice")
ERASED = "erased"  # in place of a reply that was forgotten


class ChunkPlanned(Event):
    """Some letters are ready to be sent together."""

    chunk: UUID


class Chunk(SQLModel, table=True):
    """Letters claimed together. `entry_id`: the fact that is told again when some of them are due; `journal`: the file with the claim's evidence;
    `way`: how its letters leave; `recalled`: the worker that has it is to give it back. Recounted whenever a letter moves: `tally` (letters by
    state), `open` (those without an outcome), `unclear` (those looked into) and `due_at` (when the first queued one is due).
    """

    __tablename__ = "chunks"
    __table_args__ = (sa.Index("uq_chunks_of_release", "id", "release_id", unique=True),)  # what a letter's key names

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    release_id: UUID = Field(foreign_key="releases.id", index=True)
    entry_id: int | None = None
    claim: UUID | None = None
    leased_until: datetime | None = None
    not_before: datetime
    journal: str | None = None
    way: str | None = None
    recalled: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    tally: dict[str, int] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON, nullable=False, server_default="{}"))
    open: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    unclear: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    due_at: datetime | None = Field(default=None, index=True)
    counted_at: datetime | None = None  # when its letters that had not come back were counted as such (see returns.py)


class Delivery(SQLModel, table=True):
    """One letter's life. `reply`: the relay's last word, or why it was removed; `claim`: the claim that has or had it; `falls`: how many tries failed
    here, as it could not be put together or its worker died; `tried_at`: when it was last claimed, from when on logs are searched for it.
    `maybe_twice`: it was queued again though nobody knows whether it had gone. `turn_at`: its turn with its reader's mail domain (see domains.py).
    `way`: of an unknown letter, from which machine and through which relay it left (`Tools.way`), as only that relay's log knows of it. `vouched_by`:
    the officer on whose word alone it counts as sent.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.Index("ix_deliveries_maybe_twice", "release_id", sqlite_where=MAYBE_TWICE, postgresql_where=MAYBE_TWICE),
        sa.ForeignKeyConstraint(["chunk_id", "release_id"], ["chunks.id", "chunks.release_id"], name="fk_deliveries_chunk_of_release"),
    )

    release_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    chunk_id: UUID = Field(index=True)
    state: str = "queued"
    claim: UUID | None = None
    attempts: int = 0
    falls: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    due_at: datetime
    at: datetime
    stage: str | None = None
    reply: str | None = None
    tried_at: datetime | None = None
    maybe_twice: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    first_at: datetime | None = None  # when a relay first answered for it: from then on it is tried for so long
    turn_at: datetime | None = None
    way: str | None = None
    vouched_by: str | None = None


# A letter, with what was sealed of it; and with its reader's particulars.
SEALED = (col(SealedLetter.release_id) == Delivery.release_id) & (col(SealedLetter.position) == Delivery.position)
PARTICULARS = (col(Particulars.release_id) == Delivery.release_id) & (col(Particulars.position) == Delivery.position)

_BY = col(Delivery.chunk_id), col(Delivery.state)
_DUE = sa.func.min(sa.case((col(Delivery.state) == "queued", col(Delivery.due_at))))
BY_STATE = sa.select(*_BY, sa.func.count(), _DUE).where(col(Delivery.chunk_id).in_(sa.bindparam("chunks", expanding=True))).group_by(*_BY)
_CHUNKS = cast("sa.Table", sa.inspect(Chunk).local_table)
_NEW: dict[str, sa.BindParameter[object]] = {name: sa.bindparam(f"new_{name}") for name in ("tally", "open", "unclear", "due_at")}
RECOUNTED = sa.update(_CHUNKS).where(_CHUNKS.c.id == sa.bindparam("of_chunk")).values(_NEW)  # built once, as it runs several times a second


def due_chunks(session: Session, *, at: datetime, limit: int = 500, forgotten: bool = False) -> list[int]:
    """The log entries of up to `limit` chunks to claim (release sending, letters due, no claim), the longest due first.

    Not those whose telling failed lately and is put off; with `forgotten`, none that are still to be told, so that they do not fill the
    limit.
    """
    ready = (
        select(Chunk.entry_id)
        .join(Release, col(Release.id) == Chunk.release_id)
        .where(Release.state == "sending", col(Chunk.due_at) <= at, Chunk.not_before <= at)
        .where(sa.or_(col(Chunk.leased_until).is_(None), col(Chunk.leased_until) <= at))
        .where(col(Chunk.entry_id).not_in(select(Untold.entry_id) if forgotten else log.put_off(at)))
    )
    return [entry for entry in session.exec(ready.order_by(col(Chunk.due_at)).limit(limit)) if entry is not None]


def locked(session: Session, release_id: UUID, position: int) -> Delivery | None:
    """Lock one letter until the transaction ends, its chunk first: all code locks in this order, so that no two wait for each other."""
    row = session.get(Delivery, (release_id, position))
    if row is not None:
        lock(session, Chunk.id == row.chunk_id)
        session.refresh(row, with_for_update=True)
    return row


def lock(session: Session, which: "sa.ColumnElement[bool] | bool") -> None:
    """Lock chunks until the transaction ends. Call it before moving their letters: two recounts at once would miss each other's moves."""
    session.exec(select(Chunk.id).where(which).order_by(col(Chunk.id)).with_for_update()).all()


def recount(session: Session, chunks: Collection[UUID]) -> None:
    """Count the letters of these chunks again. Call it in the transaction that moved letters, so that the figures always add up."""
    session.flush()
    found: dict[UUID, list[tuple[str, int, datetime | None]]] = {chunk: [] for chunk in chunks}
    for chunk, state, letters, due in session.connection().execute(BY_STATE, {"chunks": list(found)}).all() if found else ():
        found[chunk].append((state, letters, due))
    for chunk, rows in found.items():
        tally = {state: letters for state, letters, _ in rows}
        still = sum(tally.get(state, 0) for state in UNFINISHED)
        first = min((moment for _, _, moment in rows if moment), default=None)
        figures = {"tally": tally, "open": still, "unclear": tally.get("unknown", 0), "due_at": first}
        session.connection().execute(RECOUNTED, {"of_chunk": chunk, **{f"new_{name}": value for name, value in figures.items()}})
        if (known := session.identity_map.get(identity_key(Chunk, chunk))) is not None:
            session.expire(known, list(figures))


def abandon(session: Session, release_id: UUID, *, reason: str, at: datetime) -> bool:
    """The release ended: put down as missed what is still queued in its next few chunks. False when no chunk has anything queued, so all is done.

    Until then `tally` counts what is still queued as missed, as the release's end decides.
    """
    queued = select(Chunk.id).where(Chunk.release_id == release_id, col(Chunk.due_at).is_not(None)).order_by(col(Chunk.id))
    chunks = session.exec(queued.limit(AT_ONCE)).all()
    if not chunks:
        return False
    lock(session, col(Chunk.id).in_(chunks))
    may_go = col(Delivery.state).in_(lifecycles.before(lifecycles.DELIVERY, "miss"))
    waiting = sa.update(Delivery).where(col(Delivery.chunk_id).in_(chunks), may_go)
    session.connection().execute(waiting.values(state="missed", reply=reason, at=at))  # by the core: the ORM would ask for every row
    recount(session, chunks)
    return True


def remove(session: Session, release_id: UUID, reasons: Mapping[int, str], *, at: datetime) -> bool:
    """Take off letters that are still queued, by position, each for its reason. The caller has locked their chunks.

    A chunk that a worker has in hand is recalled: it is given back within a second, to be looked at again. True if there was one.
    """
    if not reasons:
        return False
    gone, in_hand = set[UUID](), set[UUID]()
    for position, reason in reasons.items():
        place = col(Delivery.release_id) == release_id, col(Delivery.position) == position
        off = sa.update(Delivery).where(*place, col(Delivery.state) == "queued").values(state="removed", reply=reason, at=at)
        removed = session.exec(off.returning(col(Delivery.chunk_id))).scalars().all()
        gone.update(removed)
        if not removed:
            in_hand.update(session.exec(select(Delivery.chunk_id).where(*place, Delivery.state == "attempting")))
    recount(session, gone)
    recall(session, in_hand)
    return bool(in_hand)


def recall(session: Session, chunks: Collection[UUID]) -> None:
    """Ask whoever has these chunks in hand to give them back."""
    lock(session, col(Chunk.id).in_(chunks))
    session.exec(sa.update(Chunk).where(col(Chunk.id).in_(chunks), col(Chunk.claim).is_not(None)).values(recalled=True))


def erase(session: Session, people: Collection[UUID], *, at: datetime) -> None:
    """Let nothing more go to these people, and forget the relay's words: they quote addresses. Refuses while a letter goes to one."""
    place = sa.tuple_(col(Delivery.release_id), col(Delivery.position))
    theirs = place.in_(sa.select(SealedLetter.release_id, SealedLetter.position).where(col(SealedLetter.person_id).in_(people)))  # type: ignore[call-overload]
    waiting = col(Delivery.state).in_(lifecycles.before(lifecycles.DELIVERY, "remove"))
    lock(session, col(Chunk.id).in_(select(Delivery.chunk_id).where(theirs)))
    off = session.exec(sa.update(Delivery).where(theirs, waiting).values(state="removed", at=at).returning(col(Delivery.chunk_id)))
    recount(session, set(off.scalars()))
    if session.exec(select(Delivery.position).where(theirs, Delivery.state == "attempting").limit(1)).first() is not None:
        raise NotAllowedNow("A letter to this person is being sent at this moment. Erase them in a minute.")
    session.exec(sa.update(Delivery).where(theirs).values(reply=ERASED))


def forget_replies(session: Session, release_id: UUID, places: range) -> None:
    """Forget what the relay said of the letters at these places of a release: it quotes addresses."""
    theirs = col(Delivery.release_id) == release_id, col(Delivery.position).between(places.start, places.stop - 1)
    session.connection().execute(sa.update(Delivery).where(*theirs, col(Delivery.reply).is_not(None)).values(reply=ERASED))


def tally(session: Session, release: Release) -> dict[str, int]:
    """How many letters stand in each state; the values add up to the readers signed for."""
    figures = dict.fromkeys(STATES, 0) | counted(session, release.id)
    figures["queued"] += release.people - sum(figures.values())  # letters not planned yet
    if release.state in ENDED | NEVER_BEGAN or not releases.is_current(session, release):
        figures["missed"], figures["queued"] = figures["missed"] + figures["queued"], 0
    return figures


def counted(session: Session, release_id: UUID | None = None) -> dict[str, int]:
    """How many planned letters stand in each state, in one release or in all, summed over the chunks."""
    figures: Counter[str] = Counter()
    chunks = select(Chunk.tally)
    for tally in session.exec(chunks.where(Chunk.release_id == release_id) if release_id else chunks):
        figures.update(tally)
    return dict(figures)


def counted_each(session: Session, release_ids: Collection[UUID], *states: str) -> dict[UUID, dict[str, int]]:
    """How many letters stand in each of these states, for each of these releases that has a chunk."""
    sums = [sa.func.coalesce(sa.func.sum(col(Chunk.tally)[state].as_integer()), 0) for state in states]
    each = sa.select(col(Chunk.release_id), *sums).where(col(Chunk.release_id).in_(release_ids)).group_by(col(Chunk.release_id))
    return {release_id: dict(zip(states, map(int, numbers), strict=True)) for release_id, *numbers in session.execute(each)}


def is_done(session: Session, release: Release) -> bool:
    """Whether every letter has its outcome."""
    if session.exec(select(Chunk.id).where(Chunk.release_id == release.id, Chunk.open > 0).limit(1)).first() is not None:
        return False
    figures = tally(session, release)
    return release.people > 0 and not any(figures[state] for state in UNFINISHED)

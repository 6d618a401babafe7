"""Writing down in batches what became of letters: while a chunk is in hand, when it is given back, and from a dead worker's journal.

While a chunk is in hand, the transaction that writes a batch also asks whether the rest may still go. A letter is settled only for the claim that has
it, so a worker that lost its claim touches nobody's letter. Chunks are recounted in the same transaction, so the figures add up at every moment.
"""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Session, col, select
from sqlmodel.sql.sqltypes import UTCDateTime

from campaigns.agreement import signatures
from campaigns.agreement.releases import Release
from campaigns.delivery import chunk_joins, deliveries, domains, pauses
from campaigns.delivery.deliveries import ERASED, Chunk, Delivery
from campaigns.delivery.fates import Fate, InHand
from campaigns.delivery.fates import of as fate_of
from campaigns.delivery.retries import USUAL
from campaigns.delivery.rooms import Room
from campaigns.delivery.transport import Outcome
from campaigns.foundation import lifecycles, log
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN

IN_HAND = tuple(sorted(lifecycles.before(lifecycles.DELIVERY, "give back")))
MOST_FALLS = 3  # tries that ended with the letter not put together, or its worker dead, before it is held
HELD = lifecycles.move(lifecycles.DELIVERY, "attempting", "hold")
NOT_HEARD = Outcome("unknown", "dot", "The worker stopped before it heard the reply")


class ChunkSent(Event):
    """A worker is done with a chunk, for now or for good."""

    chunk: UUID
    accepted: int


class LettersGivenUp(Event):
    """Letters that had been put off again and again were given up."""

    letters: int


class LettersHeld(Event):
    """Letters wait for an officer: three tries at each failed here, as it could not be put together or its worker ended."""

    letters: int


@dataclass(frozen=True)
class Hand:
    """What a claim is known by: its token, its chunk and release, and the `way` its letters leave, where that is known."""

    token: UUID
    chunk_id: UUID
    release_id: UUID
    way: str | None = None


def renew(session: Session, hand: Hand, fates: Sequence[Fate], *, room: Room | None = None, lease: timedelta, at: datetime) -> bool:
    """Write down what became of letters, renew the lease, and say whether others may follow. False when the release is stopped or has ended, a
    signature counts no more, or the claim is lost or recalled.
    """
    ours = sa.update(Chunk).where(
        col(Chunk.id) == hand.chunk_id, col(Chunk.claim) == hand.token, col(Chunk.leased_until) > at, ~col(Chunk.recalled)
    )
    ours = ours.where(~signatures.one_counts_no_more(hand.release_id))  # ends this chunk; at the next claim the gate says why
    held = bool(session.exec(ours.values(leased_until=at + lease).returning(col(Chunk.id))).all())
    if fates:
        deliveries.lock(session, Chunk.id == hand.chunk_id)  # the claim may be lost, and what became of its letters still counts
        settle(session, hand, fates, room=room, at=at)
        deliveries.recount(session, [hand.chunk_id])
    return held and session.exec(select(Release.state).where(Release.id == hand.release_id)).one() == "sending"


def settle(session: Session, hand: Hand, fates: Sequence[Fate], *, room: Room | None = None, at: datetime) -> None:
    """Record what became of letters of this claim. A letter already put down as unknown takes a definite answer that comes late."""
    if not fates:
        return
    connection = session.connection()
    claimed = {"of_claim": hand.token, "of_chunk": hand.chunk_id, "of_release": hand.release_id, "of_way": hand.way}
    if connection.dialect.name == "sqlite":
        connection.execute(ONE_BY_ONE, [_row(fate) | claimed for fate in fates])
    else:
        with chunk_joins.by_hash(session):  # PostgreSQL has no statistics of a new claim, and would plan for one letter
            connection.execute(ALL_AT_ONCE, {"outcomes": json.dumps([_briefly(fate) for fate in fates])} | claimed)
    _heard(session, hand, fates, room or Room({}), at)


def _heard(session: Session, hand: Hand, fates: Sequence[Fate], room: Room, at: datetime) -> None:
    """Act on what several fates say together: letters given up or held, mail domains in trouble, a release of which too much is refused."""
    heard = [fate for fate in fates if fate.tried]
    if given_up := sum(fate.given_up for fate in heard):
        log.record(session, LettersGivenUp(letters=given_up), subject=hand.release_id, by=COUNTERSIGN.name, at=at)
    if fell := [fate.position for fate in fates if fate.fell]:
        _say_what_is_held(session, hand, fell, at)
    domains.heard(session, room, [(fate.address, fate.outcome) for fate in heard if fate.address], chunk_id=hand.chunk_id, at=at)
    pauses.heard(session, hand.release_id, [fate.outcome for fate in heard if not fate.given_up], at=at)


def _say_what_is_held(session: Session, hand: Hand, fell: Collection[int], at: datetime) -> None:
    """Record how many of these letters, which failed here, have failed too often and are now held, so that officers are told."""
    mine = select(sa.func.count()).where(Delivery.release_id == hand.release_id, col(Delivery.position).in_(fell), Delivery.state == HELD)
    if letters := session.exec(mine).one():
        log.record(session, LettersHeld(letters=letters), subject=hand.release_id, by=COUNTERSIGN.name, at=at)


def give_back(
    session: Session,
    hand: Hand,
    fates: Sequence[Fate],
    unclear: Collection[int],
    *,
    room: Room | None = None,
    not_before: datetime,
    at: datetime,
) -> None:
    """Give a chunk back, and record that. Letters with a fate are settled; those `unclear` (their dot may have gone, no reply was heard) become
    unknown; all others were never begun and are queued again. `not_before`: when the chunk may be claimed again.
    """
    deliveries.lock(session, Chunk.id == hand.chunk_id)
    settle(session, hand, fates, room=room, at=at)
    if unclear:
        lost = [InHand(position) for position in _still_attempting(session, hand, unclear)]
        settle(session, hand, [fate_of(one, NOT_HEARD, release_id=hand.release_id, plan=USUAL, at=at) for one in lost], at=at)
    left = sa.update(Delivery).where(col(Delivery.chunk_id) == hand.chunk_id, col(Delivery.claim) == hand.token)
    left = left.where(col(Delivery.state).in_(IN_HAND), col(Delivery.position).not_in(unclear))
    back = session.exec(left.values(state="queued", claim=None, way=None).returning(col(Delivery.position), col(Delivery.tried_at))).all()
    domains.untried(session, hand.release_id, [(position, taken) for position, taken in back], at=at)
    ours = sa.update(Chunk).where(col(Chunk.id) == hand.chunk_id, col(Chunk.claim) == hand.token)
    given = ours.values(claim=None, leased_until=None, journal=None, way=None, recalled=False, not_before=not_before)
    if session.exec(given.returning(col(Chunk.id))).all():
        domains.leave(session, hand.chunk_id)
    tell_what_moved(session, hand, None, at=at)


def tell_what_moved(session: Session, hand: Hand, was: dict[str, int] | None, *, at: datetime) -> None:
    """Count a chunk again, and record `ChunkSent` unless its tally is still what it `was`: otherwise every look at letters that only wait for their
    turn would record one.
    """
    deliveries.recount(session, [hand.chunk_id])
    tally = session.exec(select(Chunk.tally).where(Chunk.id == hand.chunk_id)).one()
    if tally == was:
        return
    sent = ChunkSent(chunk=hand.chunk_id, accepted=tally.get("accepted", 0))
    log.record(session, sent, subject=hand.release_id, by=COUNTERSIGN.name, at=at)


def _still_attempting(session: Session, hand: Hand, positions: Collection[int]) -> list[int]:
    mine = select(Delivery.position).where(Delivery.chunk_id == hand.chunk_id, Delivery.claim == hand.token, Delivery.state == "attempting")
    return list(session.exec(mine.where(col(Delivery.position).in_(positions))))


def _as_it_is(moment: datetime) -> object:
    return moment


def _row(fate: Fate, written: Callable[[datetime], object] = _as_it_is) -> dict[str, object]:
    """A fate as the statement's parameters; `written` turns a moment into what the engine takes."""
    return {
        "of_position": fate.position,
        "new_state": fate.state,
        "new_stage": fate.outcome.stage,
        "new_reply": fate.reply,
        "new_at": written(fate.at),
        "new_due_at": written(fate.due_at),
        "tried": int(fate.tried),
        "fell": int(fate.fell),
    }


def _briefly(fate: Fate) -> dict[str, object]:
    """The same for PostgreSQL's JSON: only three columns of a letter that was taken in the usual way, as `TAKEN` supplies the others."""
    if fate.state != "accepted" or fate.outcome.stage != "dot" or fate.due_at is not fate.at or fate.fell or not fate.tried:
        return _row(fate, datetime.isoformat)
    return {"of_position": fate.position, "new_reply": fate.reply, "new_at": fate.at.isoformat()}


COLUMNS: dict[str, Any] = {  # of an outcome, as the statement that settles takes them
    "of_position": sa.Integer(),
    "new_state": sa.String(),
    "new_stage": sa.String(),
    "new_reply": sa.String(),
    "new_at": UTCDateTime(),
    "new_due_at": UTCDateTime(),
    "tried": sa.Integer(),
    "fell": sa.Integer(),
}
TAKEN: dict[str, Any] = {"new_state": "accepted", "new_stage": "dot", "tried": 1, "fell": 0}  # of nearly every letter
TABLE = cast("sa.Table", sa.inspect(Delivery).local_table)
_ROWS = sa.func.json_to_recordset(sa.cast(sa.bindparam("outcomes", type_=sa.Text()), postgresql.JSON()))
ROWS = _ROWS.table_valued(*(sa.column(name, kind) for name, kind in COLUMNS.items())).render_derived(name="outcomes", with_types=True)


def _settling(new: "sa.FromClause | None") -> sa.Update:
    """The UPDATE that settles: one letter from bound parameters, or (PostgreSQL) every row of a table of `new` outcomes, at a tenth of the cost."""
    given: dict[str, Any] = {name: sa.bindparam(name, type_=kind) for name, kind in COLUMNS.items()}
    if new is not None:
        usual = TAKEN | {"new_due_at": new.c.new_at}
        given = {name: sa.func.coalesce(new.c[name], usual[name]) if name in usual else new.c[name] for name in COLUMNS}
    of = {name: sa.bindparam(f"of_{name}", type_=sa.Uuid()) for name in ("chunk", "release", "claim")}
    place = (TABLE.c.chunk_id == of["chunk"]) & (TABLE.c.position == given["of_position"])
    if new is None:  # SQLite finds the row by its key; PostgreSQL, without statistics of a new release, might read all of it
        place &= TABLE.c.release_id == of["release"]
    in_hand = sa.or_(*(TABLE.c.state == state for state in IN_HAND))
    ours = (TABLE.c.claim == of["claim"]) & in_hand
    way = sa.bindparam("of_way", type_=sa.String())
    return (
        sa.update(TABLE)
        .where(place, ours)
        .values(
            state=sa.case(
                ((given["fell"] == 1) & (TABLE.c.falls + 1 >= MOST_FALLS), HELD),
                ((given["new_state"] == "unknown") & (TABLE.c.state == HELD), HELD),
                else_=given["new_state"],
            ),
            stage=given["new_stage"],
            reply=sa.case((TABLE.c.reply == ERASED, ERASED), else_=given["new_reply"]),  # it may quote the address
            at=given["new_at"],
            due_at=given["new_due_at"],
            first_at=sa.func.coalesce(TABLE.c.first_at, sa.case((given["tried"] == 1, given["new_at"]))),
            attempts=TABLE.c.attempts + given["tried"],
            falls=TABLE.c.falls + given["fell"],
            claim=sa.case((given["new_state"] == "queued", sa.null()), else_=TABLE.c.claim),
            way=sa.case((given["new_state"] == "unknown", sa.func.coalesce(way, TABLE.c.way)), else_=sa.null()),
        )
    )


ONE_BY_ONE = _settling(None)
ALL_AT_ONCE = _settling(ROWS)

"""What became of letters, written down in batches: while a chunk is in hand, when it is given back, and from a dead worker's journal.

Every batch shares its transaction with the question whether the rest may still go. A letter is settled only for the claim that has it, so
that a worker which lost its claim touches nobody's letter. Counts are recounted in the same transaction, and so add up at every moment.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Session, col, select
from sqlmodel.sql.sqltypes import UTCDateTime

from campaigns.agreement import signatures
from campaigns.agreement.releases import Release
from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.transport import Outcome
from campaigns.foundation import lifecycles, log
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN

VERBS = {"accepted": "accept", "rejected": "reject", "deferred": "defer", "unknown": "lose", "unsent": "give back", "unmade": "give back", "fell": "give back"}
IN_HAND = tuple(sorted(lifecycles.before(lifecycles.DELIVERY, "give back")))
MOST_FALLS = 3  # tries that ended with the letter not put together, or its worker dead, before it is held (promises, P26)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_REPLY = 500
HELD = lifecycles.move(lifecycles.DELIVERY, "attempting", "hold")
NOT_HEARD = Outcome("unknown", "dot", "The worker stopped before it heard the reply")


class ChunkSent(Event):
    """A worker is done with a chunk, for now or for good."""

    chunk: UUID
    accepted: int


@dataclass(frozen=True)
class Hand:
    """What a claim is known by: its token, and the chunk and release it is about."""

    token: UUID
    chunk_id: UUID
    release_id: UUID


@dataclass(frozen=True)
class Result:
    """What became of one letter: `attempts` counts the tries before this one."""

    position: int
    outcome: Outcome
    at: datetime
    attempts: int = 0


def renew(session: Session, hand: Hand, results: Sequence[Result], *, lease: timedelta, at: datetime) -> bool:
    """Write down what became of letters, and ask whether others may follow. False when not: stopped, ended, a signer suspended, the claim lost."""
    ours = sa.update(Chunk).where(col(Chunk.id) == hand.chunk_id, col(Chunk.claim) == hand.token, col(Chunk.leased_until) > at, ~col(Chunk.recalled))
    ours = ours.where(~signatures.a_signer_is_suspended(hand.release_id))  # the chunk in hand ends here; the gate says why at the next
    held = bool(session.exec(ours.values(leased_until=at + lease).returning(col(Chunk.id))).all())
    if results:
        settle(session, hand, results)
        deliveries.recount(session, [hand.chunk_id])
    return held and session.exec(select(Release.state).where(Release.id == hand.release_id)).one() == "sending"


def settle(session: Session, hand: Hand, results: Sequence[Result]) -> None:
    """Record what became of letters that this claim has; one already found unknown takes the definite answer that comes after all."""
    rows = [_row(result) for result in results]
    connection, claimed = session.connection(), {"of_claim": hand.token, "of_release": hand.release_id}
    if connection.dialect.name == "sqlite":
        connection.execute(ONE_BY_ONE, [row | claimed for row in rows])
    else:
        connection.execute(ALL_AT_ONCE, {name: [row[name] for row in rows] for name in COLUMNS} | claimed)


def give_back(session: Session, hand: Hand, results: Sequence[Result], unclear: Collection[int], *, not_before: datetime, at: datetime) -> None:
    """Give a chunk back, and tell what became of it. Of the letters that were in hand, those that are `unclear` (their dot may have gone, and
    no reply was heard) are unknown, and those neither unclear nor among the results were never begun.
    """
    results = [*results, *(Result(position, NOT_HEARD, at) for position in sorted(set(unclear) - {result.position for result in results}))]
    if results:
        settle(session, hand, results)
    left = sa.update(Delivery).where(col(Delivery.chunk_id) == hand.chunk_id, col(Delivery.claim) == hand.token)
    left = left.where(col(Delivery.state).in_(IN_HAND), col(Delivery.position).not_in(unclear))
    session.exec(left.values(state="queued", claim=None))
    ours = sa.update(Chunk).where(col(Chunk.id) == hand.chunk_id, col(Chunk.claim) == hand.token)
    session.exec(ours.values(claim=None, leased_until=None, journal=None, recalled=False, not_before=not_before))
    deliveries.recount(session, [hand.chunk_id])
    tally = session.exec(select(Chunk.tally).where(Chunk.id == hand.chunk_id)).one()
    sent = ChunkSent(chunk=hand.chunk_id, accepted=tally.get("accepted", 0))
    log.record(session, sent, subject=hand.release_id, by=COUNTERSIGN.name, at=at)


def _row(result: Result) -> dict[str, object]:
    outcome, fell = result.outcome, int(result.outcome.kind in {"unmade", "fell"})
    tried = int(outcome.kind != "unsent" and not fell)
    state = lifecycles.move(lifecycles.DELIVERY, "attempting", VERBS[outcome.kind])
    wait = min(timedelta(seconds=15 * 4 ** min(result.attempts + 1, 8)), LONGEST_WAIT) if outcome.kind in {"deferred", "unmade"} else timedelta(0)
    said = {"new_state": state, "new_stage": outcome.stage, "new_reply": outcome.said[:LONGEST_REPLY], "new_at": result.at}
    return {"of_position": result.position, **said, "new_due_at": result.at + wait, "tried": tried, "fell": fell}


COLUMNS = {
    "of_position": sa.Integer(),
    "new_state": sa.String(),
    "new_stage": sa.String(),
    "new_reply": sa.String(),
    "new_at": UTCDateTime(),
    "new_due_at": UTCDateTime(),
    "tried": sa.Integer(),
    "fell": sa.Integer(),
}
TABLE = sa.inspect(Delivery).local_table
_ROWS = sa.func.unnest(*(sa.bindparam(name, type_=postgresql.ARRAY(kind)) for name, kind in COLUMNS.items()))
ROWS = _ROWS.table_valued(*(sa.column(name, kind) for name, kind in COLUMNS.items())).render_derived(name="outcomes")


def _settling(new: "sa.FromClause | None") -> sa.Update:
    """The statement that settles: for a row at a time, or (PostgreSQL) for all rows of a table of outcomes, at a tenth of the cost."""
    given = {name: new.c[name] if new is not None else sa.bindparam(name, type_=kind) for name, kind in COLUMNS.items()}
    place = (TABLE.c.release_id == sa.bindparam("of_release", type_=sa.Uuid())) & (TABLE.c.position == given["of_position"])
    in_hand = sa.or_(*(TABLE.c.state == state for state in IN_HAND))
    ours = (TABLE.c.claim == sa.bindparam("of_claim", type_=sa.Uuid())) & in_hand
    return (
        sa.update(TABLE)
        .where(place, ours)
        .values(
            state=sa.case(((given["fell"] == 1) & (TABLE.c.falls + 1 >= MOST_FALLS), HELD), else_=given["new_state"]),
            stage=given["new_stage"],
            reply=given["new_reply"],
            at=given["new_at"],
            due_at=given["new_due_at"],
            attempts=TABLE.c.attempts + given["tried"],
            falls=TABLE.c.falls + given["fell"],
            claim=sa.case((given["new_state"] == "queued", sa.null()), else_=TABLE.c.claim),
        )
    )


ONE_BY_ONE = _settling(None)
ALL_AT_ONCE = _settling(ROWS)

"""What becomes of letters whose worker is gone, or frozen: its journal says it of each; without one, whatever was in its hands is unknown.

A process that died is known at once by its journal, on its own machine, where nobody holds the lock any more. One that hangs, or whose
machine does not answer, is known when its lease has ended: from then on it sends nothing, whenever it wakes (see sender.py).
"""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.delivery import deliveries, journals, settling
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.journals import Evidence
from campaigns.delivery.settling import IN_HAND, NOT_HEARD, Hand, Result
from campaigns.delivery.transport import Outcome
from campaigns.foundation import log

FELL = Outcome("fell", "here", "A worker ended by itself while it had this letter in hand")


def replay(session: Session, evidence: Evidence, *, fell: bool, at: datetime) -> None:
    """Settle a claim by its journal: a letter with a reply is settled, one whose dot went without a reply is unknown, the others are queued.

    Where the worker `fell`, the letter it would have begun next may be the reason: it goes last from now on, and is held after three times.
    Heard twice, nothing changes.
    """
    hand = Hand(evidence.claim, evidence.chunk_id, evidence.release_id)
    chunk = session.get(Chunk, evidence.chunk_id, with_for_update=True, populate_existing=True)
    if chunk is None:
        return
    mine = sa.select(Delivery.position, Delivery.attempts).where(col(Delivery.chunk_id) == chunk.id, col(Delivery.claim) == hand.token)
    rows = session.execute(mine.where(col(Delivery.state).in_(IN_HAND)).order_by(Delivery.falls, Delivery.position)).all()
    if not rows and chunk.claim != hand.token:
        return
    said = evidence.letters
    results = [Result(place, outcome, at, attempts) for place, attempts in rows if (outcome := said.get(place))]
    unclear = {place for place, outcome in said.items() if outcome is None or outcome.kind == "unknown"}
    suspect = next((Result(place, FELL, at) for place, _ in rows if place not in said), None) if fell else None
    settling.give_back(session, hand, [*results, *([suspect] if suspect else [])], unclear, not_before=at, at=at)
    if chunk.entry_id is not None:
        log.tell_now(session, chunk.entry_id, at=at)


def lapse(session: Session, folder: Path, *, at: datetime) -> int:
    """Take back every claim whose lease has ended, by its journal if it is in this folder. Returns how many."""
    ended = select(Chunk).where(col(Chunk.claim).is_not(None), col(Chunk.leased_until) <= at)
    chunks = session.exec(ended.order_by(col(Chunk.id)).with_for_update(skip_locked=True)).all()
    for chunk in chunks:
        if evidence := _evidence(folder, chunk):
            replay(session, evidence, fell=False, at=at)
        else:
            _lose(session, chunk, at)
    return len(chunks)


def _evidence(folder: Path, chunk: Chunk) -> Evidence | None:
    path = folder / (chunk.journal or "-")
    found = journals.read(path) if path.is_file() else iter(())
    return next((evidence for evidence in found if evidence.claim == chunk.claim), None)


def _lose(session: Session, chunk: Chunk, at: datetime) -> None:
    """Nobody here can say which of these letters have gone. Should the journal turn up after all, it settles them by their claim."""
    mine = sa.update(Delivery).where(col(Delivery.chunk_id) == chunk.id, col(Delivery.claim) == chunk.claim)
    session.exec(mine.where(col(Delivery.state) == "attempting").values(state="unknown", at=at, reply=NOT_HEARD.said))
    chunk.sqlmodel_update({"claim": None, "leased_until": None, "recalled": False, "not_before": at})
    session.add(chunk)
    deliveries.recount(session, [chunk.id])

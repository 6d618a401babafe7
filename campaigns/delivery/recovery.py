"""What becomes of letters whose worker died or froze. Its journal says it of each letter; without the journal, all it had in hand are unknown.

A process that died is found at once, on its own machine, by its journal, whose lock nobody holds any more. One that hangs, or whose machine does not
answer, is found when its lease has ended: from then on it sends nothing, even if it wakes (see sender.py).
"""

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.delivery import deliveries, fates, journals, settling
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.fates import InHand
from campaigns.delivery.journals import Evidence
from campaigns.delivery.retries import USUAL, Plan
from campaigns.delivery.settling import IN_HAND, NOT_HEARD, Hand
from campaigns.delivery.transport import Outcome
from campaigns.foundation import log

FELL = Outcome("fell", "here", "A worker ended by itself while it had this letter in hand")


def replay(session: Session, evidence: Evidence, *, fell: bool, plan: Plan = USUAL, at: datetime) -> None:
    """Settle a claim by its journal: a letter with a reply is settled, one whose dot went without a reply is unknown, the others are queued again.

    Where the worker `fell`, the letter it would have begun next may be the reason. From now on that letter goes last and by itself, and after three
    such falls it is held. (If the reason was a letter put together along with it, that one is found next time: see `Envelopes.several`.) Where the
    journal may not be whole, every letter it does not mention is unknown, too. Replaying twice changes nothing.
    """
    chunk = session.get(Chunk, evidence.chunk_id, with_for_update=True, populate_existing=True)
    if chunk is None:
        return
    hand = Hand(evidence.claim, chunk.id, chunk.release_id, chunk.way if chunk.claim == evidence.claim else None)
    mine = select(Delivery.position, Delivery.attempts, Delivery.first_at, Delivery.falls).where(Delivery.chunk_id == chunk.id)
    mine = mine.where(Delivery.claim == hand.token, col(Delivery.state).in_(IN_HAND)).order_by(col(Delivery.falls), col(Delivery.position))
    letters = [InHand(*row) for row in session.exec(mine)]
    if not letters and chunk.claim != hand.token:
        return
    said = evidence.letters
    outcomes = {letter.position: outcome for letter in letters if (outcome := said.get(letter.position))}
    unsaid = [letter for letter in letters if letter.position not in said]
    outcomes |= dict.fromkeys((letter.position for letter in unsaid[:1]) if fell and evidence.whole else (), FELL)
    results = [
        fates.of(letter, outcomes[letter.position], release_id=hand.release_id, plan=plan, at=at)
        for letter in letters
        if letter.position in outcomes
    ]
    unclear = {place for place, outcome in said.items() if outcome is None or outcome.kind == "unknown"}
    unclear |= set() if evidence.whole else {letter.position for letter in unsaid}
    settling.give_back(session, hand, results, unclear, not_before=at, at=at)
    chunk.counted_at = None  # letters heard of so late are to be counted among those that have not come back
    if chunk.entry_id is not None:
        log.tell_now(session, chunk.entry_id, at=at)


def lapse(session: Session, folder: Path, *, abroad: timedelta = timedelta(0), plan: Plan = USUAL, at: datetime) -> int:
    """Take back every claim whose lease has ended; returns how many.

    By its journal if that is in this `folder`; if not, only `abroad` later, as the machine that has the journal knows more.
    """
    ended = select(Chunk).where(col(Chunk.claim).is_not(None), col(Chunk.leased_until) <= at)
    lapsed = 0
    for chunk in session.exec(ended.order_by(col(Chunk.id)).with_for_update(skip_locked=True)).all():
        if evidence := _evidence(folder, chunk):
            replay(session, evidence, fell=False, plan=plan, at=at)
        elif chunk.leased_until is not None and chunk.leased_until <= at - abroad:
            _lose(session, chunk, at)
        else:
            continue
        lapsed += 1
    return lapsed


def never_begun(session: Session, journal: str, *, whole: bool, at: datetime) -> None:
    """Give back what a process that is gone had claimed, but not yet noted in its journal. If the journal is `whole`, none of it was begun."""
    theirs = select(Chunk).where(Chunk.journal == journal, col(Chunk.claim).is_not(None))
    for chunk in session.exec(theirs.order_by(col(Chunk.id))).all():
        if chunk.claim is not None:
            replay(session, Evidence(chunk.claim, chunk.id, chunk.release_id, whole=whole), fell=True, at=at)


def _evidence(folder: Path, chunk: Chunk) -> Evidence | None:
    """What the journal here says of the chunk's claim; None: there is no such journal. A whole one without the claim: nothing was begun."""
    if chunk.claim is None:
        return None
    try:
        claims, whole = journals.read(folder / (chunk.journal or "-"))
    except OSError:  # another machine's, another user's, or lost
        return None
    nothing = Evidence(chunk.claim, chunk.id, chunk.release_id, whole=whole)
    return next((evidence for evidence in claims if evidence.claim == chunk.claim), nothing)


def _lose(session: Session, chunk: Chunk, at: datetime) -> None:
    """Put the claim's letters down as unknown, as nobody here can say which have gone. Should the journal turn up later, it still settles them."""
    mine = sa.update(Delivery).where(col(Delivery.chunk_id) == chunk.id, col(Delivery.claim) == chunk.claim)
    session.exec(
        mine.where(col(Delivery.state) == "attempting").values(
            state="unknown", at=at, stage=NOT_HEARD.stage, reply=NOT_HEARD.said, way=chunk.way
        )
    )
    chunk.sqlmodel_update({"claim": None, "leased_until": None, "way": None, "recalled": False, "not_before": at})
    session.add(chunk)
    deliveries.recount(session, [chunk.id])

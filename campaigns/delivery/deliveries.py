"""One durable row for every letter of a release: queued, attempting, and what became of it.

A letter that ended without a definite reply after its dot is *unknown*: it is shown, an officer decides, and nothing sends it again by
itself. Counts derive from rows and always add up to the readers who were signed for.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.foundation import lifecycles, log, officers
from campaigns.foundation.errors import NotAllowedNow, NotFound
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN, Officer
from campaigns.reach.touches import WRITTEN, Fact

STATES = ("queued", "attempting", "accepted", "rejected", "unknown", "held", "removed", "missed", "returned")
UNFINISHED = ("queued", "attempting", "unknown")
ENDED = frozenset({"withdrawn", "missed"})
VERDICTS = ("count as sent", "send again", "leave")


class ChunkPlanned(Event):
    """Some letters are ready to be sent together."""

    chunk: UUID


class LetterDecided(Event):
    """An officer said what is to become of an unclear letter."""

    chunk: UUID
    position: int
    verdict: str


class Chunk(SQLModel, table=True):
    """Letters claimed together. `entry_id` is the fact to tell again when some of them are due."""

    __tablename__ = "chunks"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    release_id: UUID = Field(foreign_key="releases.id", index=True)
    entry_id: int | None = None
    claim: UUID | None = None
    leased_until: datetime | None = None
    not_before: datetime
    counted_at: datetime | None = None  # when its letters that had not come back were counted as such (see returns.py)


class Delivery(SQLModel, table=True):
    """One letter's life. `reply` is the relay's last word, or why it was removed; `turn_at` its turn with its reader's mail domain (see domains.py)."""

    __tablename__ = "deliveries"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    position: int = Field(primary_key=True)
    chunk_id: UUID = Field(foreign_key="chunks.id", index=True)
    state: str = Field(default="queued", index=True)
    attempts: int = 0
    due_at: datetime
    at: datetime
    stage: str | None = None
    reply: str | None = None
    first_at: datetime | None = None  # when a relay first answered for it: from then on it is tried for so long
    turn_at: datetime | None = None


def due_chunks(session: Session, *, at: datetime, limit: int = 500) -> list[int]:
    """The entries to tell again: chunks of releases that are going, with letters due, in nobody's hands."""
    ready = (
        select(Chunk.entry_id)
        .join(Delivery, col(Delivery.chunk_id) == Chunk.id)
        .join(Release, col(Release.id) == Chunk.release_id)
        .where(Release.state == "sending", Delivery.state == "queued", Delivery.due_at <= at, Chunk.not_before <= at)
        .where(sa.or_(col(Chunk.leased_until).is_(None), col(Chunk.leased_until) <= at))
    )
    return [entry for entry in session.exec(ready.distinct().limit(limit)) if entry is not None]


def lose_abandoned(session: Session, *, at: datetime) -> int:
    """Letters being attempted by a claim that has died: whether their dot went is not known. Returns how many."""
    dead = select(Chunk.id).where(col(Chunk.leased_until) <= at)
    lost = sa.update(Delivery).where(col(Delivery.state) == "attempting", col(Delivery.chunk_id).in_(dead))
    return len(
        session.exec(
            lost.values(state="unknown", at=at, reply="The worker stopped before it heard the reply").returning(col(Delivery.position))
        ).all()
    )


def abandon(session: Session, release_id: UUID, *, reason: str, at: datetime) -> None:
    """The release ended: whatever is still queued will not go."""
    waiting = sa.update(Delivery).where(
        col(Delivery.release_id) == release_id, col(Delivery.state).in_(lifecycles.before(lifecycles.DELIVERY, "miss"))
    )
    session.exec(waiting.values(state="missed", reply=reason, at=at))


def remove(session: Session, release_id: UUID, reasons: Mapping[int, str], *, at: datetime) -> None:
    """Take letters off that are still queued, each for its reason."""
    for position, reason in reasons.items():
        row = sa.update(Delivery).where(col(Delivery.release_id) == release_id, col(Delivery.position) == position)
        session.exec(row.where(col(Delivery.state) == "queued").values(state="removed", reply=reason, at=at))


def erase(session: Session, people: Collection[UUID], *, at: datetime) -> None:
    """Let nothing more go to these people, and forget what the relay said of their letters: it quotes addresses.

    Refuses while a letter to one of them is being sent.
    """
    place = sa.tuple_(col(Delivery.release_id), col(Delivery.position))
    theirs = place.in_(sa.select(SealedLetter.release_id, SealedLetter.position).where(col(SealedLetter.person_id).in_(people)))  # type: ignore[call-overload]
    waiting = col(Delivery.state).in_(lifecycles.before(lifecycles.DELIVERY, "remove"))
    session.exec(sa.update(Delivery).where(theirs, waiting).values(state="removed", at=at))
    if session.exec(select(Delivery.position).where(theirs, Delivery.state == "attempting").limit(1)).first() is not None:
        raise NotAllowedNow("A letter to this person is being sent at this moment. Erase them in a minute.")
    session.exec(sa.update(Delivery).where(theirs).values(reply="erased"))


def forget_replies(session: Session, release_id: UUID) -> None:
    """Forget what the relay said of a release's letters: it quotes addresses."""
    said = col(Delivery.release_id) == release_id, col(Delivery.reply).is_not(None)
    session.exec(sa.update(Delivery).where(*said).values(reply="erased"))


def decide(session: Session, release_id: UUID, position: int, *, verdict: str, by: Officer, at: datetime) -> None:
    """Settle an unclear letter by an officer's word: count as sent, send again, or leave. Refuses one that is not unclear."""
    officers.require_writer(by)
    row = session.get(Delivery, (release_id, position), with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("There is no such letter.")
    if verdict not in VERDICTS:
        raise NotAllowedNow("Choose what is to become of this letter.")
    if verdict == "send again" and releases.get(session, release_id).state in ENDED:
        raise NotAllowedNow("The release has ended, so nothing more of it can be sent.")
    row.state = lifecycles.move(lifecycles.DELIVERY, row.state, verdict)
    row.sqlmodel_update({"at": at, "due_at": at, "first_at": None, "reply": f"{by.name} decided: {verdict}"})
    session.add(row)
    session.exec(sa.update(Chunk).where(col(Chunk.id) == row.chunk_id).values(counted_at=None))
    log.record(session, LetterDecided(chunk=row.chunk_id, position=position, verdict=verdict), subject=release_id, by=by.name, at=at)


def tally(session: Session, release: Release) -> dict[str, int]:
    """How many letters stand in each state; the values add up to the readers signed for."""
    figures = dict.fromkeys(STATES, 0) | counted(session, release.id)
    unplanned = release.people - sum(figures.values())
    figures["queued"] += unplanned
    if release.state in ENDED:
        figures["missed"], figures["queued"] = figures["missed"] + figures["queued"], 0
    return figures


def counted(session: Session, release_id: UUID) -> dict[str, int]:
    """How many letters that were queued stand in each state."""
    by_state = select(Delivery.state, sa.func.count()).where(Delivery.release_id == release_id).group_by(Delivery.state)
    return dict(session.exec(by_state).all())


def is_done(session: Session, release: Release) -> bool:
    """Whether every letter has its outcome."""
    figures = tally(session, release)
    return release.people > 0 and not any(figures[state] for state in UNFINISHED)


def of_state(
    session: Session, release_id: UUID, states: Iterable[str], *, limit: int, after: int = -1
) -> list[tuple[Delivery, SealedLetter]]:
    """Letters by state, in order of position, paged by the last position seen."""
    same = (col(SealedLetter.release_id) == Delivery.release_id) & (col(SealedLetter.position) == Delivery.position)
    query = select(Delivery, SealedLetter).join(SealedLetter, same).where(Delivery.release_id == release_id, Delivery.position > after)
    return list(session.exec(query.where(col(Delivery.state).in_(list(states))).order_by(col(Delivery.position)).limit(limit)).all())


def written(session: Session, chunk_id: UUID) -> list[Fact]:
    """What a chunk's accepted letters are evidence of: an authority was written to, in one role."""
    same = (col(SealedLetter.release_id) == Delivery.release_id) & (col(SealedLetter.position) == Delivery.position)
    query = select(Delivery, SealedLetter, Release).join(SealedLetter, same).join(Release, col(Release.id) == Delivery.release_id)
    return [
        Fact(
            release.campaign_id,
            letter.authority_code,
            letter.role,
            WRITTEN,
            f"letter:{release.id}:{letter.position}",
            row.at,
            COUNTERSIGN.name,
            message_id=release.message_id,
        )
        for row, letter, release in session.exec(query.where(Delivery.chunk_id == chunk_id, Delivery.state == "accepted"))
        if letter.authority_code
    ]

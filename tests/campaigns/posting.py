"""What tests do with a release that is going: claim its chunks and send them, by a clock they move."""

import atexit
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from audiences import calendars, overtaken
from campaigns.delivery import claims, deliveries
from campaigns.delivery.before_briefings import Letter
from campaigns.delivery.claims import Claim
from campaigns.delivery.deliveries import Chunk
from campaigns.delivery.journals import Evidence, Journal
from campaigns.delivery.manners import UNHURRIED, Manners
from campaigns.delivery.retries import MOVED_BY, Plan
from campaigns.delivery.sender import Sender
from campaigns.delivery.transport import Outcome, RecordingTransport, Transport
from campaigns.foundation.database import Database
from campaigns.foundation.officers import OfficerRecord
from tests.campaigns.stories import NOON, House, Story

LEASE = timedelta(seconds=20)


@dataclass
class Clock:
    """A clock the test moves."""

    at: datetime = NOON
    step: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        self.at += self.step
        return self.at


def chunks(story: Story) -> list[UUID]:
    """The chunks of a release, as they were planned: PostgreSQL gives rows that were changed in whatever order it left them."""
    with story.database.reading() as session:
        return list(session.exec(select(Chunk.id).where(Chunk.release_id == story.release).order_by(col(Chunk.entry_id))))


def tomorrow(session: Session, tour_id: UUID, letters: Sequence[Letter]) -> dict[int, list[datetime]]:
    """Whatever goes before briefings may go at noon: they all begin a day later."""
    return {letter.position: [NOON + timedelta(days=1)] for letter in letters}


def claim(story: Story, *, at: datetime = NOON, chunk: UUID | None = None, manners: Manners = UNHURRIED, **how: str) -> Claim | None:
    """Take a chunk, the first unless another is named. `how`: the claim's journal, and the way its letters leave."""
    with story.database.transaction() as session:
        chunk = chunk or chunks(story)[0]
        return claims.claim_chunk(
            session,
            chunk,
            calendars=calendars.of,
            outdated=overtaken.letters,
            briefings=tomorrow,
            manners=manners,
            lease=LEASE,
            at=at,
            **how,
        )


def claimed(story: Story, **how: Any) -> Claim:
    """The same of a chunk that is to be had."""
    claimed = claim(story, **how)
    assert claimed is not None
    return claimed


@cache
def journal() -> Journal:
    """One journal for whatever this process of tests sends, in a folder that goes with it."""
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    return Journal(Path(folder.name))


def sender(database: Database, transport: Transport, clock: Callable[[], datetime] | None = None, **how: Any) -> Sender:
    """A sender in a hurry, that asks before every letter whether it may go."""
    return Sender(database, transport, journal(), clock or Clock(), pace=1e9, lease=LEASE, **{"ask_every": 0, **how})


def in_hand(story: Story, claimed: Claim, *, dots: Sequence[int], heard: Mapping[int, Outcome] = MappingProxyType({})) -> Evidence:
    """What the journal of a worker says that took a chunk and died: whose dot was about to go, and what it heard."""
    hand = claimed.hand
    return Evidence(hand.token, hand.chunk_id, hand.release_id, dict.fromkeys(dots) | dict(heard))


def send(story: Story, transport: Transport, clock: Clock | None = None, manners: Manners = UNHURRIED, **how: str) -> None:
    """Claim and send every chunk once."""
    clock = clock or Clock()
    for chunk in chunks(story):
        if (taken := claim(story, at=clock.at, chunk=chunk, manners=manners, **how)) is not None:
            sender(story.database, transport, clock).send(taken)


def sent(story: Story, clock: Clock | None = None, **how: Any) -> RecordingTransport:
    """The same through a transport that only records; gives that."""
    transport = RecordingTransport()
    send(story, transport, clock, **how)
    return transport


def send_all(database: Database, release: UUID, transport: Transport, at: datetime) -> None:
    """Claim and send every chunk of a release that no story tells of."""
    with database.transaction() as session:
        ready = session.exec(select(Chunk.id).where(Chunk.release_id == release)).all()
    for chunk in ready:
        with database.transaction() as session:
            taken = claims.claim_chunk(
                session, chunk, calendars=calendars.of, outdated=overtaken.letters, briefings=tomorrow, lease=LEASE, at=at
            )
        assert taken is not None
        sender(database, transport, Clock(at)).send(taken)


def recount(session: Session, release_id: UUID) -> None:
    """Count the letters of a release again, of which the test moved some by hand."""
    deliveries.recount(session, session.exec(select(Chunk.id).where(Chunk.release_id == release_id)).all())


def most_tries(plan: Plan) -> int:
    """How often a letter is tried at most."""
    attempt, elapsed = 1, timedelta(0)
    while elapsed < plan.give_up:
        elapsed += plan.wait(attempt) * (1 - MOVED_BY)
        attempt += 1
    return attempt


def reachable(house: House) -> House:
    """The same house; everybody has an address now."""
    with house.database.transaction() as session:
        for record in session.exec(select(OfficerRecord)):
            record.email = record.name.lower().replace(" ", "-") + "@posts.test"
            session.add(record)
    return house

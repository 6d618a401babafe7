"""A claim: one worker takes a chunk for a while, and the gate is asked again before it may.

The lease is renewed with every letter. A claim whose worker died is taken over; a letter it was attempting becomes unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Protocol
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import gate, releases, sealed, signatures
from campaigns.agreement.gate import Verified
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.sealed import Particulars, SealedLetter
from campaigns.delivery import before_briefings, deliveries, domains, removals, settlements, timing, verdicts
from campaigns.delivery.before_briefings import Briefings
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.domains import Room
from campaigns.delivery.manners import UNHURRIED, Manners
from campaigns.delivery.settlements import RELAY_DOWN
from campaigns.delivery.timing import Calendars, Place
from campaigns.delivery.transport import Outcome
from campaigns.drafting import holding_lines
from campaigns.drafting.programs import Program
from campaigns.foundation import log
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN


class ChunkSent(Event):
    """A worker is done with a chunk, for now or for good."""

    chunk: UUID
    accepted: int


@dataclass(frozen=True)
class Waiting:
    """A letter in hand: its place, what its leaf says of its reader, and the values of its fields."""

    position: int
    authority_code: str
    audience: str
    condition: str
    says: tuple[str, ...]
    address: str
    fields: dict[str, str]
    salt: bytes

    @property
    def cancels(self) -> bool:
        """Whether it says that a briefing does not take place."""
        return self.fields.get("event_status") == "CANCELLED"


class Outdated(Protocol):
    """Whoever knows the briefings: which of these letters invite to what is not so any more, by position, and why."""

    def __call__(self, session: Session, said: Manifest, letters: Sequence[Waiting], *, at: datetime) -> Mapping[int, str]: ...


@dataclass(frozen=True)
class Claim:
    """A chunk in one worker's hands, with everything that was verified. By position: `leaves`, each under a branch that was signed, and when a
    letter's window `closes`. `room`: at which turn each letter may go to its domain.
    """

    chunk_id: UUID
    release_id: UUID
    token: UUID
    verified: Verified
    choice: str
    programs: dict[str, Program]
    leaves: dict[int, bytes]
    letters: list[Waiting]
    closes: dict[int, datetime]
    room: Room
    manners: Manners

    @cached_property
    def addresses(self) -> dict[int, str]:
        """Whom the letters go to, by position."""
        return {letter.position: letter.address for letter in self.letters}

    @cached_property
    def conditions(self) -> frozenset[str]:
        """The cases that letters may be for: the one that was chosen, or, of a follow-up or an invitation, each reader's own."""
        said = self.verified.said
        each_their_own = said.goes_under.follows_up or said.is_invitation
        return frozenset(map(holding_lines.key, holding_lines.cases(said.closed)) if each_their_own else [self.choice])

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """The names of the header fields that were signed."""
        return tuple(self.verified.said.headers)


def claim_chunk(
    session: Session,
    chunk_id: UUID,
    *,
    calendars: Calendars,
    outdated: Outdated,
    briefings: Briefings = before_briefings.unknown,
    manners: Manners = UNHURRIED,
    lease: timedelta,
    at: datetime,
) -> Claim | None:
    """Take those of a chunk's due letters whose turn it is; None when another worker has it, or there are none.

    What is `outdated`, as a briefing was moved or called off, does not go. Raises `GateClosed` when the gate refuses.
    """
    chunk = session.get(Chunk, chunk_id, with_for_update=True, populate_existing=True)
    if chunk is None or chunk.not_before > at or (chunk.leased_until and chunk.leased_until > at):
        return None
    release = releases.get(session, chunk.release_id)
    if release.state != "sending" or not _anything_due(session, chunk, at):
        return None
    verified = gate.check(session, release, at=at)
    gate.check_window(verified, at=at)
    deliveries.lose_abandoned(session, at=at)
    letters = _without_removed(session, verified, _due(session, chunk, at), at)
    letters = _without_outdated(session, verified, letters, outdated, at)
    places = [Place(letter.position, letter.authority_code) for letter in letters if not letter.cancels]
    closes = timing.now(session, release, verified.said, places, calendars=calendars, briefings=briefings, at=at)
    closes |= {letter.position: verified.said.latest_send for letter in letters if letter.cancels}  # these wait for no window
    room = domains.room_for(session, chunk, [letter for letter in letters if letter.position in closes], manners, at=at)
    letters = sorted((letter for letter in letters if letter.position in room.turns), key=room.order)
    leaves = sealed.leaves_under(session, release.id, [letter.position for letter in letters], verified.branches)
    programs = sealed.programs_of(session, release.id)
    claim = Claim(chunk.id, release.id, uuid4(), verified, release.choice, programs, leaves, letters, closes, room, manners)
    if not letters:
        close(session, claim, relay_down=False, at=at)
        return None
    chunk.sqlmodel_update({"claim": claim.token, "leased_until": at + lease})
    session.add(chunk)
    return claim


def attempt(session: Session, claim: Claim, position: int, *, lease: timedelta, at: datetime) -> bool:
    """Say, before its dot, that a letter is being attempted. False when it may not go: stopped, ended, its window closed, a signer suspended, the claim lost."""
    if releases.get(session, claim.release_id).state != "sending" or at >= claim.verified.said.latest_send:
        return False
    if at >= claim.closes[position]:
        return False
    ours = sa.update(Chunk).where(col(Chunk.id) == claim.chunk_id, col(Chunk.claim) == claim.token, col(Chunk.leased_until) > at)
    ours = ours.where(~signatures.a_signer_is_suspended(claim.release_id))  # the chunk in hand ends here; the gate says why at the next
    if not session.exec(ours.values(leased_until=at + lease).returning(col(Chunk.id))).all():
        return False
    row = _row(claim, position).where(col(Delivery.state) == "queued")
    taken = row.values(state="attempting", attempts=Delivery.attempts + 1, at=at).returning(col(Delivery.position))
    return bool(session.exec(taken).all())


def settle(session: Session, claim: Claim, position: int, outcome: Outcome, *, at: datetime) -> None:
    """Record what became of an attempted letter; one already found unknown by others stays so unless the reply was definite."""
    row = session.get(Delivery, (claim.release_id, position), with_for_update=True, populate_existing=True)
    if row is None or row.state not in {"attempting", "unknown"}:
        return
    outcome = verdicts.judged(outcome)
    columns = settlements.of(outcome, row, claim.manners.plan, at=at)
    row.sqlmodel_update(columns)
    session.add(row)
    given_up = int(outcome.kind == "deferred" and columns["state"] == "rejected")
    heard = [(claim.addresses[position], outcome)]
    settlements.heard(session, claim.release_id, claim.room, heard, given_up=given_up, at=at)


def close(session: Session, claim: Claim, *, relay_down: bool, at: datetime) -> None:
    """Give a chunk back, and tell what became of it. A letter left in mid-attempt is unknown, unless another worker has taken over."""
    ours = sa.update(Chunk).where(col(Chunk.id) == claim.chunk_id, col(Chunk.claim) == claim.token)
    given = ours.values(claim=None, leased_until=None, not_before=at + RELAY_DOWN if relay_down else at)
    if session.exec(given.returning(col(Chunk.id))).all():
        left = sa.update(Delivery).where(col(Delivery.chunk_id) == claim.chunk_id, col(Delivery.state) == "attempting")
        session.exec(left.values(state="unknown", at=at, reply="The worker stopped before it heard the reply"))
        domains.leave(session, claim.chunk_id)
    accepted = session.exec(
        select(sa.func.count()).select_from(Delivery).where(Delivery.chunk_id == claim.chunk_id, Delivery.state == "accepted")
    ).one()
    log.record(session, ChunkSent(chunk=claim.chunk_id, accepted=accepted), subject=claim.release_id, by=COUNTERSIGN.name, at=at)


def _anything_due(session: Session, chunk: Chunk, at: datetime) -> bool:
    due = select(Delivery.position).where(Delivery.chunk_id == chunk.id, Delivery.state == "queued", Delivery.due_at <= at)
    return session.exec(due.limit(1)).first() is not None


def _due(session: Session, chunk: Chunk, at: datetime) -> list[Waiting]:
    place = (col(Particulars.release_id) == Delivery.release_id) & (col(Particulars.position) == Delivery.position)
    letter = (col(SealedLetter.release_id) == Delivery.release_id) & (col(SealedLetter.position) == Delivery.position)
    query = select(Delivery.position, SealedLetter, Particulars).join(SealedLetter, letter).join(Particulars, place)
    due = query.where(Delivery.chunk_id == chunk.id, Delivery.state == "queued", Delivery.due_at <= at).order_by(col(Delivery.position))
    return [_waiting(sealed_letter, private) for _, sealed_letter, private in session.exec(due)]


def _waiting(letter: SealedLetter, private: Particulars) -> Waiting:
    address = private.address or ""
    says = sealed.says(vars(letter), address)
    return Waiting(
        letter.position,
        letter.authority_code or "",
        letter.audience,
        letter.condition,
        says,
        address,
        private.fields or {},
        private.salt or b"",
    )


def _without_removed(session: Session, verified: Verified, letters: list[Waiting], at: datetime) -> list[Waiting]:
    release_id, campaign_id = UUID(verified.said.release), UUID(verified.said.campaign_id)  # as they were signed
    gone = removals.among(session, [letter.address for letter in letters], campaign_id=campaign_id)
    reasons = {letter.position: "erased" if not letter.address else gone.get(letter.address.casefold(), "") for letter in letters}
    return _kept(session, release_id, letters, reasons, at)


def _without_outdated(session: Session, verified: Verified, letters: list[Waiting], outdated: Outdated, at: datetime) -> list[Waiting]:
    reasons = outdated(session, verified.said, letters, at=at) if verified.said.occasions else {}
    return _kept(session, UUID(verified.said.release), letters, reasons, at)


def _kept(session: Session, release_id: UUID, letters: list[Waiting], reasons: Mapping[int, str], at: datetime) -> list[Waiting]:
    """Take letters off for these reasons; gives the others."""
    off = {position: reason for position, reason in reasons.items() if reason}
    deliveries.remove(session, release_id, off, at=at)
    return [letter for letter in letters if letter.position not in off]


def _row(claim: Claim, position: int) -> sa.Update:
    return sa.update(Delivery).where(col(Delivery.release_id) == claim.release_id, col(Delivery.position) == position)

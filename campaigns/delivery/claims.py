"""A claim: one worker takes a chunk for a while, and the gate is asked again before it may.

All its letters are *attempting* once it is committed, which is before the first byte of the first; the lease is renewed while they go (see
settling.py). What becomes of a claim whose worker is gone: recovery.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Session, col

from campaigns.agreement import gate, releases, sealed
from campaigns.agreement.gate import Verified
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.sealed import Particulars, SealedLetter
from campaigns.delivery import before_briefings, deliveries, removals, settling, timing
from campaigns.delivery.before_briefings import Briefings
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.settling import Hand
from campaigns.delivery.timing import Calendars, Place
from campaigns.drafting import holding_lines
from campaigns.drafting.programs import Program
from campaigns.foundation.errors import TryLater
SAID = ("person_id", "audience", "role", "authority_code", "condition")  # of a letter, in its leaf


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
    attempts: int

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
    letter's window `closes`.
    """

    hand: Hand
    leased_until: datetime
    verified: Verified
    choice: str
    programs: dict[str, Program]
    leaves: dict[int, bytes]
    letters: list[Waiting]
    closes: dict[int, datetime]

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
    journal: str = "",
    lease: timedelta,
    at: datetime,
) -> Claim | None:
    """Take those of a chunk's due letters whose turn it is; None when another worker has it, or there are none.

    What is `outdated`, as a briefing was moved or called off, does not go. `journal` names the file that will hold the evidence. Raises
    `GateClosed` when the gate refuses.
    """
    chunk = session.get(Chunk, chunk_id, with_for_update=True, populate_existing=True)
    if chunk is None or chunk.not_before > at or (chunk.leased_until and chunk.leased_until > at):
        return None
    release = releases.get(session, chunk.release_id)
    if release.state != "sending" or chunk.due_at is None or chunk.due_at > at:
        return None
    if chunk.claim is not None:  # another's, run out: which of its letters may have gone is to be found out first
        return None
    verified = gate.check(session, release, at=at)
    gate.check_window(verified, at=at)
    letters = _without_removed(session, verified, _due(session, chunk, at), at)
    letters = _without_outdated(session, verified, letters, outdated, at)
    places = [Place(letter.position, letter.authority_code) for letter in letters if not letter.cancels]
    closes = timing.now(session, release, verified.said, places, calendars=calendars, briefings=briefings, at=at)
    closes |= {letter.position: verified.said.latest_send for letter in letters if letter.cancels}  # these wait for no window
    letters = [letter for letter in letters if letter.position in closes]
    leaves = sealed.leaves_under(session, release.id, [letter.position for letter in letters], verified.branches)
    programs = sealed.programs_of(session, release.id)
    claim = Claim(Hand(uuid4(), chunk.id, release.id), at + lease, verified, release.choice, programs, leaves, letters, closes)
    if letters:
        _take(session, claim, at)
        chunk.sqlmodel_update({"claim": claim.hand.token, "leased_until": claim.leased_until, "journal": journal})
        session.add(chunk)
        deliveries.recount(session, [chunk.id])
        return claim
    settling.give_back(session, claim.hand, [], [], not_before=at, at=at)
    return None


def _take(session: Session, claim: Claim, at: datetime) -> None:
    """Every letter that may go is attempting; refuses to go on when these are not the very ones that are due."""
    due = sa.update(Delivery).where(col(Delivery.chunk_id) == claim.hand.chunk_id, col(Delivery.state) == "queued", col(Delivery.due_at) <= at)
    taken = session.exec(due.values(state="attempting", claim=claim.hand.token, at=at).returning(col(Delivery.position)))
    if set(taken.scalars()) != {letter.position for letter in claim.letters}:
        raise TryLater("The letters of this chunk changed while it was being claimed.")


def _due(session: Session, chunk: Chunk, at: datetime) -> list[Waiting]:
    """By the core, as it is done for every letter. A letter that ended a worker comes last, so that it keeps no other waiting."""
    place = (col(Particulars.release_id) == Delivery.release_id) & (col(Particulars.position) == Delivery.position)
    letter = (col(SealedLetter.release_id) == Delivery.release_id) & (col(SealedLetter.position) == Delivery.position)
    columns = [getattr(SealedLetter, name) for name in ("position", *SAID)], [Particulars.address, Particulars.fields, Particulars.salt]
    query = sa.select(*columns[0], *columns[1], Delivery.attempts).select_from(Delivery).join(SealedLetter, letter).join(Particulars, place)
    due = query.where(Delivery.chunk_id == chunk.id, Delivery.state == "queued", Delivery.due_at <= at)
    return [_waiting(row) for row in session.connection().execute(due.order_by(Delivery.falls, Delivery.position))]


def _waiting(row: sa.Row[Any]) -> Waiting:
    address = row.address or ""
    says = sealed.says(row._mapping, address)  # the columns by name
    known = row.authority_code or "", row.audience, row.condition
    return Waiting(row.position, *known, says, address, row.fields or {}, row.salt or b"", row.attempts)


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

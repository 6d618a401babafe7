"""A claim: one worker takes a chunk for a while, and the gate is asked again before it may.

Its letters become *attempting* in the claim's own transaction, so before a byte of any is sent. The lease is renewed while they go (settling.py);
what becomes of a claim whose worker is gone is in recovery.py.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeGuard
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Session, col

from campaigns.agreement import gate, releases, sealed
from campaigns.agreement.gate import Verified
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.sealed import Particulars, SealedLetter
from campaigns.delivery import chunk_joins, deliveries, domains, removals, settling, timing
from campaigns.delivery.before_briefings import Briefings
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.manners import UNHURRIED, Manners
from campaigns.delivery.rooms import Room
from campaigns.delivery.settling import Hand
from campaigns.delivery.timing import Calendars
from campaigns.drafting import holding_lines, programs
from campaigns.drafting.programs import Joined, Program
from campaigns.foundation.errors import GateClosed, Refused

READ_AT_ONCE = 250  # letters: what is read of them is twice as large as what is kept
NOT_AS_SEALED = (Refused, LookupError, TypeError, ValueError, AttributeError)
SAID = ("person_id", "audience", "role", "authority_code", "condition")  # of a letter, in its leaf


class Unmade(GateClosed):
    """A letter could not be put together for a reason of ours (no memory, say), not because its stored parts differ from what was sealed."""


class Waiting(NamedTuple):
    """A due letter, read for a claim: its place, what its leaf says of its reader, the values of its fields, and how it fared before."""

    position: int
    authority_code: str
    audience: str
    condition: str
    says: tuple[str, ...]
    address: str
    fields: dict[str, str]
    salt: bytes
    attempts: int
    falls: int
    first_at: datetime | None

    @property
    def cancels(self) -> bool:
        """Whether it says that a briefing does not take place."""
        return self.fields.get("event_status") == "CANCELLED"


class Outdated(Protocol):
    """Says which of these letters what has happened since keeps from going: their positions, each with the reason. See audiences/overtaken.py."""

    def __call__(self, session: Session, said: Manifest, letters: Sequence[Waiting], *, at: datetime) -> Mapping[int, str]: ...


@dataclass(frozen=True)
class Claim:
    """A chunk in one worker's hands, with everything that was verified. By a letter's position: `leaves`, each checked under a signed branch, and
    `closes`, when its window ends. `room`: when each may go to its mail domain. `choice`: the case that was let go, where there are several.
    """

    hand: Hand
    leased_until: datetime
    verified: Verified
    choice: str
    programs: dict[str, Program]
    leaves: dict[int, bytes]
    letters: list[Waiting]
    closes: dict[int, datetime]
    room: Room
    manners: Manners

    @cached_property
    def conditions(self) -> frozenset[str]:
        """The cases whose letters may go: the one chosen; in a follow-up or an invitation any case, as each reader has their own."""
        said = self.verified.said
        each_their_own = said.goes_under.follows_up or said.is_invitation
        return frozenset(map(holding_lines.key, holding_lines.cases(said.closed)) if each_their_own else [self.choice])

    @cached_property
    def alone(self) -> frozenset[int]:
        """The positions of letters to send with no other under way, because a worker died with them in hand or they wait for a turn of their own."""
        return frozenset(letter.position for letter in self.letters if letter.falls or self.room.turns.get(letter.position))

    @cached_property
    def first_end(self) -> datetime:
        """The first moment at which any letter here is too late: a window closes, or the signed latest time passes."""
        return min([*self.closes.values(), self.verified.said.latest_send])

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """The names of the header fields that were signed."""
        return tuple(self.verified.said.headers)

    @cached_property
    def proved(self) -> frozenset[str]:
        """The audiences whose program alone proves that a `plain` letter has exactly the header fields that were signed."""
        return frozenset(audience for audience, program in self.programs.items() if program.has_headers(self.headers))


def claim_chunk(
    session: Session,
    chunk_id: UUID,
    *,
    calendars: Calendars,
    outdated: Outdated,
    briefings: Briefings,
    manners: Manners = UNHURRIED,
    journal: str = "",
    way: str = "",
    lease: timedelta,
    at: datetime,
) -> Claim | None:
    """Ask the gate, then take those of a chunk's due letters whose turn it is. None when another worker has the chunk, or no letter may go now.

    Letters that are removed or `outdated` are taken off first. `journal` names the file that will hold the evidence; `way`, how the letters leave
    from here (see `Delivery`). Raises `GateClosed` when the gate refuses, or a stored letter is not the one that was signed.
    """
    chunk = session.get(Chunk, chunk_id, with_for_update=True, populate_existing=True)
    if not _is_free(chunk, at) or (release := releases.get(session, chunk.release_id)).state != "sending":
        return None
    verified, was = gate.check(session, release, at=at), dict(chunk.tally)
    gate.check_window(verified, at=at)
    letters = _without_removed(session, verified, _due(session, chunk, at), at)
    letters = _without_outdated(session, verified, letters, outdated, at)
    closes = {letter.position: verified.said.latest_send for letter in letters if letter.cancels}  # these wait for no window
    in_windows = [letter for letter in letters if letter.position not in closes]
    closes |= timing.now(session, release, verified.said, in_windows, calendars=calendars, briefings=briefings, at=at)
    room = domains.room_for(session, chunk, [letter for letter in letters if letter.position in closes], manners, at=at)
    letters = _in_turn(letters, room)
    leaves = sealed.leaves_under(session, release.id, [letter.position for letter in letters], verified.branches)
    hand, words = Hand(uuid4(), chunk.id, release.id, way), sealed.programs_of(session, release.id)
    claim = Claim(hand, at + lease, verified, release.choice, words, leaves, letters, closes, room, manners)
    if not letters:
        settling.tell_what_moved(session, hand, was, at=at)
        return None
    _take(session, claim, at)
    chunk.sqlmodel_update({"claim": hand.token, "leased_until": claim.leased_until, "journal": journal, "way": way})
    deliveries.recount(session, [chunk.id])
    return claim


def is_free(session: Session, chunk_id: UUID, *, at: datetime) -> bool:
    """Whether a chunk has letters due and is in nobody's hands; takes no lock."""
    return _is_free(session.get(Chunk, chunk_id), at)


def _is_free(chunk: Chunk | None, at: datetime) -> TypeGuard[Chunk]:
    """Whether it has letters due and no claim. A claim that ran out still counts: recovery.py first finds out which of its letters may have gone."""
    if chunk is None:
        return False
    return chunk.claim is None and chunk.not_before <= at and chunk.due_at is not None and chunk.due_at <= at


def _in_turn(letters: Sequence[Waiting], room: Room) -> list[Waiting]:
    """The letters that mail domains have room for, by turn. A letter that a worker died with comes last, so that it holds up no other."""
    there = [letter for letter in letters if letter.position in room.turns]
    if room.is_even and not any(letter.falls for letter in there):
        return there
    return sorted(there, key=lambda letter: (letter.falls, *room.order(letter)))


def _take(session: Session, claim: Claim, at: datetime) -> None:
    """Mark the claim's letters as attempting, and drop those removed meanwhile. Refuses a queued letter that is not among those sealed."""
    mine = col(Delivery.chunk_id) == claim.hand.chunk_id
    due = sa.update(Delivery).where(mine, col(Delivery.state) == "queued", col(Delivery.due_at) <= at)
    taken = set(
        session.exec(due.values(state="attempting", claim=claim.hand.token, at=at, tried_at=at).returning(col(Delivery.position))).scalars()
    )
    if taken - {letter.position for letter in claim.letters}:
        raise GateClosed("A letter is queued that is not among those that were sealed.")
    claim.letters[:] = [letter for letter in claim.letters if letter.position in taken]


def _due(session: Session, chunk: Chunk, at: datetime) -> list[Waiting]:
    """A chunk's due letters, read as plain rows: this is done for every letter."""
    columns: list[Any] = [getattr(SealedLetter, name) for name in ("position", *SAID)]
    columns += [
        Particulars.address,
        sa.cast(Particulars.fields, sa.Text).label("fields"),
        Particulars.salt,
        Delivery.attempts,
        Delivery.falls,
        Delivery.first_at,
    ]
    letters: list[Waiting] = []
    with chunk_joins.of_chunk(session, chunk.id) as same:
        query = sa.select(*columns).select_from(Delivery).join(SealedLetter, same(SealedLetter)).join(Particulars, same(Particulars))
        due = query.where(col(Delivery.chunk_id) == chunk.id, col(Delivery.state) == "queued", col(Delivery.due_at) <= at)
        for rows in session.connection().execute(due.order_by(col(Delivery.position))).partitions(READ_AT_ONCE):
            fields = json.loads(f"[{','.join(row.fields or '{}' for row in rows)}]")  # together, so that each name is kept once
            letters += map(_waiting, rows, fields)
    return letters


def _waiting(row: sa.Row[Any], fields: dict[str, str]) -> Waiting:
    position, person_id, audience, role, code, condition, address, _, salt, *tried = tuple(row)
    says = sealed.says(person_id, address or "", audience, role, code, condition)
    return Waiting(position, code or "", audience, condition, says, address or "", fields, salt or b"", *tried)


def _without_removed(session: Session, verified: Verified, letters: list[Waiting], at: datetime) -> list[Waiting]:
    release_id, campaign_id = UUID(verified.said.release), UUID(verified.said.campaign_id)  # as they were signed
    gone = removals.among(session, [letter.address for letter in letters], campaign_id=campaign_id)
    reasons = {letter.position: "erased" if not letter.address else gone.get(letter.address.casefold(), "") for letter in letters}
    return _kept(session, release_id, letters, reasons, at)


def _without_outdated(session: Session, verified: Verified, letters: list[Waiting], outdated: Outdated, at: datetime) -> list[Waiting]:
    reasons = outdated(session, verified.said, letters, at=at)
    return _kept(session, UUID(verified.said.release), letters, reasons, at)


def _kept(session: Session, release_id: UUID, letters: list[Waiting], reasons: Mapping[int, str], at: datetime) -> list[Waiting]:
    """Take off the letters that have a reason; give back the others."""
    off = {position: reason for position, reason in reasons.items() if reason}
    deliveries.remove(session, release_id, off, at=at)
    return [letter for letter in letters if letter.position not in off]


def put_together(claim: Claim, letter: Waiting) -> Joined:
    """One reader's canonical message. Raises `GateClosed` unless it is, byte for byte, what was signed for that reader and for the case let go."""
    try:
        said = claim.programs[letter.audience].joined(letter.fields)
        leaf = sealed.leaf_of(letter.salt, letter.says, said.message)
    except Exception as fault:
        sentence = f"Letter {letter.position + 1} cannot be put together ({type(fault).__name__}: {fault})."
        raise (GateClosed if isinstance(fault, NOT_AS_SEALED) else Unmade)(sentence) from fault
    if leaf != claim.leaves.get(letter.position) or letter.fields.get("address") != letter.address:
        raise GateClosed(f"Letter {letter.position + 1} is not the one that was signed.")
    if letter.condition not in claim.conditions:
        raise GateClosed(f"Letter {letter.position + 1} was signed for another case than the one that was chosen.")
    if not (said.plain and letter.audience in claim.proved) and not programs.has_headers(said.message, claim.headers):
        raise GateClosed(f"Letter {letter.position + 1} has headers that were not signed.")
    return said

"""Which rosters stand, and since when. Each time the chain is asked for, it is read from stored bytes and every signature on it is checked again.

A version is in force from the last signature it needed. The column `stands_since` says the same, but only for searching: it is not believed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from campaigns.agreement import identity, passkeys, rosters
from campaigns.agreement.identity import Signed
from campaigns.agreement.rosters import Roster, RosterVersion
from campaigns.foundation import stamps
from campaigns.foundation.errors import GateClosed, Refused

UNREADABLE = (ValueError, TypeError, LookupError, OverflowError, RecursionError)  # raised for rows that no step of ours wrote


class RosterSignature(Signed, table=True):
    """One person's signature on one version; never changed."""

    __tablename__ = "roster_signatures"
    __table_args__ = (sa.UniqueConstraint("fingerprint", "officer_id", name="uq_roster_signatures_fingerprint_officer"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    fingerprint: str = Field(foreign_key="rosters.fingerprint", index=True)


@dataclass(frozen=True)
class Chain:
    """Every verified roster since the founding, oldest first; `since`: from when each was in force."""

    rosters: tuple[Roster, ...]
    since: tuple[datetime, ...]

    @property
    def current(self) -> Roster:
        """The newest."""
        return self.rosters[-1]

    def in_force(self, at: datetime) -> Roster:
        """The roster in force at a moment; refuses a moment before the founding."""
        begun = [roster for roster, since in zip(self.rosters, self.since, strict=True) if since <= at]
        if not begun:
            raise GateClosed("No roster of signatories was in force at that moment.")
        return begun[-1]

    def of_its_day(self, number: int, *, at: datetime) -> Roster:
        """The version with this number. Refuses one that was not in force at that moment: a replaced version's keys no longer count."""
        if number not in {roster.version for roster in self.rosters}:
            raise GateClosed(f"Version {number} of the roster does not stand.")
        if (roster := self.in_force(at)).version != number:
            raise GateClosed(f"It was signed under version {number} of the roster, while version {roster.version} was in force.")
        return roster


def chain(session: Session) -> Chain:
    """The verified chain. Raises `GateClosed` when there is none, or when any version in it does not verify or cannot be read."""
    verified: list[Roster] = []
    since: list[datetime] = []
    try:
        for row in rosters.rows(session):
            roster, moment = _verified(session, row, verified[-1] if verified else None)
            verified.append(roster)
            since.append(moment)
    except UNREADABLE as fault:
        raise GateClosed(f"The roster cannot be read ({type(fault).__name__}: {fault}).") from fault
    if not verified:
        raise GateClosed(
            "There is no roster of signatories yet, so nobody can sign. Both parties must agree the first one on the Signatories page."
        )
    return Chain(tuple(verified), tuple(since))


def current(session: Session) -> Roster | None:
    """The roster in force; None while none is founded. Refuses a chain that does not verify."""
    return chain(session).current if rosters.rows(session) else None


def follows(roster: Roster, before: Roster | None) -> bool:
    """Whether a roster may come next: right after the one in force and for the same parties; while none is in force, only as a founding."""
    if before is None:
        return roster.is_founding
    return (roster.version, roster.previous, roster.parties) == (before.version + 1, rosters.fingerprint(before), before.parties)


def stands_since(roster: Roster, before: Roster | None, given: Sequence[Signed]) -> datetime | None:
    """When the last signature came that a roster needs to be in force; None while one is missing.

    Each party signs under the roster itself and, unless it is a founding, under the one `before`.
    """
    under, body = [one for one in (before, roster) if one is not None], roster.to_bytes()
    firsts: list[datetime] = []
    for party, judge in product(roster.parties, under):
        given_then = [signed.at for signed in given if _counts(signed, judge, party, body)]
        if not given_then:
            return None
        firsts.append(min(given_then))
    return max(firsts, default=None)


def signatures(session: Session, fingerprint: str) -> list[RosterSignature]:
    """The signatures on a version, the oldest first."""
    of_it = select(RosterSignature).where(RosterSignature.fingerprint == fingerprint)
    return list(session.exec(of_it.order_by(col(RosterSignature.at), col(RosterSignature.party))))


def _verified(session: Session, row: RosterVersion, before: Roster | None) -> tuple[Roster, datetime]:
    """The roster in a row, and since when it is in force. Refuses one that does not follow `before`, lists a software key, or is not signed by both."""
    roster = row.read()
    if roster.version != row.version or not follows(roster, before):
        raise GateClosed(f"Roster {row.version} does not follow from the one before.")
    if roster.has_software_keys and not stamps.is_test(session):
        raise GateClosed(f"Roster {row.version} lists a software key; those are for rehearsals only.")
    if (since := stands_since(roster, before, signatures(session, row.fingerprint))) is None:
        raise GateClosed(f"Roster {row.version} is not signed by both parties.")
    return roster, since


def _counts(signed: Signed, judge: Roster, party: str, body: bytes) -> bool:
    """Whether this is a valid signature for the party by one of its signatories in the roster `judge`; a deputy's does not count."""
    try:
        return signed.party == party and identity.holds(signed, judge, tag=passkeys.ROSTER, body=body).standing == "signatory"
    except Refused:
        return False

"""Which rosters stand, and since when. Each time it is asked for, the chain is read from its stored bytes and every signature checked again.

A version has been in force since the last signature it needed. The column beside it says the same to whoever searches, and is not believed.
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

UNREADABLE = (ValueError, TypeError, LookupError, OverflowError, RecursionError)  # what rows hold that no step of ours wrote


class RosterSignature(Signed, table=True):
    """One person's signature on one version; never changed."""

    __tablename__ = "roster_signatures"
    __table_args__ = (sa.UniqueConstraint("fingerprint", "officer_id", name="uq_roster_signatures_fingerprint_officer"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    fingerprint: str = Field(foreign_key="rosters.fingerprint", index=True)


@dataclass(frozen=True)
class Chain:
    """Every roster since the founding, oldest first, each verified; `since`: the moment from which each was in force."""

    rosters: tuple[Roster, ...]
    since: tuple[datetime, ...]

    @property
    def current(self) -> Roster:
        """The newest."""
        return self.rosters[-1]

    def in_force(self, at: datetime) -> Roster:
        """The one that was in force at a moment; refuses a moment before the founding."""
        begun = [roster for roster, since in zip(self.rosters, self.since, strict=True) if since <= at]
        if not begun:
            raise GateClosed("No roster of signatories was in force at that moment.")
        return begun[-1]

    def of_its_day(self, number: int, *, at: datetime) -> Roster:
        """The version of this number; refuses one that was not in force at that moment, because a replaced version's keys count no more."""
        if number not in {roster.version for roster in self.rosters}:
            raise GateClosed(f"Version {number} of the roster does not stand.")
        if (roster := self.in_force(at)).version != number:
            raise GateClosed(f"It was signed under version {number} of the roster, while version {roster.version} was in force.")
        return roster


def chain(session: Session) -> Chain:
    """The verified chain; raises `GateClosed` when there is none, or when any link of it does not verify or cannot be read."""
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
    """Whether it may come next: after the one in force, for the same parties; or, while none is, as a founding."""
    if before is None:
        return roster.is_founding
    return (roster.version, roster.previous, roster.parties) == (before.version + 1, rosters.fingerprint(before), before.parties)


def stands_since(roster: Roster, before: Roster | None, given: Sequence[Signed]) -> datetime | None:
    """When each party had signed under the roster itself and, but for a founding, under the one before; None while one has not."""
    under, body = [one for one in (before, roster) if one is not None], roster.to_bytes()
    firsts: list[datetime] = []
    for party, judge in product(roster.parties, under):
        given_then = [signed.at for signed in given if _counts(signed, judge, party, body)]
        if not given_then:
            return None
        firsts.append(min(given_then))
    return max(firsts, default=None)


def signatures(session: Session, fingerprint: str) -> list[RosterSignature]:
    """Who has signed a version, in order."""
    of_it = select(RosterSignature).where(RosterSignature.fingerprint == fingerprint)
    return list(session.exec(of_it.order_by(col(RosterSignature.at), col(RosterSignature.party))))


def _verified(session: Session, row: RosterVersion, before: Roster | None) -> tuple[Roster, datetime]:
    """The version in a row, and since when it is in force."""
    roster = row.read()
    if roster.version != row.version or not follows(roster, before):
        raise GateClosed(f"Roster {row.version} does not follow from the one before.")
    if roster.has_software_keys and not stamps.is_test(session):
        raise GateClosed(f"Roster {row.version} lists a software key; those are for rehearsals only.")
    if (since := stands_since(roster, before, signatures(session, row.fingerprint))) is None:
        raise GateClosed(f"Roster {row.version} is not signed by both parties.")
    return roster, since


def _counts(signed: Signed, judge: Roster, party: str, body: bytes) -> bool:
    """Whether this is a signatory's signature for the party, by the light of one roster; a deputy's is not."""
    try:
        return signed.party == party and identity.holds(signed, judge, tag=passkeys.ROSTER, body=body).standing == "signatory"
    except Refused:
        return False

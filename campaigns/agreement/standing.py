"""Whether rosters stand: the chain read from its stored bytes and every signature in it checked again, whenever it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from campaigns.agreement import identity, passkeys, rosters
from campaigns.agreement.identity import Signed
from campaigns.agreement.rosters import Roster, RosterVersion
from campaigns.foundation.errors import GateClosed, Refused


class RosterSignature(Signed, table=True):
    """One person's signature on one version; never changed."""

    __tablename__ = "roster_signatures"
    __table_args__ = (sa.UniqueConstraint("fingerprint", "officer_id", name="uq_roster_signatures_fingerprint_officer"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    fingerprint: str = Field(foreign_key="rosters.fingerprint", index=True)


@dataclass(frozen=True)
class Chain:
    """Every roster since the founding, oldest first, each verified."""

    rosters: tuple[Roster, ...]

    @property
    def current(self) -> Roster:
        """The one in force."""
        return self.rosters[-1]

    def version(self, number: int) -> Roster:
        """A version of this chain; refuses one that never stood in it."""
        for roster in self.rosters:
            if roster.version == number:
                return roster
        raise GateClosed(f"Version {number} of the roster does not stand.")


def chain(session: Session) -> Chain:
    """The verified chain; raises `GateClosed` when there is none, or when any link of it does not verify."""
    verified: list[Roster] = []
    for row in rosters.rows(session):
        verified.append(_verified(session, row, verified[-1] if verified else None))
    if not verified:
        raise rosters.none_stands()
    return Chain(tuple(verified))


def stands(roster: Roster, before: Roster | None, given: Sequence[Signed]) -> bool:
    """Whether each party has signed under the roster itself and, but for a founding, under the one before."""
    under, body = [one for one in (before, roster) if one is not None], roster.to_bytes()
    return all(any(_counts(signed, judge, party, body) for signed in given) for party in roster.parties for judge in under)


def signatures(session: Session, fingerprint: str) -> list[RosterSignature]:
    """Who has signed a version, in order."""
    of_it = select(RosterSignature).where(RosterSignature.fingerprint == fingerprint)
    return list(session.exec(of_it.order_by(col(RosterSignature.at), col(RosterSignature.party))))


def _verified(session: Session, row: RosterVersion, before: Roster | None) -> Roster:
    try:
        roster = row.read()
    except (ValueError, KeyError) as fault:
        raise GateClosed(f"The roster does not verify: {fault}.") from fault
    follows = (before.version + 1, rosters.fingerprint(before)) if before else (roster.version, rosters.NOTHING_BEFORE)
    if (roster.version, roster.previous) != follows or (before and roster.parties != before.parties):
        raise GateClosed(f"Roster {row.version} does not follow from the one before.")
    if not stands(roster, before, signatures(session, row.fingerprint)):
        raise GateClosed(f"Roster {row.version} is not signed by both parties.")
    return roster


def _counts(signed: Signed, judge: Roster, party: str, body: bytes) -> bool:
    """Whether this is a signatory's signature for the party, by the light of one roster; a deputy's is not."""
    try:
        return signed.party == party and identity.holds(signed, judge, tag=passkeys.ROSTER, body=body).standing == "signatory"
    except Refused:
        return False

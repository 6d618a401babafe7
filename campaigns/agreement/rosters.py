"""The roster: who may sign for each party, with which keys, and until when. Versioned, and itself signed by both parties.

Version n+1 stands once each party has signed it with a key listed for that party in n and one listed in n+1; the first, under itself.
So no administrator, and nobody at the database, can make a signatory. Losing all keys of a party means founding anew, never an override.
Source: The Update Framework's rule for its root role.
"""

import json
from datetime import datetime
from functools import lru_cache
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement import manifest, parties
from campaigns.agreement.manifest import Part
from campaigns.agreement.passkeys import Site
from campaigns.drafting.invitations import Moment
from campaigns.foundation import clock
from campaigns.foundation.errors import GateClosed, Invalid, Problem
from campaigns.foundation.sightings import Shown

PREDICATE = "countersign/roster/v1"
NOTHING_BEFORE = "0" * 64
FEWEST = 2  # signatories a party
WAITING = "stands_since IS NULL AND ended_at IS NULL"  # whoever proposes at the same moment proposes the same number


class Key(Part):
    """A passkey's public half: credential id and COSE key, base64url. `software`: held by a program, for rehearsals alone."""

    id: str
    cose: str
    software: bool


class Member(Part):
    """One person who may sign for one party. A deputy signs between `begins` and `ends`, for the campaigns named (none: all)."""

    officer: UUID
    post: str
    party: str
    standing: Literal["signatory", "deputy"]
    begins: Moment | None = None
    ends: Moment | None = None
    campaigns: list[UUID] = []
    keys: list[Key] = []

    def key(self, credential: str) -> Key | None:
        """Their key of this id, if it is theirs."""
        return next((key for key in self.keys if key.id == credential), None)

    def may_sign(self, campaign: UUID, *, at: datetime) -> bool:
        """Whether their dates and scope cover signing for a campaign at a moment."""
        begun, ended = not self.begins or self.begins <= at, self.ends and self.ends <= at
        return begun and not ended and (not self.campaigns or campaign in self.campaigns)


class Roster(Part):
    """A version, as it is signed. `passwords` names the parties that may still sign with a password and a code."""

    version: int
    proposed_at: Moment  # so that what was taken back and put forward again is another roster
    previous: str
    rp_id: str
    origins: list[str]
    parties: list[str]
    passwords: list[str]
    members: list[Member]

    @property
    def site(self) -> Site:
        """Where its passkeys are used."""
        return Site(self.rp_id, tuple(self.origins))

    @property
    def is_founding(self) -> bool:
        """Whether it follows on no other."""
        return self.previous == NOTHING_BEFORE

    @property
    def has_software_keys(self) -> bool:
        """Whether a program could sign under it."""
        return any(key.software for member in self.members for key in member.keys)

    def member(self, officer_id: UUID) -> Member | None:
        """This person's entry."""
        return next((member for member in self.members if member.officer == officer_id), None)

    def of_party(self, party: str) -> list[Member]:
        """A party's members, signatories first."""
        return sorted(
            (member for member in self.members if member.party == party), key=lambda member: (member.standing != "signatory", member.post)
        )

    def to_bytes(self) -> bytes:
        """The canonical form."""
        return manifest.statement(PREDICATE, f"roster {self.version}", self.previous, self)

    def check(self) -> None:
        """Refuse a roster that could not be lived with: too few who can sign, or a person or key in it twice."""
        problems = [sentence for party in self.parties for sentence in self._too_few(party)]
        keys = [key.id for member in self.members for key in member.keys]
        if len(set(self.parties)) < 2:
            problems.append("A roster names at least two parties.")
        if len({member.officer for member in self.members}) < len(self.members) or len(set(keys)) < len(keys):
            problems.append("A person and a key may stand in the roster once.")
        if any(member.party not in self.parties for member in self.members):
            problems.append("Everybody in the roster signs for one of its parties.")
        if problems:
            raise Invalid([Problem("members", sentence) for sentence in problems])

    def _too_few(self, party: str) -> list[str]:
        able = [one for one in self.of_party(party) if one.standing == "signatory" and (one.keys or party in self.passwords)]
        return (
            [] if len(able) >= FEWEST else [f"{parties.said(party)} needs at least {FEWEST} signatories who can sign; it has {len(able)}."]
        )


class RosterVersion(SQLModel, table=True):
    """One row per version put forward; `stands_since` once both parties have signed it. The document never changes."""

    __tablename__ = "rosters"
    __table_args__ = (
        sa.Index("uq_rosters_waiting", "version", unique=True, sqlite_where=sa.text(WAITING), postgresql_where=sa.text(WAITING)),
    )

    fingerprint: str = Field(primary_key=True)
    version: int = Field(index=True)
    document: bytes
    proposed_by: str
    proposed_at: datetime
    stands_since: datetime | None = None
    ended_at: datetime | None = None  # withdrawn while it was a proposal, or given up for a new founding

    def read(self) -> Roster:
        """The document as a value; refuses one that is not canonical, or not the one with this fingerprint."""
        try:
            return read(self.document, self.fingerprint)
        except (ValueError, KeyError, TypeError, RecursionError) as fault:
            raise GateClosed(f"The roster does not verify: {fault}.") from fault


@lru_cache(maxsize=64)  # the same bytes are the same roster
def read(document: bytes, fingerprint: str) -> Roster:
    """The roster in these bytes; raises ValueError unless they are canonical and have this fingerprint."""
    roster = Roster.model_validate(json.loads(document)["predicate"])
    if roster.to_bytes() != document or manifest.digest(document) != fingerprint:
        raise ValueError("the roster is not in its canonical form")
    return roster


def fingerprint(roster: Roster) -> str:
    """SHA-256 of its canonical form, in hex: how a version is named outside."""
    return manifest.digest(roster.to_bytes())


def rows(session: Session) -> list[RosterVersion]:
    """The versions that have stood since the last founding, oldest first, as they are stored: not yet verified (see standing.py)."""
    return list(
        session.exec(
            select(RosterVersion)
            .where(col(RosterVersion.stands_since).is_not(None), col(RosterVersion.ended_at).is_(None))
            .order_by(col(RosterVersion.version))
        )
    )


def proposed(session: Session, *, lock: bool = False) -> RosterVersion | None:
    """The version that waits for signatures, if any."""
    open_ = select(RosterVersion).where(col(RosterVersion.stands_since).is_(None), col(RosterVersion.ended_at).is_(None))
    return session.exec(open_.with_for_update() if lock else open_).first()


def shown(waiting: RosterVersion | None) -> Shown:
    """What a page shows of the version that waits, in words."""
    return {"Waiting for signatures": _said(waiting)} if waiting else {}


def _said(waiting: RosterVersion) -> str:
    return f"roster {waiting.version}, which {waiting.proposed_by} put forward on {clock.say(waiting.proposed_at)}"

"""Reminders: while a release waits for a party, those of it who may sign are written to every two days.

Its deputies are asked, too, from the third time, or at once when none of its signatories can sign. So is, without them, whoever may sign a roster
that waits.
Silence never approves: a reminder is a row and a letter, and nothing that decides about a release reads either.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from campaigns.agreement import releases, rosters, signatures
from campaigns.agreement.descriptions import APPROVAL_DAYS
from campaigns.agreement.parties import Party
from campaigns.agreement.releases import Release
from campaigns.agreement.roster_changes import ROSTER
from campaigns.agreement.rosters import Member, RosterVersion
from campaigns.agreement.signatures import Request
from campaigns.foundation import log, officers
from campaigns.foundation.errors import GateClosed, Refused
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import COUNTERSIGN, OfficerRecord

EVERY = timedelta(days=2)
FIRST_ASKED = 0  # the number of the letter that comes when it is sealed
DEPUTIES_FROM = 3  # the number of the reminder that a party's deputies get, too


class PartyReminded(Event):
    """A party's signature is still missing; `told` of those who may give it were written to."""

    party: str
    number: int
    told: int


class RosterReminded(Event):
    """A roster still waits for signatures: whoever may give them is asked again."""

    version: int
    fingerprint: str
    number: int


class Reminder(SQLModel, table=True):
    """One row per reminder. Its key is the step itself, so that no step is taken twice; never changed."""

    __tablename__ = "reminders"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    party: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    told: int
    at: datetime


@dataclass(frozen=True)
class Call:
    """A letter that asks for a party's signature, whom it asks, and the addresses it goes to."""

    release: Release
    party: Party
    number: int
    asked: list[Member]
    addresses: list[str]

    @property
    def deputies(self) -> str:
        """Why those who stand in are asked, as a sentence; empty where they are not."""
        standings = {member.standing for member in self.asked}
        if "deputy" not in standings:
            return ""
        if "signatory" not in standings:
            return f"No signatory of {self.party.name} can sign it now, so its deputies are asked."
        return f"Because it has waited so long, the deputies of {self.party.name} are asked as well."


def due(session: Session, *, at: datetime) -> list[UUID]:
    """Releases that wait for a party and of which nobody was written to for two days, oldest first. A look that takes no lock."""
    return [release.id for release in session.exec(_quiet(at)) if _waits(session, release, at=at)]


def remind(session: Session, release_id: UUID, *, at: datetime) -> list[Call]:
    """Record the next reminder of each party that has not signed; says whom to write to.

    Empty when nothing is due: another clock was here first, or the release waits no longer. The lock on the release keeps it waiting
    until this is written down, and two clocks apart.
    """
    release = releases.get(session, release_id, lock=True)
    if session.exec(_quiet(at).where(Release.id == release_id)).first() is None or not _waits(session, release, at=at):
        return []
    return [_reminded(session, release, party, at=at) for party in releases.missing(session, release)]


def roster_due(session: Session, *, at: datetime, lock: bool = False) -> RosterVersion | None:
    """The version of the roster that waits, if for two days nobody was asked to sign it."""
    row = rosters.proposed(session, lock=lock)
    asked = [row.proposed_at, *(entry.at for entry in _of_roster(session, row))] if row else []
    return row if asked and max(asked) <= at - EVERY else None


def remind_of_roster(session: Session, *, at: datetime) -> bool:
    """Record that whoever may sign the roster that waits is asked again; False when that is not due: another clock was here first."""
    row = roster_due(session, at=at, lock=True)
    if row is None:
        return False
    fact = RosterReminded(version=row.version, fingerprint=row.fingerprint, number=len(_of_roster(session, row)) + 1)
    log.record(session, fact, subject=ROSTER, by=COUNTERSIGN.name, at=at)
    return True


def call(session: Session, release: Release, party: Party, number: int, *, at: datetime) -> Call:
    """Whom of a party the letter of this number goes to: its signatories who may sign; its deputies in the end, or where there is no other."""
    able = who_may_sign(session, release, party.code, at=at)
    signatories = [member for member in able if member.standing == "signatory"]
    asked = able if number >= DEPUTIES_FROM or not signatories else signatories
    records = [session.get_one(OfficerRecord, member.officer) for member in asked]
    return Call(release, party, number, asked, sorted({record.email for record in records if record.email}))


def due_by(release: Release) -> datetime:
    """When the last missing signature is of use: the approval's life and the latest time to send both end it."""
    return min((release.sealed_at or release.submitted_at) + timedelta(days=APPROVAL_DAYS), release.latest_send)


def numbers(session: Session, release_ids: Collection[UUID]) -> Counter[tuple[UUID, str]]:
    """How many reminders there were, by release and party."""
    theirs = select(Reminder.release_id, Reminder.party).where(col(Reminder.release_id).in_(release_ids))
    return Counter((release_id, party) for release_id, party in session.exec(theirs))


def who_may_sign(session: Session, release: Release, party: str, *, at: datetime) -> list[Member]:
    """Those of a party's roster whose signature would be admitted now, signatories first; nobody while no roster stands."""
    try:
        request = releases.asked(session, release, by=COUNTERSIGN, at=at)
    except GateClosed:
        return []
    return [member for member in request.roster.of_party(party) if _admitted(request, member)]


def _of_roster(session: Session, row: RosterVersion) -> list[LogEntry]:
    """The reminders of a version so far."""
    past = log.of_kinds(session, ROSTER, RosterReminded.__name__)
    return [entry for entry in past if getattr(log.read(entry), "fingerprint", "") == row.fingerprint]


def _quiet(at: datetime) -> SelectOfScalar[Release]:
    recent = select(Reminder.release_id).where(Reminder.at > at - EVERY)
    sealed = select(Release).where(Release.state == "sealed", col(Release.sealed_at) <= at - EVERY)
    return sealed.where(col(Release.id).not_in(recent)).order_by(col(Release.sealed_at))


def _waits(session: Session, release: Release, *, at: datetime) -> bool:
    return at < due_by(release) and releases.is_current(session, release) and bool(releases.missing(session, release))


def _reminded(session: Session, release: Release, party: Party, *, at: datetime) -> Call:
    made = call(session, release, party, numbers(session, [release.id])[release.id, party.code] + 1, at=at)
    told = len(made.addresses)
    session.add(Reminder(release_id=release.id, party=party.code, number=made.number, told=told, at=at))
    session.flush()
    fact = PartyReminded(party=party.code, number=made.number, told=told)
    log.record(session, fact, subject=release.id, by=COUNTERSIGN.name, at=at)
    return made


def _admitted(request: Request, member: Member) -> bool:
    try:
        signatures.admit(replace(request, by=officers.get(request.session, member.officer)))
    except Refused:
        return False
    return True

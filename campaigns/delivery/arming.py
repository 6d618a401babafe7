"""Arming: from which machine letters may be sent out of this database. A copy, or a database put back, asks both parties first.

A machine that is not sure asks, with a new *epoch* that also stands in its arming file (see armed.py); it may send once a signatory of each
party has said so. An epoch is good for one machine and one database, and for nothing that was copied from them. See README, decision 23.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement import parties
from campaigns.agreement.parties import Party
from campaigns.agreement.releases import Release
from campaigns.foundation import audit, database, log, stamps
from campaigns.foundation.errors import NotAllowedNow, NotYours
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import COUNTERSIGN, Officer
from campaigns.foundation.places import Place

UNKNOWN, RESTORED, ASKED = "unknown", "restored", "asked"
WHY = {  # a machine asks
    UNKNOWN: "A worker was started on a machine that was never let send from this database. This may be a copy, or a machine that was added.",
    ASKED: "Whoever runs this machine has it ask whether it may send.",
    RESTORED: "The database lacks something that had been written into it. It looks like an earlier state that was put back.",
}


class SendingDisarmed(Event):
    """A machine sends nothing, because this may be a copy of the database, an old one, or a machine nobody knows."""

    machine: str
    reason: str
    again: bool = False  # it had asked already, and nobody has answered


class ArmingConfirmed(Event):
    """One party lets a machine send from this database."""

    party: str
    machine: str


class ArmingRefused(Event):
    """A party does not let a machine send from this database, or no more."""

    party: str
    machine: str


class SendingArmed(Event):
    """A machine may send from this database."""

    machine: str


class Arming(SQLModel, table=True):
    """One row each time a machine asked. It may send while `armed_at` stands and `ended_at` does not; `claims` counts its claims."""

    __tablename__ = "armings"

    epoch: UUID = Field(primary_key=True)
    place: str = Field(index=True)
    machine: str
    store: str
    reason: str
    asked_at: datetime
    armed_at: datetime | None = None
    ended_at: datetime | None = None
    claims: int = 0


class Confirmation(SQLModel, table=True):
    """One party's word that a machine may send."""

    __tablename__ = "arming_confirmations"

    epoch: UUID = Field(primary_key=True, foreign_key="armings.epoch")
    party: str = Field(primary_key=True)
    by: str
    at: datetime


STANDING = select(Arming).where(col(Arming.armed_at).is_not(None), col(Arming.ended_at).is_(None)).order_by(col(Arming.armed_at))


@dataclass(frozen=True)
class Refusal:
    """Who does not let which machine send from which database, since when."""

    machine: str
    store: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Mark:
    """How far a database has come: its newest log entry, by number and hash, and how often letters were claimed, from any machine."""

    number: int
    fingerprint: str
    claims: int


def is_new(session: Session) -> bool:
    """Whether nothing was ever sent from this database, and nothing asked for: no worker has run on it, so nothing in it can be sealed.

    A database from before arming that has releases is not new (migration 0029 sees to that).
    """
    asked = session.exec(select(Arming.epoch).limit(1)).first()
    begun = session.exec(select(Release.id).where(col(Release.began_at).is_not(None)).limit(1)).first()
    return asked is None and begun is None


def found(session: Session, epoch: UUID, place: Place, *, at: datetime) -> bool:
    """Let the first machine of a new installation send, without ceremony; False when it is not new any more."""
    stamps.wait_turn(session)  # of two machines that begin at once the second finds the first one's row
    if not is_new(session):
        return False
    session.add(_asking(epoch, place, "", at, armed_at=at))
    log.record(session, SendingArmed(machine=place.machine), subject=epoch, by=COUNTERSIGN.name, at=at)
    return True


def ask(session: Session, epoch: UUID, place: Place, *, reason: str, at: datetime) -> None:
    """Ask both parties whether this machine may send; whatever it had been told before, here, is void."""
    stamps.wait_turn(session)
    before = session.exec(select(Arming).where(Arming.place == place.key, col(Arming.ended_at).is_(None)).with_for_update()).all()
    for row in before:
        row.ended_at = at
    session.add(_asking(epoch, place, reason, at))
    again = any(row.armed_at is None for row in before)
    log.record(session, SendingDisarmed(machine=place.machine, reason=reason, again=again), subject=epoch, by=COUNTERSIGN.name, at=at)


def confirm(session: Session, epoch: UUID, *, by: Officer, at: datetime) -> bool:
    """Let a machine send, for one's own party; True once both parties have said so. Refuses whoever does not sign for a party of the gate."""
    row = _open(session, epoch, by)
    if row.armed_at or str(by.party) in _confirmed(session, row):
        raise NotAllowedNow("Your party has confirmed this already.")
    session.add(Confirmation(epoch=epoch, party=str(by.party), by=by.name, at=at))
    session.flush()
    log.record(session, ArmingConfirmed(party=str(by.party), machine=row.machine), subject=epoch, by=by.name, at=at)
    if missing(session, row):
        return False
    row.armed_at = at
    session.add(row)
    log.record(session, SendingArmed(machine=row.machine), subject=epoch, by=by.name, at=at)
    return True


def refuse(session: Session, epoch: UUID, *, by: Officer, at: datetime) -> None:
    """Do not let a machine send, or no more, for either party; it does not ask by itself again, but its operator can have it ask."""
    row = _open(session, epoch, by)
    of_its_name = STANDING.where(Arming.machine == row.machine).with_for_update()
    for one in session.exec(of_its_name) if row.armed_at else [row]:  # whoever takes it away from a machine means all that it was told
        one.ended_at = at
    log.record(session, ArmingRefused(party=str(by.party), machine=row.machine), subject=epoch, by=by.name, at=at)


def waiting(session: Session) -> list[Arming]:
    """The machines that wait for both parties, the first to ask first."""
    open_ = select(Arming).where(col(Arming.armed_at).is_(None), col(Arming.ended_at).is_(None))
    return list(session.exec(open_.order_by(col(Arming.asked_at))))


def armed(session: Session) -> list[Arming]:
    """The machines that may send from this database, or from the one it was copied from; one that asked anew after a restore, by its newest row."""
    newest = {row.machine: row for row in session.exec(STANDING)}  # which may have another database's name: that of this one, before
    return sorted(newest.values(), key=lambda row: row.armed_at or row.asked_at)


def refused(session: Session) -> Refusal | None:
    """Who had the last word, unless a machine was let send since. The refused copy of a database lists those that send from its original."""
    ended = select(Arming).where(col(Arming.ended_at).is_not(None)).order_by(col(Arming.ended_at).desc())
    newest = session.exec(ended.limit(1)).first()
    if newest is None or newest.ended_at is None or any(row.armed_at and row.armed_at > newest.ended_at for row in armed(session)):
        return None
    together = session.exec(select(Arming.epoch).where(Arming.ended_at == newest.ended_at))  # of one name; of one of them it is told
    said = [entry for epoch in together for entry in log.of_kinds(session, epoch, ArmingRefused.__name__)]
    return Refusal(newest.machine, newest.store, said[-1].by, newest.ended_at) if said else None


def confirmations(session: Session, epoch: UUID) -> list[Confirmation]:
    """Who has let it send so far."""
    return list(session.exec(select(Confirmation).where(Confirmation.epoch == epoch).order_by(col(Confirmation.at))))


def missing(session: Session, row: Arming) -> list[Party]:
    """The parties that have not let it send yet."""
    said = _confirmed(session, row)
    return [party for party in parties.required(session) if party.code not in said]


def mark(session: Session) -> Mark:
    """How far it has come, by what is committed; number 0 for an empty log."""
    entry = next(iter(log.latest(session)), None)
    return Mark(log.number(entry) if entry else 0, _fingerprint(entry) if entry else "", _claims(session))


def has_come_to(session: Session, mark: Mark) -> bool:
    """Whether the log holds this very entry, and as many claims are counted."""
    entry = log.get(session, mark.number) if mark.number else None
    return (_fingerprint(entry) if entry else "") == mark.fingerprint and _claims(session) >= mark.claims


def count_claim(session: Session, epoch: UUID) -> Mark | None:
    """Count one more claim; gives how far it has come with it. None where this machine may not send any more."""
    standing = col(Arming.epoch) == epoch, col(Arming.armed_at).is_not(None), col(Arming.ended_at).is_(None)
    counted = session.exec(sa.update(Arming).where(*standing).values(claims=Arming.claims + 1).returning(col(Arming.epoch))).all()
    return mark(session) if counted else None


def _open(session: Session, epoch: UUID, by: Officer) -> Arming:
    if by.duty != "signatory" or by.party not in {party.code for party in parties.required(session)}:
        raise NotYours("A signatory of each party says whether this may send.")
    row = database.get(session, Arming, epoch, "No machine asks this.", lock=True)
    if row.ended_at:
        raise NotAllowedNow("This was answered already, or is asked anew.")
    return row


def _claims(session: Session) -> int:
    return session.exec(select(sa.func.coalesce(sa.func.sum(Arming.claims), 0))).one()


def _confirmed(session: Session, row: Arming) -> set[str]:
    return {one.party for one in confirmations(session, row.epoch)}


def _asking(epoch: UUID, place: Place, reason: str, at: datetime, *, armed_at: datetime | None = None) -> Arming:
    return Arming(epoch=epoch, place=place.key, machine=place.machine, store=place.store, reason=reason, asked_at=at, armed_at=armed_at)


def _fingerprint(entry: LogEntry) -> str:
    said = audit.fact(entry.id, entry.kind, entry.subject, entry.by, entry.at, entry.payload)
    return audit.link(log.number(entry), audit.GENESIS, said).hex()

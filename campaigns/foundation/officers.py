"""Who acts: officers of either party, known here by their post, their party and their duty.

Accounts and passwords belong to the web; an account points at an officer by id.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import log
from campaigns.foundation.errors import Invalid, NotFound, NotYours, Problem, Refused
from campaigns.foundation.log import Event

DUTIES = {
    "officer": "drafts messages, arranges briefings and sending",
    "signatory": "signs for a party; may propose wording, and does not sign what they wrote",
    "observer": "reads everything, may comment, and changes nothing",
    "administrator": "looks after accounts; can sign nothing",
}
WRITERS = frozenset({"officer", "signatory"})


class OfficerJoined(Event):
    """Somebody was given a duty."""

    duty: str
    party: str | None


class OfficerLeft(Event):
    """Somebody's duty ended; what they signed before stands."""


@dataclass(frozen=True)
class Officer:
    """A person acting by virtue of a post. `party` is the code of the body they act for, if any."""

    id: UUID
    name: str
    party: str | None
    duty: str


class OfficerRecord(SQLModel, table=True):
    """One row per officer, kept after they leave."""

    __tablename__ = "officers"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str
    party: str | None = None
    duty: str
    email: str | None = None  # where notices go; the account's address
    active: bool = True
    joined_at: datetime


COUNTERSIGN = Officer(id=UUID(int=0), name="Countersign", party=None, duty="system")  # the clock's own steps are signed with this


def add(session: Session, *, name: str, party: str | None, duty: str, email: str | None = None, by: str, at: datetime) -> Officer:
    """Give `name` a duty; `email` is where notices to them go.

    Refuses an unknown duty, an empty name, one by which the log already knows somebody who acts, and a writer or signatory without a party.
    """
    problems = []
    if not name.strip() or not name.isprintable():
        problems.append(Problem("name", "Enter the post this person holds, on one line"))
    elif name.strip().casefold() in _names_taken(session):
        problems.append(
            Problem("name", "Somebody who acts here is called that. Add the body or the place, so that the log tells them apart")
        )
    if duty not in DUTIES:
        problems.append(Problem("duty", "Choose a duty from the list"))
    if duty in WRITERS and not party:
        problems.append(Problem("party", "Choose the party this person acts for"))
    if problems:
        raise Invalid(problems)
    record = OfficerRecord(name=name.strip(), party=party if duty in WRITERS else None, duty=duty, email=email, joined_at=at)
    session.add(record)
    session.flush()
    log.record(session, OfficerJoined(duty=duty, party=record.party), subject=record.id, by=by, at=at)
    return value(record)


def _names_taken(session: Session) -> set[str]:
    """What those who act are called, casefolded, the clock's own steps included: the log says by name who did it."""
    return {COUNTERSIGN.name.casefold(), *(record.name.casefold() for record in everyone(session) if record.active)}


def get(session: Session, officer_id: UUID) -> Officer:
    """The officer, if still acting; refuses one who has left."""
    record = session.get(OfficerRecord, officer_id)
    if record is None or not record.active:
        raise NotFound("There is no such officer, or they have left.")
    return value(record)


def everyone(session: Session) -> list[OfficerRecord]:
    """All officers, those who left included, by name."""
    return list(session.exec(select(OfficerRecord).order_by(OfficerRecord.name)))


def signatories(session: Session, party: str) -> list[OfficerRecord]:
    """Those who may sign for a party today."""
    entitled = select(OfficerRecord).where(
        OfficerRecord.party == party, OfficerRecord.duty == "signatory", col(OfficerRecord.active).is_(True)
    )
    return list(session.exec(entitled.order_by(OfficerRecord.name)))


def observers(session: Session) -> list[str]:
    """The posts of those who read everything and change nothing."""
    return [record.name for record in everyone(session) if record.active and record.duty == "observer"]


def administrators(session: Session) -> int:
    """How many administrators there are, held until the transaction ends: of two who let each other go, the second finds who is left."""
    acting = select(OfficerRecord.id).where(OfficerRecord.duty == "administrator", col(OfficerRecord.active).is_(True))
    return len(session.exec(acting.order_by(col(OfficerRecord.id)).with_for_update()).all())


def alone(session: Session) -> UUID | None:
    """The only administrator, if there is but one: they cannot leave."""
    acting = [one.id for one in everyone(session) if one.active and one.duty == "administrator"]
    return acting[0] if len(acting) == 1 else None


def is_known(session: Session, address: str) -> bool:
    """Whether notices to this address are, or were, an officer's."""
    return bool(at_address(session, address))


def leaver(session: Session, officer_id: UUID) -> Officer:
    """The officer who would leave. Refuses to let the only administrator go, because nobody could then invite another."""
    found = get(session, officer_id)
    if found.duty == "administrator" and administrators(session) == 1:
        raise Refused(only_one(found.name))
    return found


def only_one(name: str) -> str:
    """Why the only administrator cannot leave."""
    return f"{name} is the only administrator. Invite another first."


def leave(session: Session, officer_id: UUID, *, by: str, at: datetime) -> None:
    """End somebody's duty. Their earlier signatures stand; they can give no more."""
    record = session.get(OfficerRecord, officer_id, with_for_update=True, populate_existing=True)
    if record is None or not record.active:
        raise NotFound("There is no such officer, or they have left already.")
    record.active = False
    session.add(record)
    log.record(session, OfficerLeft(), subject=officer_id, by=by, at=at)


def require_writer(officer: Officer) -> None:
    """Refuse whoever may only read, or only looks after accounts."""
    if officer.duty not in WRITERS and officer != COUNTERSIGN:
        raise NotYours(f"{officer.name} may look at this but not change it.")


def at_address(session: Session, address: str) -> list[OfficerRecord]:
    """The officers, those who left included, whose notices go to an address."""
    return [record for record in everyone(session) if (record.email or "").casefold() == address.casefold()]


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """The duties held by whoever has this address."""
    shown = {"id", "name", "party", "duty", "email", "active", "joined_at"}
    return [record.model_dump(include=shown) for record in at_address(session, address)]


def value(record: OfficerRecord) -> Officer:
    """Who acts, of their row."""
    return Officer(id=record.id, name=record.name, party=record.party, duty=record.duty)

"""A removal: an address that must not be written to, and why. It can only take readers away, never add one.

Written from above in the same transaction as a preference, so that the gate never has to look up.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import log
from campaigns.foundation.log import Event

ADDRESSES_A_QUERY = 500


class AddressRemoved(Event):
    """No more letters go to an address; the log names the removal, not the address."""

    reason: str


class AddressRestored(Event):
    """A removal was lifted by the reader."""


class Removal(SQLModel, table=True):
    """One row per address that asked, or was found, not to be written to."""

    __tablename__ = "removals"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    address: str = Field(unique=True)
    reason: str
    at: datetime


def add(session: Session, address: str, *, reason: str, by: str, at: datetime) -> None:
    """Write to this address no more; asked twice, it is recorded once."""
    address = address.casefold()
    if session.exec(select(Removal).where(Removal.address == address)).first():
        return
    removal = Removal(address=address, reason=reason, at=at)
    session.add(removal)
    session.flush()
    log.record(session, AddressRemoved(reason=reason), subject=removal.id, by=by, at=at)


def lift(session: Session, address: str, *, by: str, at: datetime) -> None:
    """The reader wants letters again."""
    removal = session.exec(select(Removal).where(Removal.address == address.casefold())).first()
    if removal is not None:
        log.record(session, AddressRestored(), subject=removal.id, by=by, at=at)
        session.delete(removal)


def among(session: Session, addresses: Iterable[str]) -> dict[str, str]:
    """Which of these addresses are removed, and why: address (casefolded) → reason."""
    wanted = [address.casefold() for address in addresses]
    found: dict[str, str] = {}
    for start in range(0, len(wanted), ADDRESSES_A_QUERY):
        part = select(Removal.address, Removal.reason).where(col(Removal.address).in_(wanted[start : start + ADDRESSES_A_QUERY]))
        found.update(session.exec(part).all())
    return found

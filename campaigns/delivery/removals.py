"""A removal: an address that must not be written to, and why. It can only take readers away, never add one.

It outlives whoever is erased, as a digest by which the address is known if it comes again. No key is in it: one that was changed would let
letters go again to somebody who asked for none.

Written from above in the same transaction as a preference, so that the gate never has to look up.
"""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
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
    """One row per address that asked, or was found, not to be written to; once its person is erased, the digest of the address."""

    __tablename__ = "removals"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    address: str = Field(unique=True)
    reason: str
    at: datetime


def add(session: Session, address: str, *, reason: str, by: str, at: datetime) -> None:
    """Write to this address no more; asked twice, it is recorded once."""
    if _standing(session, address):
        return
    removal = Removal(address=address.casefold(), reason=reason, at=at)
    session.add(removal)
    session.flush()
    log.record(session, AddressRemoved(reason=reason), subject=removal.id, by=by, at=at)


def lift(session: Session, address: str, *, by: str, at: datetime) -> None:
    """The reader wants letters again."""
    if removal := _standing(session, address):
        log.record(session, AddressRestored(), subject=removal.id, by=by, at=at)
        session.delete(removal)


def veil(session: Session, address: str) -> None:
    """Go on removing this address, if it is removed, without knowing it: its digest is kept in its place."""
    if removal := _standing(session, address):
        removal.address = _veiled(address)
        session.add(removal)


def among(session: Session, addresses: Iterable[str]) -> dict[str, str]:
    """Which of these addresses are removed, and why: address (casefolded) → reason."""
    wanted = [address.casefold() for address in addresses]
    found: dict[str, str] = {}
    for start in range(0, len(wanted), ADDRESSES_A_QUERY):
        meant = {kept: address for address in wanted[start : start + ADDRESSES_A_QUERY] for kept in (address, _veiled(address))}
        part = select(Removal.address, Removal.reason).where(col(Removal.address).in_(meant))
        found.update({meant[kept]: reason for kept, reason in session.exec(part)})
    return found


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """Whether this address is not written to, and why."""
    removal = _standing(session, address)
    return [removal.model_dump(include={"reason", "at"})] if removal else []


def _standing(session: Session, address: str) -> Removal | None:
    return session.exec(select(Removal).where(col(Removal.address).in_([address.casefold(), _veiled(address)]))).first()


def _veiled(address: str) -> str:
    return f"sha256:{hashlib.sha256(address.casefold().encode()).hexdigest()}"

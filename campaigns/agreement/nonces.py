"""A nonce: a number used once, given out for one person, one purpose and one digest, good for five minutes.

Eight bytes of time and twenty-four of chance; the time travels inside what is signed. Spending it and recording what it was spent on share
a transaction, so that an assertion, which a library would verify again and again, is good once.
"""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col

from campaigns.agreement import passkeys
from campaigns.foundation import database
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.officers import Officer

LASTS = timedelta(minutes=5)
CHANCE = 24
SIGNED_TOO_LATE = "This was signed too late, or signed before. Nothing was recorded: sign again."


class Nonce(SQLModel, table=True):
    """One row per nonce given out."""

    __tablename__ = "nonces"

    nonce: str = Field(primary_key=True)
    officer_id: UUID
    purpose: str
    digest: str
    issued_at: datetime
    used_at: datetime | None = None


def issue(session: Session, *, purpose: bytes, digest: str, by: Officer, at: datetime) -> str:
    """A fresh nonce (base64url) with which `by` may sign what has this digest. Old ones that nobody used are forgotten."""
    session.exec(sa.delete(Nonce).where(col(Nonce.issued_at) < at - LASTS, col(Nonce.used_at).is_(None)))
    nonce = passkeys.encode(int(at.timestamp() * 1000).to_bytes(8, "big") + secrets.token_bytes(CHANCE))
    session.add(Nonce(nonce=nonce, officer_id=by.id, purpose=purpose.decode(), digest=digest, issued_at=at))
    return nonce


def spend(session: Session, nonce: str, *, purpose: bytes, digest: str, by: Officer, at: datetime, too_late: str = SIGNED_TOO_LATE) -> None:
    """Use a nonce up; refuses, with the sentence `too_late`, one that is old, used, another person's, or was given out for something else."""
    ours = sa.update(Nonce).where(
        col(Nonce.nonce) == nonce,
        col(Nonce.officer_id) == by.id,
        col(Nonce.purpose) == purpose.decode(),
        col(Nonce.digest) == digest,
        col(Nonce.used_at).is_(None),
        col(Nonce.issued_at) >= at - LASTS,
        col(Nonce.issued_at) <= at,
    )
    if not session.exec(ours.values(used_at=at).returning(col(Nonce.nonce))).all():
        raise NotAllowedNow(too_late)


def spend_once(session: Session, number: str, *, purpose: bytes, by: Officer, at: datetime, kept: timedelta) -> bool:
    """Use up a number that was made elsewhere, and is remembered for so long; False where it was used up before."""
    session.exec(sa.delete(Nonce).where(col(Nonce.purpose) == purpose.decode(), col(Nonce.issued_at) < at - kept))
    row = {"nonce": number, "officer_id": by.id, "purpose": purpose.decode(), "digest": "", "issued_at": at, "used_at": at}
    written = database.insert(session, Nonce).values(row).on_conflict_do_nothing().returning(col(Nonce.nonce))
    return bool(session.execute(written).all())


def issued_at(nonce: str) -> datetime:
    """When a nonce was given out, as it says itself, to the millisecond."""
    return datetime.fromtimestamp(int.from_bytes(passkeys.decode(nonce)[:8], "big") / 1000, UTC)

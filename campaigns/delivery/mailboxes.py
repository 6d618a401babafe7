"""Until when the mailboxes into which bounces come were read through: after that moment their silence says nothing."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Field, Session, SQLModel

from campaigns.foundation import database


class Mailbox(SQLModel, table=True):
    """A mailbox that was read through at least once; everything in it at `read_at` was taken."""

    __tablename__ = "mailboxes"

    name: str = Field(primary_key=True)
    read_at: datetime


def name(url: str) -> str:
    """How a mailbox is named: its URL without the password."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{user.partition(':')[0]}{at}{host}{parts.path}"


def read_through(session: Session, url: str, *, at: datetime) -> None:
    """Record that everything in it at that moment was taken."""
    row = database.insert(session, Mailbox).values(name=name(url), read_at=at)
    session.exec(row.on_conflict_do_update(index_elements=["name"], set_={"read_at": at}))


def read_until(session: Session, urls: Iterable[str]) -> datetime | None:
    """The moment until which all of these were read through; None where there are none, or one never was."""
    rows = [session.get(Mailbox, name(url)) for url in urls]
    return min((row.read_at for row in rows if row), default=None) if all(rows) else None

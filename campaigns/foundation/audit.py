"""A chain over the log: every fact numbered and sealed to the one before, so that whoever rewrites the past is found out.

Facts are written unchained, so that writers do not queue; the clock links them a moment later, in one process at a time, and whoever stops
links what is left. A link is SHA-256(number ‖ hash before ‖ SHA-256(canonical fact)), so that a stretch of the chain can be shown without
others' facts. A *head* (number and hash) kept outside the database also shows a cut-off tail.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import stamps
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, Problem
from campaigns.foundation.log import Event, LogEntry, Unlinked

GENESIS = bytes(32)
AT_ONCE = 2_000
WRITTEN = re.compile(r"(?<!\S)(\d{1,19}) ([0-9a-f]{64})(?!\S)")
HEADS = UUID("6f1c2c1e-5d0b-5f51-8a7c-3d1f6b0f7a11")  # what facts about heads are about: the log itself
UNCHAINED_AT_MOST = timedelta(seconds=60)  # the clock links within a second or so; older than this, it is not at work


class HeadPublished(Event):
    """Where the log stood was mailed to both parties."""

    number: int
    hash: str


class Link(SQLModel, table=True):
    """One fact's place in the chain: never changed, never deleted."""

    __tablename__ = "links"

    number: int = Field(primary_key=True)
    entry_id: int = Field(foreign_key="log_entries.id", unique=True)
    hash: bytes = Field(sa_type=sa.LargeBinary)


@dataclass(frozen=True)
class Head:
    """The newest link: what stands outside the database to compare with later."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number} {self.hash.hex()}"


@dataclass(frozen=True)
class Linked:
    """A link with the canonical fact it stands for, and what the fact is about."""

    number: int
    hash: bytes
    fact: bytes
    subject: UUID


@dataclass(frozen=True)
class Finding:
    """What a check came to: how many links were read, the head it ends in, and the first fault, if any."""

    links: int
    head: Head
    fault: str | None


def chain(session: Session) -> int:
    """Link what is not linked yet, oldest first, a stretch at once; gives how many were linked."""
    stamps.wait_turn(session)  # whoever else links waits here, and then sees our links: no two take a number
    last = head(session)
    number, before = last.number, last.hash
    waiting = select(LogEntry).join(Unlinked, col(Unlinked.entry_id) == LogEntry.id).order_by(col(LogEntry.id)).limit(AT_ONCE)
    fresh = list(session.exec(waiting))
    for entry in fresh:
        number, before = number + 1, link(number + 1, before, fact(entry.id, entry.kind, entry.subject, entry.by, entry.at, entry.payload))
        session.add(Link(number=number, entry_id=entry.id or 0, hash=before))
    session.exec(sa.delete(Unlinked).where(col(Unlinked.entry_id).in_([entry.id for entry in fresh])))
    return len(fresh)


def chain_all(database: Database) -> int:
    """Link until nothing is left, a transaction a stretch: for a process that has written its last, so that nothing rests unlinked."""
    linked = 0
    while True:
        with database.transaction() as session:
            fresh = chain(session)
        linked += fresh
        if not fresh:
            return linked


def unlinked(session: Session) -> int:
    """How many facts have no place in the chain yet."""
    return session.exec(select(sa.func.count()).select_from(Unlinked)).one()


def head(session: Session) -> Head:
    """The newest link; number 0 when nothing is linked."""
    newest = session.exec(select(Link).order_by(col(Link.number).desc()).limit(1)).first()
    return Head(newest.number, newest.hash) if newest else Head(0, GENESIS)


def verify(session: Session, *, at: datetime, known: Head | None = None, at_once: int = AT_ONCE) -> Finding:
    """Read the whole chain and every fact under it; `known` is a head kept elsewhere. The first fault is named, and nothing after it read."""
    good, before = 0, GENESIS
    try:
        for number, stored, *written in _walk(session, at_once=at_once):
            fault = _fault(good + 1, number, stored, written, before)
            if not fault and known and number == known.number and stored != known.hash:
                fault = f"link {number} is not the one in the head that was kept: the chain was made anew"
            if fault:
                return Finding(good + 1, Head(number, stored), fault)
            good, before = good + 1, stored
    except (ValueError, TypeError):  # SQLite keeps anything in a column: what was written over may be no id, no date and no JSON
        if at_once > 1:  # it is read in stretches: now link by link, to name the one
            return verify(session, at=at, known=known, at_once=1)
        return Finding(good, Head(good, before), f"what is written of link {good + 1} cannot be read")
    return Finding(good, Head(good, before), _missing(session, good, known, at))


def published(session: Session, first: int) -> Iterator[tuple[Head, datetime]]:
    """The heads from number `first` on that were mailed to both parties, each with its moment, in order."""
    mailed = select(LogEntry).where(LogEntry.subject == HEADS, LogEntry.kind == HeadPublished.__name__).order_by(col(LogEntry.id))
    for entry in session.exec(mailed):
        if entry.payload["number"] >= first:
            yield Head(entry.payload["number"], bytes.fromhex(entry.payload["hash"])), entry.at


def between(session: Session, first: int, last: int) -> Iterator[Linked]:
    """The links from number `first` to number `last`, each with its fact."""
    for number, stored, *written in _walk(session, first, last):
        yield Linked(number, stored, fact(*written), written[2])


def link(number: int, before: bytes, said: bytes) -> bytes:
    """The hash of one link."""
    return hashlib.sha256(number.to_bytes(8, "big") + before + hashlib.sha256(said).digest()).digest()


def fact(entry_id: int | None, kind: str, subject: UUID, by: str, at: datetime, payload: dict[str, Any]) -> bytes:
    """A fact as canonical bytes: every column of its row."""
    row = (entry_id, kind, str(subject), by, at.isoformat(), payload)
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_head(text: str) -> Head:
    """The last head in a text: what `audit head` printed, the file of heads, or a saved mail. Refuses a text without one."""
    found = WRITTEN.findall(text)
    if not found:
        raise Invalid([Problem("head", "This is not a head: a number and 64 hexadecimal digits on one line")])
    return Head(int(found[-1][0]), bytes.fromhex(found[-1][1]))


def _walk(session: Session, first: int = 0, last: int | None = None, *, at_once: int = AT_ONCE) -> Iterator[Any]:
    links, facts = sa.inspect(Link).local_table, sa.inspect(LogEntry).local_table
    columns = (links.c.number, links.c.hash, facts.c.id, facts.c.kind, facts.c.subject, facts.c.by, facts.c.at, facts.c.payload)
    joined = sa.select(*columns).select_from(links.outerjoin(facts, links.c.entry_id == facts.c.id)).order_by(links.c.number)
    joined = joined.where(links.c.number >= first) if last is None else joined.where(links.c.number.between(first, last))
    yield from session.connection().execute(joined.execution_options(yield_per=at_once))


def _fault(place: int, number: int, stored: bytes, written: list[Any], before: bytes) -> str | None:
    if number != place:
        return f"link {place} is missing"
    if written[0] is None:
        return f"the fact of link {number} is missing"
    if link(number, before, fact(*written)) != stored:
        return f"link {number} (fact {written[0]}, {written[1]}) does not follow from what is written"
    return None


def _missing(session: Session, links: int, known: Head | None, at: datetime) -> str | None:
    if known and known.number > links:
        return f"the chain ends at {links}, before the head that was kept ({known.number}): its tail is missing"
    linked = sa.exists().where(col(Link.entry_id) == LogEntry.id)  # NOT IN: PostgreSQL would compare each fact with each link
    oldest = session.exec(select(sa.func.min(LogEntry.id)).where(~linked, LogEntry.at < at - UNCHAINED_AT_MOST)).one()
    return f"fact {oldest} was never linked" if oldest is not None else None

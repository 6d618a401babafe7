"""How PostgreSQL joins a chunk's letters with what was sealed of them, or with their outcomes: by hash, and from the chunk's own stretch alone.

Left to itself it reads what was sealed of a whole release for each of its chunks; told where a chunk lies, it expects a letter or two there and
compares each with each. SQLite needs to be told nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from campaigns.delivery.deliveries import Delivery

SPARSE = 4  # times as long as it has letters: from there on a chunk's stretch is dearer to read than its letters one by one
BY_HASH, AS_USUAL = (sa.text(f"SET LOCAL enable_nestloop = {word}") for word in ("off", "on"))
Within = Callable[["sa.ColumnElement[int]"], "sa.ColumnElement[bool]"]  # of a sealed letter's place: that it may be one of the chunk's


@contextmanager
def by_hash(session: Session) -> Iterator[None]:
    """For statements that join many rows with many."""
    session.connection().execute(BY_HASH)
    yield
    session.connection().execute(AS_USUAL)  # where one failed, the transaction ends with it


@contextmanager
def within(session: Session, chunk_id: UUID) -> Iterator[Within]:
    """For statements that join a chunk's letters with what was sealed of them: gives what to say of a sealed place, beside that it is a letter's."""
    ends = sa.func.count(), sa.func.min(Delivery.position), sa.func.max(Delivery.position)
    letters, first, last = session.connection().execute(sa.select(*ends).where(col(Delivery.chunk_id) == chunk_id)).one()
    if session.get_bind().dialect.name == "sqlite" or not letters or last - first >= SPARSE * letters:
        yield lambda _: sa.true()
        return
    with by_hash(session):
        yield lambda place: place.between(first, last)

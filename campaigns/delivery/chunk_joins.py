"""How PostgreSQL joins a chunk's letters with what was sealed of them, or with their outcomes: by hash, within the chunk's own positions.

By itself it plans badly: it reads the whole release for each chunk or, told where the chunk lies, expects a letter or two and compares each
with each. SQLite needs no hint.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from campaigns.agreement.sealed import Particulars, SealedLetter
from campaigns.delivery.deliveries import Chunk, Delivery

SPARSE = 4  # times as long as it has letters: from there on a chunk's stretch is dearer to read than its letters one by one
BY_HASH, AS_USUAL = (sa.text(f"SET LOCAL enable_nestloop = {word}") for word in ("off", "on"))
Sealed = type[SealedLetter] | type[Particulars]
SameLetter = Callable[[Sealed], "sa.ColumnElement[bool]"]


@contextmanager
def by_hash(session: Session) -> Iterator[None]:
    """Have PostgreSQL join by hash: for statements that join many rows with many."""
    session.connection().execute(BY_HASH)
    yield
    session.connection().execute(AS_USUAL)  # where one failed, the transaction ends with it


@contextmanager
def of_chunk(session: Session, chunk_id: UUID) -> Iterator[SameLetter]:
    """For statements that join a chunk's letters with what was sealed of them: gives the condition of that join."""
    ends = sa.func.count(), sa.func.min(Delivery.position), sa.func.max(Delivery.position)
    mine = sa.select(col(Chunk.release_id), *ends).join(Delivery, col(Delivery.chunk_id) == Chunk.id).where(col(Chunk.id) == chunk_id)
    release_id, letters, first, last = session.connection().execute(mine.group_by(col(Chunk.release_id))).first() or (None, 0, 0, 0)
    if session.get_bind().dialect.name == "sqlite" or last - first >= SPARSE * letters:
        yield lambda table: (col(table.release_id) == Delivery.release_id) & (col(table.position) == Delivery.position)
        return
    with by_hash(session):
        yield (
            lambda table: (
                (col(table.release_id) == release_id)
                & (col(table.position) == Delivery.position)
                & col(table.position).between(first, last)
            )
        )

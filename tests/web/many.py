"""Many of a thing, copied row by row, and how often a page then asks the database."""

from collections import Counter
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import Session, SQLModel, col, select

from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.agreement.signatures import Signature
from campaigns.delivery.deliveries import Chunk
from campaigns.drafting.messages import Message, Revision
from campaigns.foundation.database import Database


def asked(database: Database, client: FlaskClient, address: str) -> Counter[str]:
    """Every statement that a page says, with how often."""
    said: Counter[str] = Counter()

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        said[statement] += 1

    sa.event.listen(database.engine, "before_cursor_execute", note)
    answer = client.get(address)
    sa.event.remove(database.engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    return said


def read(database: Database, client: FlaskClient, address: str, table: type[SQLModel]) -> int:
    """How many rows of a table a page reads whole."""
    rows: list[object] = []

    def note(row: object, *_: Any) -> None:
        rows.append(row)

    sa.event.listen(table, "load", note)
    asked(database, client, address)
    sa.event.remove(table, "load", note)
    return len(rows)


def copy(session: Session, row: SQLModel, **changes: Any) -> Any:
    """One more of it."""
    whole = {column.key: getattr(row, column.key) for column in sa.inspect(type(row)).columns}
    made = type(row)(**{**whole, **changes})
    session.add(made)
    session.flush()
    return made


def releases(session: Session, release: Release, number: int, **changes: Any) -> None:
    """So many more of a release, each of its own message, with its signatures, sealed letters and chunks."""
    message = session.get_one(Message, release.message_id)
    for _ in range(number):
        reference = uuid4().hex[:8].upper()
        own = copy(session, message, id=uuid4(), reference=f"{reference[:4]}-{reference[4:]}")
        for revision in session.exec(select(Revision).where(Revision.message_id == message.id)).all():
            copy(session, revision, message_id=own.id)
        made = copy(session, release, id=uuid4(), message_id=own.id, reference=own.reference, **changes)
        for signature in session.exec(select(Signature).where(Signature.release_id == release.id)).all():
            copy(session, signature, id=uuid4(), release_id=made.id)
        for letter in session.exec(select(SealedLetter).where(SealedLetter.release_id == release.id)).all():
            copy(session, letter, release_id=made.id)
        for chunk in session.exec(select(Chunk).where(col(Chunk.release_id) == release.id)).all():
            copy(session, chunk, id=uuid4(), release_id=made.id)

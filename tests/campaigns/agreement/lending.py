"""One release's rows put under another's id, as somebody at the database would to lend its signatures."""

from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, select

from campaigns.agreement import releases
from campaigns.agreement.sealed import Particulars, SealedBranch, SealedLetter, SealedProgram
from campaigns.agreement.signatures import Signature

TABLES: tuple[Any, ...] = (SealedProgram, SealedLetter, SealedBranch, Particulars)


def lend(session: Session, first_id: UUID, newest_id: UUID) -> None:
    """Manifest, letters and signatures of the first become the newest one's; no trigger may stand in the way."""
    first, newest = releases.get(session, first_id), releases.get(session, newest_id, lock=True)
    newest.sqlmodel_update({"manifest": first.manifest, "digest": first.digest, "people": first.people})
    session.add(newest)
    for table in TABLES:
        for row in session.exec(select(table).where(table.release_id == newest.id)):
            session.delete(row)
    session.flush()
    for table in (*TABLES, Signature):
        for row in session.exec(select(table).where(table.release_id == first.id)):
            fresh = {"id": uuid4()} if table is Signature else {}
            session.add(table(**{**row.model_dump(), "release_id": newest.id, **fresh}))

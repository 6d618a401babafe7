"""A file of people brought in as an officer does it, and what became of it."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlmodel import func, select

from audiences import importing, imports
from audiences.imports import REFUSED
from audiences.people import Person
from audiences.staging import Choices, Stager
from campaigns.foundation.database import Database
from tests.audiences.posts import NOON, OFFICER

FILE = (Path(__file__).parent / "data" / "people.csv").read_bytes()
HEADER = "name,role,authority,email\n"


@dataclass
class Report:
    """What became of a file."""

    import_id: UUID
    refused: list[tuple[int, str]]
    counts: dict[str, int]
    saved: bool


def bring_in(database: Database, raw: bytes | str, *, leave_out_refused: bool = False, **choices: str) -> Report:
    """Import as an officer does: staged, judged, and applied if nothing is in the way."""
    content = raw.encode() if isinstance(raw, str) else raw
    import_id = Stager(database, test_domains_allowed=True).stage(
        content, name="people.csv", by=OFFICER, at=NOON, choices=Choices(**choices)
    )
    return apply(database, import_id, leave_out_refused=leave_out_refused)


def apply(database: Database, import_id: UUID, *, leave_out_refused: bool = False) -> Report:
    """Apply it if that may be."""
    with database.transaction() as session:
        refused = [(row.line, row.reason) for row in imports.rows(session, import_id, REFUSED)]
        why = importing.why_not(session, imports.get(session, import_id), leave_out_refused=leave_out_refused)
        if not why:
            importing.apply(session, import_id, leave_out_refused=leave_out_refused, by=OFFICER, at=NOON)
        return Report(import_id, refused, imports.count(session, import_id), saved=not why)


def held(database: Database) -> int:
    """How many people there are."""
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(Person)).one()

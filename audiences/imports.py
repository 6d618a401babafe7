"""Imports: a file of people on its way in, row by row, from the moment it is read until it is applied, and undone if need be.

Rows hold names and addresses: whoever is erased is erased here too (`erase`); of a file nobody applied nothing is left after a day, and of
one that was applied only the counts after thirty (`forget`). The spelling of a council somebody asked about goes with the rows.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from campaigns.foundation import addresses, database

STAGING, STAGED, APPLIED, UNDONE = "staging", "staged", "applied", "undone"
READY, REFUSED, ASKED, REPEATED, LEFT_OUT = "ready", "refused", "asked", "repeated", "left out"
WAITING = (STAGING, STAGED)
NEW, RENAMED, SAME = "new", "renamed", "same"
ABANDONED_AFTER = timedelta(days=1)
FORGOTTEN = "a file since forgotten"
BLANK: dict[str, Any] = {"cells": [], "name": "", "address": "", "old_name": "", "asked": "", "reason": ""}


class Import(SQLModel, table=True):
    """One row per file. `mapping` says which columns mean what, `role` is everybody's where none does; `answers` are an officer's, by spelling."""

    __tablename__ = "imports"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str
    digest: str
    state: str = Field(default=STAGING, index=True)
    encoding: str = ""
    certain: bool = True
    sheet: str = ""
    sheets: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    header: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    mapping: dict[str, list[int]] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON, nullable=False))
    role: str = ""
    answers: dict[str, str] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON, nullable=False))
    leave_out_refused: bool = False
    remarks: list[str] = Field(default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False))
    counts: dict[str, int] = Field(default_factory=dict, sa_column=sa.Column(sa.JSON, nullable=False))
    by: str
    at: datetime
    applied_at: datetime | None = None


class ImportRow(SQLModel, table=True):
    """One row of the file. `asked` is the spelling of a place that was not written plainly, `how` in what way it was taken; `new_id` is whoever it adds."""

    __tablename__ = "import_rows"
    __table_args__ = (sa.Index("ix_import_rows_verdict", "import_id", "verdict", "line"),)

    import_id: UUID = Field(primary_key=True, foreign_key="imports.id")
    line: int = Field(primary_key=True)
    cells: list[str] = Field(sa_column=sa.Column(sa.JSON, nullable=False))
    verdict: str
    reason: str
    asked: str
    how: str
    name: str
    role: str
    place: str
    address: str = Field(index=True)
    change: str
    new_id: UUID
    person_id: UUID | None = None
    old_name: str


class ImportFile(SQLModel, table=True):
    """The file itself, kept while an officer may still choose another encoding or sheet to read it in."""

    __tablename__ = "import_files"

    import_id: UUID = Field(primary_key=True, foreign_key="imports.id")
    raw: bytes


def get(session: Session, import_id: UUID, *, lock: bool = False) -> Import:
    """The import; with `lock` nobody else applies it meanwhile. Refuses an unknown id."""
    return database.get(session, Import, import_id, "There is no such import. One that is not applied is deleted after a day.", lock=lock)


def lately(session: Session, *, limit: int) -> list[Import]:
    """The files that were chosen last, whatever became of them; the newest first."""
    return list(session.exec(select(Import).order_by(col(Import.at).desc(), col(Import.id)).limit(limit)))


def pause(session: Session) -> None:
    """Let nobody apply a file or undo it until this transaction ends: whoever does locks it first, then people, and its rows last."""
    session.exec(select(Import.id).order_by(col(Import.id)).with_for_update()).all()


def of(import_id: UUID, *verdicts: str) -> sa.ColumnElement[bool]:
    """The condition that a row is this file's and has such a verdict, or any."""
    its = col(ImportRow.import_id) == import_id
    return its & col(ImportRow.verdict).in_(verdicts) if verdicts else its


def rows(session: Session, import_id: UUID, *verdicts: str, change: str = "", limit: int | None = None) -> list[ImportRow]:
    """The rows with such a verdict, in the order of the file."""
    found = select(ImportRow).where(of(import_id, *verdicts)).order_by(col(ImportRow.line))
    return list(session.exec((found.where(ImportRow.change == change) if change else found).limit(limit)))


def texts(session: Session, import_id: UUID) -> Iterator[str]:
    """Everything its rows say, and the names that they changed."""
    said = sa.select(col(ImportRow.cells), col(ImportRow.old_name)).where(of(import_id))  # columns: there may be very many rows
    for cells, old_name in session.execute(said):
        yield from (*cells, old_name)


def count(session: Session, import_id: UUID) -> dict[str, int]:
    """How many rows there are of each verdict, and of the ready ones how many of each change."""
    grouped = select(ImportRow.verdict, ImportRow.change, sa.func.count()).where(of(import_id)).group_by("verdict", "change")
    counts: dict[str, int] = dict.fromkeys((READY, REFUSED, ASKED, REPEATED, LEFT_OUT, NEW, RENAMED, SAME), 0)
    for verdict, change, number in session.exec(grouped):
        counts[verdict] += number
        if verdict == READY:
            counts[change] += number
    return counts


def asked(session: Session, import_id: UUID) -> list[tuple[str, int]]:
    """Each spelling of a place that an officer is asked about, with how many rows have it; the most frequent first."""
    found = select(ImportRow.asked, sa.func.count()).where(of(import_id, ASKED)).group_by(col(ImportRow.asked))
    return sorted(((text, number) for text, number in session.exec(found)), key=lambda pair: (-pair[1], pair[0]))


def taken(session: Session, import_id: UUID) -> list[tuple[str, str, str, int]]:
    """Each spelling of a place that was taken though it was not written plainly: what was written, how it was taken, for which, in how many rows."""
    columns = (ImportRow.asked, ImportRow.how, ImportRow.place)
    found = select(*columns, sa.func.count()).where(of(import_id, READY, REPEATED), ImportRow.asked != "").group_by(*columns)
    return sorted(tuple(row) for row in session.execute(found))


def file_of(session: Session, import_id: UUID) -> bytes | None:
    """The file as it was uploaded, while it is kept."""
    kept = session.get(ImportFile, import_id)
    return kept.raw if kept else None


def drop_file(session: Session, import_id: UUID) -> None:
    """The file is not needed any more."""
    session.exec(sa.delete(ImportFile).where(col(ImportFile.import_id) == import_id))


def delete(session: Session, ids: Iterable[UUID]) -> None:
    """Leave nothing of these imports."""
    for table in (ImportRow, ImportFile):
        session.exec(sa.delete(table).where(col(table.import_id).in_(list(ids))))
    session.exec(sa.delete(Import).where(col(Import.id).in_(list(ids))))


def delete_abandoned(session: Session, *, at: datetime) -> None:
    """Leave nothing of what nobody applied within a day."""
    delete(session, session.exec(_abandoned(at).order_by(col(Import.id)).with_for_update()).all())


def was_applied(cutoff: datetime) -> sa.ColumnElement[bool]:
    """The condition that a file was applied before, and its rows are still kept."""
    return (col(Import.applied_at) < cutoff) & (col(Import.name) != FORGOTTEN)


def forget(session: Session, ids: Collection[UUID]) -> None:
    """Blank the rows of these imports, and what else says whom they were about."""
    due = session.exec(select(Import.id).where(col(Import.id).in_(ids)).order_by(col(Import.id)).with_for_update()).all()
    session.exec(sa.update(ImportRow).where(col(ImportRow.import_id).in_(due)).values(BLANK))
    session.exec(sa.update(Import).where(col(Import.id).in_(due)).values(answers={}, name=FORGOTTEN))


def erase(session: Session, address: str) -> None:
    """Blank every row that holds this address, however it was written, and drop the files it may stand in."""
    waiting = set(session.exec(select(Import.id).where(col(Import.state).in_(WAITING))))
    gone = {**BLANK, "verdict": LEFT_OUT, "reason": "This person has been erased."}
    session.add_all(row.sqlmodel_update(gone if row.import_id in waiting else BLANK) for row in rows_naming(session, address))
    session.exec(sa.delete(ImportFile))
    for file in files_naming(session, address):
        header = [] if addresses.stands(address, *file.header) else file.header
        session.add(file.sqlmodel_update({"header": header, "name": "a file" if _is_called(file, address) else file.name}))


def rows_naming(session: Session, address: str) -> list[ImportRow]:
    """The rows of any file in which this address stands."""
    found = session.exec(select(ImportRow).where(sa.or_(col(ImportRow.address) == address, _written(ImportRow.cells, address))))
    return [row for row in found if addresses.stands(address, row.address, *row.cells)]


def files_naming(session: Session, address: str) -> list[Import]:
    """The files in whose name or first line it stands: the first line of a file without column names is somebody's."""
    found = session.exec(select(Import).where(sa.or_(_written(Import.header, address), _written(Import.name, address))))
    return [file for file in found if _is_called(file, address) or addresses.stands(address, *file.header)]


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """The lines of files in which this address stands, whatever became of them, with the file, and when it came; and the files it is the name of."""
    judged = {"name", "role", "place", "verdict", "change"}
    found: list[tuple[Import, int | None, list[str], dict[str, Any]]] = [
        (session.get_one(Import, row.import_id), row.line, row.cells, row.model_dump(include=judged))
        for row in rows_naming(session, address)
    ]
    found += [
        (file, 1, file.header, {}) if addresses.stands(address, *file.header) else (file, None, [], {})
        for file in files_naming(session, address)
    ]
    return [
        {"file": file.name, "at": file.at, "by": file.by, "line": line, "cells": ", ".join(cells), **said}
        for file, line, cells, said in sorted(found, key=lambda one: (one[0].at, one[0].id, one[1] or 0))
    ]


def is_any_abandoned(session: Session, *, at: datetime) -> bool:
    """Whether `delete_abandoned` would find anything; a look that takes no lock."""
    return session.exec(_abandoned(at).limit(1)).first() is not None


def _written(column: Any, address: str) -> sa.ColumnElement[bool]:
    return sa.cast(column, sa.String).icontains(address, autoescape=True)


def _is_called(file: Import, address: str) -> bool:
    # Also without `.csv`: an address stands where nothing of it goes on.
    return addresses.stands(address, file.name, file.name.rpartition(".")[0])


def _abandoned(at: datetime) -> SelectOfScalar[UUID]:
    return select(Import.id).where(col(Import.state).in_(WAITING), Import.at < at - ABANDONED_AFTER)

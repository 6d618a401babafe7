"""Bringing a file of people before the officers: read in a process of its own, kept and judged in chunks, each its own transaction.

Nothing here changes who gets a letter; that is `importing.apply`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Session, col

from audiences import columns, importing, imports, judging, uploads
from audiences.columns import Mapping
from audiences.imports import ASKED, READY, REFUSED, REPEATED, STAGED, STAGING, Import, ImportFile, ImportRow
from audiences.judging import Judge
from audiences.sheets import Line
from audiences.uploads import Upload
from campaigns.drafting import characters
from campaigns.foundation import officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, Refused
from campaigns.foundation.officers import Officer
from campaigns.foundation.wording import many

CHUNK = 2_000
ROWS: sa.Table = ImportRow.__table__  # type: ignore[attr-defined]  # many rows at once need none of the mapper's care
SAMPLE = 50  # rows looked at to tell what the columns mean
LONGEST_FILE_NAME = 120


@dataclass(frozen=True)
class Choices:
    """What an officer or operator says of a file beforehand."""

    encoding: str | None = None
    sheet: str | None = None
    columns: dict[str, str] | None = None
    role: str = ""


@dataclass(frozen=True)
class Stager:
    """Stages files. `test_domains_allowed`: whether `.test` may be written to here."""

    database: Database
    test_domains_allowed: bool = False

    def stage(self, raw: bytes, *, name: str, by: Officer, at: datetime, choices: Choices = Choices()) -> UUID:
        """Keep a file's rows, judged if its columns can be told. Refuses what cannot be read; then nothing is kept."""
        officers.require_writer(by)
        import_id = uuid4()
        with uploads.opened(raw, encoding=choices.encoding, sheet=choices.sheet) as upload:
            first = list(islice(upload.lines, SAMPLE))
            one = self._begin(import_id, upload, first, choices, name=name, raw=raw, by=by, at=at)
            wider = self._keep(one, first, upload.lines)
        self._end(import_id, [_say_wider(wider)] if wider else [])
        return import_id

    def judge(self, import_id: UUID) -> None:
        """Judge every row anew, by the mapping and the answers as they stand now."""
        with self.database.transaction() as session:
            one = _open(session, import_id)
            judge = judging.of(session, one, test_domains_allowed=self.test_domains_allowed)
            one.state = STAGING  # until all of it is judged, nobody applies it
            session.add(one)
        last: int | None = 0
        while last is not None:
            last = self._judge_chunk(import_id, judge, last)
        self._end(import_id, [])

    def read_again(self, import_id: UUID, *, by: Officer, at: datetime, choices: Choices) -> UUID:
        """The same file in another encoding or from another sheet, as a new import; the one before is forgotten."""
        with self.database.reading() as session:
            one, raw = imports.get(session, import_id), imports.file_of(session, import_id)
        if raw is None or one.state not in imports.WAITING:
            raise NotAllowedNow("This file is no longer kept. Choose it again.")
        again = self.stage(raw, name=one.name, by=by, at=at, choices=choices)
        with self.database.transaction() as session:
            imports.delete(session, [import_id])
        return again

    def _begin(
        self, import_id: UUID, upload: Upload, first: list[Line], choices: Choices, *, name: str, raw: bytes, by: Officer, at: datetime
    ) -> Import:
        mapping = columns.guess(upload.header, [line.cells for line in first])
        if choices.columns:
            asked = columns.named(upload.header, choices.columns)
            mapping = {
                field: places for field, places in mapping.items() if not {*places} & {p for ps in asked.values() for p in ps}
            } | asked
        one = Import(
            id=import_id, name=_clean(name), digest=hashlib.sha256(raw).hexdigest(), encoding=upload.encoding,
            certain=upload.certain, sheet=upload.sheet, sheets=upload.sheets, header=upload.header, mapping=mapping,
            role=choices.role, remarks=upload.remarks, by=by.name, at=at,
        )  # fmt: skip
        with self.database.transaction() as session:
            session.add(one)
            session.flush()
            if not upload.certain or len(upload.sheets) > 1:
                session.add(ImportFile(import_id=import_id, raw=raw))
        return one

    def _keep(self, one: Import, first: list[Line], rest: Iterator[Line]) -> list[int]:
        """Write the rows; gives the lines of those with more cells than there are columns."""
        judge = self._judge_of(one)
        wider: list[int] = []
        lines: Iterator[Line] = chain(first, rest)
        while chunk := list(islice(lines, CHUNK)):
            wider += [line.number for line in chunk if len(line.cells) > len(one.header)]
            with self.database.transaction() as session:
                session.connection().execute(sa.insert(ROWS), [_row(one.id, line, judge) for line in chunk])
        return wider

    def _judge_of(self, one: Import) -> Judge | None:
        if columns.problems(one.mapping, one.role):
            return None
        with self.database.reading() as session:
            return judging.of(session, one, test_domains_allowed=self.test_domains_allowed)

    def _judge_chunk(self, import_id: UUID, judge: Judge, after: int) -> int | None:
        with self.database.transaction() as session:
            its = sa.select(ImportRow.line, ImportRow.cells).where(imports.of(import_id), col(ImportRow.line) > after)  # type: ignore[call-overload]
            rows = session.execute(its.order_by(ImportRow.line).limit(CHUNK)).all()
            if not rows:
                return None
            judged = [{"of_line": line, **judge.judge(cells)} for line, cells in rows]
            _write(session, import_id, judged)
            return int(rows[-1].line)

    def _end(self, import_id: UUID, remarks: list[str]) -> None:
        with self.database.transaction() as session:
            one = imports.get(session, import_id, lock=True)
            if not columns.problems(one.mapping, one.role):
                _find_repeated(session, import_id)
                importing.compare(session, import_id)
            one.sqlmodel_update({"state": STAGED, "remarks": [*one.remarks, *remarks], "counts": imports.count(session, import_id)})
            session.add(one)


def choose_columns(session: Session, import_id: UUID, mapping: Mapping, role: str, *, by: Officer) -> None:
    """What the columns mean, as an officer says; judge afterwards. Refuses a mapping that lacks a column."""
    officers.require_writer(by)
    one = _open(session, import_id)
    if wrong := columns.problems(mapping, role):
        raise Refused(" ".join(wrong), field="address")
    one.sqlmodel_update({"mapping": mapping, "role": role})
    session.add(one)


def answer(session: Session, import_id: UUID, answers: dict[str, str], *, by: Officer) -> None:
    """Which places the spellings mean that were asked about; judge afterwards. Refuses a place that is not in the register."""
    officers.require_writer(by)
    one = _open(session, import_id)
    asked = {spelling for spelling, _ in imports.asked(session, import_id)} | one.answers.keys()
    if not asked >= answers.keys():
        raise Refused("One of these spellings is not asked about. Open the page again and answer what it asks.", field="place")
    places = judging.register_of(session).places
    if unknown := [said for said in answers.values() if said != judging.LEAVE_OUT and said not in places]:
        raise Refused(f"“{characters.shown(unknown[0][:80])}” is not the code of a place in the register.", field="place")
    one.answers = {**one.answers, **answers}
    session.add(one)


def _open(session: Session, import_id: UUID) -> Import:
    one = imports.get(session, import_id, lock=True)
    if one.state not in imports.WAITING:
        raise NotAllowedNow("This import was applied already.")
    return one


def _row(import_id: UUID, line: Line, judge: Judge | None) -> dict[str, Any]:
    judged = judge.judge(line.cells) if judge else _UNJUDGED | {"new_id": uuid4()}
    return {"import_id": import_id, "line": line.number, "cells": line.cells, **judged}


_UNJUDGED: dict[str, Any] = {
    "verdict": ASKED, "reason": "", "asked": "", "how": "", "name": "", "role": "", "place": "", "address": "", "change": "",
    "person_id": None, "old_name": "",
}  # fmt: skip


def _find_repeated(session: Session, import_id: UUID) -> None:
    """A row that says what an earlier one said is repeated; one that gives the same address and role another name is refused."""
    key = {"partition_by": (ImportRow.address, ImportRow.role, ImportRow.place), "order_by": ImportRow.line}
    first = sa.func.first_value(ImportRow.line).over(**key).label("first")  # type: ignore[arg-type]
    called = sa.func.first_value(ImportRow.name).over(**key).label("called")  # type: ignore[arg-type]
    ready = sa.select(ImportRow.line, ImportRow.name, first, called).where(imports.of(import_id, READY)).subquery()  # type: ignore[call-overload]
    later = [
        {"of_line": line, "verdict": REPEATED if name == called else REFUSED, "reason": _say_first(first, alike=name == called)}
        for line, name, first, called in session.execute(sa.select(ready).where(ready.c.line != ready.c.first))
    ]
    if later:
        _write(session, import_id, later)


def _write(session: Session, import_id: UUID, values: list[dict[str, Any]]) -> None:
    its_row = sa.update(ROWS).where(imports.of(import_id), col(ImportRow.line) == sa.bindparam("of_line"))
    session.connection().execute(its_row, values)


def _clean(name: str) -> str:
    """A file's name as it is kept: without signs that do not print, which no database need store, and not too long."""
    return "".join(sign for sign in name if sign.isprintable()).strip()[:LONGEST_FILE_NAME] or "a file"


def _say_first(line: int, *, alike: bool) -> str:
    return f"Line {line} says the same" if alike else f"Line {line} gives the same address and role another name"


def _say_wider(lines: list[int]) -> str:
    rows = many(len(lines), "row has", "rows have")
    return f"{rows} more cells than there are columns (the first is on line {lines[0]}); the cells beyond are not read."

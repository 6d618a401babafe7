"""Applying a file of people, whole or not at all, in one short step; and taking it back.

What is applied is what was staged and judged (see staging.py), compared once more with the people there are at that moment: importing a file
twice changes nothing, and two officers who import the same people at once add each of them once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar
from sqlmodel.sql.sqltypes import UTCDateTime

from audiences import columns, guesses, imports
from audiences.authorities import IN_FORCE, Authority
from audiences.guesses import GuessConfirmed
from audiences.imports import APPLIED, ASKED, FORGOTTEN, NEW, READY, REFUSED, RENAMED, SAME, STAGED, STAGING, UNDONE, Import, ImportRow
from audiences.organisations import Body
from audiences.people import HOLDING, Person
from campaigns.foundation import database, log, officers
from campaigns.foundation.errors import NotAllowedNow, Refused
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import Officer
from campaigns.foundation.wording import many

SOURCE = "import"
WHOM = sa.func.coalesce(ImportRow.person_id, ImportRow.new_id)  # a row of a file that was applied names


class PeopleImported(Event):
    """A file of people was imported."""

    added: int
    changed: int


class ImportUndone(Event):
    """What an import had added or changed was taken back."""

    ended: int
    changed: int


def apply(session: Session, import_id: UUID, *, leave_out_refused: bool = False, by: Officer, at: datetime) -> dict[str, int]:
    """Bring the ready rows in; gives the counts. Refuses a second time, a council that ended since, and bad rows unless left out."""
    officers.require_writer(by)
    one = imports.get(session, import_id, lock=True)
    _require_staged(one)
    session.exec(_councils(import_id).with_for_update(read=True)).all()  # before people, as whoever ends one takes them
    if why := why_not(session, one, leave_out_refused=leave_out_refused):
        raise Refused(why, field="leave_out")
    _alone(session)
    compare(session, import_id)
    counts = imports.count(session, import_id)
    if counts[NEW]:
        _add(session, import_id, at)
    for person in _confirm(session, import_id) if counts[RENAMED] + counts[SAME] else ():
        log.record(session, GuessConfirmed(role=person.role, place=person.place), subject=person.id, by=by.name, at=at)
    if counts[RENAMED]:
        _rename(session, imports.of(import_id, READY), ImportRow.name)
    one.sqlmodel_update({"state": APPLIED, "leave_out_refused": leave_out_refused, "applied_at": at, "counts": counts})
    session.add(one)
    imports.drop_file(session, import_id)
    if counts[NEW] or counts[RENAMED]:
        log.record(session, PeopleImported(added=counts[NEW], changed=counts[RENAMED]), subject=import_id, by=by.name, at=at)
    return counts


def undo(session: Session, import_id: UUID, *, by: Officer, at: datetime) -> tuple[int, int]:
    """Let go everybody this import added, and give back the names it changed, unless touched since; gives how many of each.

    A guessed address it confirmed is a guess again. Whoever another import names, too, stays until that one is undone. Refuses an import
    that was not applied, is undone, or whose rows are forgotten.
    """
    officers.require_writer(by)
    one = imports.get(session, import_id, lock=True)
    if one.state == UNDONE:
        raise NotAllowedNow("This import was undone already.")
    if one.state != APPLIED:
        raise NotAllowedNow("This import was not applied, so there is nothing to undo.")
    if one.name == FORGOTTEN:
        raise NotAllowedNow("This import was applied so long ago that its rows are not kept any more, so it cannot be undone.")
    _alone(session)
    one.state = UNDONE
    session.add(one)
    session.flush()
    back = col(ImportRow.import_id).in_(sa.select(col(Import.id)).where(col(Import.state) == UNDONE)), col(ImportRow.verdict) == READY
    renamed = sa.tuple_(col(Person.id), col(Person.name)).in_(_only_by(one, WHOM, col(ImportRow.name)))
    changed = _rename(session, sa.and_(*back, renamed), ImportRow.old_name)
    added = sa.select(col(ImportRow.new_id), col(ImportRow.name)).where(*back, col(ImportRow.change) == NEW)
    untouched = sa.tuple_(col(Person.id), col(Person.name)).in_(added)  # for each person an EXISTS would read every row of the file
    theirs = sa.update(Person).where(HOLDING, col(Person.id).in_(_only_by(one, WHOM)))
    ended = _changed(session, theirs.where(untouched).values(until=at))
    session.execute(theirs.where(col(Person.id).in_(_confirmed_by_files_taken_back())).values(confirmed=False))
    log.record(session, ImportUndone(ended=ended, changed=changed), subject=import_id, by=by.name, at=at)
    return ended, changed


def may_undo(one: Import) -> bool:
    """Whether it was applied, not undone, and its rows are kept yet."""
    return one.state == APPLIED and one.name != FORGOTTEN


def compare(session: Session, import_id: UUID) -> None:
    """Say of every ready row whether it adds somebody, gives somebody another name, or says what is known."""
    theirs = imports.of(import_id, READY)
    known = col(ImportRow.person_id).is_not(None)
    _changed(session, sa.update(ImportRow).where(theirs, known).values(change=NEW, person_id=None, old_name=""))
    change = sa.case((col(Person.name) == ImportRow.name, SAME), else_=RENAMED)
    old = sa.case((col(Person.name) == ImportRow.name, ""), else_=Person.name)
    same = sa.and_(
        col(ImportRow.address) == Person.address, col(ImportRow.role) == Person.role, col(ImportRow.place) == Person.place, HOLDING
    )
    _changed(session, sa.update(ImportRow).where(theirs, same).values(change=change, person_id=Person.id, old_name=old))


def why_not(session: Session, one: Import, *, leave_out_refused: bool) -> str:
    """Why a staged import cannot be applied, as a sentence; empty when it can."""
    if wrong := columns.problems(one.mapping, one.role):
        return " ".join(wrong)
    counts = imports.count(session, one.id)
    if not any(counts.values()):
        return "This file holds nobody: no row stands below the names of its columns. Choose another file."
    if not leave_out_refused and (left := counts[REFUSED] + counts[ASKED]):
        return f"{many(left, 'row')} of this file cannot be used. Correct the file, or choose to leave {'it' if left == 1 else 'them'} out."
    if counts[REFUSED] + counts[ASKED] and not counts[READY]:
        return f"No row of this file can be used{' before you say which places are meant' if counts[ASKED] else ''}."
    if ended := session.exec(_councils(one.id, ~IN_FORCE)).all():
        gone = " and ".join(council.name for council in ended)
        return f"{gone} came to an end after this file was read. Say again what its columns are: its rows are then read as the register is now."
    return ""


def _councils(import_id: UUID, *such: sa.ColumnElement[bool]) -> SelectOfScalar[Authority]:
    named = sa.select(col(ImportRow.place)).where(imports.of(import_id, READY))
    return select(Authority).where(col(Authority.code).in_(named), *such).order_by(col(Authority.name), col(Authority.code))


def _require_staged(one: Import) -> None:
    if one.state == STAGING:
        raise NotAllowedNow("This file is still being read: try again shortly.")
    if one.state != STAGED:
        raise NotAllowedNow("This import was applied already.")


def _alone(session: Session) -> None:
    """Nobody else adds or changes people until this transaction ends; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE")


def _add(session: Session, import_id: UUID, at: datetime) -> None:
    authority = sa.select(Authority.code).where(col(Authority.code) == ImportRow.place).scalar_subquery()  # type: ignore[call-overload]
    body = sa.select(Body.code).where(col(Body.code) == ImportRow.place).scalar_subquery()  # type: ignore[call-overload]
    values = {
        "id": ImportRow.new_id, "name": ImportRow.name, "role": ImportRow.role, "place": ImportRow.place, "authority_code": authority,
        "body_code": body, "address": ImportRow.address, "source": sa.literal(SOURCE), "since": sa.literal(at, UTCDateTime()),
        "confirmed": sa.true(),
    }  # fmt: skip
    new = sa.select(*values.values()).where(imports.of(import_id, READY), col(ImportRow.change) == NEW)
    adding = database.insert(session, Person).from_select(list(values), new)
    standing = {"index_elements": ["address", "role", "place"], "index_where": sa.text("until IS NULL")}
    session.connection().execute(adding.on_conflict_do_nothing(**standing))


def _confirm(session: Session, import_id: UUID) -> Sequence[Any]:
    """Whoever had only been guessed is known, now that an officer's file names them; gives who they are."""
    named = sa.select(WHOM).where(imports.of(import_id, READY))
    theirs = sa.update(Person).where(col(Person.confirmed).is_(False), HOLDING, col(Person.id).in_(named))
    return session.execute(theirs.values(confirmed=True).returning(col(Person.id), col(Person.role), col(Person.place))).all()


def _confirmed_by_files_taken_back() -> sa.Select[Any]:
    """Whom a file that was taken back confirmed, and nobody since."""
    guessed = sa.select(col(Person.id)).where(col(Person.source) == guesses.SOURCE)
    told = sa.select(col(LogEntry.subject)).where(col(LogEntry.subject).in_(guessed), col(LogEntry.kind) == GuessConfirmed.__name__)
    return told.group_by(col(LogEntry.subject)).having(
        sa.func.max(LogEntry.at).in_(sa.select(col(Import.applied_at)).where(col(Import.state) == UNDONE))
    )


def _only_by(one: Import, *columns: Any) -> sa.CompoundSelect[Any]:
    """What this file's ready rows say, but for what another that is applied says as well."""
    said = sa.select(*columns).where(col(ImportRow.verdict) == READY)
    others = said.join(Import, col(Import.id) == ImportRow.import_id).where(col(Import.state) == APPLIED, col(Import.id) != one.id)
    return said.where(col(ImportRow.import_id) == one.id).except_(others)


def _rename(session: Session, rows: sa.ColumnElement[bool], to: Any) -> int:
    """Give those whom these rows rename the new name, or the old one back where the new one still stands."""
    expected = ImportRow.old_name if to is ImportRow.name else ImportRow.name
    theirs = sa.and_(rows, col(ImportRow.change) == RENAMED, col(ImportRow.person_id) == Person.id)
    return _changed(session, sa.update(Person).where(theirs, col(Person.name) == expected, HOLDING).values(name=to))


def _changed(session: Session, statement: Any) -> int:
    result: Any = session.connection().execute(statement)
    return int(result.rowcount)

"""Passages: lines that somebody wrote by hand about briefings and calls, and which of them name a person who is to be erased.

A passage is a person's if it holds their address or their post in the register. A name alone is theirs where nobody else has it; otherwise
only at their own authority. A doubtful passage is left, as blanking is for good, and an officer is shown where it is. Source: UK GDPR,
Articles 5(1)(d) and 17.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from audiences import namesakes, reports
from audiences.namesakes import Known
from audiences.people import Person
from campaigns.briefings import actions, attendance, kit_holders, questions, repeats
from campaigns.briefings.tours import Briefing, Tour
from campaigns.foundation.errors import NotFound
from campaigns.foundation.wording import many
from campaigns.planning import campaign_plans

ATTENDANCES, QUESTIONS, ACTIONS, REPEATS = "attendances", "briefing_questions", "briefing_actions", "local_repeats"
KITS, REPORTS = "kit_holders", "reports"
BY_HAND = (ATTENDANCES, QUESTIONS, ACTIONS, REPEATS)  # what an officer may blank row by row
OF = ("id", "person_id", "authority_code", "body_code", "briefing_id", "campaign_id", "release_id")

Erase = Callable[[Session, UUID, Collection[str]], None]
LINES: dict[str, tuple[Erase, tuple[str, ...]]] = {  # table → how lines of a row are blanked, and which there are
    ATTENDANCES: (attendance.erase, ("name",)),
    QUESTIONS: (questions.erase, ("question", "outcome")),
    ACTIONS: (actions.erase, ("what", "owner")),
    REPEATS: (repeats.erase, ("venue", "asked", "reporter", "post")),
    KITS: (kit_holders.erase, ("post", "address")),
    REPORTS: (reports.erase, ("evidence", "reason")),
}


@dataclass(frozen=True)
class Row:
    """A row that was written by hand: its lines, which places and person it is about, as far as it says, and what it belongs to."""

    table: str
    id: UUID
    said: dict[str, str]
    places: frozenset[str]
    person_id: UUID | None
    campaign_id: UUID
    briefing_id: UUID | None = None  # none of what was recorded by hand
    release_id: UUID | None = None  # from which the briefing was read


@dataclass(frozen=True)
class Left:
    """How many lines that may name somebody stay as they are, and where they stand."""

    title: str
    number: int
    campaign_id: UUID
    briefing_id: UUID | None

    def __str__(self) -> str:
        return f"{self.title}: {many(self.number, 'passage')} may name them yet. Look there yourself."


@dataclass(frozen=True)
class Found:
    """What names somebody: the rows that are theirs, each with the lines to blank, and what stays, by where it stands."""

    theirs: list[tuple[Row, list[str]]]
    left: list[Left]
    words: frozenset[str]  # their address, and the names by which they are told in any sentence


def find(session: Session, them: Collection[Person]) -> Found:
    """Every passage that names these people, or may."""
    whom = namesakes.known(session, them)
    theirs: list[tuple[Row, list[str]]] = []
    left: Counter[tuple[UUID, UUID | None]] = Counter()
    for row in _rows(session, whom):
        lines = [line for line in row.said if _is_theirs(whom, row, line)]
        if lines:
            theirs.append((row, lines))
        left[row.campaign_id, row.briefing_id] += sum(_may_be_theirs(whom, row, line) for line in row.said if line not in lines)
    return Found(theirs, [_left(session, *where, number) for where, number in left.items() if number], whom.words)


def get(session: Session, table: str, row_id: UUID) -> Row:
    """A row of a briefing that an officer may blank. Refuses an unknown one."""
    if table in BY_HAND:
        kept = SQLModel.metadata.tables[table]
        if values := session.execute(sa.select(kept).where(kept.c.id == row_id)).mappings().first():
            return _row(session, table, dict(values), LINES[table][1])
    raise NotFound("There is no such text.")


def theirs(session: Session, whom: Known, table: str, *lines: str) -> list[UUID]:
    """The rows of a table of which one of these lines is theirs: those that erasing them blanks."""
    return [row.id for row, found in named(session, whom, table) if set(found) & set(lines)]


def named(session: Session, whom: Known, *tables: str) -> list[tuple[Row, list[str]]]:
    """The rows of these tables that are theirs, each with the lines that are."""
    found = ((row, [line for line in row.said if _is_theirs(whom, row, line)]) for row in _rows(session, whom, tables))
    return [(row, lines) for row, lines in found if lines]


def where(session: Session, campaign_id: UUID, briefing_id: UUID | None) -> str:
    """Where a passage stands, in words: a briefing of a campaign, or what was recorded by hand in one."""
    campaign = campaign_plans.get(session, campaign_id).name
    what = f"The briefing of {session.get_one(Briefing, briefing_id).title}" if briefing_id else "What was recorded by hand"
    return f"{what}, campaign “{campaign}”"


def blank(session: Session, found: Found) -> None:
    """Blank what is theirs; their roles and places, and everything that is counted, stay."""
    for row, lines in found.theirs:
        LINES[row.table][0](session, row.id, lines)


def _is_theirs(whom: Known, row: Row, line: str) -> bool:
    """Whether a line of a row is theirs for certain."""
    said = whom.bare(row.said[line])
    if row.person_id is not None:
        return row.person_id in whom.ids or namesakes.says(said, whom.address)
    return any(namesakes.says(said, word) for word in whom.words) or _is_here(whom, row, said)


def _may_be_theirs(whom: Known, row: Row, line: str) -> bool:
    """Whether a line names them, or somebody of their name who is not known here."""
    said = whom.bare(row.said[line])
    is_anothers = row.table == ATTENDANCES and (row.person_id is not None or any((said, place) in whom.others for place in row.places))
    return not is_anothers and not row.said.get("address") and any(namesakes.says(said, name) for name in whom.names)


def _is_here(whom: Known, row: Row, said: str) -> bool:
    """Whether it is about their own places alone, and says a name that nobody else has there."""
    for name in whom.names:
        here = all((name, place) in whom.posts - whom.others for place in row.places) and bool(row.places)
        within = row.table != ATTENDANCES and namesakes.tells(name) and namesakes.says(said, name)
        if here and (said == name or within):
            return True
    return False


def _rows(session: Session, whom: Known, tables: Collection[str] = LINES.keys()) -> Iterator[Row]:
    words = {whom.address, *whom.names}
    for table in tables:
        lines = LINES[table][1]
        columns = [column for column in SQLModel.metadata.tables[table].columns if column.name in (*OF, *lines)]
        for values in session.execute(sa.select(*columns)).mappings():
            said = [namesakes.plain(values[line]) for line in lines if values[line]]
            if values.get("person_id") in whom.ids or any(namesakes.says(text, word) for text in said for word in words):
                yield _row(session, table, dict(values), lines)


def _row(session: Session, table: str, values: dict[str, Any], lines: Collection[str]) -> Row:
    said = {line: values[line] or "" for line in lines}
    if table == REPORTS:
        places = frozenset(reports.codes_of(session, values["id"]))
        return Row(table, values["id"], said, places, None, values["campaign_id"])
    briefing = session.get_one(Briefing, values["briefing_id"])
    campaign = session.get_one(Tour, briefing.tour_id).campaign_id
    places = frozenset(filter(None, (values.get("authority_code"), values.get("body_code"))))
    read = values.get("release_id") or briefing.note_release_id
    return Row(table, values["id"], said, places, values.get("person_id"), campaign, briefing.id, read)


def _left(session: Session, campaign_id: UUID, briefing_id: UUID | None, number: int) -> Left:
    return Left(where(session, campaign_id, briefing_id), number, campaign_id, briefing_id)

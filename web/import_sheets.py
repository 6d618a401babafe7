"""What the pages of an import show, and what their lists of columns and spellings say when they come back."""

from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from audiences import columns as column_names
from audiences import importing, imports, likenesses, people, roles
from audiences.columns import Mapping
from audiences.imports import ASKED, LEFT_OUT, NEW, READY, REFUSED, RENAMED, REPEATED, Import

FIELDS = [("", "Nothing we need"), *column_names.SAID.items()]
SHOWN = 50  # rows of each kind


@dataclass(frozen=True)
class Column:
    """A column of the file: its name, what stands in its first rows, and what it is taken for."""

    name: str
    samples: list[str]
    field: str


def columns(session: Session, one: Import, chosen: Mapping | None = None) -> list[Column]:
    """Every column with three of its values, and what it is taken for: as `chosen`, or else as it stands."""
    first = [row.cells for row in imports.rows(session, one.id, limit=SHOWN)]
    taken = {place: field for field, places in (one.mapping if chosen is None else chosen).items() for place in places}
    return [
        Column(name or f"Column {place + 1}", _samples([row[place] for row in first if place < len(row)]), taken.get(place, ""))
        for place, name in enumerate(one.header)
    ]


def mapping(form: MultiDict[str, str], width: int) -> Mapping:
    """What the lists of columns say."""
    found: Mapping = {}
    for place in range(width):
        if (field := form.get(f"column-{place}", "")) in column_names.SAID:
            found.setdefault(field, []).append(place)
    return found


def answers(form: MultiDict[str, str], most: int) -> dict[str, str]:
    """What the lists of spellings say; those left unanswered are not among them."""
    pairs = ((form.get(f"spelling-{place}", ""), form.get(f"answer-{place}", "")) for place in range(most))
    return {spelling: answer for spelling, answer in pairs if spelling and answer}


def read(session: Session, import_id: UUID) -> dict[str, Any]:
    """Everything the last page shows."""
    one = imports.get(session, import_id)
    counts = imports.count(session, import_id)
    places = people.place_names(session)
    kinds = {change: imports.rows(session, import_id, READY, change=change, limit=SHOWN) for change in (NEW, RENAMED)}
    kinds |= {verdict: imports.rows(session, import_id, verdict, limit=SHOWN) for verdict in (REFUSED, ASKED, REPEATED, LEFT_OUT)}
    return {
        "one": one,
        "counts": counts,
        "kinds": kinds,
        "places": places,
        "taken": imports.taken(session, import_id),
        "alike": list(islice(likenesses.of_import(session, import_id), SHOWN)) if one.state == imports.STAGED else [],
        "may_undo": importing.may_undo(one),
        "why_not": importing.why_not(session, one, leave_out_refused=True),
        "said": roles.words,
        "shown": SHOWN,
    }


def _samples(cells: list[str]) -> list[str]:
    return list(dict.fromkeys(cell[:60] for cell in cells if cell))[: column_names.SAMPLES]

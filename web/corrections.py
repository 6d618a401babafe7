"""Corrections: what readers, replies and bounces say about who should be written to, each to be taken by changing people, or let be.

A correction is taken in the same step as the change it leads to: whoever opens a form and goes away has answered nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response as AnyResponse

from audiences import authorities, people, roles, suggestions, vacancies
from audiences.people import Person
from audiences.suggestions import LET_BE, NEW_CONTACT, NO_LONGER, NOBODY_LEFT, SOMEBODY_ELSE, TAKEN, WAITING, WRONG_PERSON, Suggestion
from campaigns.foundation.errors import NotFound
from web import csv_files, desk, words
from web.guards import for_writers

bp = Blueprint("corrections", __name__, url_prefix="/corrections")

LATELY, MOST_SHOWN = timedelta(days=30), 20
COLUMNS = ("Said", "By", "Through", "About", "Role", "Authority or body", "What", "Name given", "Address given", "Note")
SENTENCES = {
    WRONG_PERSON: "This is the wrong person to write to",
    SOMEBODY_ELSE: "Somebody else should have it too",
    NEW_CONTACT: "There is a new contact",
    NO_LONGER: "The address no longer works",
    NOBODY_LEFT: "Nobody is left to write to as {role}: {why}",
}
OVER = "Nobody was left to write to as {role} ({why}), and now somebody can be written to again"


@dataclass(frozen=True)
class Correction:
    """One of them, with whom it is about, and the form where it would be taken, if there is any: to a council that has ended nobody is added."""

    suggestion: Suggestion
    person: Person
    place: str
    button: str
    address: str
    is_over: bool  # somebody can be written to again where nobody was left
    not_back: str  # why it cannot wait again, of one that was let be

    @property
    def sentence(self) -> str:
        """What it comes to, in words."""
        why = self.suggestion.note or "why has been erased"
        return (OVER if self.is_over else SENTENCES[self.suggestion.kind]).format(role=roles.words(self.person.role), why=why)

    @property
    def note(self) -> str:
        """What was said besides, where it does not stand in the sentence."""
        return "" if self.suggestion.kind == NOBODY_LEFT else self.suggestion.note

    @property
    def said_by(self) -> str:
        """Who said it, and through what, or that it was found here."""
        found = self.suggestion
        return f"Found by {found.by}" if found.kind == NOBODY_LEFT else f"Said by {found.by} through {found.source}"


@bp.get("")
def every() -> str:
    """The queue, the oldest first."""
    with desk.reading() as session:
        found, page = desk.paged(suggestions.waiting(session))
        before = read(session, suggestions.let_be_since(session, desk.now() - LATELY, limit=MOST_SHOWN))
        return render_template("corrections/every.html", corrections=read(session, found), before=before, page=page, said=roles.words)


@bp.get("/corrections.csv")
def export() -> Response:
    """The queue whole, as a file."""
    with desk.reading() as session:
        rows = [_cells(one) for one in read(session, suggestions.waiting(session))]
    return csv_files.answer("corrections", COLUMNS, rows)


@bp.post("/<uuid:suggestion_id>/let-be")
@for_writers
def let_be(suggestion_id: UUID) -> AnyResponse:
    """Change nothing."""
    with desk.writing() as session:
        suggestions.settle(session, suggestion_id, verdict=LET_BE, by=desk.current_officer(), at=desk.now())
    return desk.done("Let be: nothing was changed.", "corrections.every")


@bp.post("/<uuid:suggestion_id>/putting-back")
@for_writers
def put_back(suggestion_id: UUID) -> AnyResponse:
    """Let it wait again."""
    with desk.writing() as session:
        suggestions.put_back(session, suggestion_id, by=desk.current_officer(), at=desk.now())
    return desk.done("Put back: it waits for an answer again.", "corrections.every")


def read(session: Session, found: list[Suggestion]) -> list[Correction]:
    """These, each with the step that would take it."""
    about = {one.id: one for one in session.exec(select(Person).where(col(Person.id).in_({one.person_id for one in found})))}
    alarms = [one for one in found if one.source == vacancies.SOURCE]
    left = {person.id for person in vacancies.unfilled(session, [about[one.person_id] for one in alarms])}
    over = {one.id for one in alarms if one.person_id not in left}
    names, there = people.place_names(session), {place.code for place in people.places(session)}
    return [_correction(session, one, about[one.person_id], names, there, is_over=one.id in over) for one in found]


def asked(session: Session) -> Suggestion | None:
    """The correction that led to this form, if it still waits: it fills the form in."""
    key = request.args.get("correction", type=UUID)
    if key is None:
        return None
    found = suggestions.get(session, key)
    return found if found.state == WAITING else None


def take(session: Session) -> None:
    """Note that the change which a correction led to is made: that is its answer. Refuses one that was answered meanwhile."""
    if (key := request.args.get("correction", type=UUID)) is not None:
        suggestions.settle(session, key, verdict=TAKEN, by=desk.current_officer(), at=desk.now())


def onward(otherwise: str) -> str:
    """Where an officer goes next: from a correction to those that still wait, else `otherwise`."""
    return url_for("corrections.every") if "correction" in request.args else otherwise


def _correction(
    session: Session, found: Suggestion, person: Person, names: Mapping[str, str], there: Collection[str], *, is_over: bool
) -> Correction:
    place = names.get(person.place) or _ended(session, person.place)
    not_back = suggestions.why_not_back(session, found) if found.state == LET_BE else ""
    return Correction(found, person, place, *(_step(found, person) if person.place in there else ("", "")), is_over, not_back)


def _step(found: Suggestion, person: Person) -> tuple[str, str]:
    """The button and the form that would take it."""
    somebody = bool(found.name or found.address)
    if person.active and found.kind in (WRONG_PERSON, NEW_CONTACT) and somebody:
        return "Put the new person in their place", url_for("posts.pass_on", person_id=person.id, correction=found.id)
    if person.active and found.kind in (WRONG_PERSON, NO_LONGER):
        return "Mark this person as left", url_for("people.leave", person_id=person.id, correction=found.id)
    nobody = "Add somebody else" if found.kind == NOBODY_LEFT else "Add somebody"
    button = "Add this person" if somebody else nobody
    return button, url_for("people.add", place=person.place, role=person.role, correction=found.id)


def _ended(session: Session, code: str) -> str:
    try:
        return authorities.get(session, code).name
    except NotFound:
        return code


def _cells(one: Correction) -> list[object]:
    found = one.suggestion
    about = [one.person.name, roles.words(one.person.role), one.place]
    return [words.when(found.at), found.by, found.source, *about, one.sentence, found.name, found.address, one.note]

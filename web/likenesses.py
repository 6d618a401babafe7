"""Two lists officers tidy: people who may be one and the same, and addresses that were guessed."""

from uuid import UUID

from flask import Blueprint, render_template
from werkzeug.wrappers import Response as AnyResponse

from audiences import guesses, likenesses, people, roles
from web import csv_files, desk, words
from web.guards import for_writers

bp = Blueprint("likenesses", __name__, url_prefix="/people")

SHOWN = 200
NO_GUESS = "No address was guessed: wherever somebody is missing, one was guessed before, or no web domain is known."


@bp.get("/duplicates")
def duplicates() -> str:
    """Pairs of people who may be one; nothing is merged by itself."""
    with desk.reading() as session:
        pairs = likenesses.among_people(session)
        places = people.place_names(session)
    return render_template("people/duplicates.html", pairs=pairs[:SHOWN], total=len(pairs), places=places, said=roles.words)


@bp.get("/duplicates.csv")
def duplicates_as_file() -> AnyResponse:
    """The same list whole."""
    with desk.reading() as session:
        pairs = likenesses.among_people(session)
    rows = [
        (pair.one.place, pair.one.role, pair.one.name, pair.one.address, pair.other.name, pair.other.address, pair.why) for pair in pairs
    ]
    return csv_files.answer("duplicates", ["Code", "Role", "Name", "E-mail", "Other name", "Other e-mail", "What is alike"], rows)


@bp.get("/guessed")
def guessed() -> str:
    """Guesses that wait for an officer."""
    with desk.reading() as session:
        found = guesses.waiting(session)
        places = people.place_names(session)
    return render_template("people/guessed.html", found=found, places=places, said=roles.words)


@bp.post("/guessed")
@for_writers
def guess() -> AnyResponse:
    """Guess for every council where nobody is known."""
    with desk.writing() as session:
        allowed = desk.settings().test_domains_allowed
        made = guesses.make(session, by=desk.current_officer(), at=desk.now(), test_domains_allowed=allowed)
    if not made:
        return desk.done(NO_GUESS, "likenesses.guessed")
    sentence = f"{words.many(made, 'address', 'addresses')} guessed. No letter goes to {'it' if made == 1 else 'any of them'} until you confirm it."
    return desk.done(sentence, "likenesses.guessed")


@bp.post("/<uuid:person_id>/confirmed")
@for_writers
def confirm(person_id: UUID) -> AnyResponse:
    """One guess is right."""
    with desk.writing() as session:
        guesses.confirm(session, person_id, by=desk.current_officer(), at=desk.now())
    return desk.done("Confirmed: letters may go to this address.", "likenesses.guessed")


@bp.post("/<uuid:person_id>/dropped")
@for_writers
def drop(person_id: UUID) -> AnyResponse:
    """One guess is wrong."""
    with desk.writing() as session:
        guesses.drop(session, person_id, by=desk.current_officer(), at=desk.now())
    return desk.done("Dropped: this address is not guessed again.", "likenesses.guessed")

"""Suggestions: what readers, replies and bounces say about who should be written to, waiting for an officer.

Nothing here changes who gets a letter: an officer takes a suggestion, by changing people, or lets it be.
Source: HELA paper, paragraph 18 (named contacts); a list of people is only as good as its corrections.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from audiences.people import Person
from campaigns.foundation import addresses, database, log, officers
from campaigns.foundation.errors import NotAllowedNow, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

KINDS = WRONG_PERSON, SOMEBODY_ELSE, NEW_CONTACT, NO_LONGER, NOBODY_LEFT = (
    "wrong person",
    "somebody else too",
    "new contact",
    "address gone",
    "nobody left",
)
WAITING, TAKEN, LET_BE = "waiting", "taken", "let be"
LONGEST_LINE = 200
LONGEST_NOTE = 1000
BLANK = {"name": "", "address": "", "note": ""}


class SuggestionMade(Event):
    """Somebody said that the list of people is not right."""

    kind: str


class SuggestionSettled(Event):
    """An officer took a suggestion, or let it be."""

    verdict: str


class SuggestionPutBack(Event):
    """A suggestion that an officer had let be waits for an answer again."""


class Suggestion(SQLModel, table=True):
    """One row per suggestion. `person_id` is whom it is about; `name`, `address` and `note` are what was said, blanked when that person is erased."""

    __tablename__ = "suggestions"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(index=True, foreign_key="people.id")
    authority_code: str = Field(index=True)
    kind: str
    name: str
    address: str
    note: str
    source: str
    by: str
    at: datetime
    state: str = Field(default=WAITING, index=True)
    settled_by: str | None = None
    settled_at: datetime | None = None


def make(
    session: Session,
    *,
    about: UUID,
    authority_code: str,
    kind: str,
    source: str,
    by: str,
    at: datetime,
    name: str = "",
    address: str = "",
    note: str = "",
) -> UUID:
    """Put a suggestion about a person before the officers; gives its id. The same one said again, while it waits, is one. Locks the person.

    `source` is where it comes from ("the reader's page", "an automatic reply"); what is too long is cut. Refuses an unknown kind.
    """
    if kind not in KINDS:
        raise Refused(f"{kind!r} is no kind of suggestion.")
    said: dict[str, Any] = {"name": name.strip()[:LONGEST_LINE], "address": address.strip()[:LONGEST_LINE]}
    said["note"] = note.strip()[:LONGEST_NOTE]
    _hold(session, about)
    if (standing := _waits_as(session, about, kind, said)) is not None:
        return standing
    made = Suggestion(person_id=about, authority_code=authority_code, kind=kind, source=source, by=by, at=at, **said)
    session.add(made)
    session.flush()
    log.record(session, SuggestionMade(kind=kind), subject=made.id, by=by, at=at)
    return made.id


def settle(session: Session, suggestion_id: UUID, *, verdict: str, by: Officer, at: datetime) -> None:
    """An officer's answer, `taken` or `let be`. Refuses one that has its answer."""
    officers.require_writer(by)
    found = get(session, suggestion_id, lock=True)
    if verdict not in (TAKEN, LET_BE):
        raise Refused("Choose whether the suggestion is taken.", field="verdict")
    if found.state != WAITING:
        raise NotAllowedNow("This suggestion has been answered already.")
    found.sqlmodel_update({"state": verdict, "settled_by": by.name, "settled_at": at})
    session.add(found)
    log.record(session, SuggestionSettled(verdict=verdict), subject=found.id, by=by.name, at=at)


def put_back(session: Session, suggestion_id: UUID, *, by: Officer, at: datetime) -> None:
    """Let a suggestion that was let be wait again. Refuses any other, one whose words are not kept any more, and one that waits in another row."""
    officers.require_writer(by)
    found = get(session, suggestion_id, lock=True)
    if found.state != LET_BE:
        raise NotAllowedNow("This suggestion waits already, or was taken.")
    _hold(session, found.person_id)
    if why := why_not_back(session, found):
        raise NotAllowedNow(f"It cannot wait again: {why}.")
    found.sqlmodel_update({"state": WAITING, "settled_by": None, "settled_at": None})
    session.add(found)
    log.record(session, SuggestionPutBack(), subject=found.id, by=by.name, at=at)


def why_not_back(session: Session, found: Suggestion) -> str:
    """Why one that was let be cannot wait again; empty where it can."""
    if found.kind in (SOMEBODY_ELSE, NEW_CONTACT) and not (found.name or found.address or found.note):
        return "what it said is not kept any more"
    said = {line: getattr(found, line) for line in BLANK}
    return "the same was said again since, and waits" if _waits_as(session, found.person_id, found.kind, said) else ""


def get(session: Session, suggestion_id: UUID, *, lock: bool = False) -> Suggestion:
    """The suggestion; refuses an unknown id. `lock` holds the row until the transaction ends."""
    return database.get(session, Suggestion, suggestion_id, "There is no such suggestion.", lock=lock)


def waiting(session: Session, *, authority_code: str | None = None) -> list[Suggestion]:
    """The suggestions without an answer, the oldest first: all of them, or an authority's."""
    found = select(Suggestion).where(Suggestion.state == WAITING).order_by(col(Suggestion.at), col(Suggestion.id))
    return list(session.exec(found if authority_code is None else found.where(Suggestion.authority_code == authority_code)))


def let_be_since(session: Session, moment: datetime, *, limit: int) -> list[Suggestion]:
    """The suggestions that officers have let be since a moment, the newest answer first."""
    found = select(Suggestion).where(Suggestion.state == LET_BE, col(Suggestion.settled_at) >= moment)
    return list(session.exec(found.order_by(col(Suggestion.settled_at).desc(), col(Suggestion.id)).limit(limit)))


def made_since(session: Session, moment: datetime, *, source: str) -> list[Suggestion]:
    """What one source has suggested since a moment, answered or not."""
    return list(session.exec(select(Suggestion).where(Suggestion.source == source, col(Suggestion.at) >= moment)))


def of_source(session: Session, source: str) -> list[Suggestion]:
    """Whatever one source has suggested, answered or not, the oldest first."""
    return list(session.exec(select(Suggestion).where(Suggestion.source == source).order_by(col(Suggestion.at), col(Suggestion.id))))


def waiting_about(session: Session, person_id: UUID) -> int:
    """How many wait that are about this person."""
    theirs = select(sa.func.count()).select_from(Suggestion).where(Suggestion.person_id == person_id, Suggestion.state == WAITING)
    return session.exec(theirs).one()


def erase(session: Session, person_ids: Collection[UUID], address: str) -> None:
    """Forget what was said about these people, and wherever this address was suggested or stands in what was said."""
    session.add_all(row.sqlmodel_update(BLANK) for row in naming(session, person_ids, address))


def naming(session: Session, person_ids: Collection[UUID], address: str) -> list[Suggestion]:
    """The suggestions about these people, and those in which this address stands."""
    said = (getattr(Suggestion, line).icontains(address, autoescape=True) for line in BLANK)
    found = session.exec(select(Suggestion).where(sa.or_(col(Suggestion.person_id).in_(person_ids), *said)))
    return [row for row in found if row.person_id in person_ids or addresses.stands(address, row.name, row.address, row.note)]


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """What was suggested about these people, or says this address."""
    found = sorted(naming(session, ids, address), key=lambda row: (row.at, row.id))
    shown = {"kind", "name", "address", "note", "source", "by", "at", "state", "settled_by", "settled_at"}
    return [row.model_dump(include=shown) for row in found]


def _hold(session: Session, about: UUID) -> None:
    """Whoever else makes a suggestion about this person, or puts one back, waits."""
    session.exec(select(Person.id).where(Person.id == about).with_for_update(key_share=True)).first()


def _waits_as(session: Session, about: UUID, kind: str, said: dict[str, Any]) -> UUID | None:
    """The suggestion that waits and says the same of a person."""
    same = select(Suggestion).where(Suggestion.person_id == about, Suggestion.kind == kind, Suggestion.state == WAITING)
    return next((one.id for one in session.exec(same) if {line: getattr(one, line) for line in said} == said), None)

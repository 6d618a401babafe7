"""A dossier: everything kept about one person, in one file they can be given.

Each noun that keeps something about people offers `about(session, ids, address)`, a list of rows, and stands as a chapter in CHAPTERS; a noun
that came later adds its line there. Source: UK GDPR, Article 15 (a copy of the personal data undergoing processing).
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from audiences import acts, imports, people, preferences, suggestions
from campaigns.briefings import answers
from campaigns.delivery import acknowledgements, correspondence, incoming, notices, removals
from campaigns.foundation import log, officers
from campaigns.foundation.errors import NotFound, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

About = Callable[[Session, Collection[UUID], str], list[dict[str, Any]]]
Chapter = tuple[str, About]


class PersonExported(Event):
    """Everything kept about a person was put into a file; who asked and when is how we know who saw what."""

    letters: int


@dataclass(frozen=True)
class Dossier:
    """The whole file: chapters in order, each a list of rows."""

    address: str
    at: datetime
    chapters: dict[str, list[dict[str, Any]]]

    @property
    def rows(self) -> int:
        """How many things are said."""
        return sum(len(rows) for rows in self.chapters.values())

    def plain(self) -> dict[str, Any]:
        """The file as values that survive JSON."""
        chapters = {name: [_plain(row) for row in rows] for name, rows in self.chapters.items()}
        return {"about": self.address, "made at": self.at.isoformat(), **chapters, "not here, and why": list(NOT_HERE)}

    def text(self) -> str:
        """The same to be read: a heading a chapter, a line a value, letters in full."""
        parts = [f"Everything kept about {self.address}\nMade at {self.at.isoformat()}\n"]
        for name, rows in self.chapters.items():
            parts.append(f"\n{name.upper()}: {len(rows) or 'nothing is kept'}\n")
            parts += [_paragraph(_plain(row)) for row in rows]
        return "".join([*parts, "\nNOT HERE, AND WHY\n", *(f"- {sentence}\n" for sentence in NOT_HERE)])


def facts(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """What the log says of these people; it names nobody."""
    subjects = [*ids, *(record.id for record in officers.at_address(session, address))]
    return [{"at": entry.at, "by": entry.by, "what": entry.kind, **entry.payload} for entry in log.history(session, *subjects)]


CHAPTERS: tuple[Chapter, ...] = (
    ("posts", people.about),
    ("letters", correspondence.about),
    ("letters they were left out of", correspondence.left_out),
    ("what they asked for", preferences.about),
    ("not written to", removals.about),
    ("what they said of their letters", acknowledgements.about),
    ("briefings they were at, or sent apologies for", acts.attendances),
    ("local repeats they told of", acts.local_repeats),
    ("what they answered to invitations", answers.about),
    ("mail from them, about their letters, or that says their address", incoming.about),
    ("files they came in", imports.about),
    ("suggestions about them or from them", suggestions.about),
    ("notices", notices.about),
    ("kits of a briefing they were given", acts.kits),
    ("lines about briefings and calls that name them", acts.named),
    ("links to review a message", acts.review_links),
    ("as an officer", officers.about),
    ("signatures", acts.signatures),
    ("comments", acts.comments),
    ("revisions written", acts.revisions),
    ("wording proposed", acts.proposals),
    ("facts in the log", facts),
)
NOT_HERE = (
    "Whoever came to a briefing may be counted by authority and role alone: where no name stands on an attendance sheet, it cannot be said whether this person came.",
    "A line of an attendance sheet, or a link to review, under a name or post that somebody else has too is not here, unless their place or address tells that it is theirs.",
    "Whether a letter was opened or a link in it followed is not collected.",
    "What the relay, a mail server or a backup keeps is outside this installation.",
    "Whether a legal hold keeps any of this from being erased, and why it was placed, is said to officers alone.",
    "Words that officers wrote in messages, comments and plans are theirs; look for a name in them with countersign disclose.",
)


def make(session: Session, address: str, *, by: Officer, at: datetime, more: Iterable[Chapter] = ()) -> Dossier:
    """Gather everything about whoever has this address, typed in any case; `more` are chapters kept by whoever calls. Refuses an unknown address."""
    officers.require_writer(by)
    address = address.strip().casefold()
    if not address:  # what has none is about others
        raise Refused("Name the address of whoever it is about.")
    ids = [one.id for one in people.at_address(session, address)]
    chapters = {name: about(session, ids, address) for name, about in (*CHAPTERS, *more)}
    dossier = Dossier(address, at, chapters)
    if not dossier.rows:
        raise NotFound(f"Nothing is kept about {address[:254]}.")
    subject = ids[0] if ids else next((record.id for record in officers.at_address(session, address)), UUID(int=0))
    log.record(session, PersonExported(letters=len(chapters["letters"])), subject=subject, by=by.name, at=at)
    return dossier


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | list | None) else _said(value) for name, value in row.items()}


def _said(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _paragraph(row: dict[str, Any]) -> str:
    lines = []
    for name, value in row.items():
        text = "" if value is None else str(value)
        lines.append(f"  {name}:\n{_indented(text)}" if "\n" in text else f"  {name}: {text}\n")
    return "\n" + "".join(lines)


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.replace("\r\n", "\n").split("\n"))

"""One letter: what became of it, what its reader and their mail server answered, and the very words sealed for them, to print.

Nobody is shown the links by which its reader says something. Looking changes nothing.
Source: HELA paper, Annex 2 ("a high-risk area of work"): what any one reader was sent can be shown to whoever asks.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template
from sqlmodel import Session
from werkzeug.wrappers import Response

from audiences import roles
from campaigns.agreement import readers, releases
from campaigns.agreement.readers import Reader
from campaigns.agreement.releases import Release
from campaigns.delivery import acknowledgements, incoming
from campaigns.delivery.acknowledgements import READ
from campaigns.delivery.deliveries import ENDED, NEVER_BEGAN, Delivery
from campaigns.delivery.incoming import IncomingMail
from campaigns.drafting import enclosures, letters
from campaigns.foundation.errors import NotFound
from web import desk, readership
from web.deliveries import MEANING, OUTCOME

bp = Blueprint("letters", __name__, url_prefix="/releases/<uuid:release_id>/delivery/letters/<int(max=2147483647):position>")


@dataclass(frozen=True)
class Answer:
    """Something that came of a letter: when, in a sentence what, and the mail in which it came, if it did."""

    at: datetime
    said: str
    mail: UUID | None = None


@bp.get("")
def show(release_id: UUID, position: int) -> str:
    """Everything about one letter."""
    with desk.reading() as session:
        release, reader = _found(session, release_id, position)
        row = session.get(Delivery, (release_id, position))
        source = _source(session, release, reader)
        return render_template(
            "deliveries/letter.html",
            release=release,
            reader=reader,
            role=roles.words(reader.role),
            audience=readership.names(session).get(reader.audience, reader.audience),
            row=row,
            state=_state(release, row),
            answers=_answers(session, release_id, position),
            opened=letters.open_letter(source) if source else None,
            source=enclosures.abridged(source.decode("ascii")),
        )


@bp.get("/words")
def words(release_id: UUID, position: int) -> Response:
    """The letter's own HTML, for its frame."""
    with desk.reading() as session:
        source = _source(session, *_found(session, release_id, position))
    if not source:
        raise NotFound("Its reader has been erased, and the letter with them.")
    return desk.framed(letters.open_letter(source).html)


def _state(release: Release, row: Delivery | None) -> str:
    """Where it stands in officers' words, and what that means; one that was never queued stands as its release does."""
    if row:
        return f"{OUTCOME[row.state]}: {MEANING[OUTCOME[row.state]]}"
    if release.state in ENDED | NEVER_BEGAN:
        return "not sent: nothing of its release is queued any more"
    return "waiting: it is not queued, because its release has not begun, or its reader gets another letter of it instead"


def _found(session: Session, release_id: UUID, position: int) -> tuple[Release, Reader]:
    release = releases.get(session, release_id)
    if reader := readers.at(session, release_id, [position]).get(position):
        return release, reader
    raise NotFound("There is no such letter.")


def _source(session: Session, release: Release, reader: Reader) -> bytes:
    """Every sealed byte of it but those links; empty once its reader is erased."""
    return readers.letter(session, release, reader, acts=False) if reader.address else b""


def _answers(session: Session, release_id: UUID, position: int) -> list[Answer]:
    """What its reader said through its links, and the mails that came back for it, the first first."""
    said = [
        Answer(
            one.at, "Its reader confirmed that they have read it" if one.kind == READ else f"Whether they could explain it: {one.answer}"
        )
        for one in acknowledgements.of_letter(session, release_id, position)
    ]
    came = [Answer(mail.at, _said(mail), mail.id) for mail in incoming.of_letter(session, release_id, position)]
    return sorted([*said, *came], key=lambda one: one.at)


def _said(mail: IncomingMail) -> str:
    why = " ".join(filter(None, [mail.status, mail.reason]))
    done = f"{mail.done or 'waits for an officer'}{f', {mail.judged_by}' if mail.judged_by else ''}"
    return f"A mail came in ({mail.kind}{f': {why}' if why else ''}): {done}"

"""Previews: one audience's letter as one of its real readers would get it, before anything is submitted."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response

from campaigns.agreement.addressees import Addressee
from campaigns.delivery import trials
from campaigns.drafting import attachments, enclosures, holding_lines, letters, messages, samples
from campaigns.drafting.letters import Opened, Sender
from campaigns.drafting.messages import Message
from campaigns.drafting.words import Words
from campaigns.foundation.errors import NotFound, Refused
from web import accounts, desk, form_fields, readership
from web.guards import for_writers

bp = Blueprint("previews", __name__, url_prefix="/messages/<uuid:message_id>/preview")


@bp.get("/")
@bp.get("/<audience>")
def show(message_id: UUID, audience: str = "") -> str:
    """The letter in a frame, with its text and source a click away; other audiences and readers beside it."""
    with desk.reading() as session:
        message = messages.get(session, message_id)
        words = messages.current(session, message).read()
        audience = audience or words.audiences[0]
        said = readership.names(session)
        found = readership.would_read(session, message, words, _known(words, audience))
        reader = _chosen(found)
        source = _letter(session, message, words, audience, reader)
    chosen = {"message": message, "words": words, "audience": audience, "audiences": {key: said[key] for key in words.audiences}}
    place = {"reader": reader, "number": _number(found), "total": len(found)}
    return render_template(
        "messages/preview.html", **chosen, **place, opened=letters.open_letter(source), source=enclosures.abridged(source.decode("ascii"))
    )


@bp.post("/<audience>/test")
@for_writers
def send_test(message_id: UUID, audience: str) -> Response:
    """Send this letter to oneself, marked as a test."""
    account = accounts.signed_in()
    if account.last_signed_in_at is None or account.password is None:
        raise Refused("Your e-mail address is not confirmed yet. Choose a password with the link that was sent to it.")
    with desk.adding() as session:
        message = messages.get(session, message_id)
        words = messages.current(session, message).read()
        _known(words, audience)
        opened = samples.of_words(words, reference=message.reference, sender=sender())[audience]
        trials.write(session, message_id, opened, audience=audience, to=account.email, by=desk.current_officer(), at=desk.now())
    sentence = (
        f"A test letter is on its way to {account.email}. It is marked as not approved, its blanks are not filled in, its links do not work, and it"
        " carries no files."
    )
    return desk.done(sentence, "previews.show", message_id=message_id, audience=audience)


@bp.get("/<audience>/letter")
def letter(message_id: UUID, audience: str) -> Response:
    """The letter's own HTML, for its frame."""
    with desk.reading() as session:
        return desk.framed(_opened(session, message_id, audience).html)


def sender() -> Sender:
    """Who every letter of this installation is from."""
    return letters.source(desk.settings())


def _opened(session: Session, message_id: UUID, audience: str) -> Opened:
    message = messages.get(session, message_id)
    words = messages.current(session, message).read()
    found = readership.would_read(session, message, words, _known(words, audience))
    return letters.open_letter(_letter(session, message, words, audience, _chosen(found)))


def _letter(session: Session, message: Message, words: Words, audience: str, reader: Addressee | None) -> bytes:
    first = next(iter(holding_lines.cases(words.closed)))  # of what is closed, the first choice is shown
    values = {**samples.NOBODY, **first, **({**reader.fields(), "address": reader.address} if reader else {})}
    enclosed = attachments.enclosed(session, words.attachments)
    return samples.write(words, audience=audience, reference=message.reference, sender=sender(), values=values, attachments=enclosed)


def _known(words: Words, audience: str) -> str:
    if audience not in words.audiences:
        raise NotFound("This message does not go to that audience.")
    return audience


def _number(found: Sequence[Addressee]) -> int:
    return min(form_fields.whole(request.args.get("reader")) or 1, max(len(found), 1))


def _chosen(found: Sequence[Addressee]) -> Addressee | None:
    return found[_number(found) - 1] if found else None

"""Quotations: suggestions, mails and files of people that are about somebody to be erased, or hold their address; and review links for them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from audiences import imports, namesakes, suggestions
from campaigns.agreement import releases
from campaigns.delivery import incoming
from campaigns.drafting import messages, reviews
from campaigns.drafting.reviews import Review
from campaigns.foundation.officers import Officer


@dataclass(frozen=True)
class Quotation:
    """What would be lost: its lines, the campaign, the release or the message it belongs to, and the person it is about, where that is known."""

    said: dict[str, str]
    campaign_id: UUID | None = None
    release_id: UUID | None = None
    person_id: UUID | None = None
    message_id: UUID | None = None


def links(session: Session, words: Collection[str]) -> list[Review]:
    """The links to review that were made for whom these words mean: an address, or a name that nobody else has."""
    return [one for one in reviews.named(session) if any(namesakes.says(namesakes.plain(one.reviewer), word) for word in words)]


def find(session: Session, ids: Collection[UUID], address: str, words: Collection[str]) -> list[Quotation]:
    """All that `blank` would blank in which something stands yet."""
    return [one for one in _every(session, ids, address, words) if any(one.said.values())]


def blank(session: Session, ids: Collection[UUID], address: str, words: Collection[str], *, by: Officer, at: datetime) -> None:
    """Forget who was suggested and what was said of it, for whom a link was, the words of a mail, and the rows of a file."""
    suggestions.erase(session, ids, address)
    reviews.erase(session, links(session, words), by=by, at=at)
    incoming.erase(session, ids, address)
    imports.erase(session, address)


def _every(session: Session, ids: Collection[UUID], address: str, words: Collection[str]) -> Iterator[Quotation]:
    for suggestion in suggestions.naming(session, ids, address):
        yield Quotation({line: getattr(suggestion, line) for line in suggestions.BLANK}, person_id=suggestion.person_id)
    for review in links(session, words):
        message = messages.get(session, review.message_id)
        yield Quotation({"reviewer": review.reviewer}, message.campaign_id, message_id=message.id)
    for mail in incoming.naming(session, ids, address):
        campaign = releases.get(session, mail.release_id).campaign_id if mail.release_id else None
        said = {line: getattr(mail, line) for line in incoming.BLANK}
        yield Quotation(said, campaign, mail.release_id, incoming.reader_of(session, mail))
    for row in imports.rows_naming(session, address):
        yield Quotation({"cells": "\n".join(row.cells), "name": row.name, "address": row.address, "old_name": row.old_name})
    for file in imports.files_naming(session, address):
        yield Quotation({"header": "\n".join(file.header), "name": file.name})

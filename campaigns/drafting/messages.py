"""A message and its revisions: every change of words is a new revision, and nobody signs what they wrote.

Source: HELA paper, Annex 2 ("All communications messages need to be jointly agreed between HSE and LACoRS").
"""

import re
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.drafting import attachments
from campaigns.drafting.words import Words
from campaigns.foundation import database, lifecycles, log, officers
from campaigns.foundation.errors import Invalid, Problem, Stale
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

LONGEST_REASON = 1000

Purpose = Literal["message", "correction", "holding line"]
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter or digit that is read as another


class MessageDrafted(Event):
    """Somebody began a message."""

    title: str


class MessageRevised(Event):
    """The words changed; signatures on earlier revisions are void."""

    revision: int
    changed: list[str]


class MessageWithdrawn(Event):
    """The message will not be sent."""

    reason: str


class Message(SQLModel, table=True):
    """One row per message. `reference` is the eight characters every letter of it carries."""

    __tablename__ = "messages"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    campaign_id: UUID = Field(foreign_key="campaigns.id", index=True)
    reference: str = Field(unique=True)
    title: str
    state: str = "draft"
    revision: int = 1
    author_id: UUID
    drafted_at: datetime
    corrects: UUID | None = None  # the release whose readers this one is for
    parent_id: UUID | None = None  # the message whose words it was begun with
    parent_revision: int | None = None


class Revision(SQLModel, table=True):
    """The words as they stood at one moment; never changed."""

    __tablename__ = "revisions"

    message_id: UUID = Field(primary_key=True, foreign_key="messages.id")
    number: int = Field(primary_key=True)
    words: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON, nullable=False))
    by_id: UUID
    by_name: str
    at: datetime

    def read(self) -> Words:
        """The words as a value."""
        return Words.model_validate(self.words)


CURRENT = (col(Revision.message_id) == Message.id) & (col(Revision.number) == Message.revision)  # a message's words as they stand


def draft(
    session: Session,
    campaign_id: UUID,
    words: Words,
    *,
    corrects: UUID | None = None,
    parent: Revision | None = None,
    by: Officer,
    at: datetime,
) -> UUID:
    """Begin a message: `corrects` a release; `parent`: the words begun with. Refuses words that cannot be sealed, naming each field."""
    officers.require_writer(by)
    words.check(at=at)
    attachments.require_kept(session, words.attachments)
    stored = words.stored()
    message = Message(
        campaign_id=campaign_id, reference=_reference(), title=stored["title"], author_id=by.id, drafted_at=at, corrects=corrects
    )
    if parent:
        message.parent_id, message.parent_revision = parent.message_id, parent.number
    session.add(message)
    session.flush()
    _keep(session, message, stored, by=by, at=at)
    log.record(session, MessageDrafted(title=message.title), subject=message.id, by=by.name, at=at)
    return message.id


def revise(
    session: Session, message_id: UUID, words: Words, *, seen: int | None = None, was: str | None = None, by: Officer, at: datetime
) -> bool:
    """Change the words: a new revision, which voids every signature on the one before. False if nothing changed.

    `seen`: the number of the revision that these words were typed over, and `was`: the message's state then; None compares nothing. Refuses words
    that cannot be sealed, a message that is going or gone, and `Stale` if another revision was saved, or a draft was submitted, since.
    """
    officers.require_writer(by)
    message = get(session, message_id, lock=True)
    state = lifecycles.move(lifecycles.MESSAGE, message.state, "revise")
    stored, standing = words.stored(), current(session, message).read().stored()
    if stored == standing:
        return False
    require_seen(message, seen)
    if (was, message.state) == ("draft", "submitted"):  # nobody was told that it would void signatures
        raise Stale("Somebody submitted this message while you were writing. Nothing was saved, and nothing of yours is lost.")
    words.check(at=at)
    attachments.require_kept(session, words.attachments)
    message.sqlmodel_update({"state": state, "revision": message.revision + 1, "title": stored["title"]})
    session.add(message)
    _keep(session, message, stored, by=by, at=at)
    changed = sorted(name for name in stored if stored[name] != standing.get(name))
    log.record(session, MessageRevised(revision=message.revision, changed=changed), subject=message_id, by=by.name, at=at)
    return True


def require_seen(message: Message, seen: int | None) -> None:
    """Refuse, as `Stale`, words that were typed over another revision than the one that stands. None compares nothing."""
    if seen not in {None, message.revision}:
        raise Stale("Somebody else changed this message while you were writing. Nothing was saved, and nothing of yours is lost.")


def withdraw(session: Session, message_id: UUID, *, reason: str, by: Officer, at: datetime) -> None:
    """Give a message up. What has been sent stays sent."""
    officers.require_writer(by)
    said = plain_reason(reason)
    move(session, message_id, "withdraw")
    log.record(session, MessageWithdrawn(reason=said), subject=message_id, by=by.name, at=at)


def plain_reason(reason: str) -> str:
    """A reason as it is kept and shown to both parties. Refuses none, one that is too long, and signs that nobody sees."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid([Problem("reason", f"Give a reason, in up to {LONGEST_REASON} characters")])
    if not reason.translate(dict.fromkeys(map(ord, "\r\n\t\u00a0"))).isprintable():
        raise Invalid([Problem("reason", "Give the reason as plain text, without hidden characters")])
    return reason.strip()


def get(session: Session, message_id: UUID, *, lock: bool = False) -> Message:
    """The message; refuses an unknown id. `lock` holds the row until the transaction ends."""
    return database.get(session, Message, message_id, "There is no such message.", lock=lock)


def spelt(reference: str) -> str:
    """A reference as letters carry it, however it was typed, and with the signs that were copied around it; empty when it cannot be one."""
    plain = re.sub(r"[\W_]", "", reference).upper()
    return f"{plain[:4]}-{plain[4:]}" if re.fullmatch(r"[0-9A-Z]{8}", plain) else ""


def current(session: Session, message: Message) -> Revision:
    """The revision that stands."""
    return revision(session, message.id, message.revision)


def revision(session: Session, message_id: UUID, number: int) -> Revision:
    """One revision; refuses a number that was never reached."""
    return database.get(session, Revision, (message_id, number), "There is no such revision.")


def parent(session: Session, message: Message) -> Revision | None:
    """The words that it was begun with, as they stood then; None where it was begun empty."""
    return session.get(Revision, (message.parent_id, message.parent_revision)) if message.parent_id else None


def revision_each(session: Session, numbers: Mapping[UUID, int]) -> dict[UUID, Revision]:
    """One revision of each of these messages, by message."""
    these = sa.tuple_(col(Revision.message_id), col(Revision.number)).in_(numbers.items())
    return {one.message_id: one for one in session.exec(select(Revision).where(these))}


def revisions(session: Session, message_id: UUID) -> list[Revision]:
    """All revisions, the newest first."""
    return list(session.exec(select(Revision).where(Revision.message_id == message_id).order_by(col(Revision.number).desc())))


def editors(session: Session, message_id: UUID) -> set[UUID]:
    """Everyone who wrote any revision: words live on in later ones, so none of them may sign."""
    return editors_each(session, [message_id])[message_id]


def editors_each(session: Session, message_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The same of each of these messages."""
    found: dict[UUID, set[UUID]] = {message_id: set() for message_id in message_ids}
    for message_id, by_id in session.exec(select(Revision.message_id, Revision.by_id).where(col(Revision.message_id).in_(message_ids))):
        found[message_id].add(by_id)
    return found


def every(session: Session, campaign_id: UUID | None = None) -> list[Message]:
    """Messages, the newest first; of one campaign or of all."""
    query = select(Message).order_by(col(Message.drafted_at).desc())
    return list(session.exec(query if campaign_id is None else query.where(Message.campaign_id == campaign_id)))


def drafts_of(session: Session, author_id: UUID) -> list[Message]:
    """What somebody began and is not submitted, the newest first."""
    theirs = select(Message).where(Message.author_id == author_id, Message.state == "draft")
    return list(session.exec(theirs.order_by(col(Message.drafted_at).desc())))


def to_audience(session: Session, key: str) -> list[Message]:
    """The messages whose words, as they stand, are for an audience, the newest first."""
    both = select(Message, Revision).join(Revision, CURRENT).order_by(col(Message.drafted_at).desc())
    return [message for message, revision in session.exec(both) if key in revision.read().audiences]


def move(session: Session, message_id: UUID, verb: str) -> Message:
    """Move a message along its life, refusing what its state does not know."""
    message = get(session, message_id, lock=True)
    message.state = lifecycles.move(lifecycles.MESSAGE, message.state, verb)
    session.add(message)
    return message


def _keep(session: Session, message: Message, words: dict[str, Any], *, by: Officer, at: datetime) -> None:
    session.add(Revision(message_id=message.id, number=message.revision, words=words, by_id=by.id, by_name=by.name, at=at))


def _reference() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"

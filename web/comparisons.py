"""What changed between the words somebody reads and others that count: those agreed before them, and those that stand now."""

from dataclasses import dataclass

from sqlmodel import Session

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from campaigns.drafting.words import Words
from campaigns.foundation.errors import NotFound
from web import differences, readership, states
from web.differences import Change


@dataclass(frozen=True)
class Comparison:
    """What changed since words that somebody has seen before, and which words those were."""

    since: str
    changes: list[Change]


def with_agreed(session: Session, release: Release) -> Comparison | None:
    """Against the last agreed words; else the last that were sealed; for the first time, the words that it was begun with, if any."""
    older = [other for other in releases.of_message(session, release.message_id) if other.revision < release.revision and other.digest]
    agreed = [other for other in older if not releases.missing(session, other)]
    if not older:
        return with_parent(session, messages.get(session, release.message_id), _words(session, release))
    since = (agreed or older)[0]
    said = (
        "both parties last agreed it"
        if agreed
        else f"revision {since.revision} was put to both parties ({states.of_release(session, since)})"
    )
    return Comparison(said, _between(session, _words(session, since), _words(session, release)))


def with_parent(session: Session, message: Message, words: Words) -> Comparison | None:
    """Of the words of a message against those of another that it was begun with; None where it was begun empty."""
    parent = messages.parent(session, message)
    if parent is None:
        return None
    before = parent.read()
    return Comparison(f"revision {parent.number} of “{before.title}”, which it started from", _between(session, before, words))


def with_today(session: Session, release: Release) -> list[Change]:
    """From what was submitted to what the message says now."""
    message = messages.get(session, release.message_id)
    return _between(session, _words(session, release), messages.current(session, message).read())


def since(session: Session, message: Message, seen: int) -> list[Change]:
    """What others changed in a message after a revision that somebody has seen; nothing where there is no such revision."""
    try:
        before = messages.revision(session, message.id, seen).read()
    except NotFound:
        return []
    return _between(session, before, messages.current(session, message).read())


def _words(session: Session, release: Release) -> Words:
    return messages.revision(session, release.message_id, release.revision).read()


def _between(session: Session, before: Words, after: Words) -> list[Change]:
    return differences.of_words(before, after, readership.said(session))

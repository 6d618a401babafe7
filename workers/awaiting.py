"""Subscribers that tell officers that what a message of theirs waits for has happened, or has not happened after all.

Source: HELA paper, para 15 ("once an approach has been agreed, HELA could consider their role in communicating a high level message").
"""

from sqlmodel import Session

from campaigns.agreement import releases
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from campaigns.foundation import log, officers
from campaigns.foundation.log import LogEntry
from campaigns.foundation.officers import OfficerRecord
from campaigns.planning import milestones
from campaigns.planning.milestones import Milestone, MilestoneReached, MilestoneTakenBack
from workers import recipients, telling
from workers.tools import Tools

# By a message's state, what is to be done now.
NEXT = {
    "draft": "It is a draft: finish the words and submit them.",
    "submitted": "Once both parties have signed, an officer chooses when it goes.",
}


def tell_who_waited(entry: LogEntry, tools: Tools) -> None:
    """Write to the author of every draft that waits for a milestone that it has happened, and to both parties' officers of what is submitted.
    Heard twice, it tells once.
    """
    event = log.read(entry)
    assert isinstance(event, MilestoneReached)
    sentence = f"{entry.by} recorded that this has happened: {event.name} (shown by “{event.evidence}”)."
    with tools.database.transaction() as session:
        found = _waiting(session, milestones.get(session, entry.subject))
        told = [(one, f"{sentence} {NEXT[one.state]}") for one in found]
        _tell(session, entry, told, "What it waited for has happened", tools)


def tell_who_waits_again(entry: LogEntry, tools: Tools) -> None:
    """Write to the same officers that it has not happened after all. Of what was scheduled already they are told that it is stopped."""
    event = log.read(entry)
    assert isinstance(event, MilestoneTakenBack)
    sentence = f"{entry.by} recorded that this has not happened after all: {event.name} (“{event.reason}”). No letter goes until it is recorded again."
    with tools.database.transaction() as session:
        found = _waiting(session, milestones.get(session, entry.subject))
        newest = releases.newest_each(session, [one.id for one in found])
        scheduled = {key for key, release in newest.items() if release.scheduled_for is not None}
        told = [(one, sentence) for one in found if one.state == "draft" or one.id not in scheduled]
        _tell(session, entry, told, "What it waits for has not happened after all", tools)


def _tell(session: Session, entry: LogEntry, sentences: list[tuple[Message, str]], said: str, tools: Tools) -> None:
    if not sentences or not telling.first_time(session, entry):
        return
    for message, sentence in sentences:
        url = f"{tools.settings.base_url}/messages/{message.id}"
        facts = {"said": said, "title": message.title, "sentence": sentence, "url": url}
        telling.write(session, entry, _whom(session, message), facts, tools)
    telling.note_told(session, entry, tools)


def _waiting(session: Session, milestone: Milestone) -> list[Message]:
    standing = [one for one in messages.every(session, milestone.campaign_id) if one.state in NEXT]
    return [one for one in standing if messages.current(session, one).read().terms.waits_for == milestone.name]


def _whom(session: Session, message: Message) -> list[OfficerRecord]:
    """The author of a draft; both parties' officers where the author has left, or the words are submitted."""
    author = [one for one in officers.everyone(session) if one.active and one.id == message.author_id and message.state == "draft"]
    return author or recipients.of_both_parties(session)

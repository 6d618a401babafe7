"""A subscriber that tells officers that what a message of theirs waits for has happened.

Source: HELA paper, para 15 ("once an approach has been agreed, HELA could consider their role in communicating a high level message").
"""

from sqlmodel import Session

from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from campaigns.foundation import log, officers
from campaigns.foundation.log import LogEntry
from campaigns.foundation.officers import OfficerRecord
from campaigns.planning import milestones
from campaigns.planning.milestones import Milestone, MilestoneReached
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
    with tools.database.transaction() as session:
        found = _waiting(session, milestones.get(session, entry.subject))
        if not found or not telling.first_time(session, entry):
            return
        for message in found:
            facts = {
                "said": "What it waited for has happened",
                "title": message.title,
                "sentence": f"{entry.by} recorded that this has happened: {event.name} (shown by “{event.evidence}”). {NEXT[message.state]}",
                "url": f"{tools.settings.base_url}/messages/{message.id}",
            }
            telling.write(session, entry, _whom(session, message), facts, tools)
        telling.note_told(session, entry, tools)


def _waiting(session: Session, milestone: Milestone) -> list[Message]:
    standing = [one for one in messages.every(session, milestone.campaign_id) if one.state in NEXT]
    return [one for one in standing if messages.current(session, one).read().terms.waits_for == milestone.name]


def _whom(session: Session, message: Message) -> list[OfficerRecord]:
    """The author of a draft; both parties' officers where the author has left, or the words are submitted."""
    author = [one for one in officers.everyone(session) if one.active and one.id == message.author_id and message.state == "draft"]
    return author or recipients.of_both_parties(session)

"""Subscribers that recount reach from its evidence, never add to it: hearing twice changes nothing."""

from campaigns.briefings import attendance
from campaigns.delivery import acknowledgements, deliveries
from campaigns.delivery.acknowledgements import PulseAnswered, ReadingConfirmed
from campaigns.delivery.claims import ChunkSent
from campaigns.delivery.deliveries import LetterDecided
from campaigns.foundation import log
from campaigns.foundation.errors import NotFound
from campaigns.foundation.log import LogEntry
from campaigns.reach import touches
from workers.tools import Tools


def recount_reach(entry: LogEntry, tools: Tools) -> None:
    """The accepted letters of a chunk are evidence that their authorities were written to."""
    event = log.read(entry)
    if not isinstance(event, ChunkSent | LetterDecided):
        raise NotFound("This fact is not about letters.")
    with tools.database.transaction() as session:
        touches.put(session, deliveries.written(session, event.chunk))


def recount_briefed(entry: LogEntry, tools: Tools) -> None:
    """The ticks of a sign-in sheet are evidence that their authorities were briefed; ticks taken back are none."""
    with tools.database.transaction() as session:
        facts, gone = attendance.briefed(session, entry.subject)
        touches.put(session, facts)
        touches.take_back(session, gone)


def recount_answers(entry: LogEntry, tools: Tools) -> None:
    """What a reader told us through a link is evidence that their authority confirmed, or understands; an answer taken back is none."""
    event = log.read(entry)
    if not isinstance(event, ReadingConfirmed | PulseAnswered):
        raise NotFound("This fact is not about a reader's answer.")
    with tools.database.transaction() as session:
        facts, gone = acknowledgements.shown(session, entry.subject, event.position)
        touches.put(session, facts)
        touches.take_back(session, gone)

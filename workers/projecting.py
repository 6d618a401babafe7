"""Subscribers that put what is evidence and take back what is none, and the clock's look that recounts coverage from it.

Nothing is ever added to a count: hearing twice changes nothing.
"""

import time

from campaigns.briefings import attendance
from campaigns.delivery import acknowledgements, deliveries
from campaigns.delivery.acknowledgements import PulseAnswered, ReadingConfirmed
from campaigns.delivery.claims import ChunkSent
from campaigns.delivery.deliveries import LetterDecided
from campaigns.foundation import log
from campaigns.foundation.errors import NotFound
from campaigns.foundation.log import LogEntry
from campaigns.reach import cells, touches
from workers.tools import Tools

LOOK = 0.2  # seconds a second, at most
SLICES = 20


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
        touches.take_back(session, gone, at=tools.clock())


def recount_answers(entry: LogEntry, tools: Tools) -> None:
    """What a reader told us through a link is evidence that their authority confirmed, or understands; an answer taken back is none."""
    event = log.read(entry)
    if not isinstance(event, ReadingConfirmed | PulseAnswered):
        raise NotFound("This fact is not about a reader's answer.")
    with tools.database.transaction() as session:
        facts, gone = acknowledgements.shown(session, entry.subject, event.position)
        touches.put(session, facts)
        touches.take_back(session, gone, at=tools.clock())


def recount(tools: Tools) -> None:
    """Count the slices of coverage whose touches have changed, a few at a time so that nobody who writes waits long for us.

    What is left over is counted at the next look; pages count it from the touches until then.
    """
    until = time.monotonic() + LOOK
    while time.monotonic() < until:
        with tools.database.transaction() as session:
            taken = cells.recount_stale(session, limit=SLICES)
        if taken < SLICES:
            return

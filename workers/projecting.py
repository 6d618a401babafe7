"""Subscribers that recount reach from its evidence, never add to it: hearing twice changes nothing."""

from campaigns.briefings import attendance
from campaigns.delivery import deliveries, incoming, returns
from campaigns.delivery.claims import ChunkSent
from campaigns.delivery.deliveries import LetterDecided
from campaigns.delivery.incoming import MailJudged
from campaigns.delivery.returns import LetterArrived, LetterReturned
from campaigns.delivery.verp import Place
from campaigns.foundation import log
from campaigns.foundation.errors import NotFound
from campaigns.foundation.log import LogEntry
from campaigns.reach import touches
from workers.tools import Tools


def recount_reach(entry: LogEntry, tools: Tools) -> None:
    """The accepted letters of a chunk are evidence that their authorities were written to; those that came back are none."""
    event = log.read(entry)
    if not isinstance(event, ChunkSent | LetterDecided | LetterReturned):
        raise NotFound("This fact is not about letters.")
    with tools.database.transaction() as session:
        touches.put(session, deliveries.written(session, event.chunk))
        touches.take_back(session, returns.gone_back(session, event.chunk))


def put_arrived(entry: LogEntry, tools: Tools) -> None:
    """A letter that the reader's own server has is evidence of just that."""
    event = log.read(entry)
    assert isinstance(event, LetterArrived)
    with tools.database.transaction() as session:
        touches.put(session, returns.arrived(session, Place(entry.subject, event.position), at=entry.at))


def put_confirmed(entry: LogEntry, tools: Tools) -> None:
    """A reply is evidence of a person's having read a letter once an officer has said so, and only then."""
    event = log.read(entry)
    assert isinstance(event, MailJudged)
    with tools.database.transaction() as session:
        place = incoming.get(session, event.mail).place
        if event.verdict == incoming.CONFIRMS and place is not None:
            facts = returns.about(session, place, touches.CONFIRMED, evidence=f"reply:{event.mail}", by=entry.by, at=entry.at)
            touches.put(session, facts)


def count_quiet(tools: Tools) -> None:
    """Letters of which nothing was heard for 72 hours have not come back; asked by the clock, a chunk a transaction.

    Where nobody looks into the mailbox, silence says nothing.
    """
    if not tools.settings.mailbox_url:
        return
    with tools.database.reading() as session:
        quiet = returns.quiet_chunks(session, at=tools.clock())
    for chunk_id in quiet:
        with tools.database.transaction() as session:
            touches.put(session, returns.count_quiet(session, chunk_id, at=tools.clock()))


def recount_briefed(entry: LogEntry, tools: Tools) -> None:
    """The ticks of a sign-in sheet are evidence that their authorities were briefed; ticks taken back are none."""
    with tools.database.transaction() as session:
        facts, gone = attendance.briefed(session, entry.subject)
        touches.put(session, facts)
        touches.take_back(session, gone)

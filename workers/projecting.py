"""Subscribers that put what is evidence and take back what is none, and the clock's look that recounts coverage from it.

Nothing is ever added to a count: hearing twice changes nothing.
"""

import time
from uuid import UUID

from sqlmodel import Session

from audiences import organisations
from audiences.organisation_changes import MemberMoved
from campaigns.briefings import attendance, repeats, tours
from campaigns.delivery import acknowledgements, chunk_joins, deliveries, incoming, mailboxes, returns
from campaigns.delivery.acknowledgements import PulseAnswered, ReadingConfirmed
from campaigns.delivery.decisions import LetterDecided
from campaigns.delivery.deliveries import Chunk
from campaigns.delivery.incoming import MailJudged
from campaigns.delivery.returns import LetterArrived, LetterReturned
from campaigns.delivery.settling import ChunkSent
from campaigns.delivery.unclear import LettersResolved
from campaigns.delivery.verp import Place
from campaigns.foundation import log
from campaigns.foundation.errors import NotFound
from campaigns.foundation.log import LogEntry
from campaigns.reach import cells, touches
from workers.tools import Tools

LOOK = 1.0  # seconds in ten, at most
SLICES = 20


def recount_reach(entry: LogEntry, tools: Tools) -> None:
    """The accepted letters of a chunk are evidence that their authorities were written to; those that came back are none. The chunk is held
    meanwhile, so that what comes back then is taken back by whoever hears of it next.
    """
    event = log.read(entry)
    if not isinstance(event, ChunkSent | LetterDecided | LettersResolved | LetterReturned):
        raise NotFound("This fact is not about letters.")
    with tools.database.transaction() as session:
        deliveries.lock(session, Chunk.id == event.chunk)
        with chunk_joins.of_chunk(session, event.chunk) as same:
            touches.put_found(session, returns.written(session, event.chunk, same))
        touches.take_back(session, returns.gone_back(session, event.chunk), at=tools.clock())


def put_arrived(entry: LogEntry, tools: Tools) -> None:
    """A letter that the reader's own server has is evidence of just that, unless it came back: its chunk is held meanwhile."""
    event = log.read(entry)
    assert isinstance(event, LetterArrived)
    with tools.database.transaction() as session:
        deliveries.lock(session, Chunk.id == event.chunk)
        touches.put(session, returns.arrived(session, Place(entry.subject, event.position), at=entry.at))


def put_confirmed(entry: LogEntry, tools: Tools) -> None:
    """A reply is evidence of a person's having read a letter once an officer has said so, and for as long as no officer says otherwise."""
    event = log.read(entry)
    assert isinstance(event, MailJudged)
    evidence = f"reply:{event.mail}"
    with tools.database.transaction() as session:
        mail = incoming.get(session, event.mail, lock=True)
        if not mail.confirms:
            touches.take_back(session, [evidence], at=tools.clock())
        elif event.verdict == incoming.CONFIRMS and mail.place is not None:
            touches.put(session, returns.about(session, mail.place, touches.CONFIRMED, evidence=evidence, by=entry.by, at=entry.at))


def count_quiet(tools: Tools) -> None:
    """Letters of which nothing was heard for 72 hours have not come back; asked by the clock, a chunk a transaction.

    Where nobody looks into the mailbox, or since nobody could, silence says nothing.
    """
    with tools.database.reading() as session:
        heard_until = mailboxes.read_until(session, tools.settings.mailbox_urls)
        quiet = returns.quiet_chunks(session, at=heard_until) if heard_until else ()
    for chunk_id in quiet:
        with tools.database.transaction() as session:
            touches.put(session, returns.count_quiet(session, chunk_id, at=tools.clock()))


def recount_briefed(entry: LogEntry, tools: Tools) -> None:
    """Whoever stands on a sign-in sheet is evidence that their authority was briefed; what was taken back, or waits for an officer, is none."""
    with tools.database.transaction() as session:
        _recount_sheet(session, entry.subject, tools)


def recount_moved(entry: LogEntry, tools: Tools) -> None:
    """An authority meets in another group: until a list is complete, who signed in for it by the link counts where it is one of the group's."""
    event = log.read(entry)
    assert isinstance(event, MemberMoved)
    with tools.database.transaction() as session:
        for briefing_id in attendance.signed_in(session, event.authority):
            _recount_sheet(session, briefing_id, tools)


def recount_repeats(entry: LogEntry, tools: Tools) -> None:
    """A local repeat that an officer accepted is evidence that its authority was briefed; any other is none."""
    with tools.database.transaction() as session:
        facts, gone = repeats.shown(session, entry.subject)
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


def _recount_sheet(session: Session, briefing_id: UUID, tools: Tools) -> None:
    group = tours.get(session, briefing_id).group_code
    facts, gone = attendance.briefed(session, briefing_id, members=organisations.met(session, group))
    touches.put(session, facts)
    touches.take_back(session, gone, at=tools.clock())

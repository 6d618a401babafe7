"""Subscribers that send: plan a release's letters in chunks, send a chunk, close what is done, abandon what ended."""

from campaigns.agreement import releases, schedules
from campaigns.delivery import claims, deliveries
from campaigns.delivery.deliveries import ChunkPlanned
from campaigns.delivery.sender import Sender
from campaigns.foundation import log
from campaigns.foundation.errors import GateClosed, NotFound
from campaigns.foundation.log import LogEntry
from workers.tools import Tools


def plan_deliveries(entry: LogEntry, tools: Tools) -> None:
    """Queue every letter of a release that began, a chunk a transaction."""
    more = True
    while more and not tools.stopping.is_set():
        with tools.database.transaction() as session:
            more = deliveries.plan_next(session, entry.subject, size=tools.settings.chunk_size, at=tools.clock())


def send_chunk(entry: LogEntry, tools: Tools) -> None:
    """Claim a chunk, the gate being asked again, and send it; whatever the gate refuses stops the release, with the reason."""
    event = log.read(entry)
    if not isinstance(event, ChunkPlanned):
        raise NotFound("This fact is not about a chunk.")
    try:
        with tools.database.transaction() as session:
            claim = claims.claim_chunk(session, event.chunk, lease=tools.lease, at=tools.clock())
        if claim is not None:
            sender = Sender(tools.database, tools.transport, tools.clock, tools.settings.pace, tools.lease, tools.stopping.is_set)
            sender.send(claim)
    except GateClosed as refusal:
        with tools.database.transaction() as session:
            schedules.hold(session, entry.subject, reason=refusal.sentence, at=tools.clock())


def close_release(entry: LogEntry, tools: Tools) -> None:
    """A release whose every letter has its outcome has gone out."""
    with tools.database.transaction() as session:
        if deliveries.is_done(session, releases.get(session, entry.subject)):
            schedules.finish(session, entry.subject, at=tools.clock())


def abandon_letters(entry: LogEntry, tools: Tools) -> None:
    """The release ended before its time: what had not gone does not go."""
    with tools.database.transaction() as session:
        release = releases.get(session, entry.subject)
        deliveries.abandon(session, release.id, reason=f"The release was {release.state}", at=tools.clock())

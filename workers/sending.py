"""The subscribers that send: they begin a release, queue its letters in chunks, send a chunk, close what is done and abandon what ended."""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from audiences import briefing_days, briefing_letters, calendars, invitees, overtaken
from campaigns.agreement import releases, replaced, schedules, unsigned
from campaigns.agreement.roster_changes import RosterGivenUp, SignatorySuspended
from campaigns.briefings import kits
from campaigns.delivery import claims, deliveries, plans, recovery, timing
from campaigns.delivery.claims import Claim
from campaigns.delivery.deliveries import ChunkPlanned
from campaigns.delivery.sender import Sender
from campaigns.foundation import log
from campaigns.foundation.errors import GateClosed, NotFound, TryLater
from campaigns.foundation.log import LogEntry
from campaigns.foundation.officers import COUNTERSIGN
from campaigns.foundation.timekeeper import seconds
from campaigns.planning import milestones
from campaigns.planning.milestones import MilestoneTakenBack
from workers.tools import Tools

GLANCE = 0.05  # seconds: how late a stop or a clock that was set may be noticed, and how old the time in a letter's Date may be
RESTS = (
    0.25  # seconds to wait before a hint is let pass; hints come again after five seconds, sixteen at a time, so this keeps up with them
)
logger = structlog.get_logger()


def begin(_entry: LogEntry, tools: Tools) -> None:
    """Begin every release whose time has come, and end those that missed theirs. In a held copy, or while the time is doubted, do nothing: the clock
    process finds them later, as it finds releases whose time is still to come.
    """
    if tools.is_held() or tools.doubt():
        return
    with tools.database.transaction() as session:
        schedules.end_overdue(session, at=tools.clock())
        schedules.begin_due(session, at=tools.clock())


def plan_deliveries(entry: LogEntry, tools: Tools) -> None:
    """Queue every letter of a release that began, one chunk in each transaction. A worker that is asked to stop leaves the rest to the next one told."""
    more = True
    while more:
        if tools.stopping.is_set():
            raise TryLater("This worker was asked to stop before every letter was queued.")
        with tools.database.transaction() as session:
            more = plans.plan_next(session, entry.subject, size=tools.chunk_size, at=tools.clock())
        tools.news.set()
    with tools.database.transaction() as session:
        plans.learn_sizes(session)


def send_chunk(entry: LogEntry, tools: Tools) -> None:
    """Claim a chunk, which asks the gate again, and send it. It fails closed: any fault stops the release and records the reason.

    Two faults pass by themselves and are simply tried again: a database that does not answer, and `TryLater` from the world outside.
    """
    event = log.read(entry)
    if not isinstance(event, ChunkPlanned):
        raise NotFound("This fact is not about a chunk.")
    try:
        _send(event.chunk, tools)
    except (SQLAlchemyError, TryLater):
        raise
    except GateClosed as refusal:
        _hold(entry, refusal.sentence, tools)
    except Exception as fault:
        said = f"Sending failed ({type(fault).__name__}: {fault})."
        logger.exception("a chunk could not be sent", release=str(entry.subject), chunk=str(event.chunk), fault=said)
        _hold(entry, said, tools)


def _send(chunk_id: UUID, tools: Tools) -> None:
    """Claim and send until nothing of the chunk is due. Letters that wait for their mail domain's turn are claimed a second or two before it."""
    _close_unfinished(tools)
    while not _rests(tools):
        asked = seconds()
        if (claim := _claimed(chunk_id, tools)) is None:
            return
        sender = _sender(tools)
        sender.send(claim, asked=asked)


def _rests(tools: Tools) -> bool:
    """Whether to claim nothing now: we are asked to stop, not sure of the time, or leave the relay alone. Then wait a little first: a worker that may
    send finds the chunk again within a second, and one that may not must not answer every hint before it.
    """
    if tools.is_to_pause() or tools.brake.left:
        tools.stopping.wait(RESTS)
        return True
    return False


def _claimed(chunk_id: UUID, tools: Tools) -> Claim | None:
    with tools.database.reading() as session:
        if not claims.is_free(session, chunk_id, at=tools.clock()):  # claims are counted before they are made: no count without one
            return None
    if not tools.may_claim():
        return None  # the clock of a machine that may send finds the chunk again
    with tools.database.transaction() as session:
        return claims.claim_chunk(
            session,
            chunk_id,
            calendars=calendars.of,
            outdated=overtaken.letters,
            briefings=briefing_days.of_letters,
            manners=tools.manners,
            journal=tools.journal.name,
            way=tools.way,
            lease=tools.lease,
            at=tools.clock(),
        )


def _close_unfinished(tools: Tools) -> None:
    """Settle what this process had in hand when the database went away: its own journal says what became of each letter."""
    for evidence in tools.journal.unfinished():
        with tools.database.transaction() as session:
            recovery.replay(session, evidence, fell=False, plan=tools.manners.plan, at=tools.clock())
        tools.journal.done(evidence.claim)


def _sender(tools: Tools) -> Sender:
    margin = timedelta(seconds=2 * tools.settings.smtp_timeout)  # the dot's way, and its answer's
    how = tools.clock, tools.settings.pace, tools.lease, margin, tools.is_to_pause, tools.returns
    return Sender(tools.database, tools.transport, tools.journal, *how, glance=GLANCE, brake=tools.brake)


def _hold(entry: LogEntry, reason: str, tools: Tools) -> None:
    with tools.database.transaction() as session:
        schedules.hold(session, entry.subject, reason=reason, at=tools.clock())


def hold_what_was_signed(entry: LogEntry, tools: Tools) -> None:
    """Somebody's signatures count no more, or none under a roster: what is going stops at once, as the gate would refuse its next chunk anyway; what
    has not begun goes back to be submitted and signed anew, but for words that briefings are read from.
    """
    event = log.read(entry)
    assert isinstance(event, SignatorySuspended | RosterGivenUp)
    if isinstance(event, SignatorySuspended):
        what, why = "Somebody who signed it was suspended", f": {event.reason}"
    else:
        what, why = "The roster it was signed under was given up", ""
    with tools.database.transaction() as session:
        found = replaced.without(session, "sealed", "scheduled", "sending")
        void = unsigned.void(session, found)
        for release in (one for one in found if one.id in void):
            if release.state == "sending" or kits.are_read_from(session, release.id):
                schedules.hold(session, release.id, reason=what + why, at=tools.clock())
            else:
                reason = f"{what}, so both parties must sign it anew{why}"
                releases.return_(session, release.id, reason=reason, by=COUNTERSIGN, at=tools.clock())


def hold_what_waits(entry: LogEntry, tools: Tools) -> None:
    """Stop at once every scheduled or sending release that was signed to wait for what has not happened after all; the gate would refuse its next
    chunk anyway. Does nothing where it was recorded anew meanwhile.
    """
    event = log.read(entry)
    assert isinstance(event, MilestoneTakenBack)
    with tools.database.transaction() as session:
        milestone = milestones.get(session, entry.subject)
        going = replaced.without(session, "scheduled", "sending") if milestone.reached_at is None else []
        for release in going:
            said = releases.said(release)
            waits_for = said.goes_under.waits_for if said else ""
            if (release.campaign_id, waits_for) == (milestone.campaign_id, milestone.name):
                reason = f"What it waits for has not happened after all: {event.reason}"
                schedules.hold(session, release.id, reason=reason, at=tools.clock())


def plan_follow_ups(entry: LogEntry, tools: Tools) -> None:
    """A briefing's list is complete or was corrected, or it will not take place in time: queue the follow-ups that waited for it, for each reader the
    one meant for them.
    """
    with tools.database.transaction() as session:
        briefing_letters.plan(session, entry.subject, at=tools.clock())


def plan_every_follow_up(_entry: LogEntry, tools: Tools) -> None:
    """An authority meets in another group: queue the follow-ups to its readers for which nothing more has to be waited for there."""
    with tools.database.transaction() as session:
        briefing_letters.plan_all(session, at=tools.clock())


def plan_a_follow_up(entry: LogEntry, tools: Tools) -> None:
    """A follow-up began: queue it for those readers of whom it is known already whether they came."""
    with tools.database.transaction() as session:
        briefing_letters.plan_release(session, entry.subject, at=tools.clock())


def cancel_invitations(entry: LogEntry, tools: Tools) -> None:
    """A briefing does not take place: queue, for everybody invited, the cancellation that was sealed with their invitation."""
    take_off_outdated(entry, tools)  # in a transaction of its own, so that it stands whatever becomes of the rest
    with tools.database.transaction() as session:
        invitees.cancel(session, entry.subject, at=tools.clock())


def take_off_outdated(entry: LogEntry, tools: Tools) -> None:
    """A briefing has another date or place: letters that still say the old one do not go."""
    with tools.database.transaction() as session:
        invitees.take_off(session, entry.subject, at=tools.clock())


def look_at_turns_again(_entry: LogEntry, tools: Tools) -> None:
    """A calendar, a briefing's date or the group of an authority changed: make the letters that wait for their turn due, so that each is judged anew when its chunk is claimed."""
    last: UUID | None = timing.FIRST
    while last:
        if tools.stopping.is_set():
            raise TryLater("This worker was asked to stop before everything that waits was looked at.")
        with tools.database.transaction() as session:
            last = timing.look_again(session, after=last, at=tools.clock())


def close_release(entry: LogEntry, tools: Tools) -> None:
    """Close a release once every letter has its outcome. Of one that ended early, the letters that a worker gave back do not go."""
    with tools.database.transaction() as session:
        ended = releases.get(session, entry.subject).state in deliveries.ENDED
        plans.close_if_done(session, entry.subject, at=tools.clock())
    if ended:
        abandon_letters(entry, tools)


def abandon_letters(entry: LogEntry, tools: Tools) -> None:
    """The release ended early: put down as missed every letter that has not gone."""
    with tools.database.reading() as session:
        reason = f"The release was {releases.get(session, entry.subject).state}"
    more = True
    while more:
        if tools.stopping.is_set():
            raise TryLater("This worker was asked to stop before every letter of a release that ended was put down as missed.")
        with tools.database.transaction() as session:
            more = deliveries.abandon(session, entry.subject, reason=reason, at=tools.clock())

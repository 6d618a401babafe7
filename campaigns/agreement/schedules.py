"""When an agreed release goes, and who may stop it: schedule, begin, stop, resume, miss, lapse, finish.

A schedule may only narrow what was signed; nothing is ever sent late. Waiting is a column the clock finds, not a delay in a queue.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from campaigns.agreement import gate, parties, releases, sealed
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.releases import Release
from campaigns.agreement.seals import APPROVAL_DAYS
from campaigns.drafting import holding_lines, messages
from campaigns.foundation import lifecycles, log, officers
from campaigns.foundation.errors import GateClosed, Invalid, NotAllowedNow, NotYours, Problem, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN, Officer

SLACK = timedelta(minutes=1)  # "now", typed a moment ago, is not the past


class ReleaseScheduled(Event):
    """An officer chose when it goes, and which of a holding line's agreed cases."""

    when: datetime
    choice: str = ""


class SendingBegan(Event):
    """The first letters may leave."""


class SendingStopped(Event):
    """A party, or the gate itself, stopped it; it can be resumed."""

    reason: str


class SendingResumed(Event):
    """The party that stopped it lets it go on."""


class ReleaseMissed(Event):
    """Its latest time passed; whatever had not gone does not go."""


class ReleaseLapsed(Event):
    """Both signatures did not come in time."""


class ReleaseSent(Event):
    """Every letter has its outcome."""


def schedule(
    session: Session, release_id: UUID, *, when: datetime | None, case: Mapping[str, str] | None = None, by: Officer, at: datetime
) -> None:
    """Let an agreed release go at `when` (None: now). Of a holding line, `case` is the choice for each of its blanks.

    Refuses a moment outside the signed window, a case that was not signed, an officer of a party that was not named to let it go, and
    whatever the gate refuses.
    """
    officers.require_writer(by)
    release = releases.get(session, release_id, lock=True)
    verified = gate.check(session, release, at=at)
    _require_let_go_by(session, verified.said, by)
    moment = when or max(at, verified.earliest)
    if moment < at - SLACK:
        raise Invalid([Problem("when", "Choose a time that has not passed")])
    try:
        gate.check_window(verified, at=moment)
    except GateClosed as refusal:
        raise Invalid([Problem("when", refusal.sentence)]) from None
    if (case or {}) not in holding_lines.cases(verified.said.closed):
        raise Invalid([Problem("when", "Choose one of the agreed choices for each blank of this holding line")])
    choice = holding_lines.key(case or {})
    releases.move(session, release_id, "schedule", scheduled_for=moment, choice=choice, people=sealed.count(session, release_id, choice))
    log.record(session, ReleaseScheduled(when=moment, choice=choice), subject=release_id, by=by.name, at=at)


def _require_let_go_by(session: Session, said: Manifest, by: Officer) -> None:
    if by.party not in said.let_go_by:
        named = " or ".join(parties.name(session, code) for code in said.let_go_by)
        raise NotYours(f"Both parties signed that an officer of {named} lets this go.")


def begin_due(session: Session, *, at: datetime, limit: int = 20) -> int:
    """Begin every scheduled release whose time has come and which the gate lets go; the rest is stopped, with the reason."""
    due = select(Release).where(Release.state == "scheduled", col(Release.scheduled_for) <= at).limit(limit)
    found = list(session.exec(due.with_for_update(skip_locked=True)))
    for release in found:
        messages.get(session, release.message_id, lock=True)  # nobody revises it between the gate's answer and the beginning
        try:
            gate.check_window(gate.check(session, release, at=at), at=at)
            messages.move(session, release.message_id, "send")
        except Refused as refusal:  # held alone: whatever is wrong with it keeps no other release from beginning
            hold(session, release.id, reason=refusal.sentence, at=at)
            continue
        releases.move(session, release.id, "begin", began_at=at)
        log.record(session, SendingBegan(), subject=release.id, by=COUNTERSIGN.name, at=at)
    return len(found)


def stop(session: Session, release_id: UUID, *, by: Officer, at: datetime) -> None:
    """Stop what is scheduled or going, for either party, until that party lets it go on."""
    officers.require_writer(by)
    releases.move(session, release_id, "stop", stopped_by=by.party, reason=f"Stopped by {by.name}")
    log.record(session, SendingStopped(reason=f"Stopped by {by.name}"), subject=release_id, by=by.name, at=at)


def hold(session: Session, release_id: UUID, *, reason: str, at: datetime) -> None:
    """The gate refused: stop it until somebody looks. Harmless when it has been stopped or ended already."""
    release = releases.get(session, release_id, lock=True)
    if release.state not in lifecycles.before(lifecycles.RELEASE, "stop"):
        return
    releases.move(session, release_id, "stop", stopped_by=None, reason=reason)
    log.record(session, SendingStopped(reason=reason), subject=release_id, by=COUNTERSIGN.name, at=at)


def resume(session: Session, release_id: UUID, *, by: Officer, at: datetime) -> None:
    """Let a stopped release go on at once. Refuses the party that did not stop it, and whatever the gate refuses."""
    officers.require_writer(by)
    release = releases.get(session, release_id, lock=True)
    releases.require_state(release, "stopped")
    if release.stopped_by and release.stopped_by != by.party:
        raise NotYours("The other party stopped this; only they can let it go on.")
    verb, began = ("resume", release.began_at) if release.began_at else ("reschedule", None)
    releases.move(session, release_id, verb, stopped_by=None, reason=None, began_at=began)
    gate.check_window(gate.check(session, release, at=at), at=at)
    log.record(session, SendingResumed(), subject=release_id, by=by.name, at=at)


def end_overdue(session: Session, *, at: datetime) -> int:
    """Mark as missed what could still have gone and whose latest time has passed; what waits for signatures too long has lapsed."""
    late = select(Release).where(col(Release.state).in_(lifecycles.before(lifecycles.RELEASE, "miss")), col(Release.latest_send) <= at)
    missed = list(session.exec(late))
    for release in missed:
        releases.move(session, release.id, "miss", ended_at=at)
        log.record(session, ReleaseMissed(), subject=release.id, by=COUNTERSIGN.name, at=at)
    old = select(Release).where(Release.state == "sealed", col(Release.sealed_at) <= at - timedelta(days=APPROVAL_DAYS))
    lapsed = [release for release in session.exec(old) if releases.missing(session, release)]
    for release in lapsed:
        releases.move(session, release.id, "lapse", ended_at=at)
        if releases.is_current(session, release):
            messages.move(session, release.message_id, "return")
        log.record(session, ReleaseLapsed(), subject=release.id, by=COUNTERSIGN.name, at=at)
    return len(missed) + len(lapsed)


def finish(session: Session, release_id: UUID, *, at: datetime) -> bool:
    """Close a release whose every letter has its outcome; False when it was closed, stopped or ended already."""
    try:
        releases.move(session, release_id, "finish", ended_at=at)
    except NotAllowedNow:
        return False
    log.record(session, ReleaseSent(), subject=release_id, by=COUNTERSIGN.name, at=at)
    return True

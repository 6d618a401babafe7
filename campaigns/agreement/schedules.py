"""When an agreed release goes, and who may stop it: schedule, begin, stop, resume, miss, lapse, finish.

A schedule may only narrow what was signed, and nothing is ever sent late. What waits is found by the clock in a column; no queue holds it back.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import Session, col, select

from campaigns.agreement import gate, leads, occasions, parties, releases, replaced, sealed
from campaigns.agreement.descriptions import APPROVAL_DAYS
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.releases import Release
from campaigns.drafting import holding_lines, invitations, messages
from campaigns.foundation import lifecycles, log, officers
from campaigns.foundation.errors import GateClosed, Invalid, NotAllowedNow, NotYours, Problem, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN, Officer

SLACK = timedelta(minutes=1)  # "now", typed a moment ago, is not the past
IN_TURN = col(Release.scheduled_for), col(Release.id)  # the order in which every clock locks releases, so that no two wait for each other
logger = structlog.get_logger()


class ReleaseScheduled(Event):
    """An officer chose when it goes, and which of a holding line's agreed cases."""

    when: datetime
    choice: str = ""
    in_windows: bool = False
    tour: UUID | None = None  # before whose briefings
    days_before: int = 0


class SendingBegan(Event):
    """The first letters may leave."""


class SendingStopped(Event):
    """A party, or the gate itself, stopped it; it can be resumed."""

    reason: str


class StopLifted(Event):
    """One party that stopped it lets it go on; the other party, which stopped it too, does not yet."""

    party: str


class SendingResumed(Event):
    """Everybody who stopped it lets it go on."""


class ReleaseMissed(Event):
    """Its latest time passed; whatever had not gone does not go."""


class ReleaseLapsed(Event):
    """Both signatures did not come in time."""


class ReleaseSent(Event):
    """Every letter has its outcome."""


def schedule(
    session: Session,
    release_id: UUID,
    *,
    when: datetime | None,
    case: Mapping[str, str] | None = None,
    in_windows: bool = False,
    tour: UUID | None = None,
    days: int = 0,
    by: Officer,
    at: datetime,
) -> bool:
    """Schedule an agreed release to go at `when` (None: now); `in_windows`: from then on, to each authority within its own next window.

    `case`: of a holding line, the choice for each of its blanks. With a `tour`, each letter goes within its authority's windows, and `days` before
    its reader's own briefing (see leads.py).

    False, and no event, when exactly that was chosen already. Refuses what `require_may_go` does, a moment outside the window, and an unsigned case.
    """
    officers.require_writer(by)
    release = releases.get(session, release_id, lock=True)
    verified = require_may_go(session, release, by=by, at=at)
    moment = when if when and when + SLACK <= verified.earliest else max(when or at, verified.earliest)  # nobody types seconds
    if moment < at - SLACK:
        raise Invalid([Problem("day", "Choose a time that has not passed")])
    try:
        gate.check_window(verified, at=moment)
    except GateClosed as refusal:
        raise Invalid([Problem("day", gate.which_to_choose(verified, moment)) if when else Problem("when", refusal.sentence)]) from None
    choice, in_windows = _choice(verified.said, case or {}), in_windows or tour is not None
    people = verified.said.readers if verified.said.goes_under.follows_up else sealed.count(session, release_id, choice)
    if not leads.choose(session, verified.said, tour_id=tour, days=days) and _stands(release, when, moment, (choice, in_windows)):
        return False
    releases.move(session, release_id, "schedule", scheduled_for=moment, choice=choice, in_windows=in_windows, people=people)
    said = ReleaseScheduled(when=moment, choice=choice, in_windows=in_windows, tour=tour, days_before=days)
    log.record(session, said, subject=release_id, by=by.name, at=at)
    return True


def require_may_go(session: Session, release: Release, *, by: Officer, at: datetime) -> gate.Verified:
    """Refuses what the gate refuses, an officer of a party that was not named to let it go, and an invitation after which a newer one has gone."""
    verified = gate.check(session, release, at=at)
    if by.party not in verified.said.let_go_by:
        named = " or ".join(parties.name(session, code) for code in verified.said.let_go_by)
        raise NotYours(f"Both parties signed that only an officer of {named} may let this go.")
    occasions.require_newest(session, verified.said)
    return verified


def _stands(release: Release, when: datetime | None, moment: datetime, chosen: tuple[str, bool]) -> bool:
    """Whether the release is scheduled in just this way already, to the minute, as nobody types seconds."""
    same = (release.state, release.choice, release.in_windows) == ("scheduled", *chosen)
    return same and timedelta() <= moment - (release.scheduled_for or moment) < (SLACK if when else timedelta.max)


def _choice(said: Manifest, case: Mapping[str, str]) -> str:
    """The key of the case that goes, of a holding line or an invitation; empty for a follow-up, where each reader's own attendance decides."""
    if said.goes_under.follows_up:
        if case:
            raise Invalid([Problem("when", "Nobody chooses which letter of a follow-up goes: each reader's own attendance says it")])
        return ""
    if said.is_invitation and not case:
        return holding_lines.key(invitations.case_of(said.closed, invitations.INVITED))
    if said.is_invitation or case not in holding_lines.cases(said.closed):
        raise Invalid([Problem("when", "Choose one of the agreed choices for each blank of this holding line")])
    return holding_lines.key(case)


def begin_due(session: Session, *, at: datetime, limit: int = 20) -> int:
    """Begin up to `limit` scheduled releases whose time has come. One that the gate refuses is stopped, with the reason."""
    due = select(Release.id).where(Release.state == "scheduled", col(Release.scheduled_for) <= at)
    for release_id in (found := session.exec(due.order_by(*IN_TURN).limit(limit)).all()):
        release = releases.lock(session, release_id)  # nobody revises it between the gate's answer and the beginning
        if release.state != "scheduled" or release.scheduled_for is None or release.scheduled_for > at:
            continue  # another clock began it, or an officer was quicker
        try:
            _require_may_begin(session, release, goes_at=at, at=at)
            messages.move(session, release.message_id, "send")
        except Refused as refusal:  # held alone: whatever is wrong with it keeps no other release from beginning
            hold(session, release.id, reason=refusal.sentence, at=at)
            continue
        releases.move(session, release.id, "begin", began_at=at)
        log.record(session, SendingBegan(), subject=release.id, by=COUNTERSIGN.name, at=at)
    return len(found)


def _require_may_begin(session: Session, release: Release, *, goes_at: datetime, at: datetime) -> None:
    verified = gate.check(session, release, at=at)
    gate.check_window(verified, at=goes_at)
    if release.began_at is None:  # of what had begun, each letter is judged by itself (audiences/overtaken.py)
        occasions.require_newest(session, verified.said)


def stop(session: Session, release_id: UUID, *, by: Officer, at: datetime) -> None:
    """Stop a release that is scheduled or going, until the party that stopped it lets it go on. One that the other party stopped can be stopped, too."""
    officers.require_writer(by)
    release, said = releases.get(session, release_id, lock=True), f"Stopped by {by.name}"
    if by.party in release.stoppers:
        raise NotAllowedNow("Your party has stopped this already.")
    reason = f"{(release.reason or '').rstrip('.')}. {said}" if release.state == "stopped" else said
    releases.move(session, release_id, "stop", stopped_by=" ".join([*release.stoppers, str(by.party)]), reason=reason)
    log.record(session, SendingStopped(reason=said), subject=release_id, by=by.name, at=at)


def hold(session: Session, release_id: UUID, *, reason: str, at: datetime) -> None:
    """Stop a release that the gate refused, until somebody looks. Does nothing when it is stopped or has ended, or its latest time has passed."""
    release = releases.get(session, release_id, lock=True)
    if release.state not in lifecycles.before(lifecycles.RELEASE, "stop") - {"stopped"} or release.latest_send <= at:
        return
    releases.move(session, release_id, "stop", stopped_by=None, reason=reason)
    log.record(session, SendingStopped(reason=reason), subject=release_id, by=COUNTERSIGN.name, at=at)


def resume(session: Session, release_id: UUID, *, by: Officer, at: datetime) -> bool:
    """Let a stopped release go on, at once or at its time; False while the other party still stops it. Refuses a party that did not stop it, and
    whatever the gate refuses.
    """
    officers.require_writer(by)
    release = releases.get(session, release_id, lock=True)
    if release.state != "stopped":
        raise NotAllowedNow(f"This release {lifecycles.said(release.state)}, and only a stopped release can be resumed.")
    if not is_theirs_to_resume(release, by):
        raise NotYours("The other party stopped this; only they can resume it.")
    if others := [party for party in release.stoppers if party != by.party]:
        reason = f"{by.name} resumed it, and {' and '.join(parties.name(session, party) for party in others)} has not yet"
        releases.move(session, release.id, "stop", stopped_by=" ".join(others), reason=reason)
        log.record(session, StopLifted(party=str(by.party)), subject=release.id, by=by.name, at=at)
        return False
    verb, goes_at = ("resume", at) if release.began_at else ("reschedule", max(at, release.scheduled_for or at))
    releases.move(session, release_id, verb, stopped_by=None, reason=None)
    _require_may_begin(session, release, goes_at=goes_at, at=at)
    log.record(session, SendingResumed(), subject=release_id, by=by.name, at=at)
    return True


def is_theirs_to_resume(release: Release, by: Officer) -> bool:
    """Whether this officer may let it go on: it is stopped, by their own party or by the gate alone."""
    return release.state == "stopped" and by.duty in officers.WRITERS and (not release.stoppers or by.party in release.stoppers)


def end_overdue(session: Session, *, at: datetime) -> int:
    """Mark as missed each release that could still have gone and whose latest time has passed, and as lapsed each that waited too long for signatures."""
    late = select(Release.id).where(col(Release.state).in_(lifecycles.before(lifecycles.RELEASE, "miss")), col(Release.latest_send) <= at)
    missed = sum(_alone(session, _miss, release_id, at=at) for release_id in session.exec(late.order_by(*IN_TURN)).all())
    old = select(Release.id).where(Release.state == "sealed", col(Release.sealed_at) <= at - timedelta(days=APPROVAL_DAYS))
    return missed + sum(_alone(session, _lapse, release_id, at=at) for release_id in session.exec(old.order_by(*IN_TURN)).all())


def finish(session: Session, release_id: UUID, *, at: datetime) -> bool:
    """Mark a release as sent, as every letter of it has its outcome; False when it is stopped or has ended already."""
    if releases.get(session, release_id, lock=True).state not in lifecycles.before(lifecycles.RELEASE, "finish"):
        return False
    releases.move(session, release_id, "finish", ended_at=at)
    log.record(session, ReleaseSent(), subject=release_id, by=COUNTERSIGN.name, at=at)
    return True


def _miss(session: Session, release_id: UUID, at: datetime) -> bool:
    releases.move(session, release_id, "miss", ended_at=at)
    log.record(session, ReleaseMissed(), subject=release_id, by=COUNTERSIGN.name, at=at)
    return True


def _lapse(session: Session, release_id: UUID, at: datetime) -> bool:
    release = releases.lock(session, release_id)
    if not releases.missing(session, release):
        return False
    releases.move(session, release_id, "lapse", ended_at=at)
    messages.move(session, release.message_id, "return")
    log.record(session, ReleaseLapsed(), subject=release_id, by=COUNTERSIGN.name, at=at)
    return True


def _alone(session: Session, end: Callable[[Session, UUID, datetime], bool], release_id: UUID, *, at: datetime) -> bool:
    """End one release in a savepoint: if that is refused, it alone is undone, and the others still end."""
    try:
        with session.begin_nested():
            return not replaced.end(session, release_id) and end(session, release_id, at)
    except Refused as refusal:
        logger.warning("a release could not be ended", release=str(release_id), why=refusal.sentence)
        return False

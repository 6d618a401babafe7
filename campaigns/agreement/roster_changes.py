"""Changing the roster: put a version forward, sign it for each party, take it back, or say that somebody's keys are compromised.

Anybody who may write may put one forward; only signatures of both parties' signatories make it stand. Suspending only takes away, so
either party may do it at once; only a later roster, signed by both, lets the person sign again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement import identity, manifest, parties, passkeys, rosters, standing
from campaigns.agreement.identity import Evidence
from campaigns.agreement.parties import Party
from campaigns.agreement.passkeys import Site
from campaigns.agreement.rosters import Member, Roster, RosterVersion
from campaigns.agreement.standing import RosterSignature
from campaigns.drafting import messages
from campaigns.foundation import log, officers, sightings
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours, Problem, Refused, Stale
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

LONGEST_REASON = 500
NOT_IN_IT = "They are not in the roster of signatories."
ROSTER = UUID("00000000-0000-0000-0000-00000000a057")  # what events about the roster are about


class RosterProposed(Event):
    """A version was put forward."""

    version: int
    fingerprint: str


class RosterSigned(Event):
    """One party's signatory signed it."""

    party: str
    fingerprint: str


class RosterStands(Event):
    """Both parties have signed: it is in force."""

    version: int
    fingerprint: str


class RosterTakenBack(Event):
    """A version that was put forward will not be signed."""

    version: int


class SignatorySuspended(Event):
    """Somebody's keys may be in other hands."""

    officer: UUID
    reason: str


class RosterGivenUp(Event):
    """The standing roster was given up, to found a new one."""

    versions: int


class Suspension(SQLModel, table=True):
    """One row per suspension: holds against every roster up to `version`."""

    __tablename__ = "suspensions"

    officer_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    reason: str
    by_name: str
    at: datetime


def propose(
    session: Session, *, members: Sequence[Member], passwords: Sequence[str], site: Site, seen: str | None = None, by: Officer, at: datetime
) -> RosterVersion:
    """Put the next version forward, in place of the one that waits as it was `seen`. Refuses one that names too few who can sign."""
    officers.require_writer(by)
    waiting, before = rosters.proposed(session, lock=True), standing.current(session)
    sightings.require(seen, rosters.shown(waiting), "list of signatories")
    roster = Roster(
        version=before.version + 1 if before else _next_number(session),
        proposed_at=at,
        previous=rosters.fingerprint(before) if before else rosters.NOTHING_BEFORE,
        rp_id=site.rp_id,
        origins=sorted(site.origins),
        parties=[party.code for party in parties.required(session)],
        passwords=sorted(set(passwords)),
        members=sorted(members, key=lambda member: str(member.officer)),
    )
    roster.check()
    if waiting is not None:
        _end(session, waiting, by=by.name, at=at)
    document = roster.to_bytes()
    said: dict[str, Any] = {"version": roster.version, "document": document, "proposed_by": by.name, "proposed_at": at}
    row = RosterVersion(fingerprint=manifest.digest(document), **said)
    _add(session, row)
    log.record(session, RosterProposed(version=row.version, fingerprint=row.fingerprint), subject=ROSTER, by=by.name, at=at)
    return row


def sign(session: Session, *, seen: str, evidence: Evidence, by: Officer, at: datetime) -> bool:
    """Sign the version put forward, for one's party; `seen` is the fingerprint the page showed. True when it stands by this.

    Refuses another version than the one seen, one that does not follow on the roster in force, a second signature by one person, and
    whoever is a signatory neither of the standing roster nor of the new one.
    """
    row = rosters.proposed(session, lock=True)
    if row is None or row.fingerprint != seen:
        raise Stale("The roster changed after this page was shown to you. Nothing was signed.")
    if not standing.follows(row.read(), standing.current(session)):
        raise Stale("This roster does not follow on the one in force. Take it back, and put the next one forward again.")
    if any(signed.officer_id == by.id for signed in standing.signatures(session, seen)):
        raise NotAllowedNow("You have signed this roster already.")
    refuse_suspended(session, {by.id: row.version - 1})
    judge = identity.judge(judges(session, row.read(), by), evidence, by=by)
    identity.admit(session, evidence, judge, tag=passkeys.ROSTER, body=row.document, digest=seen, by=by, at=at)
    session.add(RosterSignature(fingerprint=seen, **identity.signed_by(evidence, by=by, at=at)))
    session.flush()
    log.record(session, RosterSigned(party=str(by.party), fingerprint=seen), subject=ROSTER, by=by.name, at=at)
    return _stand(session, row, by=by, at=at)


def missing(session: Session, row: RosterVersion) -> list[Party]:
    """The parties whose signature a version waits for. Where the signatures of both parties do not do yet, it waits for more of either."""
    signed, named = {one.party for one in standing.signatures(session, row.fingerprint)}, parties.required(session)
    return [party for party in named if party.code not in signed] or named


def take_back(session: Session, *, seen: str, by: Officer, at: datetime) -> None:
    """Withdraw the version that waits, for either party."""
    officers.require_writer(by)
    row = rosters.proposed(session, lock=True)
    if row is None or row.fingerprint != seen:
        raise Stale("That roster no longer waits for signatures.")
    _end(session, row, by=by.name, at=at)


def suspend(session: Session, officer_id: UUID, *, reason: str, by: Officer, at: datetime) -> None:
    """Say that somebody's keys may be in other hands: what they signed and has not gone does not go. Needs a reason.

    A version that waits may have their signature, or let them sign again: it is taken back. Refuses somebody who does not stand in the roster.
    Only a later roster, signed by both parties, lets them sign again.
    """
    officers.require_writer(by)
    waiting, roster = rosters.proposed(session, lock=True), standing.chain(session).current  # in this order: it may just have come to stand
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid([Problem("reason", f"Say why, in up to {LONGEST_REASON} characters")])
    said = messages.plain_reason(reason)
    if roster.member(officer_id) is None:
        raise NotFound(NOT_IN_IT)
    if session.get(Suspension, (officer_id, roster.version)) is None:
        if waiting is not None:
            _end(session, waiting, by=by.name, at=at)
        session.add(Suspension(officer_id=officer_id, version=roster.version, reason=said, by_name=by.name, at=at))
        log.record(session, SignatorySuspended(officer=officer_id, reason=said), subject=ROSTER, by=by.name, at=at)


def found_anew(session: Session, *, by: str, at: datetime) -> int:
    """Give up the standing roster because a party lost all its keys. For whoever has the machine.

    Nobody can sign then, no signature under it counts any more, and a version that waits is taken back, as it would follow on it. It lets
    nothing out: the parties found a new roster, and sign again whatever has not gone.
    """
    if (waiting := rosters.proposed(session, lock=True)) is not None:
        _end(session, waiting, by=by, at=at)
    ended = rosters.rows(session)
    for row in ended:
        row.ended_at = at
        session.add(row)
    log.record(session, RosterGivenUp(versions=len(ended)), subject=ROSTER, by=by, at=at)
    return len(ended)


def refuse_suspended(session: Session, signed_under: Mapping[UUID, int]) -> None:
    """Refuse when somebody (officer → the roster's version they signed under) was suspended under that version or a later one."""
    for found in session.exec(select(Suspension).where(col(Suspension.officer_id).in_(signed_under))):
        if found.version >= signed_under[found.officer_id]:
            raise NotYours(f"This signatory was suspended: {found.reason}")


def suspended(session: Session) -> dict[UUID, Suspension]:
    """Everybody suspended under the roster in force, by officer."""
    version = standing.chain(session).current.version
    return {officer: row for officer, row in suspensions(session).items() if row.version >= version}


def suspensions(session: Session) -> dict[UUID, Suspension]:
    """The last suspension of everybody who ever was suspended, by officer."""
    return {row.officer_id: row for row in session.exec(select(Suspension).order_by(col(Suspension.version)))}


def judges(session: Session, roster: Roster, by: Officer) -> list[Roster]:
    """The rosters that say with which keys `by` may sign `roster`: the new one, then the one in force. Refuses a signatory in neither."""
    both = [one for one in (roster, standing.current(session)) if one is not None]
    if not (found := [one for one in both if (member := one.member(by.id)) and (member.party, member.standing) == (by.party, "signatory")]):
        raise NotYours("Only a signatory in the old roster or the new one can sign it.")
    return found


def may_sign(session: Session, row: RosterVersion, officer: Officer) -> bool:
    """Whether a signature of theirs on the waiting version is admitted and useful: their party has none, or those of both do not do yet."""
    signed = standing.signatures(session, row.fingerprint)
    try:
        refuse_suspended(session, {officer.id: row.version - 1})
        judges(session, row.read(), officer)
    except Refused:
        return False
    return officer.id not in {one.officer_id for one in signed} and {one.party for one in signed} != {officer.party}


def _stand(session: Session, row: RosterVersion, *, by: Officer, at: datetime) -> bool:
    row.stands_since = standing.stands_since(row.read(), standing.current(session), standing.signatures(session, row.fingerprint))
    if row.stands_since is None:
        return False
    session.add(row)
    log.record(session, RosterStands(version=row.version, fingerprint=row.fingerprint), subject=ROSTER, by=by.name, at=at)
    return True


def _next_number(session: Session) -> int:
    stood = select(sa.func.max(RosterVersion.version)).where(col(RosterVersion.stands_since).is_not(None))
    return 1 + (session.exec(stood).one() or 0)  # versions given up keep their numbers


def _add(session: Session, row: RosterVersion) -> None:
    """One version waits at a time: the table refuses another, put forward at the same moment."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Stale("Somebody else put a roster forward at this moment. Look at theirs first.") from None


def _end(session: Session, row: RosterVersion, *, by: str, at: datetime) -> None:
    row.ended_at = at
    session.add(row)
    session.flush()
    log.record(session, RosterTakenBack(version=row.version), subject=ROSTER, by=by, at=at)

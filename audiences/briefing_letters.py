"""Follow-ups of briefings: which letter each reader gets, once the list of who was at their authority's briefing is complete.

One release is sealed for all invitees with three letters each, for those who came, those who did not and those who sent apologies; of
these one goes (house rule: only less, never more). Source: HELA paper, Annex 2 ("Many thanks to those who attended").
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from audiences import organisations
from campaigns.agreement import releases
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings import attendance, tours
from campaigns.briefings.tours import Briefing
from campaigns.delivery import plans
from campaigns.drafting import holding_lines


def plan(session: Session, briefing_id: UUID, *, at: datetime) -> int:
    """Queue the letters of every follow-up that is going, to the readers of one briefing. Returns how many; 0 while its list is open."""
    briefing = tours.get(session, briefing_id)
    going = releases.in_state(session, "sending", "stopped")
    return sum(_plan(session, release.id, [briefing], at=at) for release in going if _tour(session, release.id) == briefing.tour_id)


def plan_release(session: Session, release_id: UUID, *, at: datetime) -> int:
    """Queue the letters of a follow-up that began, to the readers of every briefing whose list is complete. 0 for any other release."""
    tour_id = _tour(session, release_id)
    return _plan(session, release_id, tours.briefings(session, tour_id), at=at) if tour_id else 0


def _plan(session: Session, release_id: UUID, briefings: Iterable[Briefing], *, at: datetime) -> int:
    closed = releases.read(releases.get(session, release_id)).closed
    queued = 0
    for briefing in briefings:
        if briefing.state == "held" and briefing.list_completed_at is not None:
            for outcome, people in _by_outcome(session, release_id, briefing).items():
                queued += plans.plan_these(session, release_id, holding_lines.condition(closed, outcome), people, at=at)
    return queued


def _by_outcome(session: Session, release_id: UUID, briefing: Briefing) -> dict[str, set[UUID]]:
    codes = [member.code for member in organisations.members(session, briefing.group_code)]
    outcomes, found = attendance.outcomes(session, briefing.id), defaultdict[str, set[UUID]](set)
    chosen = select(SealedLetter.person_id, SealedLetter.authority_code, SealedLetter.role).where(SealedLetter.release_id == release_id)
    for person_id, code, role in session.exec(chosen.where(col(SealedLetter.authority_code).in_(codes)).distinct()):
        found[outcomes.of(person_id, code, role)].add(person_id)
    return found


def _tour(session: Session, release_id: UUID) -> UUID | None:
    said = releases.said(releases.get(session, release_id))
    return UUID(said.goes_under.follows_up) if said and said.goes_under.follows_up else None

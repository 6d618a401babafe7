"""Follow-ups of briefings: which letter each reader gets, once it is certain whether they came to any briefing of the tour.

One release is sealed for all invitees with three letters each, for those who came, those who did not and those who sent apologies; of
these one goes (house rule: only less, never more). Source: HELA paper, Annex 2 ("Many thanks to those who attended").
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, select

from audiences import briefing_days, organisations
from audiences.people import Person
from campaigns.agreement import releases
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings import attendance, outcomes, tours
from campaigns.briefings.attendance import APOLOGIES, Attendance
from campaigns.briefings.outcomes import ABSENT, ATTENDED, Outcomes
from campaigns.briefings.tours import Briefing
from campaigns.delivery import plans
from campaigns.drafting import holding_lines

BEST_FIRST = (ATTENDED, APOLOGIES, ABSENT)

Reader = tuple[UUID, str, str]  # a person, the code of their authority or body, and their role


@dataclass(frozen=True)
class Sheet:
    """What the list of a held briefing says of readers of any group. `unsure`: what it says by lines that count only once it is complete."""

    group_code: str
    is_complete: bool
    outcomes: Outcomes
    unsure: Outcomes

    def settles(self, reader: Reader, group_code: str) -> bool:
        """Whether a complete list says that somebody came: by their own row, or, at their own group's briefing, by one of their role."""
        theirs = self.outcomes.of(*reader) if self.group_code == group_code else self.outcomes.people.get(reader[0])
        return self.is_complete and theirs == ATTENDED

    def may_say(self, reader: Reader) -> bool:
        """Whether it may say that they came, once it is complete: somebody signed in for them by the link, which can be passed on to anybody."""
        return self.unsure.of(*reader) == ATTENDED


def plan(session: Session, briefing_id: UUID, *, at: datetime) -> int:
    """Queue whatever may go now of the follow-ups of a briefing's tour. Returns how many letters."""
    tour_id, going = tours.get(session, briefing_id).tour_id, releases.in_state(session, "sending", "stopped")
    return sum(plan_release(session, release.id, at=at) for release in going if _tour(session, release.id) == tour_id)


def plan_all(session: Session, *, at: datetime) -> int:
    """The same of every tour: an authority meets in another group."""
    return sum(plan_release(session, release.id, at=at) for release in releases.in_state(session, "sending", "stopped"))


def plan_release(session: Session, release_id: UUID, *, at: datetime) -> int:
    """Queue what may go now of a follow-up, group by group; gives how many letters, 0 for any other release.

    Who came gets their letter once a complete list says so. Everybody else waits until their group has no date to come and no open list,
    and nobody has signed in for them on another open list.
    """
    tour_id = _tour(session, release_id)
    if tour_id is None:
        return 0
    release, briefings, queued = releases.get(session, release_id), tours.briefings(session, tour_id), 0
    closed, sheets = releases.read(release).closed, _sheets(session, briefings)
    for group_code in sorted({briefing.group_code for briefing in briefings}):
        theirs = [briefing for briefing in briefings if briefing.group_code == group_code]
        is_over = any(_is_complete(one) for one in theirs) and not any(_may_still_tell(one, release.latest_send) for one in theirs)
        for outcome, people in _by_outcome(session, release_id, group_code, sheets, is_over=is_over).items():
            queued += plans.plan_these(session, release_id, holding_lines.condition(closed, outcome), people, at=at)
    return queued


def _by_outcome(session: Session, release_id: UUID, group_code: str, sheets: list[Sheet], *, is_over: bool) -> dict[str, set[UUID]]:
    """The readers of a group whose outcome is certain, by that outcome: the best that any list of the tour says of them."""
    codes, found = {group_code, *organisations.met(session, group_code)}, defaultdict[str, set[UUID]](set)
    place = sa.func.coalesce(SealedLetter.authority_code, Person.place)
    chosen = select(SealedLetter.person_id, place, SealedLetter.role).outerjoin(Person, briefing_days.AT_ANOTHER_BODY)
    for reader in session.exec(chosen.where(SealedLetter.release_id == release_id, place.in_(codes)).distinct()):
        if is_over:
            said = {sheet.outcomes.of(*reader) for sheet in sheets}
            if ATTENDED in said or not any(sheet.may_say(reader) for sheet in sheets):
                found[next(outcome for outcome in BEST_FIRST if outcome in said)].add(reader[0])
        elif any(sheet.settles(reader, group_code) for sheet in sheets):
            found[ATTENDED].add(reader[0])
    return found


def _sheets(session: Session, briefings: Iterable[Briefing]) -> list[Sheet]:
    held = [briefing for briefing in briefings if briefing.state == "held"]
    return [_sheet(one, attendance.standing(session, one.id), organisations.met(session, one.group_code)) for one in held]


def _sheet(briefing: Briefing, rows: list[Attendance], members: Collection[str]) -> Sheet:
    waits = {row.id for row in rows if attendance.awaits_the_list(briefing, row, members)}
    sure, unsure = ([row for row in rows if (row.id in waits) is wanted] for wanted in (False, True))
    return Sheet(briefing.group_code, _is_complete(briefing), outcomes.told_by(sure), outcomes.told_by(unsure))


def _is_complete(briefing: Briefing) -> bool:
    return briefing.state == "held" and briefing.list_completed_at is not None


def _may_still_tell(briefing: Briefing, latest_send: datetime) -> bool:
    """Whether somebody may still come to it, or stand on its list, while the letters may go."""
    to_come = briefing.state == "dated" and briefing.starts_at is not None and briefing.starts_at < latest_send
    return to_come or (briefing.state == "held" and not _is_complete(briefing))


def _tour(session: Session, release_id: UUID) -> UUID | None:
    said = releases.said(releases.get(session, release_id))
    return UUID(said.goes_under.follows_up) if said and said.goes_under.follows_up else None

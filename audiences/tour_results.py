"""What a tour has come to, region by region: which groups were briefed or declined, which authorities came, and which are briefed since.

The join of briefings, attendance, questions and coverage with the register. An authority counts once however many of its people came, and
people are counted beside it as `heads`; whoever was briefed before the tour was opened, by a visit or on an earlier tour, is not new, and
whoever was briefed on it is, even on the day it was opened. Source: HELA paper, Annex 3 ("Present LOPP to each LA
regional group").
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from audiences import coverage_views, organisations
from audiences.authorities import Authority
from audiences.coverage_views import View
from audiences.roles import AUTHORITY_ROLES
from campaigns.briefings import attendance, questions, repeats, tours
from campaigns.briefings.attendance import Attendance
from campaigns.briefings.questions import Question
from campaigns.briefings.tours import Briefing, Tour
from campaigns.reach import cells
from campaigns.reach.touches import BRIEFED, STANDING, Touch

Ticks = set[tuple[str, str]]


@dataclass(frozen=True)
class Region:
    """A region of the tour, or one of its other bodies: its briefings, the authorities of its group, and who came to those held, from wherever.

    `heads` are the people who came, `apologies` those who could not, `asked` the questions they raised.
    """

    nation: str
    name: str
    briefings: list[Briefing]
    members: list[Authority]
    ticks: Ticks
    heads: int
    apologies: int
    asked: list[Question]
    fresh: list[Authority]

    def count(self, state: str) -> int:
        """How many of its briefings are in a state."""
        return sum(briefing.state == state for briefing in self.briefings)

    @property
    def came(self) -> set[str]:
        """The authorities of its group from which somebody came."""
        return {member.code for member in self.members} & {code for code, _ in self.ticks}

    @property
    def by_role(self) -> dict[str, int]:
        """From how many of these somebody came in each role."""
        return {role: sum((code, role) in self.ticks for code in self.came) for role in AUTHORITY_ROLES}

    @property
    def open(self) -> int:
        """How many questions nothing has come of yet."""
        return sum(not question.outcome for question in self.asked)

    @property
    def declined(self) -> list[str]:
        """Why its groups declined."""
        return [briefing.reason or "" for briefing in self.briefings if briefing.state == "declined"]

    @property
    def without(self) -> list[str]:
        """Why a briefing was held without a note or a presenter."""
        return [briefing.held_without for briefing in self.briefings if briefing.held_without]


@dataclass(frozen=True)
class Result:
    """A tour as a whole: its regions, and how many authorities of the campaign were briefed when it was opened and are now."""

    regions: list[Region]
    before: int
    now: int

    @property
    def whole(self) -> Region:
        """All of it in one line."""
        return together("All", self.regions)

    @property
    def nations(self) -> dict[str, list[Region]]:
        """The regions by nation, in the order of the page; bodies of no nation stand under an empty one."""
        found: dict[str, list[Region]] = {}
        for one in self.regions:
            found.setdefault(one.nation, []).append(one)
        return found


def of(session: Session, tour_id: UUID) -> Result:
    """The tour's result as it stands now; refuses an unknown tour."""
    tour = tours.tour(session, tour_id)
    groups: dict[str, list[Briefing]] = {}
    for briefing in tours.briefings(session, tour_id):
        groups.setdefault(briefing.group_code, []).append(briefing)
    now = briefed(session, tour.campaign_id, also={member.code for code in groups for member in organisations.members(session, code)})
    before = now & _before(session, tour, (briefing for theirs in groups.values() for briefing in theirs))
    held = [one.id for theirs in groups.values() for one in theirs if one.state == "held"]
    sheets, asked = attendance.sheets(session, held), questions.of_briefings(session, held)
    regions = [_region(session, code, theirs, sheets, asked, now - before) for code, theirs in groups.items()]
    return Result(regions, len(before), len(now))


def together(name: str, regions: list[Region]) -> Region:
    """Several regions in one line; an authority that came in two of them counts once."""
    briefings = [briefing for one in regions for briefing in one.briefings]
    ticks, asked = {tick for one in regions for tick in one.ticks}, [question for one in regions for question in one.asked]
    heads, apologies = sum(one.heads for one in regions), sum(one.apologies for one in regions)
    members, fresh = _all(one.members for one in regions), _all(one.fresh for one in regions)
    return Region("", name, briefings, members, ticks, heads, apologies, asked, fresh)


def briefed(session: Session, campaign_id: UUID, *, also: Collection[str]) -> set[str]:
    """The campaign's authorities, and `also` these, that are briefed face to face, by whatever channel."""
    found = {one.code for one in cells.counted(session, campaign_id) if one.grade == BRIEFED}
    return found & {*(council.code for council in coverage_views.councils(session, View())), *also}


def _before(session: Session, tour: Tour, briefings: Iterable[Briefing]) -> set[str]:
    """Whoever had been briefed when the tour was opened, but for its own briefings; what was taken back since never happened."""
    mine = (col(Touch.campaign_id) == tour.campaign_id, col(Touch.grade) == BRIEFED, col(Touch.at) <= tour.opened_at, STANDING)
    own = tuple(repeats.evidence(session, [briefing.id for briefing in briefings]))
    found = session.execute(sa.select(col(Touch.authority_code), col(Touch.evidence)).where(*mine))
    return {code for code, evidence in found if not evidence.startswith(own)}


def _region(
    session: Session, code: str, briefings: list[Briefing], sheets: dict[UUID, list[Attendance]], asked: list[Question], fresh: set[str]
) -> Region:
    members, found = organisations.members(session, code), {briefing.id: sheets.get(briefing.id, []) for briefing in briefings}
    heads, apologies = (sum(counted(sheet) for sheet in found.values()) for counted in (attendance.heads, attendance.apologies))
    met = organisations.met(session, code)
    known = [row for one in briefings for row in found[one.id] if not attendance.awaits_the_list(one, row, met)]
    theirs, new = [one for one in asked if one.briefing_id in found], [member for member in members if member.code in fresh]
    ticks = attendance.seats(known)
    return Region(briefings[0].nation, briefings[0].group_name, briefings, members, ticks, heads, apologies, theirs, new)


def _all(lists: Iterable[list[Authority]]) -> list[Authority]:
    return list({authority.code: authority for found in lists for authority in found}.values())

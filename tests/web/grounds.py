"""What the tests of audiences, tours and coverage stand on: a founded register, somebody in it, a campaign, an agreed message."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from audiences import founding, organisations, people
from campaigns.briefings import arranging, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.tours import Group
from campaigns.foundation.database import Database
from campaigns.planning.rules import CalendarRule
from campaigns.reach import touches
from campaigns.reach.touches import Fact
from tests import snapshots
from tests.campaigns import stories
from tests.campaigns.stories import House
from tests.web.visitors import NOON

ADUR, BARNET, CARDIFF = "E07000223", "E09000003", "W06000015"


@dataclass(frozen=True)
class Ground:
    """A founded installation with one campaign."""

    database: Database
    house: House

    @property
    def campaign(self) -> UUID:
        """The campaign."""
        return self.house.campaign

    def person(
        self, place: str = ADUR, role: str = "practitioner", address: str = "someone@adur.test", name: str = "Health Officer"
    ) -> UUID:
        """Somebody in a role."""
        with self.database.transaction() as session:
            return people.add(
                session, name=name, role=role, place=place, address=address, by=self.house.drafter, at=NOON, test_domains_allowed=True
            )

    def agreed(self) -> UUID:
        """A release that both parties have signed."""
        return stories.agreed_release(self.house).release

    def waiting(self) -> UUID:
        """A release that nobody has signed."""
        return stories.waiting_release(self.house).release

    def tour(self) -> UUID:
        """A tour over every regional group; further ones are numbered."""
        with self.database.transaction() as session:
            before = len(tours.every(session))
            groups = [Group(body.code, body.name, body.nation) for body in organisations.groups(session)]
            return tours.open_tour(
                session,
                self.campaign,
                name="Spring briefings" + (f" {before + 1}" if before else ""),
                groups=groups,
                by=self.house.drafter,
                at=NOON,
            )

    def briefing(self, tour: UUID, group: str = "group-wales") -> UUID:
        """One group's briefing."""
        with self.database.reading() as session:
            return next(briefing.id for briefing in tours.briefings(session, tour) if briefing.group_code == group)

    def held(self, group: str = "group-wales") -> UUID:
        """A briefing that was held yesterday."""
        briefing, note = self.briefing(self.tour(), group), self.agreed()
        arrangement = Arrangement(NOON - timedelta(days=1), "County Hall", "Head of the unit", "Policy officer", note=note)
        with self.database.transaction() as session:
            arranging.arrange(session, briefing, arrangement, by=self.house.drafter, at=NOON)
            tours.hold(session, briefing, by=self.house.drafter, at=NOON)
        return briefing

    def touch(self, code: str, role: str, grade: str, evidence: str) -> None:
        """Evidence, as a worker would put it."""
        with self.database.transaction() as session:
            channel = "briefing" if grade == "briefed" else "letter"
            touches.put(session, [Fact(self.campaign, code, role, grade, evidence, NOON, "tests", channel=channel)])

    def addresses(self) -> list[str]:
        """Everybody's addresses, those who left included."""
        with self.database.reading() as session:
            return sorted(person.address for place in (ADUR, BARNET, CARDIFF) for person in people.at_place(session, place))


def found(database: Database) -> Ground:
    """Found an installation."""
    return Ground(database, replace(snapshots.of(database, "a ground", _founded), database=database))


def _founded(database: Database) -> House:
    house = stories.house(database)
    with database.transaction() as session:
        founding.found(session, by=house.drafter, at=NOON)
    return house


def take_the_polls_down(database: Database) -> None:
    """A calendar without a rule, where a test hangs up its own: founding brings the polls that are known."""
    with database.transaction() as session:
        session.exec(sa.delete(CalendarRule))

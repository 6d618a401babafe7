"""The other bodies of a campaign: which unions, professional bodies, parts of HSE and committees were written to, have confirmed, were briefed.

Touches are of authorities alone; of anybody else the evidence is the letter itself, its reader's own answer, and a briefing's sheet.
Source: HELA paper, Annex 2 ("trade unions, professional bodies and some HSE sectors"), Annex 3 ("ensuring all stakeholders are covered")
and para 17 (the LGP).
"""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences import contactable, organisations
from audiences.grades import NONE, SAID
from audiences.organisations import COMMITTEE, DIRECTORATE, GROUP, PILOT, PROFESSIONAL, UNION, Body
from audiences.people import Person
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings import attendance
from campaigns.briefings.attendance import PRESENT, Attendance
from campaigns.briefings.tours import Briefing, Tour
from campaigns.delivery import incoming
from campaigns.delivery.acknowledgements import READ, Acknowledgement
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.incoming import IncomingMail
from campaigns.reach.touches import BRIEFED, CONFIRMED, WRITTEN

KINDS = (UNION, PROFESSIONAL, DIRECTORATE, COMMITTEE, GROUP, PILOT)  # the gaps that the paper names come first


@dataclass(frozen=True)
class Told:
    """A body: how many can be written to, got a letter of the campaign, and have confirmed; and how many briefings somebody came to."""

    body: Body
    people: int
    written: int
    confirmed: int
    briefings: int

    @property
    def grade(self) -> str:
        """The highest that there is evidence for."""
        return BRIEFED if self.briefings else CONFIRMED if self.confirmed else WRITTEN if self.written else NONE

    @property
    def words(self) -> str:
        """The grade as pages say it."""
        return "nobody to write to" if self.grade == NONE and not self.people else SAID[self.grade]


@dataclass(frozen=True)
class Kind:
    """The bodies of a kind, by name, and how many of them stand where."""

    bodies: list[Told]

    @property
    def contacted(self) -> int:
        """Those written to, or with more."""
        return sum(one.grade != NONE for one in self.bodies)

    @property
    def confirmed(self) -> int:
        """Those of which somebody has confirmed, or was briefed."""
        return sum(one.grade in {CONFIRMED, BRIEFED} for one in self.bodies)

    @property
    def briefed(self) -> int:
        """Those of which somebody was briefed face to face."""
        return sum(one.grade == BRIEFED for one in self.bodies)

    @property
    def nobody(self) -> int:
        """Those not contacted, and with nobody to write to."""
        return sum(one.grade == NONE and not one.people for one in self.bodies)


def told(session: Session, campaign_id: UUID) -> dict[str, Kind]:
    """Every body, kind by kind, by letters, answers and sign-in sheets as they stand now. Northern Ireland's group only if it opted in."""
    there, found, briefed = _contactable(session, campaign_id), _counted(session, campaign_id), _briefed(session, campaign_id)
    return {
        kind: Kind(
            [
                Told(body, there.get(body.code, 0), *found.get(body.code, (0, 0)), briefed.get(body.code, 0))
                for body in organisations.of_kind(session, kind)
                if body.status != "opt-in"
            ]
        )
        for kind in KINDS
    }


def _contactable(session: Session, campaign_id: UUID) -> dict[str, int]:
    """Body → how many of its people can be written to about the campaign; bodies without any are missing."""
    theirs = contactable.now(session, campaign_id=campaign_id)
    counted = select(Person.body_code, sa.func.count()).where(theirs).group_by(col(Person.body_code))
    return {code: number for code, number in session.exec(counted) if code}


def _counted(session: Session, campaign_id: UUID) -> dict[str, tuple[int, int]]:
    """Body → how many of its people a letter went to, and how many said that they have read one, in their letter's links or by a reply."""
    read = sa.exists().where(_same(Acknowledgement), col(Acknowledgement.kind) == READ)
    replied = sa.exists().where(_same(IncomingMail), col(IncomingMail.done) == incoming.SAID[incoming.CONFIRMS])
    readers = sa.func.count(sa.distinct(col(Person.id)))
    columns = (col(Person.body_code), readers.filter(col(Delivery.state) == "accepted"), readers.filter(sa.or_(read, replied)))
    letters = (
        sa.select(*columns)
        .select_from(SealedLetter)
        .join(Release, col(Release.id) == SealedLetter.release_id)
        .join(Delivery, _same(Delivery))
        .join(Person, col(Person.id) == SealedLetter.person_id)
    )
    theirs = letters.where(col(Release.campaign_id) == campaign_id, col(SealedLetter.authority_code).is_(None))
    return {code: (written, confirmed) for code, written, confirmed in session.execute(theirs.group_by(col(Person.body_code)))}


def _briefed(session: Session, campaign_id: UUID) -> dict[str, int]:
    """Body → how many briefings somebody from it came to. A sign-in by the link of another body's counts once that list is complete."""
    there = (col(Tour.campaign_id) == campaign_id, col(Briefing.state) == "held", col(Attendance.status) == PRESENT)
    theirs = (
        select(Attendance, Briefing).join(Briefing, col(Briefing.id) == Attendance.briefing_id).join(Tour, col(Tour.id) == Briefing.tour_id)
    )
    rows = session.exec(theirs.where(*there, col(Attendance.body_code).is_not(None)))
    met = {(row.body_code, briefing.id) for row, briefing in rows if not attendance.awaits_the_list(briefing, row, ())}
    return Counter(code for code, _ in met if code)


def _same(table: type[Acknowledgement] | type[IncomingMail] | type[Delivery]) -> sa.ColumnElement[bool]:
    return (col(table.release_id) == SealedLetter.release_id) & (col(table.position) == SealedLetter.position)

"""When each reader's own briefing of a tour begins: that of the regional group their authority meets in, or of the body they hold a post at; and who
has none still to come.

Source: HELA paper, Annex 3 ("Present LOPP to each LA regional group").
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences.authorities import Authority
from audiences.organisations import Body, Membership
from audiences.people import Person
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings.tours import Briefing
from campaigns.delivery.before_briefings import Letter

WITH_A_DATE = ("dated", "held")
AT_ANOTHER_BODY = (col(Person.id) == SealedLetter.person_id) & col(SealedLetter.authority_code).is_(None)


def of(session: Session, tour_id: UUID, places: Collection[str]) -> dict[str, list[datetime]]:
    """By authority or other body, the moments at which its own briefings begin or began, the first one first; no entry where none has a date."""
    begins: defaultdict[str, list[datetime]] = defaultdict(list)
    dated = select(Briefing.group_code, Briefing.starts_at).where(Briefing.tour_id == tour_id, col(Briefing.state).in_(WITH_A_DATE))
    for group, starts_at in session.exec(dated.order_by(col(Briefing.starts_at))):
        if starts_at is not None:
            begins[group].append(starts_at)
    meets = select(Membership.authority_code, Membership.group_code).where(col(Membership.authority_code).in_(list(places)))
    groups = {place: place for place in places} | dict(session.exec(meets).all())
    return {place: begins[group] for place, group in groups.items() if group in begins}


def of_letters(session: Session, tour_id: UUID, letters: Sequence[Letter]) -> dict[int, list[datetime]]:
    """The same by the position of a letter: of its authority, or of the body at which its reader holds a post."""
    readers = {letter.position: UUID(letter.says[0]) for letter in letters if not letter.authority_code}
    posts = places_of(session, readers.values())
    places = {letter.position: letter.authority_code or posts.get(readers[letter.position], "") for letter in letters}
    begins = of(session, tour_id, set(places.values()))
    return {position: begins[place] for position, place in places.items() if place in begins}


def places_of(session: Session, people: Collection[UUID]) -> dict[UUID, str]:
    """The authority or body at which each of these people holds or held their post: it stays, whatever becomes of them."""
    return dict(session.exec(select(Person.id, Person.place).where(col(Person.id).in_(people))).all()) if people else {}


def bodies(session: Session, release_id: UUID) -> set[str]:
    """The bodies, no authorities, that a release has readers at."""
    theirs = select(Person.place).join(SealedLetter, AT_ANOTHER_BODY).where(SealedLetter.release_id == release_id)
    return set(session.exec(theirs.distinct()))


def without(session: Session, release_id: UUID, tours: Collection[UUID], *, at: datetime) -> dict[UUID, dict[str, int]]:
    """For each tour, how many readers of a release have no briefing still to come, by the name of their authority or body."""
    mine, place = SealedLetter.release_id == release_id, sa.func.coalesce(SealedLetter.authority_code, Person.place)
    # Of the case of the first letter, of which each reader has one: it takes half as long as counting persons.
    a_case = select(SealedLetter.condition).where(mine, SealedLetter.position == 0).correlate(None).scalar_subquery()
    counted = select(place, sa.func.count()).select_from(SealedLetter).outerjoin(Person, AT_ANOTHER_BODY)
    readers = dict(session.exec(counted.where(mine, SealedLetter.condition == a_case).group_by(place)).all())
    named = [
        *session.exec(select(Body.code, Body.name).order_by(Body.name)),
        *session.exec(select(Authority.code, Authority.name).order_by(Authority.name)),
    ]
    called = {code: name for code, name in named if code in readers}
    to_come = {tour: _to_come(session, tour, at) for tour in tours}
    return {tour: {name: readers[code] for code, name in called.items() if code not in codes} for tour, codes in to_come.items()}


def _to_come(session: Session, tour_id: UUID, at: datetime) -> set[str]:
    """The bodies that have a briefing of the tour still to come, with a date or without, and the authorities that meet in one of them."""
    waits = sa.or_(col(Briefing.state) == "wanted", (col(Briefing.state) == "dated") & (col(Briefing.starts_at) > at))
    codes = set(session.exec(select(Briefing.group_code).where(Briefing.tour_id == tour_id, waits)))
    return codes | set(session.exec(select(Membership.authority_code).where(col(Membership.group_code).in_(codes))))

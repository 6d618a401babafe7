"""Who it is that came to a briefing, as far as the register knows: the places and roles to choose from, and a name's post where it has just one."""

from collections.abc import Iterable
from itertools import combinations
from uuid import UUID

from sqlmodel import Session

from audiences import likenesses, organisations, people
from audiences.people import Person
from audiences.roles import AUTHORITY_ROLES, LAPS_LEAD, Place, held_at
from campaigns.briefings import sign_ins
from campaigns.briefings.attendance import PRESENT, Attendance
from campaigns.briefings.sign_ins import Attendee


def of_group(session: Session, group_code: str) -> list[Place]:
    """The authorities that meet in a group, by name."""
    return [Place(member.code, member.name, None) for member in organisations.members(session, group_code)]


def expected(session: Session, group_code: str) -> list[Place]:
    """Where those who come are from: an authority of the group; or, where none meets in it, the body itself that is briefed."""
    itself = (place for place in people.places(session) if place.code == group_code and held_at(place.kind))
    return of_group(session, group_code) or list(itself)


def elsewhere(session: Session, group_code: str) -> list[Place]:
    """Every other authority and body somebody may come from, by name."""
    mine = {place.code for place in expected(session, group_code)}
    others = [place for place in people.places(session) if place.code not in mine and held_at(place.kind)]
    return sorted(others, key=lambda place: (place.kind is not None, place.name))


def roles_at(place: Place) -> list[str]:
    """The roles in which somebody may come from a place; from an authority, those that coverage counts."""
    return list(AUTHORITY_ROLES) if place.kind is None else [role for role in held_at(place.kind) if role != LAPS_LEAD]


def attendee(session: Session, place: Place, role: str, name: str) -> Attendee:
    """Whoever wrote this name for this place and role: the one post of the register that is so named there, as it spells it; else just the name."""
    called = [one for one in posts(session, place) if one.role == role and sign_ins.spelt(one.name) == sign_ins.spelt(name)]
    return holder(place, called[0]) if len(called) == 1 else _at(place, role, name, None)


def holder(place: Place, person: Person) -> Attendee:
    """A post of the register, as an attendee."""
    return _at(place, person.role, person.name, person.id)


def posts(session: Session, place: Place) -> list[Person]:
    """Who holds a post at a place that somebody may come in."""
    return [one for one in people.at_place(session, place.code) if one.role in roles_at(place) and not one.is_erased]


def alike(rows: Iterable[Attendance]) -> list[tuple[Attendance, Attendance]]:
    """Pairs of names of one place and role that may be one person. They are shown; nothing is merged."""
    seats: dict[tuple[str, str], list[Attendance]] = {}
    for row in rows:
        if row.status == PRESENT and row.name:
            seats.setdefault(row.seat, []).append(row)
    pairs = (pair for there in seats.values() for pair in combinations(sorted(there, key=lambda row: (row.name or "", row.id)), 2))
    return [(one, other) for one, other in pairs if likenesses.names_alike(one.name, other.name)]


def _at(place: Place, role: str, name: str, person_id: UUID | None) -> Attendee:
    authority, body = (place.code, None) if place.kind is None else (None, place.code)
    return Attendee(role, authority_code=authority, body_code=body, name=name, person_id=person_id)

"""What became of everybody who was asked to a briefing: they attended, sent apologies, or were absent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from campaigns.briefings.attendance import APOLOGIES, PRESENT, Attendance, Seat

ATTENDED, ABSENT = "attended", "absent"


@dataclass(frozen=True)
class Outcomes:
    """What became of everybody who was asked to a briefing: by person where a row knows them, else by authority or body and role."""

    people: Mapping[UUID, str]
    seats: Mapping[Seat, str]

    def of(self, person_id: UUID, place: str, role: str) -> str:
        """ "attended", "apologies" or "absent". `place`: the code of their authority or body."""
        return self.people.get(person_id) or self.seats.get((place, role), ABSENT)


def told_by(rows: Iterable[Attendance]) -> Outcomes:
    """Who attended and who sent apologies, by these rows of a briefing's list; everybody else was absent.

    A person's own row decides about them. A row without a person decides about everybody else of that place and role; presence outweighs
    apologies.
    """
    people: dict[UUID, str] = {}
    by_seat: dict[Seat, str] = {}
    for row in sorted(rows, key=lambda row: row.status == PRESENT):  # presence is written over apologies
        became = ATTENDED if row.status == PRESENT else APOLOGIES
        if row.person_id is not None:
            people[row.person_id] = became
        else:
            by_seat[row.seat] = became
    return Outcomes(people, by_seat)

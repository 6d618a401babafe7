"""A tour line by line: each briefing with its note and who came, and what the whole tour waits for next."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from audiences import organisations
from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.briefings import attendance, supersessions, tours
from campaigns.briefings.supersessions import Superseded
from campaigns.briefings.tours import Briefing
from web import words


@dataclass(frozen=True)
class Row:
    """One line of a tour: a briefing, its speaking note, and how many of the group's authorities came."""

    briefing: Briefing
    note: Release | None
    superseded: Superseded | None
    members: int
    came: int
    ticks: int


@dataclass(frozen=True)
class Waiting:
    """What happens next on a tour, and the page to do it on."""

    sentence: str
    next: Briefing | None = None
    endpoint: str = ""
    button: str = ""


def of(session: Session, tour_id: UUID) -> list[Row]:
    """The tour's briefings with their notes and who came, nations together."""
    found = tours.briefings(session, tour_id)
    present = attendance.present(session, [briefing.id for briefing in found])
    return [_row(session, briefing, present.get(briefing.id, set())) for briefing in found]


def tally(briefings: list[Briefing]) -> dict[str, int]:
    """How many briefings stand in each state."""
    return dict(Counter(briefing.state for briefing in briefings))


def waiting(rows: list[Row], *, at: datetime) -> Waiting:
    """The one thing to do now: mark what is over, enter who came, then find dates."""
    for row in rows:
        if row.briefing.state == "dated" and row.briefing.starts_at and row.briefing.starts_at <= at:
            sentence = f"{row.briefing.group_name}: the time of the briefing has passed. Mark it as held and tick who was there."
            return Waiting(sentence, row.briefing, "briefings.show", "Go to this briefing")
    for row in rows:
        if row.briefing.state == "held" and not row.ticks:
            sentence = f"{row.briefing.group_name}: enter who was there, from the sign-in sheet. Until then nobody counts as briefed."
            return Waiting(sentence, row.briefing, "attendance.enter", "Enter who was there")
    undated = [row.briefing for row in rows if row.briefing.state == "wanted"]
    if undated:
        sentence = f"{words.many(len(undated), 'group')} without a date. The next is {undated[0].group_name}."
        return Waiting(sentence, undated[0], "briefings.arrange", f"Arrange {undated[0].group_name}")
    if any(row.briefing.state == "dated" for row in rows):
        return Waiting("Every group has its date or has declined. The dated briefings are to be held.")
    return Waiting("The tour is over: every group was briefed or declined. The coverage page says who was there.")


def _row(session: Session, briefing: Briefing, ticks: set[tuple[str, str]]) -> Row:
    note = releases.get(session, briefing.note_release_id) if briefing.note_release_id else None
    members = organisations.members(session, briefing.group_code)
    superseded = supersessions.of(session, note) if note else None
    return Row(briefing, note, superseded, len(members), len({code for code, _ in ticks}), len(ticks))

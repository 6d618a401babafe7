"""A tour line by line: each briefing with its note and who came, and what the whole tour waits for next."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from audiences import comings, organisations
from audiences.authorities import Authority
from audiences.comings import WhoIsComing
from audiences.organisations import Body
from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.briefings import actions, attendance, supersessions, tours
from campaigns.briefings.supersessions import Superseded
from campaigns.briefings.tours import Briefing
from campaigns.foundation import clock
from web import words

ELSEWHERE = "Other bodies"
SEE = "Go to this briefing"


@dataclass(frozen=True)
class Row:
    """One line of a tour: a briefing, its speaking note, how many people came and from how many of the group's authorities, how many sent
    apologies, and who comes.
    """

    briefing: Briefing
    note: Release | None
    superseded: Superseded | None
    members: int
    came: int
    ticks: int
    heads: int
    apologies: int
    invited: WhoIsComing | None
    due: date | None  # the first of its next actions that is not done


@dataclass(frozen=True)
class Waiting:
    """What happens next on a tour, the page to do it on, and since when it waits: without that, since the tour was opened."""

    sentence: str
    next: Briefing | None = None
    endpoint: str = ""
    button: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Forgotten:
    """Whom the tour does not come to: groups of the register that are not on it, and authorities that meet in no group."""

    groups: list[Body]
    authorities: list[Authority]


def of(session: Session, tour_id: UUID, *, with_answers: bool = True) -> list[Row]:
    """The tour's briefings with their notes and who came, nations together. `with_answers`: and who comes, for which every invitation is read."""
    found = tours.briefings(session, tour_id)
    sheets = attendance.sheets(session, [briefing.id for briefing in found])
    coming = comings.of_tour(session, found) if with_answers else {}
    due = actions.due(session, [briefing.id for briefing in found])
    notes = {note: releases.get(session, note) for note in {briefing.note_release_id for briefing in found} if note}
    read = {note: (release, supersessions.of(session, release)) for note, release in notes.items()}
    groups = organisations.members_each(session)
    rows = []
    for briefing in found:
        note, superseded = read[briefing.note_release_id] if briefing.note_release_id else (None, None)
        sheet, members = sheets.get(briefing.id, []), groups.get(briefing.group_code, set())
        ticks = attendance.seats(sheet)
        people = len(ticks), attendance.heads(sheet), attendance.apologies(sheet)
        came = len(members & {code for code, _ in ticks})
        rows.append(Row(briefing, note, superseded, len(members), came, *people, coming.get(briefing.id), due.get(briefing.id)))
    return rows


def by_nation(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """The rows under their headings; bodies of no nation come last."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.briefing.nation or ELSEWHERE, []).append(row)
    return list(found.items())


def forgotten(session: Session, rows: list[Row]) -> Forgotten:
    """The register as it is now against the tour as it was opened, or added to."""
    there = {row.briefing.group_code for row in rows}
    return Forgotten([group for group in organisations.groups(session) if group.code not in there], organisations.without_group(session))


def tally(briefings: list[Briefing]) -> dict[str, int]:
    """How many briefings stand in each state."""
    return dict(Counter(briefing.state for briefing in briefings))


def waiting(rows: list[Row], *, at: datetime) -> Waiting:
    """The one thing to do now: mark what is over, enter who came, read from the new words, do what is overdue, then find dates and what is missing."""
    briefings = [row.briefing for row in rows]
    urgent = _over(briefings, at) or _not_entered(rows) or _superseded(rows) or _open(briefings) or _overdue(rows, at)
    return urgent or _undated(briefings) or _incomplete(briefings) or _nothing(briefings)


def _over(briefings: list[Briefing], at: datetime) -> Waiting | None:
    for briefing in briefings:
        if briefing.state == "dated" and briefing.starts_at and briefing.starts_at <= at:
            sentence = f"{briefing.title}: the time of the briefing has come. Mark it as held and tick who was there."
            return Waiting(sentence, briefing, "briefings.show", SEE, briefing.starts_at)
    return None


def _not_entered(rows: list[Row]) -> Waiting | None:
    for row in rows:
        if row.briefing.state == "held" and not row.ticks:
            sentence = f"{row.briefing.title}: enter who was there, from the sign-in sheet. Until then nobody counts as briefed."
            return Waiting(sentence, row.briefing, "attendance.enter", "Enter who was there", row.briefing.until)
    return None


def _superseded(rows: list[Row]) -> Waiting | None:
    for row in rows:
        if row.briefing.state == "dated" and row.superseded:
            sentence = f"{row.briefing.title}: its speaking note must no longer be read from."
            return Waiting(sentence, row.briefing, "briefings.show", SEE, row.superseded.at)
    return None


def _open(briefings: list[Briefing]) -> Waiting | None:
    for briefing in briefings:
        if briefing.state == "held" and briefing.list_completed_at is None:
            sentence = f"{briefing.title}: the list of who was there is not complete yet. Follow-up letters wait for it."
            return Waiting(sentence, briefing, "sign_in_sheets.show", "See who was there", briefing.until)
    return None


def _overdue(rows: list[Row], at: datetime) -> Waiting | None:
    for row in rows:
        if row.due and clock.end_of(row.due) < at:
            sentence = f"{row.briefing.title}: a next action was due by {words.day(row.due)} and is not marked as done."
            return Waiting(sentence, row.briefing, "briefings.show", SEE, clock.end_of(row.due))
    return None


def _undated(briefings: list[Briefing]) -> Waiting | None:
    wanted = [briefing for briefing in briefings if briefing.state == "wanted"]
    if not wanted:
        return None
    sentence = f"{words.many(len(wanted), 'group')} without a date. The next is {wanted[0].title}."
    return Waiting(sentence, wanted[0], "briefings.arrange", f"Arrange {wanted[0].title}")


def _incomplete(briefings: list[Briefing]) -> Waiting | None:
    for briefing in briefings:
        if briefing.state == "dated" and briefing.missing:
            sentence = f"{briefing.title}: no {' and no '.join(briefing.missing)} yet."
            return Waiting(sentence, briefing, "briefings.arrange", "Complete the arrangement")
    return None


def _nothing(briefings: list[Briefing]) -> Waiting:
    if any(briefing.state == "dated" for briefing in briefings):
        return Waiting("Every group has a date or has declined. The next step is to hold the briefings.")
    return Waiting("The tour is over: every group was briefed or declined. The coverage page says who was there.")

"""Who was at a briefing: the list by authority with its gaps, the sheet of paper typed in beside what was scanned, and a list that is complete."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, render_template
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from audiences import attendees, organisations, people, roles
from audiences.people import Person
from audiences.roles import Place
from campaigns.briefings import attendance, sign_ins, tours
from campaigns.briefings.attendance import APOLOGIES, COUNT, PRESENT, Attendance
from campaigns.briefings.sign_ins import Entered
from campaigns.briefings.tours import Briefing
from campaigns.foundation.errors import NotFound
from web import csv_files, desk, refusals, words
from web.guards import for_writers
from web.paper_lines import PaperForm

bp = Blueprint("sign_in_sheets", __name__, url_prefix="/briefings")

COLUMNS = ("Authority or body", "Code", "Role", "Name or post", "Status", "How many", "How we know", "Entered by", "Entered")
HOW = {"list": "ticked", "scan": "signed in by link", "paper": "typed in from paper", "count": "counted"}
WAITS = "; from outside the group, so it counts once the list is complete"


@dataclass(frozen=True)
class Shown:
    """A row of the list, as it is read."""

    row: Attendance
    place: str
    who: str
    role: str
    how: str
    waits: bool  # counts once the list is complete


@dataclass(frozen=True)
class Whole:
    """The whole list of one briefing."""

    briefing: Briefing
    here: list[Shown]
    apologies: list[Shown]
    alike: list[tuple[Shown, Shown]]
    missing: list[Place]
    members: int
    heads: int

    @property
    def waiting(self) -> int:
        """How many lines count only once the list is complete."""
        return sum(one.waits for one in self.here)

    @property
    def came(self) -> int:
        """From how many authorities of the group somebody came."""
        return self.members - len(self.missing)


@bp.get("/<uuid:briefing_id>/who-was-there")
def show(briefing_id: UUID) -> str:
    """Everybody on the list, and which authorities are missing."""
    with desk.reading() as session:
        found = whole(session, briefing_id)
        until = found.briefing.until
        return render_template("tours/who_was_there.html", whole=found, until=until if until and desk.now() < until else None)


@bp.get("/<uuid:briefing_id>/who-was-there.csv")
def export(briefing_id: UUID) -> Response:
    """The same as a file, with a line for each authority that nobody on it is from."""
    with desk.reading() as session:
        found = whole(session, briefing_id)
        rows = [_cells(shown) for shown in (*found.here, *found.apologies)]
        none = "nobody came" if found.briefing.state == "held" else "nobody on the list"
        gaps = [[place.name, place.code, "", "", none, 0, "", "", ""] for place in found.missing]
        return csv_files.answer("who-was-there", COLUMNS, [*rows, *gaps])


@bp.route("/<uuid:briefing_id>/paper", methods=["GET", "POST"])
@for_writers
def type_in(briefing_id: UUID) -> str | AnyResponse:
    """Type in the sheet of paper; whoever signed in by link already is shown, and counted once."""
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        here, elsewhere = attendees.expected(session, briefing.group_code), attendees.elsewhere(session, briefing.group_code)
        posts = {place.code: attendees.posts(session, place) for place in here}
        known = {row.person_id: row.status for row in attendance.standing(session, briefing_id) if row.person_id}
    form = PaperForm(here, elsewhere, posts, usual=PRESENT if briefing.state == "held" else APOLOGIES)
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            return _typed_in(form, briefing_id)
    return render_template("tours/paper.html", form=form, briefing=briefing, here=here, posts=posts, known=known)


@bp.post("/<uuid:briefing_id>/who-was-there/complete")
@for_writers
def complete(briefing_id: UUID) -> AnyResponse:
    """Everybody who was there is on the list."""
    with desk.writing() as session:
        changed = attendance.complete(session, briefing_id, by=desk.current_officer(), at=desk.now())
    sentence = "The list is complete. You can still correct it; each correction is recorded." if changed else "It was complete already."
    return desk.done(sentence, "sign_in_sheets.show", briefing_id=briefing_id)


@bp.post("/attendances/<uuid:attendance_id>/taking-back")
@for_writers
def take_back(attendance_id: UUID) -> AnyResponse:
    """A line was a mistake, or is somebody who stands there twice."""
    with desk.writing() as session:
        row = sign_ins.take_back(session, attendance_id, by=desk.current_officer(), at=desk.now())
        briefing_id = row.briefing_id
    return desk.done("Taken back. The line no longer counts.", "sign_in_sheets.show", briefing_id=briefing_id)


def whole(session: Session, briefing_id: UUID) -> Whole:
    """The list of one briefing, by authority."""
    briefing, rows = tours.get(session, briefing_id), attendance.standing(session, briefing_id)
    members = attendees.of_group(session, briefing.group_code)
    names = people.place_names(session)
    met = organisations.met(session, briefing.group_code)
    shown = sorted(
        (_shown(session, row, names, attendance.awaits_the_list(briefing, row, met)) for row in rows),
        key=lambda one: (one.place, one.role, one.who),
    )
    by_id = {one.row.id: one for one in shown}
    there = {row.seat[0] for row in rows if row.status == PRESENT}
    return Whole(
        briefing,
        [one for one in shown if one.row.status == PRESENT],
        [one for one in shown if one.row.status == APOLOGIES],
        [(by_id[one.id], by_id[other.id]) for one, other in attendees.alike(rows)],
        [place for place in members if place.code not in there],
        len(members),
        attendance.heads(rows),
    )


def _shown(session: Session, row: Attendance, names: dict[str, str], waits: bool) -> Shown:
    code, role = row.seat
    return Shown(row, names.get(code, code), _who(session, row), roles.title(role), HOW[row.how] + WAITS * waits, waits)


def _who(session: Session, row: Attendance) -> str:
    if row.how == COUNT:
        return words.many(row.number, "person", "people")
    if row.name:
        return row.name
    post = session.get(Person, row.person_id) if row.person_id else None
    return post.name if post else "Somebody, not named"


def _typed_in(form: PaperForm, briefing_id: UUID) -> AnyResponse:
    with desk.writing() as session:
        lines = form.lines_of(session)
        if not lines:
            raise NotFound("Nothing was typed in yet: tick who was there, or fill in a line.")
        done = sign_ins.enter(session, briefing_id, lines, by=desk.current_officer(), at=desk.now())
    return desk.done(_said(done), "sign_in_sheets.show", briefing_id=briefing_id)


def _said(done: Entered) -> str:
    parts = [words.many(done.fresh, "new line")]
    parts += [f"{done.changed:,} changed"] if done.changed else []
    parts += [f"{done.known:,} known already and counted once"] if done.known else []
    return f"Saved: {', '.join(parts)}."


def _cells(shown: Shown) -> list[object]:
    row = shown.row
    who = "" if row.how == COUNT else shown.who
    return [shown.place, row.seat[0], shown.role, who, row.status, row.number, shown.how, row.by, words.when(row.at)]

"""Who was invited to a briefing, by authority, and whether they come; with what was said by telephone, and a reminder to the others."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response as AnyResponse

from audiences import answering, comings, invitees, people, roles
from audiences.comings import Coming
from audiences.people import Person
from campaigns.briefings import tours
from campaigns.briefings.answers import ANSWERS, CALENDAR, LINK, OFFICER
from campaigns.briefings.tours import Briefing
from campaigns.foundation.errors import NotFound
from web import csv_files, desk, forms, words
from web.guards import for_writers

bp = Blueprint("invited", __name__, url_prefix="/briefings")

COLUMNS = ("Authority or body", "Code", "Role", "Name or post", "Answer", "Answered before it was changed", "How we know", "When")
HOW = {LINK: "by the link in the letter", CALENDAR: "by their calendar", OFFICER: "by telephone"}
SAID = {answer: answer.capitalize() for answer in ANSWERS}


class AnswerForm(forms.Form):
    """What somebody said by telephone."""

    answer = forms.choice("What did they say?", list(SAID.items()), needed="Choose what they said")
    save = forms.submit("Save the answer")


@bp.get("/<uuid:briefing_id>/invited")
def show(briefing_id: UUID) -> str:
    """Everybody who was invited, by authority."""
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        found = comings.who_is_coming(session, briefing)
        is_open = briefing.state == "dated" and briefing.starts_at is not None and briefing.starts_at > desk.now()
        told = {"how": HOW, "is_open": is_open, "may_remind": bool(invitees.speaking(session, briefing, at=desk.now()))}
        to_remind = len(invitees.to_remind(session, briefing, found.answered, at=desk.now()))
        back = comings.not_told(session, briefing)
        rows = _shown(session, [*found.lines, *back])
        return render_template("tours/invited.html", briefing=briefing, found=found, back=back, rows=rows, to_remind=to_remind, **told)


@bp.get("/<uuid:briefing_id>/invited.csv")
def export(briefing_id: UUID) -> Response:
    """The same as a file."""
    with desk.reading() as session:
        return csv_files.answer(
            "invited", COLUMNS, [_cells(*row) for row in _shown(session, _lines(session, tours.get(session, briefing_id)))]
        )


@bp.route("/<uuid:briefing_id>/invited/<uuid:person_id>", methods=["GET", "POST"])
@for_writers
def enter(briefing_id: UUID, person_id: UUID) -> str | AnyResponse:
    """Enter what somebody said by telephone."""
    form = AnswerForm()
    if form.validate_on_submit():
        with desk.writing() as session:
            answering.by_officer(session, briefing_id, person_id, form.answer.data, by=desk.current_officer(), at=desk.now())
        return desk.done("The answer is saved.", "invited.show", briefing_id=briefing_id)
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        answering.require_to_come(briefing, at=desk.now())
        line = next((one for one in _lines(session, briefing) if one.invitee.person_id == person_id), None)
        if line is None:
            raise NotFound(answering.NOT_INVITED)
        return render_template("tours/invited_answer.html", form=form, briefing=briefing, line=line, person=people.get(session, person_id))


@bp.post("/<uuid:briefing_id>/invited/reminders")
@for_writers
def remind(briefing_id: UUID) -> AnyResponse:
    """Have those reminded who have not answered, in the words that were signed with the invitation."""
    with desk.writing() as session:
        queued = comings.remind(session, briefing_id, by=desk.current_officer(), at=desk.now())
    nobody = (
        "Nobody is reminded: everybody has answered, was reminded before or gets no more letters, or the latest time to send has passed."
    )
    flash(f"{words.many(queued, 'reminder')} will be sent." if queued else nobody, "success" if queued else "info")
    return redirect(url_for("invited.show", briefing_id=briefing_id))


def _lines(session: Session, briefing: Briefing) -> list[Coming]:
    return [*comings.who_is_coming(session, briefing).lines, *comings.not_told(session, briefing)]


def _shown(session: Session, lines: list[Coming]) -> list[tuple[str, Coming, Person | None]]:
    """Every line with the name of its authority or body, in that order, and the person."""
    names = people.place_names(session)
    ids = {line.invitee.person_id for line in lines}
    invited = {person.id: person for person in session.exec(select(Person).where(col(Person.id).in_(ids)))}
    rows = []
    for line in lines:
        person = invited.get(line.invitee.person_id)
        code = line.invitee.authority_code or (person.place if person else "")
        rows.append((names.get(code, code), line, person))
    return sorted(rows, key=lambda row: (row[0], row[1].invitee.role, row[1].invitee.address))


def _cells(place: str, line: Coming, person: Person | None) -> list[object]:
    answer, invitee = line.answer, line.invitee
    told = [HOW[answer.via], words.when(answer.at)] if answer else ["", ""]
    return [
        place,
        invitee.authority_code,
        roles.title(invitee.role),
        person.name if person else "",
        line.says,
        answer.answer if answer and line.earlier else "",
        *told,
    ]

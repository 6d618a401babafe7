"""What a briefing's page says of the day itself: the door, the list, questions, next actions and local repeats; and the steps on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response

from audiences import attendees, erasures, people
from campaigns.briefings import actions, questions, repeats, sign_ins, tours
from campaigns.briefings.actions import GROUP, HSE, LACORS, Action
from campaigns.briefings.questions import Question
from campaigns.briefings.repeats import Repeat
from campaigns.briefings.tours import Briefing
from campaigns.foundation import one_line, sightings
from campaigns.foundation.errors import Refused
from web import briefing_links, desk, forms, refusals, sign_in_sheets
from web.briefing_links import Link
from web.guards import for_writers
from web.refusals import Answer
from web.sign_in_sheets import Whole

bp = Blueprint("on_the_day", __name__, url_prefix="/briefings")

OWNERS = {HSE: "HSE", LACORS: "LACoRS", GROUP: "The group"}


class QuestionForm(forms.Form):
    """What was asked, and from where."""

    question = forms.long_text("What was asked?", needed="Enter what was asked", hint="Without names", limit=questions.LONGEST, rows=4)
    authority = forms.one_of("From which authority? (optional)")
    save = forms.submit("Save the question")


class OutcomeForm(forms.Form):
    """What came of it."""

    seen = forms.hidden()  # what was written down when the form was opened
    outcome = forms.long_text("What was the outcome?", needed="Enter the outcome", hint="Without names", limit=questions.LONGEST, rows=4)
    save = forms.submit("Save the outcome")


class ActionForm(forms.Form):
    """What, who, and by when."""

    what = forms.text("What is to be done?", needed="Enter what is to be done", limit=actions.LONGEST)
    party = forms.choice("Who does it?", list(OWNERS.items()), needed="Choose who does it")
    owner = forms.text("Which post there?", needed="Enter the post that does it", hint="The post, not the name", limit=one_line.LONGEST)
    due = forms.day("By which day?", needed="Enter the day by which it is to be done")
    save = forms.submit("Save the action")


class BlankForm(forms.Form):
    """A button that cannot be taken back."""

    save = forms.submit("Blank it for good")


@dataclass(frozen=True)
class OnTheDay:
    """Everything the page shows. `door` and `repeat` are links for writers, once the briefing has its date; `door` only while it leads anywhere."""

    whole: Whole
    questions: list[tuple[Question, str]]
    actions: list[Action]
    repeats: list[tuple[Repeat, str]]
    door: Link | None
    repeat: Link | None
    opens: tuple[datetime, datetime] | None
    begun: bool
    owners: dict[str, str]


def of(session: Session, briefing: Briefing) -> OnTheDay:
    """The day of one briefing."""
    names = people.place_names(session)
    asked, told = questions.of_briefing(session, briefing.id), repeats.of_briefing(session, briefing.id)
    opens = sign_ins.window(briefing)
    return OnTheDay(
        sign_in_sheets.whole(session, briefing.id),
        [(one, names.get(one.authority_code or "", "")) for one in asked],
        actions.of_briefing(session, briefing.id),
        [(one, names.get(one.authority_code, one.authority_code)) for one in told],
        briefing_links.link(briefing_links.SIGN_IN, briefing.id) if opens and _works(session, briefing) else None,
        briefing_links.link(briefing_links.REPEAT, briefing.id) if opens else None,
        opens,
        briefing.has_begun(desk.now()),
        OWNERS,
    )


def _works(session: Session, briefing: Briefing) -> bool:
    """Whether somebody can sign in through the link, or will be able to."""
    opens = sign_ins.window(briefing)
    try:
        sign_ins.require_open(session, briefing, at=max(desk.now(), opens[0]) if opens else desk.now())
    except Refused:
        return False
    return True


@bp.route("/<uuid:briefing_id>/questions/new", methods=["GET", "POST"])
@for_writers
def ask(briefing_id: UUID) -> str | Response:
    """Write down a question."""
    form = QuestionForm()
    with desk.reading() as session:
        places = attendees.of_group(session, tours.get(session, briefing_id).group_code)
    forms.offer(form.authority, [("", "Not known, or several"), *((place.code, place.name) for place in places)])
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            with desk.adding() as session:
                said = {"question": form.question.data, "authority_code": form.authority.data or None}
                questions.raise_one(session, briefing_id, **said, by=desk.current_officer(), at=desk.now())
            return _back(briefing_id, "The question is written down.")
    return _form(briefing_id, form, "A question raised")


@bp.route("/questions/<uuid:question_id>/outcome", methods=["GET", "POST"])
@for_writers
def settle(question_id: UUID) -> Response | Answer:
    """Write down what came of a question; it may be written anew."""
    with desk.reading() as session:
        row = questions.get(session, question_id)
    stands = {"outcome": row.outcome or "", "seen": sightings.of(questions.shown(row))}
    form = OutcomeForm(data=None if request.method == "POST" else stands)
    shown = refusals.ShownOn(form)
    if form.validate_on_submit():
        with shown:
            said = {"outcome": form.outcome.data, "seen": form.seen.data or ""}
            with desk.writing() as session:
                questions.settle(session, question_id, **said, by=desk.current_officer(), at=desk.now())
            return _back(row.briefing_id, "The outcome is written down.")
    return _form(row.briefing_id, form, "What came of a question", about=row.question, others=shown.others), shown.status


@bp.route("/<uuid:briefing_id>/actions/new", methods=["GET", "POST"])
@for_writers
def plan(briefing_id: UUID) -> str | Response:
    """Add a next action."""
    form = ActionForm()
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            with desk.adding() as session:
                said = {name: form[name].data for name in ("what", "party", "owner", "due")}
                actions.add(session, briefing_id, **said, by=desk.current_officer(), at=desk.now())
            return _back(briefing_id, "The action is added.")
    return _form(briefing_id, form, "A next action")


@bp.post("/actions/<uuid:action_id>/done")
@for_writers
def finish(action_id: UUID) -> Response:
    """A next action is done."""
    with desk.writing() as session:
        briefing_id = actions.finish(session, action_id, by=desk.current_officer(), at=desk.now()).briefing_id
    return _back(briefing_id, "The action is done.")


@bp.post("/actions/<uuid:action_id>/reopening")
@for_writers
def reopen(action_id: UUID) -> Response:
    """A next action is not done after all."""
    with desk.writing() as session:
        briefing_id = actions.reopen(session, action_id, by=desk.current_officer(), at=desk.now()).briefing_id
    return _back(briefing_id, "The action is no longer marked as done.")


@bp.post("/repeats/<uuid:repeat_id>/acceptance")
@for_writers
def accept(repeat_id: UUID) -> Response:
    """A local repeat took place as told: it counts."""
    with desk.writing() as session:
        briefing_id = repeats.accept(session, repeat_id, by=desk.current_officer(), at=desk.now()).briefing_id
    return _back(briefing_id, "Accepted. The repeat counts as briefed face to face.")


@bp.post("/repeats/<uuid:repeat_id>/refusal")
@for_writers
def refuse(repeat_id: UUID) -> Response:
    """A local repeat is not to count, or no more."""
    with desk.writing() as session:
        briefing_id = repeats.refuse(session, repeat_id, by=desk.current_officer(), at=desk.now()).briefing_id
    return _back(briefing_id, "The repeat does not count.")


@bp.route("/passages/<table>/<uuid:row_id>/blanking", methods=["GET", "POST"])
@for_writers
def blank(table: str, row_id: UUID) -> str | Response:
    """Show words that name somebody, then blank them."""
    form = BlankForm()
    with desk.reading() as session:
        row = erasures.to_blank(session, table, row_id)
        briefing_id = tours.get(session, row.briefing_id or row_id).id
    if form.validate_on_submit():
        with desk.writing() as session:
            erasures.blank(session, table, row_id, by=desk.current_officer(), at=desk.now())
        return _back(briefing_id, "The text is blanked.")
    said = " – ".join(filter(None, row.said.values()))
    return _form(briefing_id, form, "Blank this text? It cannot be undone", about=said)


def _back(briefing_id: UUID, done: str) -> Response:
    return desk.done(done, "briefings.show", briefing_id=briefing_id, _anchor="on-the-day")


def _form(briefing_id: UUID, form: Any, title: str, *, about: str = "", others: Sequence[str] = ()) -> str:
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        return render_template("tours/on_the_day_form.html", form=form, briefing=briefing, title=title, about=about, others=others)

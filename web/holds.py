"""Legal holds: which stand, who placed them and why; placing one and lifting it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from audiences import legal_holds, people
from audiences.legal_holds import CAMPAIGN, PERSON, TEXT, LegalHold
from campaigns.foundation.errors import Invalid, Problem
from campaigns.planning import campaign_plans
from web import csv_files, desk, forms, refusals, words
from web.guards import for_writers

bp = Blueprint("holds", __name__, url_prefix="/records/holds")

COLUMNS = ("On", "Reason", "Placed by", "Placed", "Lifted by", "Lifted")
KINDS = [(TEXT, "Whatever speaks of a text"), (CAMPAIGN, "A campaign"), (PERSON, "A person")]


class HoldForm(forms.Form):
    """What is held, and why."""

    kind = forms.choice("What it is on", KINDS, needed="Choose what the hold is on")
    about = forms.text("The text", hint="For a text: as it is written, in upper or lower case", limit=legal_holds.LONGEST_TEXT)
    campaign = forms.one_of("The campaign", hint="For a campaign: it and everybody it wrote to")
    address = forms.email("The person’s address", hint="For a person: the address they are written to")
    reason = forms.long_text(
        "Why",
        needed="Say why",
        hint="Shown to anybody this hold stops from erasing or disposing of something. Do not name a person.",
        limit=legal_holds.LONGEST_REASON,
        rows=3,
    )
    save = forms.submit("Place this hold")

    def validate(self, extra_validators: Any = None) -> bool:
        """A box that is not of what was chosen is not passed over: its hold would not be there."""
        boxes = {TEXT: self.about, CAMPAIGN: self.campaign, PERSON: self.address}
        beside = [box for kind, box in boxes.items() if kind != self.kind.data and self.kind.data in boxes and (box.data or "").strip()]
        problems = [Problem(box.name, "One hold is on one thing: empty this, and place another hold for it") for box in beside]
        return refusals.all_said(self, super().validate(extra_validators), problems + _problems(self))


@bp.get("")
def every() -> str:
    """All holds, those that stand first."""
    with desk.reading() as session:
        rows = [(hold, legal_holds.what(session, hold)) for hold in legal_holds.every(session)]
    shown, page = desk.paged(rows)
    return render_template("records/holds.html", rows=shown, page=page)


@bp.get("/holds.csv")
def export() -> Response:
    """The same as a file."""
    with desk.reading() as session:
        return csv_files.answer("holds", COLUMNS, [_cells(session, hold) for hold in legal_holds.every(session)])


@bp.route("/new", methods=["GET", "POST"])
@for_writers
def place() -> str | AnyResponse:
    """Put something under hold."""
    form = HoldForm()
    with desk.reading() as session:
        plans = campaign_plans.every(session)
    forms.offer(form.campaign, [("", "Choose one"), *((str(plan.id), plan.name) for plan in plans)])
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            _place(form)
            return desk.done("The hold is in force. Nothing it covers is erased or disposed of until it is lifted.", "holds.every")
    return render_template("records/hold.html", form=form)


@bp.post("/<uuid:hold_id>/lifting")
@for_writers
def lift(hold_id: UUID) -> AnyResponse:
    """End a hold."""
    with desk.writing() as session:
        legal_holds.lift(session, hold_id, by=desk.current_officer(), at=desk.now())
    return desk.done("The hold is lifted. What it covered may be erased and disposed of again.", "holds.every")


def _problems(form: HoldForm) -> list[Problem]:
    """What else is wrong with what was typed, so that all is told at once."""
    if form.campaign.data not in {value for value, *_ in form.campaign.iter_choices()}:
        return []
    with desk.reading() as session:
        unknown = refusals.problems_of(lambda: _subject(session, form))
        subject = None if unknown else _subject(session, form)
    said = {"about": form.about.data or "", "reason": form.reason.data or ""}
    return unknown or legal_holds.problems(kind=form.kind.data or "", subject=subject, **said)


def _place(form: HoldForm) -> None:
    with desk.adding() as session:
        subject = _subject(session, form)
        words_of = {"about": form.about.data or "", "reason": form.reason.data or ""}
        legal_holds.place(session, kind=form.kind.data, subject=subject, **words_of, by=desk.current_officer(), at=desk.now())


def _subject(session: Session, form: HoldForm) -> UUID | None:
    if form.kind.data == CAMPAIGN and form.campaign.data:
        return UUID(form.campaign.data)
    if form.kind.data != PERSON:
        return None
    if not (found := people.at_address(session, form.address.data or "")):
        raise Invalid([Problem("address", "Enter the address of somebody who is or was written to")])
    return found[0].id


def _cells(session: Session, hold: LegalHold) -> list[object]:
    lifted = words.on(hold.lifted_at) if hold.lifted_at else ""
    return [legal_holds.what(session, hold), hold.reason, hold.by, words.on(hold.at), hold.lifted_by, lifted]

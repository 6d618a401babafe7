"""The kit of a briefing: what is in it, one file to take along, who holds it, and the step to a new version of the note.

Looking records nothing. Taking it is a button, so that whoever took it can be told when the note is replaced.
"""

from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from campaigns.briefings import arranging, kit_holders, kit_packs, kits, sign_in_sheets, supersessions, tours
from campaigns.foundation import one_line
from campaigns.foundation.errors import NotFound
from web import desk, forms, kit_files, refusals
from web.guards import for_writers

bp = Blueprint("kits", __name__)


class AnswersForm(forms.Form):
    """One tick a release."""

    shown = forms.hidden()  # those that were in the kit when the page was opened
    answers = forms.ticks(
        "Which agreed answers are in the kit?", hint="Other messages of this campaign that both HSE and LACoRS have signed"
    )
    save = forms.submit("Save the answers", secondary=True)


class HolderForm(forms.Form):
    """Somebody without an account who holds the kit."""

    post = forms.text(
        "Their post",
        needed="Enter their post",
        hint="For example, Liaison officer, Cardiff. The post, not the name",
        limit=one_line.LONGEST,
    )
    address = forms.email("Their e-mail address", needed="Enter their e-mail address")
    save = forms.submit("Write them down")


@bp.get("/briefings/<uuid:briefing_id>/kit")
def show(briefing_id: UUID) -> str:
    """What is in the kit and who holds it."""
    return _page(briefing_id, AnswersForm())


@bp.post("/briefings/<uuid:briefing_id>/kit")
@for_writers
def take(briefing_id: UUID) -> Response:
    """Everything as one file; whoever takes it is written down."""
    with desk.writing() as session:
        kit_holders.take(session, briefing_id, by=desk.current_officer(), at=desk.now())
        kit = kit_files.gather(session, tours.get(session, briefing_id))
    return kit_files.answer(kit_packs.pack(kit), "application/zip", f"kit-{kit_files.stem(kit.note)}.zip")


@bp.post("/briefings/<uuid:briefing_id>/note-file")
@for_writers
def take_note(briefing_id: UUID) -> Response:
    """The speaking note alone, for one audience and in one form; whoever takes it is written down as well."""
    kind, audience = request.form.get("kind", ""), request.form.get("audience", "")
    with desk.writing() as session:
        kit_holders.take(session, briefing_id, by=desk.current_officer(), at=desk.now())
        paper = kit_files.note(session, tours.get(session, briefing_id)).get(audience)
        if paper is None or kind not in kit_packs.MAKERS:
            raise NotFound("The speaking note is not kept for such an audience or in such a form.")
    name = f"{kit_packs.named(paper, audience)}.{kind}"
    return kit_files.answer(kit_packs.MAKERS[kind](paper), kit_packs.TYPES[kind], name)


@bp.post("/briefings/<uuid:briefing_id>/kit/answers")
@for_writers
def choose(briefing_id: UUID) -> str | Response:
    """Which agreed answers are in the kit."""
    form = AnswersForm()
    with desk.reading() as session:
        form.answers.choices = kit_files.choices(session, tours.get(session, briefing_id))
    if form.validate_on_submit():
        with desk.writing() as session:
            chosen, shown = (
                [UUID(one) for one, _ in form.answers.choices if one in said] for said in (form.answers.data, form.shown.data or "")
            )
            changed = kits.choose(session, briefing_id, chosen, shown=shown, by=desk.current_officer(), at=desk.now())
        return desk.done("The kit’s agreed answers are saved." if changed else "Nothing changed.", "kits.show", briefing_id=briefing_id)
    return _page(briefing_id, form)


@bp.route("/briefings/<uuid:briefing_id>/kit/holders", methods=["GET", "POST"])
@for_writers
def give(briefing_id: UUID) -> str | Response:
    """Write down somebody without an account who was given the kit."""
    form = HolderForm()
    if form.validate_on_submit():
        said = {"post": form.post.data or "", "address": form.address.data or ""}
        with refusals.ShownOn(form):
            with desk.adding() as session:
                kit_holders.give(session, briefing_id, **said, by=desk.current_officer(), at=desk.now())
            return desk.done("Recorded: they will be told if the note is replaced.", "kits.show", briefing_id=briefing_id)
    with desk.reading() as session:
        return render_template("tours/kit_holder.html", form=form, briefing=tours.get(session, briefing_id))


@bp.post("/kit-holders/<uuid:holder_id>/taking-back")
@for_writers
def take_back(holder_id: UUID) -> Response:
    """Somebody does not hold the kit any more."""
    with desk.writing() as session:
        briefing_id = kit_holders.take_back(session, holder_id, by=desk.current_officer(), at=desk.now())
    return desk.done("Taken off the list.", "kits.show", briefing_id=briefing_id)


@bp.post("/briefings/<uuid:briefing_id>/note")
@for_writers
def use_note(briefing_id: UUID) -> Response:
    """Read from the new version from now on."""
    with desk.writing() as session:
        arranging.use_note(session, briefing_id, _release(), by=desk.current_officer(), at=desk.now())
    return desk.done("The briefing is read from the new version now. Take the kit again.", "briefings.show", briefing_id=briefing_id)


@bp.get("/briefings/<uuid:briefing_id>/sign-in-sheet.pdf")
def sheet(briefing_id: UUID) -> Response:
    """The sheet to sign in on, as PDF."""
    with desk.reading() as session:
        made = kit_files.sheet(session, tours.get(session, briefing_id))
    return kit_files.answer(sign_in_sheets.make(made), "application/pdf", "sign-in-sheet.pdf")


def _release() -> UUID:
    try:
        return UUID(request.form.get("release", ""))
    except ValueError:
        raise NotFound("There is no such version of the note.") from None


def _page(briefing_id: UUID, form: AnswersForm) -> str:
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        note, chosen = kits.note(session, briefing), kits.answers(session, briefing_id)
        form.answers.choices = kit_files.choices(session, briefing)
        if not form.is_submitted():
            form.answers.data = [str(one.id) for one in chosen]
            form.shown.data = " ".join(form.answers.data)
        return render_template(
            "tours/kit.html",
            form=form,
            briefing=briefing,
            note=note,
            superseded=supersessions.of(session, note),
            untold=kit_holders.without_address(session, briefing),
            audiences=list(kit_files.note(session, briefing)),
            files=kit_files.attached(note),
            chosen=chosen,
            gone=[one for one in chosen if supersessions.of(session, one)],
            holders=kit_holders.of_briefing(session, briefing_id),
        )

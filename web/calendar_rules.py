"""One calendar rule: typed in, changed, retired; and the authorities that step out of it, in one step, and back."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from audiences import calendar_places, calendar_subscriptions
from campaigns.foundation import sightings
from campaigns.foundation.errors import Invalid
from campaigns.planning import rules
from campaigns.planning.rules import CalendarRule
from campaigns.planning.windows import HOLDS
from web import calendar_forms, calendar_words, desk, refusals
from web.calendar_forms import OutsideForm, RuleForm, SureForm
from web.guards import for_writers
from web.refusals import Answer

bp = Blueprint("calendar_rules", __name__, url_prefix="/calendar")


@bp.route("/new", methods=["GET", "POST"])
@for_writers
def add() -> str | AnyResponse | Answer:
    """Add a rule; the address may say its kind and its authority: a by-election, say."""
    asked = {name: request.args.get(name, "") for name in ("title", "authority")}
    form = RuleForm(data={**asked, "often": "once", "lead_days": "0", "kind": _kind(request.args.get("kind", ""))})
    return _edit(form, None)


@bp.route("/<uuid:rule_id>/change", methods=["GET", "POST"])
@for_writers
def change(rule_id: UUID) -> str | AnyResponse | Answer:
    """Change a rule."""
    with desk.reading() as session:
        rule = rules.get(session, rule_id)
    if request.method == "GET":
        rules.require_standing(rule)
    form = RuleForm(data=calendar_forms.filled(rule))
    if not form.is_submitted():
        form.seen.data = sightings.of(rules.shown(rule))
    return _edit(form, rule_id)


@bp.get("/<uuid:rule_id>")
def show(rule_id: UUID) -> str:
    """A rule, and the authorities it is not for."""
    return _shown(rule_id, OutsideForm(formdata=None))


@bp.route("/<uuid:rule_id>/retire", methods=["GET", "POST"])
@for_writers
def retire(rule_id: UUID) -> str | AnyResponse:
    """Let a rule stand no longer: asked once more, then done."""
    form = SureForm()
    with desk.reading() as session:
        rule, places = rules.get(session, rule_id), calendar_places.named(session)
        again = _again(session, rule)
    if form.validate_on_submit():
        with desk.writing() as session:
            done = rules.retire(session, rule_id, by=desk.current_officer(), at=desk.now())
        sentence = "The rule was retired. What waits for a window is looked at again." if done else "It had been retired already."
        return desk.done(sentence, "calendars.show")
    rules.require_standing(rule)
    return render_template("calendars/retire.html", form=form, rule=rule, places=places, again=again, words=calendar_words)


@bp.post("/<uuid:rule_id>/outside")
@for_writers
def exempt(rule_id: UUID) -> str | AnyResponse:
    """No poll here: typed on the rule's page, or pressed on an authority's, which has nothing to type."""
    form = OutsideForm()
    if not request.form.get("back") and not form.validate():
        return _shown(rule_id, form)
    with refusals.ShownOn(form, Invalid):
        with desk.writing() as session:
            code = calendar_places.read(session, "", request.form.get("authority", "") or " -")[1]
            calendar_places.require_within(session, rules.get(session, rule_id), code)
            source = _line(request.form.get("source", ""))
            rules.exempt(session, rule_id, code, source=source, by=desk.current_officer(), at=desk.now())
        flash("The rule is not for this authority.", "success")
        return redirect(_back(rule_id))
    return _shown(rule_id, form)


@bp.post("/<uuid:rule_id>/inside")
@for_writers
def include(rule_id: UUID) -> AnyResponse:
    """The rule is for this authority after all."""
    with desk.writing() as session:
        rules.include(session, rule_id, request.form.get("authority", ""), by=desk.current_officer(), at=desk.now())
    flash("The rule is for this authority again.", "success")
    return redirect(_back(rule_id))


def _shown(rule_id: UUID, form: OutsideForm) -> str:
    with desk.reading() as session:
        rule = rules.get(session, rule_id)
        return render_template(
            "calendars/rule.html",
            rule=rule,
            again=_again(session, rule),
            places=calendar_places.named(session),
            outside=rules.exemptions(session).get(rule_id, {}),
            form=form,
            words=calendar_words,
        )


def _line(text: str) -> str:
    """A line as typed, or that the officer said so."""
    return text if text.strip() else f"said by {desk.current_officer().name}"


def _edit(form: RuleForm, rule_id: UUID | None) -> str | AnyResponse | Answer:
    shown = refusals.ShownOn(form)
    with desk.reading() as session:
        calendar_forms.offer(session, form)
        before = rules.get(session, rule_id) if rule_id else None
        again = _again(session, before) if before else ""
    if form.validate_on_submit():
        with shown:
            with desk.adding() as session:
                typed = calendar_forms.typed(session, form, before=before)
                acting = {"by": desk.current_officer(), "at": desk.now()}
                if rule_id is None:
                    rule_id = rules.add(session, typed, **acting)  # type: ignore[arg-type]
                else:
                    rules.change(session, rule_id, typed, seen=form.seen.data or "", **acting)  # type: ignore[arg-type]
            return desk.done("The rule stands.", "calendar_rules.show", rule_id=rule_id)
    return render_template("calendars/edit.html", form=form, rule=before, again=again, others=shown.others), shown.status


def _again(session: Session, rule: CalendarRule) -> str:
    return calendar_words.comes_again(rule, is_read=bool(rule.calendar) and calendar_subscriptions.is_read(session, rule.calendar))


def _kind(asked: str) -> str:
    return asked if asked in HOLDS else "committee"


def _back(rule_id: UUID) -> str:
    """The authority's page, where the press came from there; else the rule's."""
    code = request.form.get("back", "")
    return url_for("authorities.show", code=code) if code else url_for("calendar_rules.show", rule_id=rule_id)

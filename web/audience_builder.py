"""Building an audience: plain sentences line by line, how many people they find, and who the first of them are."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response

from audiences import definitions, headcounts, mentions, rules
from audiences import names as finders
from audiences.headcounts import Count
from audiences.rules import Rule
from campaigns.agreement.addressees import Addressee
from campaigns.foundation import sightings
from campaigns.foundation.errors import Refused
from web import audience_lines, desk, form_fields, forms, refusals
from web.audience_lines import Line, Options
from web.guards import for_writers
from web.refusals import Answer

bp = Blueprint("builder", __name__, url_prefix="/audiences")

FIRST_PEOPLE = 10


class RuleForm(forms.Form):
    """The lines stand beside these fields: see audience_lines.py."""

    enforcing_only = forms.tick("Only authorities that enforce health and safety", default=True)
    lines = forms.hidden()
    seen = forms.hidden()  # the sighting of the audience when the page was opened
    save = forms.submit("Save this audience")


class AudienceForm(RuleForm):
    """A new audience: a name and its lines."""

    name = forms.text("Name", needed="Enter a name for the audience", hint="For example, Practitioners in Wales", limit=60)


@dataclass(frozen=True)
class Found:
    """What the lines find: the numbers and the first people, or why nothing can be said."""

    count: Count | None
    first: list[Addressee]
    refusal: str = ""


@dataclass(frozen=True)
class Bench:
    """What the page is drawn from."""

    lines: list[Line]
    options: Options
    names: dict[str, str]
    found: Found


@bp.route("/new", methods=["GET", "POST"])
@for_writers
def define() -> str | Response:
    """Make an audience of one's own."""
    form = AudienceForm()
    sound = _is_to_be_saved(form) and form.validate()  # before the lines are read, so that all is told at once
    bench, rule = _work(form, audience_lines.beginning())
    if rule and sound:
        with refusals.ShownOn(form):
            with desk.adding() as session:
                key = definitions.define(session, name=form.name.data, rule=rule, by=desk.current_officer(), at=desk.now())
            return desk.done(f"{form.name.data} can be written to now.", "audiences.show", key=key)
    return _drawn(form, bench)


@bp.route("/<key>/rule", methods=["GET", "POST"])
@for_writers
def change(key: str) -> str | Response | Answer:
    """Change who is in an audience: a new version. Releases that were sealed keep the readers they have."""
    with desk.reading() as session:
        audience = definitions.get(session, key)
        standing = definitions.rule_of(audience)
        lines = audience_lines.of(standing, mentions.names(session, standing))
        opened = {"enforcing_only": standing.enforcing_only, "seen": sightings.of(definitions.shown(session, audience))}
    form = RuleForm(data=None if request.method == "POST" else opened)
    shown = refusals.ShownOn(form)
    bench, rule = _work(form, lines)
    if rule and form.validate():
        with shown:
            with desk.writing() as session:
                seen, by = form.seen.data or "", desk.current_officer()
                changed = definitions.redefine(session, key, rule=rule, seen=seen, by=by, at=desk.now())
            return desk.done("The rule is changed." if changed else "Nothing changed.", "audiences.show", key=key)
    return _drawn(form, bench, audience, shown.others), shown.status


@bp.post("/count")
@for_writers
def count() -> str:
    """How many people the lines find as they stand in the form, and the first of them; nothing is saved."""
    form = RuleForm()
    bench, _ = _work(form, [])
    return render_template("audiences/_found.html", found=bench.found)


def _work(form: RuleForm, lines: list[Line]) -> tuple[Bench, Rule | None]:
    """The page as it stands after whatever button was pressed; with the rule, when it is to be saved and can be."""
    with desk.reading() as session:
        options = audience_lines.options(session)
        lines, problems = _posted(session, form, lines, options)
        found, rule = _found(session, form, lines, problems)
        names = mentions.names(session, rule) if rule else {}
    return Bench(lines, options, names, found), rule if _is_to_be_saved(form) and not problems else None


def _is_to_be_saved(form: RuleForm) -> bool:
    return bool(form.is_submitted()) and "do" not in request.form


def _posted(session: Session, form: RuleForm, lines: list[Line], options: Options) -> tuple[list[Line], list[str]]:
    if not form.is_submitted():
        return lines, []
    lines, problems = audience_lines.read(request.form, finders.of(session))
    try:
        audience_lines.require_offered(lines, options)
        match request.form.get("do", "").split(" "):
            case ["add"]:
                lines = audience_lines.added(lines, request.form.get("add", ""))
            case ["remove", place]:
                lines = [line for at, line in enumerate(lines) if at != form_fields.whole(place)]
    except Refused as refusal:
        problems.append(refusal.sentence)
    return lines, problems


def _found(session: Session, form: RuleForm, lines: list[Line], problems: list[str]) -> tuple[Found, Rule | None]:
    try:
        if problems:
            raise Refused(problems[0])
        rule = audience_lines.rule(lines, enforcing_only=bool(form.enforcing_only.data))
        mentions.require_there(session, rule)
    except Refused as refusal:
        form.lines.errors = [*problems] or [refusal.sentence]
        problems.append(refusal.sentence)
        return Found(None, [], refusal.sentence), None
    return Found(headcounts.of_rule(session, rule), headcounts.members_of(session, rule, size=FIRST_PEOPLE).people), rule


def _drawn(form: RuleForm, bench: Bench, audience: definitions.Audience | None = None, others: Sequence[str] = ()) -> str:
    return render_template(
        "audiences/build.html",
        form=form,
        bench=bench,
        audience=audience,
        others=others,
        offered=audience_lines.OFFERED,
        joins=audience_lines.JOINS,
        grades=[(grade, audience_lines.SAYS[grade]) for grade in rules.GRADES],
    )

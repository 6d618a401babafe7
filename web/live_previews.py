"""While an officer types: the letter as one real reader would get it, with what is said only to that audience marked. Nothing is saved."""

from flask import Blueprint, render_template, request
from sqlmodel import Session

from audiences import definitions, headcounts
from audiences.definitions import Audience
from campaigns.drafting import letters, placeholders, samples
from campaigns.drafting.words import LONGEST_TEXT
from campaigns.foundation.errors import Refused
from web import desk, differences, message_forms, previews
from web.guards import for_writers
from web.message_forms import WordsForm

bp = Blueprint("live_previews", __name__)


@bp.post("/messages/live-preview")
@for_writers
def show() -> str:
    """The reader's text for the words in the form as they stand, or what is wrong with them."""
    with desk.reading() as session:
        audiences = definitions.every(session)
        form = message_forms.opened(audiences, None)
        audience = _chosen(audiences)
        reader, values = _reader(session, audience.key)
    core, part = form.core.data or "", form.part(audience.key).data or ""
    problems = [problem.sentence for text in (core, part) for problem in placeholders.problems(text, field="core")]
    if len(core) + len(part) > LONGEST_TEXT:
        problems.append(f"These words must be {LONGEST_TEXT:,} characters or fewer")
    if problems or not core.strip():
        return render_template("messages/live.html", problems=problems, reader="", pieces=[])
    try:
        shared, whole = (_text(form, text, values) for text in ("", part))
    except Refused as refusal:
        return render_template("messages/live.html", problems=[refusal.sentence], reader="", pieces=[])
    return render_template("messages/live.html", problems=[], reader=reader, pieces=differences.words(shared, whole))


def _chosen(audiences: list[Audience]) -> Audience:
    asked = request.form.get("live_audience", "")
    return next((audience for audience in audiences if audience.key == asked), audiences[0])


def _reader(session: Session, key: str) -> tuple[str, dict[str, str]]:
    found = headcounts.members(session, key, size=1).people
    return (found[0].name, {**samples.NOBODY, **found[0].fields()}) if found else ("nobody in particular", samples.NOBODY)


def _text(form: WordsForm, part: str, values: dict[str, str]) -> str:
    program = letters.compile_letter(
        subject=(form.subject.data or "").strip(),
        core=form.core.data or "",
        part=part,
        reference="XXXX-XXXX",
        sender=previews.sender(),
    )
    ours = samples.ours("XXXX-XXXX", previews.sender())
    return letters.open_letter(program.join({**values, **ours})).text

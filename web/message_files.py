"""Adding files to a message, and taking them off, one at a time on the form it is written with; none is lost when another field is wrong.

A file is kept as soon as it arrives; the form then carries its name and digest, and the words name it once they are saved.
"""

from typing import Any

from flask import request
from pydantic import ValidationError

from campaigns.drafting import attachments
from campaigns.drafting.attachments import Attachment
from campaigns.foundation.errors import Invalid, Problem, Refused
from web import desk, refusals

MOST = 50  # far more than 10 MB of files need


def attached(standing: list[Attachment]) -> list[Attachment]:
    """The files the form carries: those that were posted with it, else those of the words that stand."""
    if request.method != "POST":
        return list(standing)
    try:
        return [Attachment.model_validate_json(said) for said in request.form.getlist("attached")[:MOST]]
    except ValidationError:
        raise Refused("A file's name did not arrive in full. Open the page again.") from None


def pressed() -> bool:
    """Whether a button that adds or removes a file was pressed, and nothing is to be saved yet."""
    return "attach" in request.form or "detach" in request.form


def change(form: Any) -> None:
    """Add the file that was chosen, or take off the one whose button was pressed."""
    if unwanted := request.form.get("detach"):
        form.attached = [file for file in form.attached if file.digest != unwanted]
    elif not add_chosen(form) and not form.file.errors:
        refusals.show_on(form, Refused("Choose a file to add", field="file"))


def add_chosen(form: Any) -> bool:
    """Keep the file that came with the form, if one did. What is wrong with it stands beside its field; False when nothing was added."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return False
    with refusals.ShownOn(form, Invalid):
        with desk.writing() as session:
            file = attachments.keep(session, upload.stream.read(attachments.LARGEST + 1), name=upload.filename)
        if problems := attachments.problems([*form.attached, file]):
            raise Invalid([Problem("file", problem.sentence) for problem in problems])
        form.attached = [*form.attached, file]
        return True
    return False

"""Stop or change what I get: the page every letter links to, for readers without an account."""

from uuid import UUID

from flask import Blueprint, render_template, request
from sqlmodel import Session

from audiences import preferences
from audiences.people import Person
from campaigns.foundation import tokens
from campaigns.foundation.errors import NotFound
from web import desk, forms

bp = Blueprint("stops", __name__)

PURPOSE = "stop"


class StopForm(forms.Form):
    """One button."""

    submit = forms.submit("Stop sending me these letters")


class StartForm(forms.Form):
    """One button, for a change of mind."""

    again = forms.hidden(default="yes")
    submit = forms.submit("Send me letters again", secondary=True)


@bp.route("/stop/<token>", methods=["GET", "POST"])
def stop(token: str) -> str:
    """Looking changes nothing: mail gateways open every link. A button, or a mail program's own (RFC 8058), does it."""
    if request.method == "POST":
        _record(token, again="again" in request.form)
    with desk.reading() as session:
        person = _reader(session, token)
        stopped = preferences.standing(session, person.address) == preferences.STOP
        return render_template(
            "public/stop.html", person=person, stopped=stopped, stop=StopForm(), start=StartForm(), settings=desk.settings()
        )


def _record(token: str, *, again: bool) -> None:
    with desk.writing() as session:
        step = preferences.start if again else preferences.stop
        step(session, _reader(session, token).id, by="the reader", at=desk.now())


def _reader(session: Session, token: str) -> Person:
    try:
        person_id = UUID(tokens.read(desk.settings().secret_key, PURPOSE, token)[0])
    except ValueError:
        raise NotFound("This link is not one of ours, or it is incomplete. Copy the whole link from the letter.") from None
    return preferences.asking(session, person_id)

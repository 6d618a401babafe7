"""Who has yet to sign: what each party has not signed yet, since when and until when, and how long it usually takes. In sentences."""

from flask import Blueprint, render_template

from campaigns.agreement import waits
from web import desk

bp = Blueprint("bottlenecks", __name__)


@bp.get("/waiting")
def show() -> str:
    """One section a party."""
    at = desk.now()
    with desk.reading() as session:
        return render_template("home/waiting.html", awaited=waits.of_each_party(session, at=at), now=at)

"""Pages for anybody, without an account: the accessibility statement, the privacy notice, and what is kept in a cookie."""

from flask import Blueprint, render_template

from audiences import retention
from web import desk, words

bp = Blueprint("public", __name__)


@bp.get("/accessibility")
def accessibility() -> str:
    """What works, what does not, and whom to tell."""
    return render_template("public/accessibility.html", settings=desk.settings())


@bp.get("/privacy")
def privacy() -> str:
    """What is kept about readers and why; every letter links here."""
    with desk.reading() as session:
        kept = [(words.sentence(one.record.what), words.kept_for(one.days)) for one in retention.schedule(session)]
    return render_template("public/privacy.html", settings=desk.settings(), kept=kept)


@bp.get("/cookies")
def cookies() -> str:
    """The one cookie."""
    return render_template("public/cookies.html")

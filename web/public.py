"""Pages for anybody, without an account: the accessibility statement, the privacy notice, and what is kept in a cookie."""

from flask import Blueprint, render_template

from web import desk

bp = Blueprint("public", __name__)


@bp.get("/accessibility")
def accessibility() -> str:
    """What works, what does not, and whom to tell."""
    return render_template("public/accessibility.html", settings=desk.settings())


@bp.get("/privacy")
def privacy() -> str:
    """What is kept about readers and why; every letter links here."""
    return render_template("public/privacy.html", settings=desk.settings())


@bp.get("/cookies")
def cookies() -> str:
    """The one cookie."""
    return render_template("public/cookies.html")

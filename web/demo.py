"""The demonstration's short cuts, in development only: step into a post with one click, and read the letters that were caught."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_security import login_user, logout_user
from werkzeug.wrappers import Response

from campaigns.foundation.errors import NotFound
from web import accounts, caught, demo_posts, desk

bp = Blueprint("demo", __name__, url_prefix="/demo")


@bp.get("/")
def posts() -> str:
    """The posts to choose from."""
    return render_template("demo/posts.html", posts=demo_posts.POSTS, password=demo_posts.PASSWORD)


@bp.post("/step/<key>")
def step_into(key: str) -> Response:
    """Sign in as a post, without its password."""
    post = demo_posts.find(key)
    with desk.reading() as reading:
        account = accounts.by_email(reading, post.email) if post else None
        if post is None or account is None or not account.active:
            raise NotFound("This post is not set up here. Run: countersign demo prepare")
        reading.expunge(account)
    logout_user()
    session.clear()
    login_user(account)
    flash(f"You are now: {post.name}. {post.can}", "success")
    return redirect("/")


@bp.get("/letters")
def letters() -> str:
    """What the local catcher kept, by role."""
    everything = caught.letters(desk.settings().mail_dir)
    role, words = request.args.get("role", ""), request.args.get("words", "")[:200]
    wanted = [letter for letter in everything if letter.matches(role, words)]
    shown, page = desk.paged(wanted)
    return render_template(
        "demo/letters.html",
        letters=shown,
        page=page,
        roles=caught.roles(everything),
        role=role,
        words=words,
        total=len(everything),
    )


@bp.get("/letters/<key>")
def letter(key: str) -> str:
    """One letter: as a reader sees it, its text, its headers."""
    return render_template(
        "demo/letter.html", letter=caught.open_letter(desk.settings().mail_dir, key), key=key, back=url_for("demo.letters")
    )


@bp.get("/letters/<key>/page")
def letter_page(key: str) -> Response:
    """The letter's own HTML, for its frame."""
    return desk.framed(caught.open_letter(desk.settings().mail_dir, key).html)

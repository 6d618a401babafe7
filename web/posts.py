"""Posts: who holds one, who held it before, and the moment somebody else takes it on."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from audiences import authorities, organisations, people, roles
from audiences.people import Person
from campaigns.foundation.errors import NotFound
from web import corrections, desk, forms, refusals
from web.guards import for_writers

bp = Blueprint("posts", __name__, url_prefix="/posts")


class PassForm(forms.Form):
    """Who holds the post now."""

    name = forms.text("Name or post", needed="Enter a name or post", hint="For example, Head of Environmental Health", limit=120)
    address = forms.email("E-mail address", needed="Enter an e-mail address")
    save = forms.submit("They hold this post now")


@dataclass(frozen=True)
class Holder:
    """Somebody who holds or held the post, and the other posts they had, each with the name of its place."""

    person: Person
    others: list[tuple[Person, str]]


@bp.get("/<place>/<role>")
def show(place: str, role: str) -> str:
    """Who held a post when."""
    if role not in roles.ROLES:
        raise NotFound("There is no such post.")
    with desk.reading() as session:
        name, address = _place(session, place)
        may_add = any(one.code == place for one in people.places(session))
        found = [Holder(person, _others(session, person)) for person in people.holders(session, role, place)]
        shown = {"place": place, "name": name, "address": address, "role": role, "title": roles.title}
        return render_template("posts/show.html", found=found, may_add=may_add, **shown)


@bp.route("/holders/<uuid:person_id>/passing", methods=["GET", "POST"])
@for_writers
def pass_on(person_id: UUID) -> str | AnyResponse:
    """Somebody else holds this post now."""
    with desk.reading() as session:
        correction = corrections.asked(session)
        form = PassForm(data={"name": correction.name, "address": correction.address} if correction else None)
        person = people.get(session, person_id)
        name, _ = _place(session, person.place)
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            with desk.writing() as session:
                corrections.take(session)
                after = people.succeed(
                    session,
                    person_id,
                    name=form.name.data,
                    address=form.address.data,
                    by=desk.current_officer(),
                    at=desk.now(),
                    test_domains_allowed=desk.settings().test_domains_allowed,
                )
            flash(
                f"{form.name.data} is the {roles.words(person.role)} of {name} now. {person.name} stays on record for the time they held it.",
                "success",
            )
            return redirect(corrections.onward(url_for("people.show", person_id=after)))
    return render_template("posts/pass.html", form=form, person=person, name=name, said=roles.words)


def _place(session: Session, code: str) -> tuple[str, str]:
    """A place's name, and the address of its page."""
    try:
        return authorities.get(session, code).name, url_for("authorities.show", code=code)
    except NotFound:
        return organisations.get(session, code).name, url_for("organisations.show", code=code)


def _others(session: Session, person: Person) -> list[tuple[Person, str]]:
    if person.is_erased:
        return []
    theirs = people.at_address(session, person.address)
    return [(one, _place(session, one.place)[0]) for one in theirs if (one.role, one.place) != (person.role, person.place)]

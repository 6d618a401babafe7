"""Signing in to a briefing without an account, one question a page: which authority, which role, which name. Looking records nothing.

The register's names are shown to nobody here: a link can be passed on to anybody. Whoever writes a name that the register knows is known by it.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request
from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from audiences import attendees, roles
from audiences.roles import Place
from campaigns.briefings import sign_ins, tours
from campaigns.briefings.attendance import APOLOGIES, PRESENT
from campaigns.briefings.tours import Briefing
from campaigns.foundation.errors import Invalid, NotFound
from web import briefing_links, desk, forms, limits, reader_pages, refusals
from web.reader_pages import ReaderForm

bp = reader_pages.blueprint("arrivals")

A_MINUTE = 120  # sign-ins from one address: a whole room behind one router
ANOTHER = "another"
PLACE, ELSEWHERE, ROLE = "place", "elsewhere", "role"  # the questions that come before the name


class PlaceForm(ReaderForm):
    """Which authority."""

    place = forms.choice("Which authority are you from?", needed="Choose your authority. Nothing has been recorded")
    next = forms.submit("Continue")


class ElsewhereForm(ReaderForm):
    """Which of all the others."""

    place = forms.one_of("Which authority or body are you from?")
    next = forms.submit("Continue")


class RoleForm(ReaderForm):
    """Which role."""

    role = forms.choice("What is your role there?", needed="Choose your role. Nothing has been recorded")
    next = forms.submit("Continue")


class NameForm(ReaderForm):
    """Which name; the only question whose answer is recorded."""

    name = forms.text(
        "Your name, or your post", needed="Enter your name or your post. Nothing has been recorded", limit=sign_ins.LONGEST_NAME
    )
    submit = forms.submit("Sign in")


@dataclass(frozen=True)
class Asked:
    """What somebody has answered so far; it stands in the address."""

    briefing: Briefing
    here: list[Place]
    elsewhere: list[Place]
    place: Place | None
    role: str
    status: str

    @property
    def so_far(self) -> list[tuple[str, str]]:
        """The answers, to be carried to the next page."""
        said = {"status": self.status if self.status == APOLOGIES else "", "place": self.place.code if self.place else ""}
        return [(name, value) for name, value in said.items() if value]


@bp.route("/sign-in/<path:token>", methods=["GET", "POST"])
def arrive(token: str) -> str:
    """Ask the next question; the answer to the last one, the name, signs them in."""
    with desk.reading() as session:
        asked = _asked(session, briefing_links.briefing_of(briefing_links.SIGN_IN, token))
    if asked.place is None:
        return _which_place(asked, token)
    if not asked.role:
        return _which_role(asked, asked.place, token)
    return _who(asked, asked.place, token)


def _which_place(asked: Asked, token: str) -> str:
    if request.args.get("place") == ANOTHER or request.args.get("asked") == ELSEWHERE:
        form: ElsewhereForm | PlaceForm = ElsewhereForm(formdata=_answered(ELSEWHERE))
        question, choices = ELSEWHERE, [("", "Choose one"), *((place.code, place.name) for place in asked.elsewhere)]
    else:
        form = PlaceForm(formdata=_answered(PLACE))
        question, choices = PLACE, [*((place.code, place.name) for place in asked.here), (ANOTHER, "Another authority, or another body")]
    forms.offer(form.place, choices)
    return _ask(asked, token, question, form, form.place)


def _which_role(asked: Asked, place: Place, token: str) -> str:
    form = RoleForm(formdata=_answered(ROLE))
    forms.offer(form.role, [(role, roles.title(role)) for role in attendees.roles_at(place)])
    return _ask(asked, token, ROLE, form, form.role)


def _ask(asked: Asked, token: str, question: str, form: ReaderForm, field: Any) -> str:
    if _answered(question) is not None:
        form.validate()
        field.errors = field.errors or ["Choose one. Nothing has been recorded"]  # what was chosen leads on; this page comes of no choice
    return _page("arrive_choose", asked, token, form=form, field=field, question=question)


def _answered(question: str) -> MultiDict[str, str] | None:
    """What was answered to a question, where it has been asked."""
    return request.args if request.args.get("asked") == question else None


def _who(asked: Asked, place: Place, token: str) -> str:
    form = NameForm()
    if form.validate_on_submit():
        limits.admit("sign in to a briefing", A_MINUTE)
        with refusals.ShownOn(form, Invalid):
            with desk.writing() as session:
                who = attendees.attendee(session, place, asked.role, form.name.data)
                fresh = sign_ins.sign_in(session, asked.briefing.id, who, status=asked.status, at=desk.now())
            return _page("arrived", asked, token, name=" ".join(form.name.data.split()), fresh=fresh, role=roles.words(asked.role))
    return _page("arrive_name", asked, token, form=form, role=roles.words(asked.role))


def _page(template: str, asked: Asked, token: str, **values: object) -> str:
    about = {"briefing": asked.briefing, "asked": asked, "token": token, "apologies": asked.status == APOLOGIES}
    about["begun"] = asked.briefing.has_begun(desk.now())
    return reader_pages.page(template, **about, **values)


def _asked(session: Session, briefing_id: UUID) -> Asked:
    briefing = tours.get(session, briefing_id)
    _require_open(briefing)
    here, elsewhere = attendees.expected(session, briefing.group_code), attendees.elsewhere(session, briefing.group_code)
    place = next((one for one in (*here, *elsewhere) if one.code == request.args.get("place")), None)
    able = attendees.roles_at(place) if place else []
    role = able[0] if len(able) == 1 else request.args.get("role", "")
    status = APOLOGIES if request.args.get("status") == APOLOGIES else PRESENT
    sign_ins.require_open(session, briefing, status=status, at=desk.now())  # before they answer anything
    return Asked(briefing, here, elsewhere, place, role if role in able else "", status)


def _require_open(briefing: Briefing) -> None:
    window = sign_ins.window(briefing)
    if window is None or desk.now() > window[1]:
        raise NotFound("Nobody can sign in to this briefing now. If you were there and have not signed in, write to us.")
    briefing_links.require_begun(window[0], "sign in to this briefing")

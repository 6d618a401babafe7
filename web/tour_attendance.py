"""Who was at a briefing: a sheet to print and sign, and the same sheet to tick afterwards, authority by authority and role by role."""

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from audiences import organisations, roles
from audiences.authorities import Authority
from audiences.roles import AUTHORITY_ROLES
from campaigns.briefings import attendance, sign_ins, tours
from campaigns.briefings.attendance import Seat
from campaigns.briefings.sign_in_sheets import BLANK_LINES, FREE, FREE_LINES
from web import briefing_links, desk, forms, refusals, words
from web.guards import for_writers

bp = Blueprint("attendance", __name__, url_prefix="/briefings")


class SheetForm(forms.Form):
    """One tick an authority and role: `E06000001:practitioner`."""

    ticks = forms.ticks("Who was there")
    shown = forms.hidden()  # what was ticked when the sheet was opened
    save = forms.submit("Save who was there")


@bp.route("/<uuid:briefing_id>/attendance", methods=["GET", "POST"])
@for_writers
def enter(briefing_id: UUID) -> str | Response:
    """Tick who was there; saving again corrects it."""
    form = SheetForm()
    with desk.reading() as session:
        form.ticks.choices = _choices(organisations.members(session, tours.get(session, briefing_id).group_code))
        standing = _ticked(session, form, briefing_id)
    if request.method == "GET":
        form.ticks.data = sorted(f"{code}:{role}" for code, role in standing)
        form.shown.data = " ".join(form.ticks.data)
    if form.validate_on_submit():
        with refusals.ShownOn(form):
            return _save(form, briefing_id)
    ticked = set(form.ticks.data or ())
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        members = organisations.members(session, briefing.group_code)
        return render_template("tours/attendance.html", form=form, briefing=briefing, members=members, roles=AUTHORITY_ROLES, ticked=ticked)


@bp.get("/<uuid:briefing_id>/sign-in-sheet")
def sheet(briefing_id: UUID) -> str:
    """The sheet to take along: every authority of the group, every role, room to sign."""
    with desk.reading() as session:
        briefing = tours.get(session, briefing_id)
        members = organisations.members(session, briefing.group_code)
        door = briefing_links.link(briefing_links.SIGN_IN, briefing_id) if sign_ins.window(briefing) else None
        called = [roles.title(role) for role in AUTHORITY_ROLES]
        columns, blank = (["Authority", *called], BLANK_LINES) if members else (list(FREE), FREE_LINES)
        shown = {"briefing": briefing, "members": members, "columns": columns, "blank_lines": blank, "door": door}
        return render_template("tours/sheet.html", **shown)


def _save(form: SheetForm, briefing_id: UUID) -> Response:
    ticks, shown = _seats(form.ticks.data or ()), _seats((form.shown.data or "").split())
    with desk.writing() as session:
        tours.get(session, briefing_id, lock=True)  # whoever saves it at the same moment has saved it, or waits
        others = _ticked(session, form, briefing_id) != shown
        changed = attendance.record(session, briefing_id, ticks, shown=shown, by=desk.current_officer(), at=desk.now())
        there = _ticked(session, form, briefing_id)
    came = words.many(len({code for code, _ in there}), "authority", "authorities")
    flash(f"Saved: {words.many(len(there), 'tick')}, from {came}." if changed else "Nothing changed.", "success")
    if others:
        flash("Somebody else changed the list while you had it open. What they entered is kept too.")
    return redirect(url_for("briefings.show", briefing_id=briefing_id))


def _ticked(session: Session, form: SheetForm, briefing_id: UUID) -> set[Seat]:
    """What stands on the sheet as this page shows it: the roles of the group's own authorities."""
    return attendance.present(session, briefing_id) & _seats(value for value, *_ in form.ticks.iter_choices())


def _seats(values: Iterable[str]) -> set[Seat]:
    return {(code, role) for code, _, role in (value.partition(":") for value in values)}


def _choices(members: list[Authority]) -> list[tuple[str, str]]:
    return [(f"{member.code}:{role}", f"{member.name}: {roles.words(role)}") for member in members for role in AUTHORITY_ROLES]

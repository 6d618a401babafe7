"""A release: being sealed, waiting for signatures, agreed, on its way. One page says which and what to do; each act has its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response

from campaigns.agreement import bundles, censuses, permits, readers, releases, schedules
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.releases import Release
from campaigns.delivery import corrections, deliveries, halts, unclear, windowless
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from campaigns.foundation import lifecycles
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid
from campaigns.foundation.officers import WRITERS
from web import csv_files, desk, forms, message_sheets, readership, refusals, signature_boxes, states
from web.guards import for_writers
from web.messages import ReasonForm
from web.signature_boxes import Box

bp = Blueprint("releases", __name__, url_prefix="/releases")

READERS_A_PAGE = 50
AT_ONCE = 5_000  # readers of a file; between them no transaction is open, however slowly it is taken
COLUMNS = ("Reader", "Organisation", "Nation", "Audience", "Address")


class ReturnForm(forms.Form):
    """What a party asks to be said differently. It stands beside the buttons that sign, so its label says what it is for."""

    reason = forms.long_text(
        "What should be different?", needed="Say what should be different", hint="Both parties see it, and it is kept.", limit=1000, rows=3
    )


@dataclass(frozen=True)
class View:
    """What the page says."""

    release: Release
    state: str
    next_step: str
    went: str
    went_and_ended: bool
    boxes: list[Box]
    why_not_sign: str
    said: Manifest | None
    terms: str
    may_write: bool
    may_stop: bool
    may_resume: bool
    may_let_go: bool
    may_return: bool
    may_change: bool
    may_withdraw: bool
    may_correct: bool
    correction: Message | None
    is_agreed: bool
    goes: str
    off: str
    halted: str


@bp.get("/<uuid:release_id>")
def show(release_id: UUID) -> str:
    """Where it stands and what happens next."""
    with desk.reading() as session:
        view = read(session, release_id)
        table = readership.sealed(session, view.release) if view.said else None
        history = message_sheets.history(session, view.release.message_id)
        counts = {"left": windowless.number(session, view.release), "maybe_twice": unclear.maybe_twice(session, release_id)}
        counts["undecided"] = deliveries.counted(session, release_id).get("held", 0)
        return render_template("releases/show.html", view=view, table=table, history=history, **counts)


@bp.get("/<uuid:release_id>/readers")
def people(release_id: UUID) -> str:
    """Everybody it goes to, by name, as frozen."""
    with desk.reading() as session:
        release = releases.get(session, release_id)
        page = desk.page_asked(READERS_A_PAGE).of(censuses.readers_of(session, release_id))
        found = readers.of(session, release_id, limit=page.size, offset=page.offset)
        names, left = readership.names(session), readership.left_out(session, release_id, limit=readership.SHOWN)
        return render_template("releases/readers.html", release=release, readers=found, page=page, names=names, left=left)


@bp.get("/<uuid:release_id>/readers.csv")
def export(release_id: UUID) -> Response:
    """The same as a file."""
    with desk.reading() as session:
        release, names = releases.get(session, release_id), readership.names(session)
    return csv_files.streamed(f"readers-{release.reference}", COLUMNS, _everybody(desk.database(), release_id, names))


@bp.get("/<uuid:release_id>/left-out.csv")
def export_left_out(release_id: UUID) -> Response:
    """Everybody who is left out, and why, as a file."""
    with desk.reading() as session:
        release, found = releases.get(session, release_id), readership.left_out(session, release_id).people
    return csv_files.answer(f"left-out-{release.reference}", ("Who", "Why"), [[one.who, one.reason] for one in found])


@bp.route("/<uuid:release_id>/return", methods=["GET", "POST"])
@for_writers
def return_(release_id: UUID) -> str | Response:
    """Ask for other words, with a reason."""
    said = "Returned. Its drafter sees your reason and can change the words. Nothing is sent."
    return _with_a_reason(ReturnForm(), release_id, releases.return_, "releases/return.html", said)


@bp.post("/<uuid:release_id>/correction")
@for_writers
def correct(release_id: UUID) -> Response:
    """Draft a correction for exactly the readers it went to."""
    with desk.writing() as session:
        message_id = corrections.begin(session, release_id, by=desk.current_officer(), at=desk.now())
    sentence = "A correction is drafted. Say what was wrong and what is right, then submit it: both parties sign it like any message."
    return desk.done(sentence, "messages.edit", message_id=message_id)


@bp.post("/<uuid:release_id>/stop")
@for_writers
def stop(release_id: UUID) -> Response:
    """Stop it, at once."""
    with desk.writing() as session:
        schedules.stop(session, release_id, by=desk.current_officer(), at=desk.now())
    return _done(release_id, "Stopped. No more letters leave until your party resumes it.")


@bp.post("/<uuid:release_id>/resumption")
@for_writers
def resume(release_id: UUID) -> Response:
    """Resume what was stopped, for the officer’s party."""
    with desk.writing() as session:
        goes_on = schedules.resume(session, release_id, by=desk.current_officer(), at=desk.now())
        halted = halts.shown(session, at=desk.now())
    if goes_on and not halted:
        return _done(release_id, "It goes on.")
    return _done(
        release_id, f"Resumed for your party. {halted if goes_on else 'The other party has stopped it too and has not resumed it.'}"
    )


@bp.post("/<uuid:release_id>/missed-letters")
@for_writers
def deal_with_missed(release_id: UUID) -> Response:
    """Say that the letters which will not go are dealt with."""
    seen = request.form.get("letters", 0, type=int)
    with desk.writing() as session:
        windowless.deal_with(session, release_id, seen=seen, by=desk.current_officer(), at=desk.now())
    return desk.done("Noted. Nobody will be asked about these letters again, unless more follow.", "deliveries.show", release_id=release_id)


@bp.route("/<uuid:release_id>/withdrawal", methods=["GET", "POST"])
@for_writers
def withdraw(release_id: UUID) -> str | Response:
    """Withdraw it: what has not gone never goes, what has gone is marked as withdrawn. Needs a reason; the page says first what it does."""
    said = "Withdrawn. Letters that had not gone will not go."
    return _with_a_reason(ReasonForm(), release_id, releases.withdraw, "releases/withdraw.html", said)


def read(session: Session, release_id: UUID) -> View:
    """Gather what the pages about one release say."""
    release, officer = releases.get(session, release_id), desk.current_officer()
    message = messages.get(session, release.message_id)
    state, said = states.of_release(session, release), releases.said(release)
    return View(
        release=release,
        state=state,
        next_step=states.next_step(session, state, release, pace=desk.settings().pace, at=desk.now()),
        went=states.went(session, release) if release.began_at else "",
        went_and_ended=states.went_and_ended(release),
        boxes=signature_boxes.of_release(session, release, state),
        why_not_sign=message_sheets.why_not_sign(session, release, officer),
        said=said,
        terms=message_sheets.terms(session, said.goes_under) if said else "",
        may_write=officer.duty in WRITERS,
        may_stop=permits.may_stop(release, officer),
        may_resume=permits.may_resume(session, release, officer),
        may_let_go=permits.may_let_go(session, release, officer),
        may_return=officer.duty in WRITERS and state != "replaced" and release.state in lifecycles.before(lifecycles.RELEASE, "return"),
        may_change=officer.duty in WRITERS and message.state == "draft" and not releases.is_followed(session, release),
        may_withdraw=officer.duty in WRITERS and state != "replaced" and states.may_withdraw(release),
        may_correct=officer.duty in WRITERS and release.began_at is not None and corrections.may_begin(session, release),
        correction=corrections.standing(session, release_id),
        is_agreed=bundles.is_agreed(session, release),
        goes=states.goes(session, release),
        off=halts.off(session),
        halted=halts.shown(session, at=desk.now()),
    )


def _everybody(database: Database, release_id: UUID, names: dict[str, str]) -> Iterator[list[str]]:
    last: int | None = -1
    while last is not None:
        with database.reading() as session:
            found = readers.of(session, release_id, limit=AT_ONCE, after=last)
        for reader in found:
            who = [reader.fields.get(part, "") for part in ("name", "organisation", "nation")]
            yield [*who, names.get(reader.audience, ""), reader.address]
        last = found[-1].position if found else None


def _with_a_reason(form: ReasonForm | ReturnForm, release_id: UUID, step: Callable[..., None], template: str, said: str) -> str | Response:
    """Ask for a reason on this page, then take the step with it."""
    if form.validate_on_submit():
        with refusals.ShownOn(form, Invalid):
            with desk.writing() as session:
                step(session, release_id, reason=form.reason.data or "", by=desk.current_officer(), at=desk.now())
            return _done(release_id, said)
    with desk.reading() as session:
        return render_template(template, form=form, view=read(session, release_id))


def _done(release_id: UUID, sentence: str) -> Response:
    """Say it on the page on which the button was pressed."""
    return desk.done(sentence, "deliveries.show" if request.form.get("on") == "delivery" else "releases.show", release_id=release_id)

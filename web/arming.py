"""Where letters are sent from: why a machine sends nothing, what to check, and each party's word that it may."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template
from sqlmodel import Session
from werkzeug.wrappers import Response

from campaigns.agreement import parties
from campaigns.delivery import arming
from campaigns.delivery.arming import ASKED, RESTORED, UNKNOWN, Arming, Confirmation
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.officers import Officer
from web import desk
from web.guards import for_signatories

bp = Blueprint("arming", __name__, url_prefix="/arming")

CHECKS = {
    UNKNOWN: (
        "Ask whoever runs it: was a machine added, or the database moved? Then confirm.",
        "If it is a copy, for a test or an exercise, do not let it send.",
        "If the database was moved, make sure that the workers on the old one are stopped for good.",
        "If it was made from a backup, letters sent since then would go again. Before you confirm, withdraw what has gone already.",
    ),
    ASKED: (
        "Ask whoever runs it why. A party may have refused it, or it may need to be confirmed again.",
        "If it is a copy, for a test or an exercise, do not let it send.",
    ),
    RESTORED: (
        "Ask whoever runs it: from when is the backup that was put back, and why?",
        "Letters sent after that moment are still waiting here, and would go again. Before you confirm, withdraw what has gone already.",
        "Readers who asked for no more letters since then are not known here. Have them put back on the list first.",
        "Make sure that no other copy of the database is at work.",
    ),
}


@dataclass(frozen=True)
class Said:
    """A party, and its word, if it has given it."""

    name: str
    said: Confirmation | None


@dataclass(frozen=True)
class Question:
    """A machine that waits, and what this officer may say to it. `mine`: the name of their party."""

    row: Arming
    why: str
    checks: tuple[str, ...]
    parties: list[Said]
    mine: str
    may_confirm: bool
    may_refuse: bool


@bp.get("")
def show() -> str:
    """The machines that wait, and those that may send."""
    with desk.reading() as session:
        questions = [_question(session, row, desk.current_officer()) for row in arming.waiting(session)]
        decides = desk.current_officer().duty == "signatory"
        armed, refused = arming.armed(session), arming.refused(session)
        return render_template("arming/show.html", questions=questions, armed=armed, refused=refused, decides=decides)


@bp.post("/<uuid:epoch>/confirmation")
@for_signatories
def confirm(epoch: UUID) -> Response:
    """Let a machine send, for one's own party."""
    with desk.writing() as session:
        both = arming.confirm(session, epoch, by=desk.current_officer(), at=desk.now())
    return _done("Both parties let it send. It begins within seconds." if both else "Confirmed for your party. It waits for the other one.")


@bp.get("/<uuid:epoch>/refusal")
@for_signatories
def ask(epoch: UUID) -> str:
    """Before a machine that sends is let send no more: what that does, and who can undo it."""
    with desk.reading() as session:
        armed = arming.armed(session)
        if not (row := next((one for one in armed if one.epoch == epoch), None)):
            raise NotAllowedNow("This machine does not send. See where letters are sent from.")
        return render_template("arming/refuse.html", row=row, others=[one.machine for one in armed if one.epoch != epoch])


@bp.post("/<uuid:epoch>/refusal")
@for_signatories
def refuse(epoch: UUID) -> Response:
    """Do not let it send, or no longer."""
    with desk.writing() as session:
        arming.refuse(session, epoch, by=desk.current_officer(), at=desk.now())
    return _done("It does not send, and no longer asks to. Its operator can have it ask again.")


def _question(session: Session, row: Arming, officer: Officer) -> Question:
    said = {one.party: one for one in arming.confirmations(session, row.epoch)}
    asked = [Said(party.name, said.get(party.code)) for party in parties.required(session)]
    decides = officer.duty == "signatory"
    return Question(
        row,
        arming.WHY[row.reason],
        CHECKS[row.reason],
        asked,
        mine=parties.name(session, officer.party) if decides else "",
        may_confirm=decides and officer.party not in said,
        may_refuse=decides,
    )


def _done(sentence: str) -> Response:
    return desk.done(sentence, "arming.show")

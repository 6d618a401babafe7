"""Going out: numbers that add up to everybody signed for, how long it takes, and the letters that need somebody's decision."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from campaigns.agreement import readers, releases
from campaigns.agreement.readers import Reader
from campaigns.agreement.releases import Release
from campaigns.delivery import deliveries, domains, timing
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation.errors import Refused
from web import desk, readership, scheduling, windowless
from web import releases as release_pages
from web.guards import for_writers
from web.words import many

bp = Blueprint("deliveries", __name__, url_prefix="/releases/<uuid:release_id>")

GOING = frozenset({"sending", "stopped"})  # only from here does a letter leave again
LETTERS_A_PAGE = 50
MOST_AT_ONCE = 500  # letters decided in one transaction

# The words officers use, and the states of a row that each stands for; together they are every state there is.
SAID = {
    "sent": ("accepted",),
    "being checked": ("attempting",),
    "needs you": ("unknown",),
    "waiting": ("queued",),
    "not wanted": ("removed",),
    "refused": ("rejected",),
    "left unclear": ("held",),
    "not sent": ("missed",),
    "came back": ("returned",),
}
MEANING = {
    "sent": "the mail relay took it",
    "being checked": "on its way to the mail relay at this moment",
    "needs you": "the relay's last reply was not heard: it may have gone or not",
    "waiting": "not tried yet, to be tried again, or held until its authority’s turn comes",
    "not wanted": "the reader asked for no more letters, or was erased",
    "refused": "the relay will not take it",
    "left unclear": "an officer left it as it is",
    "not sent": "it was withdrawn, its latest time passed, or no window was left before that",
    "came back": "the relay took it, and the reader's own mail server did not",
}


@dataclass(frozen=True)
class Cause:
    """Unclear letters with one cause, to be decided together or each."""

    reply: str
    letters: list[tuple[Delivery, Reader]]


@dataclass(frozen=True)
class Figures:
    """The numbers of one release."""

    counts: dict[str, int]
    people: int

    @property
    def done(self) -> int:
        """Letters with an outcome."""
        return self.people - sum(self.counts[state] for state in ("waiting", "being checked", "needs you"))


@bp.get("/delivery")
def show(release_id: UUID) -> str:
    """How far it has come; while it goes out, the figures fetch themselves again."""
    with desk.reading() as session:
        view = release_pages.read(session, release_id)
        figures = figures_of(session, view.release)
        causes = _causes(session, release_id)
        held = [spell for spell in timing.waiting(session, release_id) if spell.until]
        unlisted = _unlisted(session, view)
        decision = windowless.read(session, view.release)
        troubled = domains.troubled(session, at=desk.now()) if view.release.state in GOING else []
    return render_template(
        "deliveries/show.html",
        view=view,
        figures=figures,
        meaning=MEANING,
        causes=causes,
        held=held,
        unlisted=unlisted,
        decision=decision,
        troubled=troubled,
        verdicts=[verdict for verdict in deliveries.VERDICTS if verdict != "send again" or view.release.state in GOING],
        pace=scheduling.pace_of(view.release.people),
        left=_left(view.release, figures, unlisted + sum(spell.letters for spell in held), desk.now()),
    )


@bp.get("/delivery/letters")
def letters(release_id: UUID) -> str:
    """The letters in one state, a page at a time."""
    state = request.args.get("state", "sent")
    after = request.args.get("after", "")
    with desk.reading() as session:
        release = releases.get(session, release_id)
        start = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else -1
        found = deliveries.of_state(session, release_id, SAID.get(state, ()), limit=LETTERS_A_PAGE + 1, after=start)
        rows = [row for row, _ in found[:LETTERS_A_PAGE]]
        people = readers.at(session, release_id, [row.position for row in rows])
        shown = [(row, people[row.position]) for row in rows]
        further = rows[-1].position if len(found) > LETTERS_A_PAGE else None
        page = {"states": list(SAID), "state": state, "figures": figures_of(session, release), "meaning": MEANING.get(state, "")}
        return render_template(
            "deliveries/letters.html", release=release, letters=shown, further=further, names=readership.names(session), **page
        )


@bp.post("/delivery/decisions")
@for_writers
def decide(release_id: UUID) -> Response:
    """Settle unclear letters by an officer's word: one, all with one cause, or all."""
    verdict = request.form.get("verdict", "")
    if verdict not in deliveries.VERDICTS:
        raise Refused("Choose what is to become of this letter.")
    with desk.writing() as session:
        positions = _meant(session, release_id)
        for position in positions:
            deliveries.decide(session, release_id, position, verdict=verdict, by=desk.current_officer(), at=desk.now())
    flash(f"{many(len(positions), 'letter')}: {verdict}.", "success")
    return redirect(url_for("deliveries.show", release_id=release_id))


def figures_of(session: Session, release: Release) -> Figures:
    """The counts in officers' words; they add up to everybody who was signed for."""
    tally = deliveries.tally(session, release)
    return Figures({said: sum(tally[state] for state in states) for said, states in SAID.items()}, release.people)


def _unlisted(session: Session, view: release_pages.View) -> int:
    """Of a follow-up: the readers whose briefing's list is not complete, so that nobody knows yet which letter is theirs."""
    if view.said is None or not view.said.goes_under.follows_up or view.release.state not in GOING:
        return 0
    return view.release.people - sum(deliveries.counted(session, view.release.id).values())


def _causes(session: Session, release_id: UUID) -> list[Cause]:
    found = [row for row, _ in deliveries.of_state(session, release_id, SAID["needs you"], limit=MOST_AT_ONCE)]
    people = readers.at(session, release_id, [row.position for row in found])
    by_reply = groupby(sorted(found, key=_reply), key=_reply)
    return [Cause(reply, [(row, people[row.position]) for row in rows]) for reply, rows in by_reply]


def _meant(session: Session, release_id: UUID) -> list[int]:
    typed = request.form.get("position", "")
    if typed.isascii() and typed.isdigit() and len(typed) < 9:
        return [int(typed)]
    unclear = deliveries.of_state(session, release_id, SAID["needs you"], limit=MOST_AT_ONCE)
    cause = request.form.get("cause")
    return [row.position for row, _ in unclear if cause is None or _reply(row) == cause]


def _reply(row: Delivery) -> str:
    return row.reply or "No reply was heard"


def _left(release: Release, figures: Figures, held: int, at: datetime) -> str:
    """How long the letters will take that wait for nothing but the pace, at the speed seen so far or the pace set, whichever is slower."""
    waiting = figures.counts["waiting"] + figures.counts["being checked"] - held
    if release.state != "sending" or release.began_at is None or waiting <= 0:
        return ""
    gone = max((at - release.began_at).total_seconds(), 1)
    seen = figures.done / gone if figures.done and gone > 5 else desk.settings().pace
    span = scheduling.lasting(waiting / min(seen, desk.settings().pace))
    return f"{span[0].upper()}{span[1:]} to go"

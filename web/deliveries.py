"""Going out: numbers that add up to everybody signed for, how long it takes, and the letters that need somebody's decision."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response

from campaigns.agreement import readers, releases
from campaigns.agreement.releases import Release
from campaigns.delivery import decisions, deliveries, domains, listings, mailboxes, speed, timing, unclear
from campaigns.delivery.speed import Speed
from campaigns.foundation import clock
from campaigns.foundation.errors import NotAllowedNow, Refused, Stale
from web import causes, desk, form_fields, readership, scheduling, windowless, words
from web import releases as release_pages
from web.causes import Cause
from web.guards import for_writers
from web.words import many

bp = Blueprint("deliveries", __name__, url_prefix="/releases/<uuid:release_id>")

GOING = frozenset({"sending", "stopped"})  # only from here does a letter leave again
LETTERS_A_PAGE = 50
MOST_AT_ONCE = 500  # letters decided in one transaction

# The words officers use, and the states of a row that each stands for; together they are every state there is.
SAID = {
    "sent": ("accepted",),
    "in hand": ("attempting",),
    "being checked": ("unknown",),
    "needs you": ("held",),
    "waiting": ("queued",),
    "not wanted": ("removed",),
    "refused": ("rejected",),
    "left unclear": ("left",),
    "not sent": ("missed",),
    "came back": ("returned",),
}
MEANING = {
    "sent": "the mail relay took it, or an officer counted it as sent",
    "in hand": "it is on its way, and goes in its turn",
    "being checked": "the mail relay’s last reply was not heard, so we are looking for evidence",
    "needs you": "nothing shows whether it went, or three tries to send it failed; each letter says which",
    "waiting": "not tried yet, to be tried again, or held until its reader’s turn comes",
    "not wanted": "the reader asked for no more letters, left the post or was erased, the address does not work, or its briefing was moved or called off",
    "refused": "the relay will not take it, or mail servers put it off until its time was up",
    "left unclear": "an officer left it as it is",
    "not sent": "it was withdrawn, returned or replaced, its latest time passed, or no window was left before that",
    "came back": "the relay took it, and the reader's own mail server did not",
}
OUTCOME = {state: said for said, states in SAID.items() for state in states}
MAY_GO = ("waiting", "in hand", "being checked")  # nobody need decide anything before they do
NOT_DONE = (*MAY_GO, "needs you")


@dataclass(frozen=True)
class Figures:
    """The numbers of one release."""

    counts: dict[str, int]
    people: int
    maybe_twice: int = 0

    @property
    def done(self) -> int:
        """Letters with an outcome."""
        return self.people - sum(self.counts[state] for state in NOT_DONE)

    @property
    def to_stop(self) -> int:
        """Letters that go, or may, unless somebody stops them."""
        return sum(self.counts[state] for state in MAY_GO)


@bp.get("/delivery")
def show(release_id: UUID) -> Response:
    """How far it has come; while it goes out, the figures fetch themselves again. Once nothing goes by itself, what is to be decided leads."""
    with desk.reading() as session:
        view = release_pages.read(session, release_id)
        figures = figures_of(session, view.release)
        found = _causes(session, release_id) if figures.counts["needs you"] else []  # found by reading every letter
        held = [spell for spell in timing.waiting(session, release_id) if spell.until]
        unlisted = _unlisted(session, view)
        decision = windowless.read(session, view.release)
        going = speed.of(session, view.release, at=desk.now())
        troubled = domains.troubled(session, at=desk.now()) if view.release.state in GOING else []
        returned_mail = _returned_mail(session) if view.release.began_at else ""
    verdicts = [verdict for verdict in decisions.VERDICTS if verdict != unclear.AGAIN or view.release.state in GOING]
    decision_leads = bool(found) and not figures.to_stop
    page = render_template(
        "deliveries/show.html",
        view=view,
        decision_leads=decision_leads,
        figures=figures,
        meaning=MEANING,
        causes=found,
        shown=sum(len(cause.letters) for cause in found),
        sighting=causes.sighting,
        held=held,
        unlisted=unlisted,
        decision=decision,
        troubled=troubled,
        returned_mail=returned_mail,
        verdicts=verdicts,
        for_all=[verdict for verdict in verdicts if all(cause.may(verdict) for cause in found)],
        asks_a_log=desk.settings().relay_log is not None,
        pace=scheduling.pace_of(view.release.people, waits=_waits(view)),
        going_at=going,
        left=_left(view.release, going, figures, unlisted + sum(spell.letters for spell in held)),
    )
    answer = Response(page, mimetype="text/html")
    if decision_leads and "HX-Request" in request.headers:
        answer.headers["HX-Refresh"] = "true"  # the rest of a page whose figures fetched this is out of date
    return answer


@bp.get("/delivery/letters")
def letters(release_id: UUID) -> str:
    """The letters in one state, a page at a time."""
    state = request.args.get("state", "sent")
    with desk.reading() as session:
        release = releases.get(session, release_id)
        after = form_fields.whole(request.args.get("after"))
        found = listings.of_state(session, release_id, SAID.get(state, ()), limit=LETTERS_A_PAGE + 1, after=-1 if after is None else after)
        rows = [row for row, _ in found[:LETTERS_A_PAGE]]
        people = readers.at(session, release_id, [row.position for row in rows])
        shown = [(row, people[row.position]) for row in rows]
        further = rows[-1].position if len(found) > LETTERS_A_PAGE else None
        figures = figures_of(session, release)
        page = {"states": list(SAID), "state": state, "figures": figures, "meaning": MEANING.get(state, "")}
        page["nothing"] = _nothing(state, figures.counts.get(state, 0))
        return render_template(
            "deliveries/letters.html", release=release, letters=shown, further=further, names=readership.names(session), **page
        )


@bp.post("/delivery/decisions")
@for_writers
def decide(release_id: UUID) -> Response:
    """Settle unclear letters by an officer's word: one, all with one cause, or all."""
    verdict = request.form.get("verdict", "")
    if verdict not in decisions.VERDICTS:
        raise Refused("Choose what to do with this letter.")
    with desk.writing() as session:
        positions = _meant(session, release_id)
        for position in positions:
            decisions.decide(session, release_id, position, verdict=verdict, by=desk.current_officer(), at=desk.now())
        left = figures_of(session, releases.get(session, release_id)).counts["needs you"]
    if not positions:
        raise NotAllowedNow("These letters were decided already.")
    sentence = f"{many(len(positions), 'letter')}: {verdict}.{f' {left:,} more to decide.' if left else ''}"
    return desk.done(sentence, "deliveries.show", release_id=release_id)


def _nothing(state: str, number: int) -> str:
    """Why a list is empty: letters that are counted and not listed never came to be queued, or are not yet."""
    if not number:
        return f"No letter stands at “{state}”."
    if state == "waiting":
        return f"{many(number, 'letter is', 'letters are')} not queued yet. Letters are listed here once sending has begun."
    return f"{many(number, 'letter was', 'letters were')} never queued, so there is nothing to list."


def figures_of(session: Session, release: Release) -> Figures:
    """The counts in officers' words; they add up to everybody who was signed for."""
    tally = deliveries.tally(session, release)
    counts = {said: sum(tally[state] for state in states) for said, states in SAID.items()}
    return Figures(counts, release.people, unclear.maybe_twice(session, release.id))


def _unlisted(session: Session, view: release_pages.View) -> int:
    """Of a follow-up: the readers whose briefing's list is not complete, so that nobody knows yet which letter is theirs."""
    if view.said is None or not view.said.goes_under.follows_up or view.release.state not in GOING:
        return 0
    return view.release.people - sum(deliveries.counted(session, view.release.id).values())


def _waits(view: release_pages.View) -> bool:
    """Whether letters wait for turns, for lists of who came, or, once it has begun, for whatever keeps them back: nobody knows how long that takes."""
    follows_up = view.said is not None and bool(view.said.goes_under.follows_up)
    return view.release.in_windows or follows_up or view.release.state in GOING


def _causes(session: Session, release_id: UUID) -> list[Cause]:
    found = [row for row, _ in listings.of_state(session, release_id, SAID["needs you"], limit=MOST_AT_ONCE)]
    people = readers.at(session, release_id, [row.position for row in found])
    return causes.of((row, people[row.position]) for row in found)


def _meant(session: Session, release_id: UUID) -> list[int]:
    typed = request.form.get("position")
    if typed is not None:
        if (position := form_fields.whole(typed)) is None:
            raise Refused("It is not clear which letter this is about. Open the page again and decide there.")
        return [position]
    waiting = listings.of_state(session, release_id, SAID["needs you"], limit=MOST_AT_ONCE)
    cause, shown = request.form.get("cause"), request.form.get("shown")
    found = [row for row, _ in waiting if cause is None or causes.reply(row) == cause]
    if shown is not None and shown != causes.sighting(found):
        raise Stale(
            f"The letters here have changed since this page was shown: {many(len(found), 'letter waits', 'letters wait')} now. Look at them, then decide."
        )
    return [row.position for row in found]


def _returned_mail(session: Session) -> str:
    """Until when returned mail was read: after that moment “came back” may lack letters."""
    urls = desk.settings().mailbox_urls
    if not urls:
        return "No mailbox for returned mail is set up here, so letters that come back are not counted."
    until = mailboxes.read_until(session, urls)
    if until is None:
        return "Returned mail could not be read yet, so some letters that came back may not be counted."
    return f"Returned mail was read until {clock.say(until)}."


def _left(release: Release, going: Speed, figures: Figures, held: int) -> str:
    """How long the letters will take that wait for nothing but their turn, at the speed of the last minute or, in the first, the pace; nothing
    where none goes.
    """
    waiting = figures.counts["waiting"] + figures.counts["in hand"] + figures.counts["being checked"] - held
    has_just_begun = release.began_at is not None and desk.now() < release.began_at + speed.WINDOW
    if release.state != "sending" or waiting <= 0 or going.behind or not (going.rate or has_just_begun):
        return ""
    span = going.time_left(waiting) or timedelta(seconds=waiting / desk.settings().pace)
    return f"{words.sentence(scheduling.lasting(span.total_seconds()))} to go"

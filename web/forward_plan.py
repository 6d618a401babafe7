"""The forward plan: one timeline of what is proposed, agreed, due, held and sent, its table, its file, and what stands in the way."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, render_template, request, url_for
from sqlmodel import Session

from audiences import authorities, definitions, outlooks
from audiences.authorities import NATIONS
from audiences.forward_plan import WEEKS, Item, View
from audiences.outlooks import Outlook
from campaigns.foundation import clock
from campaigns.foundation.officers import WRITERS
from campaigns.planning import campaign_plans
from campaigns.planning.plan_rows import CHANNELS
from web import coverage_looks, csv_files, desk, loads, plan_feeds, timelines

bp = Blueprint("forward_plan", __name__, url_prefix="/forward-plan")

LENGTHS = [(str(weeks), said) for weeks, said in ((4, "4 weeks"), (13, "13 weeks"), (26, "26 weeks"), (52, "a year"))]
COLUMNS = ("From", "To", "At", "What", "Title", "State", "For", "Where", "Government interest", "In the way")
KINDS = {**CHANNELS, "article": "Article", "relay": "Relay", "briefing": "Briefing", "extranet": "Extranet page"}
EVERYBODY, EVERYWHERE = "Everybody", "Everywhere"


@dataclass(frozen=True)
class Choice:
    """What was asked for, what there is to choose from, and the day as it was typed, with why it cannot be read."""

    view: View
    audiences: list[tuple[str, str]]
    nations: list[tuple[str, str]]
    regions: list[tuple[str, str]]
    typed: str
    problem: str


@bp.get("")
def show() -> str:
    """The picture, what is in the way, and the table."""
    at = desk.now()
    with desk.reading() as session:
        choice = _chosen(session, clock.london(at).date())
        found = outlooks.read(session, choice.view, loads.limit(), at=at)
        newest = next(iter(campaign_plans.every(session)), None)
    return render_template(
        "forward_plan/show.html",
        choice=choice,
        found=found,
        newest=newest,
        drawn=timelines.draw(choice.view, found.items, found.bands, today=clock.london(at).date()),
        legend=[(state, timelines.MARKS[state], said) for state, said in timelines.LEGEND.items()],
        lengths=LENGTHS,
        rows=[(item, address(item), span(item), audiences(item, found), places(item), ways(item, found)) for item in found.items],
        clashes=[(clash, about(clash.about)) for clash in found.clashes],
        kinds=KINDS,
        span=timelines.span,
        choices=desk.choices(),
        feed=plan_feeds.address(desk.current_officer()),
        title=timelines.span(choice.view.first, choice.view.last),
    )


@bp.get("/forward-plan.csv")
def export() -> Response:
    """The same as a file."""
    at = desk.now()
    with desk.reading() as session:
        found = outlooks.read(session, _chosen(session, clock.london(at).date()).view, loads.limit(), at=at)
    return csv_files.answer("forward-plan", COLUMNS, [_cells(item, found) for item in found.items])


def address(item: Item) -> str:
    """The page about an item; empty where it has none."""
    return about(item.about)


def about(what: tuple[str, object] | None) -> str:
    """The page about what has this kind and id."""
    match what:
        case ("release", release_id):
            return url_for("releases.show", release_id=release_id)
        case ("message", message_id):
            return url_for("messages.show", message_id=message_id)
        case ("row", row_id) if desk.current_officer().duty in WRITERS:  # others may not change it
            return url_for("plan_rows.change", plan_row_id=row_id)
        case ("briefing", briefing_id):
            return url_for("briefings.show", briefing_id=briefing_id)
        case ("load", _):
            return url_for("loads.show")
    return ""


def span(item: Item) -> str:
    """When, with the time where it is known."""
    days = timelines.span(item.first, item.last)
    return f"{days}, {clock.hour(item.moment)}" if item.moment and item.first == item.last else days


def audiences(item: Item, found: Outlook) -> str:
    """Who it is for, by name."""
    return ", ".join(found.names.get(key, key) for key in sorted(item.audiences)) or EVERYBODY


def places(item: Item) -> str:
    """The nations it is in."""
    nations = [name for kind, name in sorted(item.places) if kind == "nation"]
    return ", ".join(nations) if nations else EVERYWHERE


def ways(item: Item, found: Outlook) -> str:
    """What is in its way."""
    said = [
        f"It{clash.said}" if clash.said.startswith(" ") else clash.said.removeprefix(": ")
        for clash in found.clashes
        if clash.about == item.about
    ]
    return " ".join(said)


def _cells(item: Item, found: Outlook) -> list[object]:
    moment = clock.hour(item.moment) if item.moment else ""
    what = [KINDS.get(item.kind, item.kind.capitalize()), item.title, item.stands, audiences(item, found), places(item)]
    return [item.first, item.last, moment, *what, "yes" if item.is_of_interest else "", ways(item, found)]


def _chosen(session: Session, today: date) -> Choice:
    """What the address asks to see; a value that is not offered asks for nothing."""
    offered = {
        "audience": [(audience.key, audience.name) for audience in definitions.every(session)],
        "nation": [(nation, nation) for nation in NATIONS],
        "region": [(region, region) for region in authorities.regions(session)],
        "weeks": LENGTHS,
    }

    def asked(name: str) -> str:
        value = request.args.get(name, "")
        return value if value in {value for value, _ in offered[name]} else ""

    typed = request.args.get("start", "").strip()[:30]
    start = coverage_looks.day(typed)
    problem = coverage_looks.NO_DAY if typed and start is None else ""
    view = View(start or today, int(asked("weeks") or WEEKS), asked("audience"), asked("nation"), asked("region"))
    return Choice(view, offered["audience"], offered["nation"], offered["region"], typed, problem)

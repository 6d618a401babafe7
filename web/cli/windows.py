"""`countersign windows`: when something may go to an authority between two days, what stands against the other days, and what waits for it."""

import json
from datetime import date, datetime
from typing import Any

import click
from sqlmodel import Session

from audiences import authorities, briefing_days, calendars
from campaigns.delivery import before_briefings, unsent
from campaigns.delivery.unsent import Unsent
from campaigns.foundation import clock
from campaigns.planning import campaign_plans, turns
from campaigns.planning import windows as engine
from campaigns.planning.recurrences import EARLIEST, LATEST
from campaigns.planning.turns import Turn
from campaigns.planning.windows import CLASSES, PUBLICITY, Hold, Rule, Window
from web.cli import installation

DAY = click.DateTime(["%Y-%m-%d"])
LONGEST = 366 * 4


@click.command("windows")
@click.option("--authority", "code", required=True, metavar="CODE", help="The authority's nine-character code.")
@click.option("--from", "first", required=True, type=DAY, metavar="DATE", help="The first day, like 2026-05-12.")
@click.option("--to", "last", required=True, type=DAY, metavar="DATE", help="The last day.")
@click.option("--class", "message_class", type=click.Choice(CLASSES), default=PUBLICITY, show_default=True, help="What kind of message.")
@click.option(
    "--campaign", "ref", default=None, metavar="REF", help="Also what of this campaign waits for the authority: its id, or its name."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(code: str, first: datetime, last: datetime, message_class: str, ref: str | None, as_json: bool) -> None:
    """The windows of one authority, each with why it closes, and what stands against the days between."""
    begins, ends = first.date(), last.date()
    if not EARLIEST <= begins <= ends <= LATEST or (ends - begins).days > LONGEST:
        raise click.BadParameter(
            f"--to must not be before --from, nor more than four years after it; both between {EARLIEST.year} and {LATEST.year}."
        )
    with installation.opened() as (settings, database):
        installation.ready(settings, database)
        with database.reading() as session:
            authority = authorities.get(session, code.strip().upper())
            found = {"authority": authority.code, "name": authority.name, **_between(session, authority.code, begins, ends, message_class)}
            if ref is not None:
                found |= _campaign(session, ref, authority.code, at=clock.now())
    click.echo(json.dumps(found) if as_json else "\n".join(_lines(found)))


def _between(session: Session, code: str, first: date, last: date, message_class: str) -> dict[str, Any]:
    rules = calendars.of(session, [code], first=first, last=last)[code]
    found = engine.windows(rules, first=first, last=last, message_class=message_class)
    against = engine.holds(rules, first=first, last=last, message_class=message_class)
    return {
        "class": message_class,
        "windows": [_window(rules, window, message_class) for window in found],
        "next": _window(rules, found[0], message_class) if found else None,
        "why": engine.why(against, first),
        "holds": [_hold(hold) for hold in against if hold.reason != engine.WEEKEND.title],
    }


def _campaign(session: Session, ref: str, code: str, *, at: datetime) -> dict[str, Any]:
    campaign = campaign_plans.find(session, ref)
    waiting = [_waiting(session, code, one, at=at) for one in unsent.at_authority(session, campaign.id, code)]
    return {"campaign": {"id": str(campaign.id), "name": campaign.name}, "messages": waiting}


def _waiting(session: Session, code: str, one: Unsent, *, at: datetime) -> dict[str, Any]:
    """A release's letters to the authority, and their turn: none when its latest moment comes before."""
    due = max(at, one.since or at)
    rules = calendars.of(session, [code], first=clock.london(due).date(), last=clock.london(max(due, one.latest)).date())[code]
    turn = _turn(session, code, one, rules, due)
    return {
        "reference": one.reference,
        "title": one.title,
        "state": one.state,
        "class": one.message_class,
        "letters": one.letters,
        "opens": turn.opens.isoformat() if turn.opens else None,
        "closes": turn.closes.isoformat() if turn.closes else None,
        "why": turn.why,
    }


def _turn(session: Session, code: str, one: Unsent, rules: list[Rule], at: datetime) -> Turn:
    """In its windows, if it goes within them; and, where it goes so long before its briefing, in those days: none as long as that has no date."""
    terms: dict[str, Any] = {"latest": one.latest, "message_class": one.message_class, "overrides_quiet": one.overrides_quiet}
    if one.lead is None:
        return turns.of(rules, at=at, in_windows=one.in_windows, **terms)
    begins = briefing_days.of(session, one.lead.tour_id, [code]).get(code)
    if begins is None:
        return Turn(None, None, f"held {before_briefings.NO_DATE}")
    return turns.before(begins, one.lead.days, rules, at=at, **terms)


def _window(rules: list[Rule], window: Window, message_class: str) -> dict[str, str]:
    closes_for = engine.closes_for(rules, window, message_class=message_class)
    return {"from": window.first.isoformat(), "to": window.last.isoformat(), "closes_for": closes_for}


def _hold(hold: Hold) -> dict[str, str]:
    return {"from": hold.first.isoformat(), "to": hold.last.isoformat(), "reason": hold.reason}


def _lines(found: dict[str, Any]) -> list[str]:
    head = [f"{found['name']}: {found['why'] or 'open now'}"]
    opened = [f"  {one['from']} to {one['to']}{'  then ' + one['closes_for'] if one['closes_for'] else ''}" for one in found["windows"]]
    lines = [*head, "It may go:", *(opened or ["  on no day"])]
    if "messages" in found:
        lines += [f"{found['campaign']['name']}, waiting:", *(map(_message, found["messages"]) if found["messages"] else ["  nothing"])]
    return lines


def _message(one: dict[str, Any]) -> str:
    opens = clock.say(datetime.fromisoformat(one["opens"])) if one["opens"] else "no window before its latest moment"
    return f"  {one['reference']} {one['title']}, {one['letters']} to go: {opens}{'; ' + one['why'] if one['why'] else ''}"

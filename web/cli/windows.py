"""`countersign windows`: when something may go to an authority between two days, and what stands against the other days."""

import json
from datetime import date, datetime
from typing import Any

import click

from audiences import authorities, calendars
from campaigns.planning import windows as engine
from campaigns.planning.windows import CLASSES, PUBLICITY, Hold, Rule, Window
from web.cli import installation

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("windows")
@click.option("--authority", "code", required=True, metavar="CODE", help="The authority's nine-character code.")
@click.option("--from", "first", required=True, type=DAY, metavar="DATE", help="The first day, like 2026-05-12.")
@click.option("--to", "last", required=True, type=DAY, metavar="DATE", help="The last day.")
@click.option("--class", "message_class", type=click.Choice(CLASSES), default=PUBLICITY, show_default=True, help="What kind of message.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(code: str, first: datetime, last: datetime, message_class: str, as_json: bool) -> None:
    """The windows of one authority, each with why it closes, and what stands against the days between."""
    begins, ends = first.date(), last.date()
    if not begins <= ends or (ends - begins).days > 366 * 4:
        raise click.BadParameter("--to must not be before --from, nor more than four years after it.")
    with installation.opened() as (settings, database):
        installation.ready(settings, database)
        with database.reading() as session:
            authority = authorities.get(session, code)
            rules = calendars.of(session, [authority.code], first=begins, last=ends)[authority.code]
    found = _object(rules, begins, ends, message_class)
    click.echo(
        json.dumps({"authority": authority.code, "name": authority.name, **found}) if as_json else "\n".join(_lines(authority.name, found))
    )


def _object(rules: list[Rule], first: date, last: date, message_class: str) -> dict[str, Any]:
    span = {"first": first, "last": last, "message_class": message_class}
    found, against = engine.windows(rules, **span), engine.holds(rules, **span)  # type: ignore[arg-type]
    return {
        "class": message_class,
        "windows": [_window(rules, window, message_class) for window in found],
        "next": _window(rules, found[0], message_class) if found else None,
        "why": engine.why(against, first),
        "holds": [_hold(hold) for hold in against if hold.reason != engine.WEEKEND.title],
    }


def _window(rules: list[Rule], window: Window, message_class: str) -> dict[str, str]:
    closes_for = engine.closes_for(rules, window, message_class=message_class)
    return {"from": window.first.isoformat(), "to": window.last.isoformat(), "closes_for": closes_for}


def _hold(hold: Hold) -> dict[str, str]:
    return {"from": hold.first.isoformat(), "to": hold.last.isoformat(), "reason": hold.reason}


def _lines(name: str, found: dict[str, Any]) -> list[str]:
    head = [f"{name}: {found['why'] or 'open now'}"]
    opened = [f"  {one['from']} to {one['to']}{'  then ' + one['closes_for'] if one['closes_for'] else ''}" for one in found["windows"]]
    return [*head, "It may go:", *(opened or ["  on no day"])]

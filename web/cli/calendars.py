"""`countersign calendars`: bring an iCalendar file in, subscribe to one on the web, and list what stands."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from audiences import calendar_loads, calendar_parsing, calendar_places, calendar_subscriptions
from audiences.calendar_loads import Calendar, Difference
from audiences.calendar_subscriptions import CalendarSubscription
from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from campaigns.planning import rules
from campaigns.planning.rules import MOST_LEAD, SCOPES, CalendarRule
from campaigns.planning.windows import HOLDS
from web import calendar_words
from web.cli import installation
from web.cli.person import OPERATOR

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
RULE_COLUMNS = ("scope", "place", "kind", "title", "recurrence", "source", "calendar", "lead_days")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")
WHAT_IT_IS = (
    click.option("--scope", type=click.Choice(SCOPES), required=True, help="What the calendar is for."),
    click.option("--place", default="", help="Which nation, region, group or authority: its name or its code."),
    click.option("--kind", type=click.Choice(sorted(HOLDS)), required=True, help="What kind of days it holds."),
    click.option("--lead-days", type=click.IntRange(0, MOST_LEAD), default=0, help="Days before each that belong to it."),
)


def said_of_it(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say of a whole calendar what it is."""
    for option in reversed(WHAT_IT_IS):
        command = option(command)
    return command


@click.group("calendars")
def group() -> None:
    """The days on which authorities can and cannot be written to."""


@group.command("import")
@click.argument("file", type=A_FILE)
@said_of_it
@click.option("--name", default="", help="By what it is known again; the file's name without it.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@AS_JSON
def bring(file: Path, name: str, dry_run: bool, as_json: bool, **said: Any) -> None:
    """Add, change and retire rules as the file says; the same file again changes nothing."""
    reading = calendar_parsing.opened(file.read_bytes())
    with installation.writing() as (_, database):
        calendar = _calendar(database, name or file.stem, **said)
        if dry_run:
            with database.reading() as session:
                found = calendar_loads.compare(session, calendar, reading)
        else:
            with database.transaction() as session:
                found = calendar_loads.apply(session, calendar, reading, by=OPERATOR, at=clock.now())
        told = _told(found, applied=not dry_run)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _report(told))
    if found.refused and not (found.added or found.changed or found.same):
        sys.exit(1)


@group.command()
@click.argument("url")
@click.option("--name", required=True, help="By what it is known again.")
@said_of_it
def subscribe(url: str, name: str, **said: Any) -> None:
    """Read the iCalendar file at URL every day, and load it as `import` would. A worker reads it within a minute, `refresh` at once."""
    with installation.writing() as (settings, database):
        calendar = _calendar(database, name, **said)
        with database.transaction() as session:
            row = calendar_subscriptions.add(session, calendar, url, loopback=_loopback(settings), by=OPERATOR, at=clock.now())
    click.echo(f"{row.name}: subscribed to {row.shown}")


@group.command()
@click.argument("name")
def unsubscribe(name: str) -> None:
    """Read it no more. The rules it brought stand, until somebody retires them."""
    with installation.writing() as (_, database), database.transaction() as session:
        calendar_subscriptions.drop(session, name, by=OPERATOR, at=clock.now())
        left = len(rules.standing(session, calendar=name.strip()))
    click.echo(f"{name}: unsubscribed. Rules of it that stand: {left}")


@group.command()
@click.argument("name", required=False)
def refresh(name: str | None) -> None:
    """Read one subscribed calendar now, or all of them. Exit code 1 if any could not be read."""
    with installation.writing() as (settings, database):
        with database.reading() as session:
            names = [name] if name is not None else [row.name for row in calendar_subscriptions.every(session)]
        outcomes = {each: _refreshed(settings, database, each) for each in names}
    for each, found in outcomes.items():
        click.echo(f"{each}: could not be read: {found}" if isinstance(found, str) else f"{each}:\n{_report(_told(found, applied=True))}")
    sys.exit(int(any(isinstance(found, str) for found in outcomes.values())))


@group.command("list")
@AS_JSON
def show(as_json: bool) -> None:
    """Every rule that stands, and every subscription: when it was last read, and what went wrong since."""
    with installation.opened() as (settings, database):
        installation.ready(settings, database)
        with database.reading() as session:
            standing = [_rule(rule) for rule in rules.standing(session)]
            subscribed = [_subscription(row) for row in calendar_subscriptions.every(session)]
    if as_json:
        click.echo(json.dumps({"rules": standing, "subscriptions": subscribed}, ensure_ascii=False, indent=2))
        return
    lines = [f"{one['scope']} {one['place']}: {one['title']} ({one['kind']}), {one['days']}" for one in standing] or ["No rule stands."]
    click.echo("\n".join([*lines, *(one["said"] for one in subscribed)]))


def _calendar(database: Database, name: str, scope: str, place: str, kind: str, lead_days: int) -> Calendar:
    with database.reading() as session:
        return Calendar(name, *calendar_places.by_name(session, scope, place), kind, lead_days)


def _loopback(settings: Settings) -> bool:
    return settings.env != "production"


def _refreshed(settings: Settings, database: Database, name: str) -> Difference | str:
    with database.transaction() as session:
        taken = calendar_subscriptions.claim_named(session, name, at=clock.now())
    outcome = calendar_subscriptions.look(taken, loopback=_loopback(settings))
    with database.transaction() as session:
        return calendar_subscriptions.settle(session, taken.id, outcome, at=clock.now())


def _rule(rule: CalendarRule) -> dict[str, Any]:
    days = {"first": rule.first.isoformat(), "last": rule.last.isoformat(), "days": calendar_words.days(rule)}
    return {**{name: getattr(rule, name) for name in RULE_COLUMNS}, **days}


def _subscription(row: CalendarSubscription) -> dict[str, Any]:
    moments = {name: getattr(row, name) for name in ("last_ok_at", "failing_since", "next_at")}
    facts = {name: getattr(row, name) for name in ("name", "scope", "place", "kind", "lead_days", "failures", "last_error")}
    said = f"subscribed: {row.name}, from {row.shown}: {calendar_words.subscription(row)}"
    return {**facts, **{name: moment and moment.isoformat() for name, moment in moments.items()}, "address": row.shown, "said": said}


def _told(found: Difference, *, applied: bool) -> dict[str, object]:
    return {
        "applied": applied,
        "added": [typed.title for typed in found.added],
        "changed": [typed.title for _, typed in found.changed],
        "retired": [row.title for row in found.retired],
        "same": found.same,
        "refused": [{"event": name, "reason": why} for name, why in found.refused],
        "remarks": found.remarks,
    }


def _report(told: dict[str, object]) -> str:
    lines = [f"{name}: {title}" for name in ("added", "changed", "retired") for title in told[name]]  # type: ignore[attr-defined]
    lines += [f"refused: {one['event']}: {one['reason']}" for one in told["refused"]]  # type: ignore[attr-defined]
    lines += [*told["remarks"], f"as they were: {told['same']}."]  # type: ignore[misc]
    return "\n".join([*lines, "Applied." if told["applied"] else "Nothing was changed."])

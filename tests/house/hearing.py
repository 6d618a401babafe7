"""Who hears what, read from the worker's one table, whatever module the events are declared in."""

from collections.abc import Callable, Iterable
from typing import Any

from campaigns.foundation.log import Event
from tests.house import source
from workers import subscriptions

OURS = tuple(f"{package}." for package in source.PACKAGES)  # a subscriber still named by one of these stands elsewhere


def events() -> dict[str, type[Event]]:
    """Every event the product declares, by name."""
    source.import_everything(*source.PACKAGES)
    return {name: kind for name, kind in sorted(Event.kinds.items()) if kind.__module__.startswith(OURS)}


def heard() -> dict[str, list[str]]:
    """Event name → its subscribers as `module.function`."""
    return {_name(kind): [_said(subscriber) for subscriber in _each(found)] for kind, found in subscriptions.SUBSCRIPTIONS.items()}


def silent() -> set[str]:
    """Events that are history only: nobody has anything to do."""
    return {_name(kind) for kind in subscriptions.SILENT}


def _name(kind: Any) -> str:
    return kind if isinstance(kind, str) else str(kind.__name__)


def _each(found: Any) -> Iterable[Callable[..., Any]]:
    return (found,) if callable(found) else found


def _said(subscriber: Callable[..., Any]) -> str:
    return f"{subscriber.__module__.removeprefix('workers.')}.{subscriber.__name__}"

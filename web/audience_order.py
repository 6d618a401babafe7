"""The order of a message's audiences, as an officer puts it: whoever is in several gets the letter to the first. Buttons move one up."""

from collections.abc import Iterable

from flask import request

from audiences.definitions import Audience

FIELD = "order"
RAISE = "raise"


def pressed() -> bool:
    """Whether a button that moves an audience was pressed, and nothing is to be saved yet."""
    return RAISE in request.form or "reorder" in request.form


def said(audiences: Iterable[Audience], ticked: Iterable[str], standing: Iterable[str]) -> list[str]:
    """The ticked audiences in the order the form carries, else that of the words that stand; those ticked since come last, as they are listed."""
    before = request.form.getlist(FIELD) if request.method == "POST" else list(standing)
    listed = [audience.key for audience in audiences]
    wanted = set(ticked) & set(listed)
    order = list(dict.fromkeys([key for key in [*before, *listed] if key in wanted]))
    return _raised(order, request.form.get(RAISE, ""))


def _raised(order: list[str], key: str) -> list[str]:
    at = order.index(key) if key in order else 0
    return order if not at else [*order[: at - 1], key, order[at - 1], *order[at + 1 :]]

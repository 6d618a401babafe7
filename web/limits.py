"""How often one visitor may ask: so many times a minute for each address, counted in this process's memory.

No header that a visitor can write is believed. It is looked at before anything else, so that a flood costs no look at the database.
"""

from flask import current_app, request
from werkzeug.exceptions import TooManyRequests

from web import desk

KEPT = "countersign-limits"  # (what, address) → the minute, and how often in it
VISITOR = 600  # pages without an account, a minute: a council's mail filter opens every link of every letter, all from one address
MOST_KEPT = 10_000


def admit(what: str, a_minute: int) -> None:
    """Count this request; refuses, as 429, what is more than so many in a minute."""
    counted: dict[tuple[str, str], tuple[int, int]] = current_app.extensions.setdefault(KEPT, {})
    whose, minute = (what, request.remote_addr or ""), int(desk.now().timestamp()) // 60
    since, number = counted.get(whose, (minute, 0))
    number = number if since == minute else 0
    if number >= a_minute:
        raise TooManyRequests
    counted[whose] = minute, number + 1
    if len(counted) > MOST_KEPT:
        counted.clear()

"""How often one visitor may ask: so many times a minute for each address, counted in this process's memory.

An IPv6 address counts as its network of 64 bits: a visitor is given all of that, and would else be somebody new at each request.
No header that a visitor can write is believed. It is looked at before anything else and answered without a page, so that a flood costs
neither a look at the database nor the drawing of a page.
"""

import ipaddress

from flask import Response, current_app, request
from werkzeug.exceptions import TooManyRequests

from web import desk

KEPT = "countersign-limits"  # (what, address) → the minute, and how often in it
TRIES = 20  # passwords tried and links to choose one asked for, a minute: each costs us a tenth of a second on purpose
VISITOR = 600  # pages without an account, a minute: a council's mail filter opens every link of every letter, all from one address
MOST_KEPT = 10_000


def admit(what: str, a_minute: int) -> None:
    """Count this request; refuses, as 429, what is more than so many in a minute."""
    if not _counted(what, a_minute):
        raise TooManyRequests


def turned_away(what: str, a_minute: int) -> Response | None:
    """Count what a visitor asks of an open page; the answer, where it is one too many."""
    if _counted(what, a_minute):
        return None
    return Response("Too many tries. Wait a few minutes, then try again.\n", 429, {"Retry-After": "60"}, mimetype="text/plain")


def visitor() -> str:
    """Whose request this is: an address, or the network of an IPv6 one."""
    address = request.remote_addr or ""
    try:
        found = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    return str(found.ipv4_mapped or f"{int(found) >> 64:x}::/64")


def _counted(what: str, a_minute: int) -> bool:
    counted: dict[tuple[str, str], tuple[int, int]] = current_app.extensions.setdefault(KEPT, {})
    whose, minute = (what, visitor()), int(desk.now().timestamp()) // 60
    since, number = counted.get(whose, (minute, 0))
    number = number if since == minute else 0
    if number >= a_minute:
        return False
    counted[whose] = minute, number + 1
    if len(counted) > MOST_KEPT:
        counted.clear()
    return True

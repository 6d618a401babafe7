"""Where a name leads: the system's resolver, which ends when it likes, is asked on a thread of its own, and waited for no longer than we agreed to."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import lru_cache, partial
from typing import Any, NamedTuple

OWN_NAME_WITHIN = 1.0  # seconds
GOOD_FOR = 30.0  # seconds; an answer that came too late serves whoever asks next: a resolver may always need longer than we wait
_LOCK = threading.Lock()


class Asked(NamedTuple):
    """A question that somebody waits for, or gave up; nobody asks it a second time meanwhile."""

    answer: "Future[Any]"
    at: float


_ASKED: dict[object, Asked] = {}


def addresses(host: str, port: int, *, within: float) -> list[tuple[socket.AddressFamily, str]]:
    """The addresses of a host, each with its family, in the order in which they are to be tried. Raises `OSError` where nobody says in time."""
    found = _answer((host, port), partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM), within)
    return [(family, str(place[0])) for family, *_, place in found]


def own_name() -> str:
    """What this machine calls itself in a greeting: its name, or its address where it has none (RFC 5321 §4.1.3)."""
    with contextlib.suppress(OSError):
        return _own_name()
    return "[127.0.0.1]"


@lru_cache
def _own_name() -> str:
    name: str = _answer("", _asked_name, OWN_NAME_WITHIN)
    return name


def _asked_name() -> str:
    name = socket.getfqdn()
    return name if "." in name else f"[{socket.gethostbyname(socket.gethostname())}]"


def _answer(what: object, question: Callable[[], object], within: float) -> Any:
    with _LOCK:
        asked = _ASKED.get(what)
        if asked is None or (asked.answer.done() and time.monotonic() > asked.at + GOOD_FOR):
            asked = _ASKED[what] = Asked(Future(), time.monotonic())
            threading.Thread(target=_ask, args=(question, asked.answer), daemon=True).start()
    try:
        return asked.answer.result(within)
    except TimeoutError:
        raise TimeoutError("nobody said in time where it is") from None
    finally:
        if asked.answer.done():
            _ASKED.pop(what, None)


def _ask(question: Callable[[], object], answer: "Future[Any]") -> None:
    try:
        answer.set_result(question())
    except (OSError, ValueError) as fault:  # a name that cannot be one is a ValueError; whoever waits hears of it
        answer.set_exception(fault)

"""How long a release's pages take while its letters go out: an officer, signed in, opens them in turn, again and again."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle

from tests.processes import pages
from tests.web import visitors
from web.app import create_app
from workers.rehearsal import Rehearsal
from workers.rehearsal_processes import HOST

BETWEEN = 0.2  # seconds from one look to the next
SHARE = 0.95
COOKIE = "countersign"


@dataclass
class Watch:
    """Somebody who looks at pages, each a name and a path. Keeps the seconds of every look, by name, and what was answered instead of a page."""

    connection: HTTPConnection
    cookie: str
    paths: dict[str, str]
    seconds: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def look(self, name: str) -> None:
        """Once."""
        began = time.monotonic()
        try:
            self.connection.request("GET", self.paths[name], headers={"Cookie": self.cookie})
            answer = self.connection.getresponse()
            answer.read()
        except (HTTPException, OSError) as fault:
            self.connection.close()
            self.faults.append(f"{type(fault).__name__}: {fault}")
            return
        self.seconds.setdefault(name, []).append(time.monotonic() - began)
        if answer.status != 200:
            self.faults.append(str(answer.status))

    def look_until(self, over: threading.Event) -> None:
        """In turn, until it is over."""
        for name in cycle(self.paths):
            if over.wait(BETWEEN):
                return
            self.look(name)

    @contextmanager
    def meanwhile(self) -> Iterator[None]:
        """Look all the time while the block runs; what was seen before is forgotten."""
        self.seconds.clear()
        over = threading.Event()
        looking = threading.Thread(target=self.look_until, args=(over,))
        looking.start()
        try:
            yield
        finally:
            over.set()
            looking.join()

    def slow_ms(self) -> dict[str, int]:
        """By name, the milliseconds that 95 of 100 looks took at most."""
        return {name: round(most_of(seconds) * 1000) for name, seconds in self.seconds.items()}


def most_of(seconds: Sequence[float]) -> float:
    """What 95 of 100 stay under."""
    return sorted(seconds)[min(int(len(seconds) * SHARE), len(seconds) - 1)]


@contextmanager
def opened(played: Rehearsal) -> Iterator[Watch]:
    """The pages of a rehearsal in a process of their own, and somebody signed in who looks at its release and at how it goes out."""
    release = f"/releases/{played.release_id}"
    with pages.served(played) as visitor:
        connection = HTTPConnection(HOST, visitor.port, timeout=120)
        yield Watch(connection, _cookie(played), {"release": release, "delivery": f"{release}/delivery"})
        connection.close()


def _cookie(played: Rehearsal) -> str:
    """Sign an observer in, in an application of our own: the served one has the same database and the same key."""
    app = create_app(played.stage.settings, played.stage.database)
    app.config["WTF_CSRF_ENABLED"] = False  # only of the one that is asked here
    client = app.test_client()
    visitors.sign_in(client, "observer", None)
    cookie = client.get_cookie(COOKIE)
    assert cookie
    return f"{COOKIE}={cookie.value}"

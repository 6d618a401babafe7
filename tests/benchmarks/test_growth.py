"""What growth counts as whole, and what a page that was looked at again and again is said to take."""

import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.benchmarks import growth, page_watch
from tests.benchmarks.page_watch import Watch

WHOLE = {"people": 100, "planned": 100, "accepted": 100, "sunk": 100, "faults": []}


class Page(BaseHTTPRequestHandler):
    """A page for whoever is signed in."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200 if self.headers["Cookie"] == "countersign=1" else 302)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("changes", [{"planned": 99}, {"accepted": 99}, {"sunk": 101}, {"faults": ["500"]}])
def test_a_size_is_whole_when_all_counts_agree_and_every_page_was_a_page(changes: dict[str, object]) -> None:
    assert growth.is_whole(WHOLE)
    assert not growth.is_whole(WHOLE | changes)


def test_ninety_five_of_a_hundred_looks_took_no_longer() -> None:
    assert page_watch.most_of([float(number) for number in range(100, 0, -1)]) == 96
    assert page_watch.most_of([0.5]) == 0.5


@pytest.mark.parametrize(("cookie", "faults"), [("countersign=1", False), ("countersign=2", True)])
def test_a_page_that_is_not_shown_is_a_fault(cookie: str, faults: bool) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        connection = HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        watch = Watch(connection, cookie, {"release": "/releases/1", "delivery": "/releases/1/delivery"})
        for name in watch.paths:
            watch.look(name)
        connection.close()
        server.shutdown()
    assert watch.slow_ms().keys() == {"release", "delivery"}
    assert bool(watch.faults) == faults

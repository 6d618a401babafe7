"""Whose word is taken for where a visitor comes from: the trusted proxy's, and nobody else's; and who may keep others out."""

import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest

from campaigns.foundation.errors import Refused
from web.cli import serve


def whoever_asks(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answers with the address the pages would count a visit under, and whether they see that it came through a proxy."""
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["REMOTE_ADDR"].encode(), b" by a proxy" if "HTTP_X_FORWARDED_FOR" in environ else b""]


def ask(port: int) -> bytes:
    """One visit, as a proxy passes it on."""
    asking = HTTPConnection("127.0.0.1", port, timeout=10)
    asking.request("GET", "/", headers={"X-Forwarded-For": "198.51.100.9, 192.0.2.7"})
    answer = asking.getresponse().read()
    asking.close()
    return answer


def answered(server: Any) -> bytes:
    """What one visitor is answered by a server that runs for no longer than that."""
    with ThreadPoolExecutor(1) as visitors:
        answer = visitors.submit(ask, server.effective_port)
        while not answer.done():
            server.asyncore.loop(timeout=0.02, map=server._map, count=1)
    server.task_dispatcher.shutdown()
    server.close()
    return answer.result()


@pytest.mark.parametrize(
    ("proxy", "counted"), [("127.0.0.1", b"192.0.2.7 by a proxy"), ("192.0.2.1", b"127.0.0.1"), (None, b"127.0.0.1 by a proxy")]
)
def test_only_the_trusted_proxy_says_where_a_visitor_comes_from(proxy: str | None, counted: bytes) -> None:
    server = serve.listen(whoever_asks, "127.0.0.1", 0, threads=1, proxy=proxy)

    assert answered(server) == counted


def test_a_hundred_requests_left_half_sent_keep_nobody_out() -> None:
    server = serve.listen(whoever_asks, "127.0.0.1", 0, threads=1, proxy=None)
    half_sent = [socket.create_connection(("127.0.0.1", server.effective_port)) for _ in range(120)]
    for one in half_sent:
        one.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nhalf")

    answer = answered(server)
    for one in half_sent:
        one.close()

    assert answer.startswith(b"127.0.0.1")


def test_a_host_that_is_none_of_ours_is_refused_in_a_sentence() -> None:
    with pytest.raises(Refused, match=r"Nothing can be served on nowhere\.invalid:8000: give --host"):
        serve.listen(whoever_asks, "nowhere.invalid", 8000, threads=1, proxy=None)

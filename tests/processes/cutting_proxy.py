"""Between us and a relay: it passes every octet on, and cuts letters off before their dot or after it, so that the reply is never heard."""

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

BEFORE, AFTER = "before the dot", "after the dot"
ANSWERS_WITHIN = 10.0
DOT = b"\r\n.\r\n"


@dataclass
class Proxy:
    """`plan` says of the nth letter whether it is cut, and where. `port` is where it listens."""

    relay: int
    plan: Callable[[int], str]
    port: int = 0
    letters: int = 0
    cuts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, client: socket.socket) -> None:
        """One connection: each command to the relay, each reply back, until one of them goes or a letter is cut."""
        with client, socket.create_connection(("127.0.0.1", self.relay)) as relay:
            threading.Thread(target=_pass_on, args=(relay, client), daemon=True).start()
            unseen = b""
            while octets := _received(client):
                unseen += octets
                if (dot := unseen.find(DOT)) >= 0:
                    unseen = unseen[dot + len(DOT) :]
                    if cut := self._next():
                        _cut(cut, octets[: len(octets) - len(unseen)], client, relay)
                        break
                relay.sendall(octets)

    def _next(self) -> str:
        with self.lock:
            self.letters += 1
            cut = self.plan(self.letters)
            self.cuts[cut] += 1
            return cut


@contextmanager
def between(relay: int, plan: Callable[[int], str]) -> Iterator[Proxy]:
    """Listening until the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(relay, plan, port=listener.getsockname()[1])
        threading.Thread(target=_accept, args=(listener, proxy), daemon=True).start()
        yield proxy


def _accept(listener: socket.socket, proxy: Proxy) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=proxy.serve, args=(client,), daemon=True).start()


def _cut(cut: str, octets: bytes, client: socket.socket, relay: socket.socket) -> None:
    """The client hears no more. The relay gets the dot, and time to answer it; or it does not get it."""
    client.shutdown(socket.SHUT_RDWR)
    if cut == BEFORE:
        relay.sendall(octets[:-3])
        relay.shutdown(socket.SHUT_RDWR)  # closing alone says nothing while another thread reads from it
        return
    relay.sendall(octets + b"QUIT\r\n")
    relay.settimeout(ANSWERS_WITHIN)
    while _received(relay):
        pass


def _pass_on(relay: socket.socket, client: socket.socket) -> None:
    while octets := _received(relay):
        try:
            client.sendall(octets)
        except OSError:
            return


def _received(end: socket.socket) -> bytes:
    try:
        return end.recv(65_536)
    except OSError:
        return b""

"""A relay that swallows letters as fast as Python can, in a process of its own: `Sink` starts it and asks what it swallowed.

Its replies to a group of commands go out together, as Postfix's do. It counts what it took, of that the empty letters, and the recipients.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

GREETING = b"250-sink.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
REPLIES = {b"EHLO": GREETING, b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


@dataclass
class Swallowed:
    """What was taken so far."""

    letters: int = 0
    empty: int = 0
    recipients: set[bytes] = field(default_factory=set)

    def talk(self, connection: socket.socket) -> None:
        """One conversation, to its end."""
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"220 sink.test\r\n")
        octets = unread = b""
        while octets or (octets := connection.recv(65_536)):
            unread, replies, in_body = self._commands(unread + octets)
            connection.sendall(replies)
            octets = b""
            if in_body:  # what came with the dot are the next letter's commands: they are answered before more is waited for
                octets, unread = self._body(connection, bytearray(b"\r\n" + unread)), b""

    def _commands(self, unread: bytes) -> tuple[bytes, bytes, bool]:
        """What is left unread, what to answer, and whether a body comes next."""
        replies = b""
        while (end := unread.find(b"\r\n")) >= 0:
            verb, said, unread = unread[:4].upper(), unread[:end], unread[end + 2 :]
            replies += REPLIES.get(verb, b"250 ok\r\n")
            if verb == b"RCPT":
                self.recipients.add(said)
            if verb == b"DATA":
                return unread, replies, True
        return unread, replies, False

    def _body(self, connection: socket.socket, body: bytearray) -> bytes:
        while (end := body.find(b"\r\n.\r\n", max(0, len(body) - 70_000))) < 0:
            octets = connection.recv(65_536)
            if not octets:
                return b""
            body += octets
        self.letters += 1
        self.empty += end == 0
        connection.sendall(b"250 taken\r\n")
        return bytes(body[end + 5 :])


@dataclass
class Sink:
    """A sink that runs while this is open."""

    process: subprocess.Popen[str] = field(init=False)
    url: str = field(init=False)

    def __enter__(self) -> "Sink":
        command = [sys.executable, "-m", "tests.benchmarks.sink"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.url = f"smtp://127.0.0.1:{int(self.process.stdout.readline())}"
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def swallowed(self) -> dict[str, Any]:
        """Letters, empty ones among them, how many recipients were named, and the sink's own CPU seconds, all since it started."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found


def main() -> None:
    """Say the port; then, for every line that comes in, say what was swallowed."""
    swallowed = Swallowed()
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        threading.Thread(target=_accept, args=[server, swallowed], daemon=True).start()
        for _ in sys.stdin:
            counts = {"letters": swallowed.letters, "empty": swallowed.empty, "recipients": len(swallowed.recipients)}
            print(json.dumps(counts | {"cpu": time.process_time()}), flush=True)


def _accept(server: socket.socket, swallowed: Swallowed) -> None:
    while True:
        connection, _ = server.accept()
        threading.Thread(target=swallowed.talk, args=[connection], daemon=True).start()


if __name__ == "__main__":
    main()

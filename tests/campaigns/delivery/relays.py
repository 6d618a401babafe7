"""A relay that answers by script: one reply for each stage, or a cut, on a real socket of this machine.

It hears one command after another, so that it never notices whether they came together; PIPELINING is what it says, not what it does.
"""

import contextlib
import copy
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

CUT = "cut"  # the connection is dropped instead of a reply
SILENT = "silent"  # no reply, to this and to whatever comes after it on the connection
SKIPPED = "skipped"  # no reply to this alone


class Raw(str):
    """Octets said as they are, by a relay that hangs up after them."""

    __slots__ = ()


PIPELINING = "250-relay.test\r\n250-PIPELINING\r\n250 8BITMIME"
GOOD = {
    "connect": "220 relay.test", "EHLO": "250-relay.test\r\n250 8BITMIME", "HELO": "250 relay.test", "MAIL": "250 ok", "RCPT": "250 ok",
    "DATA": "354 go on", "dot": "250 taken", "RSET": "250 ok", "QUIT": "221 bye",
    "after a refusal": "503 no recipient stands",
}  # fmt: skip


@dataclass
class Relay:
    """What it says by stage, what it took, and what it was asked. It may hang up after so many octets, or say one octet at a time."""

    says: dict[str, str]
    octets: int | None = None
    drips: bool = False
    tls: ssl.SSLContext | None = None
    at_once: bool = False  # encrypted from the first octet
    taken: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    heard: bytes = b""
    connections: int = 0
    port: int = 0
    refused: bool = False
    mute: bool = False

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self.port}"

    def talk(self, connection: socket.socket) -> None:
        """One conversation, the second half of it encrypted where that was agreed."""
        self.connections, self.refused = self.connections + 1, False
        self.mute = False
        if self.tls and self.at_once:
            with self.tls.wrap_socket(connection, server_side=True) as encrypted:
                self._greet(encrypted)
        elif self._greet(connection) and self.tls:
            with self.tls.wrap_socket(connection, server_side=True) as encrypted:
                self._converse(encrypted)

    def _greet(self, connection: socket.socket) -> bool:
        return self._say(connection, "connect") and self._converse(connection)

    def _converse(self, connection: socket.socket) -> bool:
        """True when the next thing on this connection is encrypted."""
        with connection.makefile("rb") as lines:
            for line in lines:
                self.heard += line
                if not self._hear(connection, lines, line):
                    return False
                if line.strip().upper() == b"STARTTLS" and self.tls:
                    return True
        return False

    def _hear(self, connection: socket.socket, lines: Iterator[bytes], line: bytes) -> bool:
        stage = line.split()[0].decode().upper()
        self.asked.append(line.decode().strip())
        if stage == "DATA" and self.refused:
            stage = "after a refusal"
        if not self._say(connection, stage):
            return False
        self._remember(stage)
        if stage in {"DATA", "after a refusal"} and self.says[stage].startswith("354"):
            return self._take(connection, lines)
        return stage != "QUIT"

    def _remember(self, stage: str) -> None:
        if stage in {"MAIL", "RCPT"} and self.says[stage][:1] in "45":
            self.refused = True
        elif stage == "RSET":
            self.refused = False

    def _take(self, connection: socket.socket, lines: Iterator[bytes]) -> bool:
        if self.says.get("body") == CUT:
            next(lines)
            return False
        body: list[bytes] = []
        for line in lines:
            self.heard += line
            if line == b".\r\n":
                self.taken.append(b"".join(body))
                return self._say(connection, "dot")
            body.append(line)
        return False

    def _say(self, connection: socket.socket, stage: str) -> bool:
        reply = self.says.get(stage, "500 what?")
        self.mute = self.mute or reply == SILENT
        if reply == CUT:
            return False
        if self.mute or reply == SKIPPED:
            return True
        if isinstance(reply, Raw):
            self._send(connection, reply.encode("latin-1"))
            return False
        if not self._send(connection, reply.encode() + b"\r\n"):
            return False
        return not reply.startswith(("421", "554 go away"))

    def _send(self, connection: socket.socket, octets: bytes) -> bool:
        """False when it has said all that it may."""
        if self.octets is not None:
            octets, whole = octets[: self.octets], len(octets) < self.octets
            self.octets -= len(octets)
        else:
            whole = True
        for part in [octets[place : place + 1] for place in range(len(octets))] if self.drips else [octets]:
            connection.sendall(part)
        return whole


@contextlib.contextmanager
def relay(script: Relay | None = None, *, lines: int = 1, **says: str) -> Iterator[Relay]:
    """A relay that answers well except where the script says otherwise, on so many lines at once."""
    script = script or Relay({})
    script.says = GOOD | script.says | says
    with socket.create_server(("127.0.0.1", 0)) as server:
        script.port = server.getsockname()[1]
        threads = [threading.Thread(target=_serve, args=[server, script, line], daemon=True) for line in range(lines)]
        for thread in threads:
            thread.start()
        yield script
        server.shutdown(socket.SHUT_RDWR)  # wakes the accept below
    for thread in threads:
        thread.join(timeout=2)


def _serve(server: socket.socket, script: Relay, line: int) -> None:
    """Each line but the first has a relay of its own, with what was taken and asked in common."""
    with contextlib.suppress(OSError):  # the server was closed: the test is over
        while True:
            connection, _ = server.accept()
            connection.settimeout(30)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # replies go out one by one, at once
            with connection, contextlib.suppress(OSError):
                (copy.copy(script) if line else script).talk(connection)

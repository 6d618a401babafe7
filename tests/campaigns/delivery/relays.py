"""A relay that answers by script: one reply for each stage, or a cut, on a real socket of this machine."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

CUT = "cut"  # the connection is dropped instead of a reply
SILENT = "silent"  # no reply at all
GOOD = {
    "connect": "220 relay.test", "EHLO": "250-relay.test\r\n250 8BITMIME", "HELO": "250 relay.test", "MAIL": "250 ok", "RCPT": "250 ok",
    "DATA": "354 go on", "dot": "250 taken", "RSET": "250 ok", "QUIT": "221 bye",
}  # fmt: skip


@dataclass
class Relay:
    """What it says by stage, what it took, and what it was asked."""

    says: dict[str, str]
    taken: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self.port}"

    def talk(self, connection: socket.socket) -> None:
        """One conversation."""
        with connection, connection.makefile("rb") as lines:
            self.connections += 1
            going = self._say(connection, "connect")
            while going and (line := lines.readline()):
                going = self._hear(connection, lines, line)

    def _hear(self, connection: socket.socket, lines: Iterator[bytes], line: bytes) -> bool:
        stage = line.split()[0].decode().upper()
        self.asked.append(line.decode().strip())
        if not self._say(connection, stage):
            return False
        if stage == "DATA" and self.says["DATA"].startswith("354"):
            return self._take(connection, lines)
        return stage != "QUIT"

    def _take(self, connection: socket.socket, lines: Iterator[bytes]) -> bool:
        if self.says.get("body") == CUT:
            next(lines)
            return False
        body: list[bytes] = []
        for line in lines:
            if line == b".\r\n":
                self.taken.append(b"".join(body))
                return self._say(connection, "dot")
            body.append(line)
        return False

    def _say(self, connection: socket.socket, stage: str) -> bool:
        reply = self.says.get(stage, "500 what?")
        if reply == CUT:
            return False
        if reply != SILENT:
            connection.sendall(reply.encode() + b"\r\n")
        return not reply.startswith(("421", "554 go away"))


@contextlib.contextmanager
def relay(**says: str) -> Iterator[Relay]:
    """A relay that answers well except where the script says otherwise."""
    script = Relay(GOOD | says)
    with socket.create_server(("127.0.0.1", 0)) as server:
        script.port = server.getsockname()[1]
        thread = threading.Thread(target=_serve, args=[server, script], daemon=True)
        thread.start()
        yield script
    thread.join(timeout=2)


def _serve(server: socket.socket, script: Relay) -> None:
    with contextlib.suppress(OSError):  # the server was closed: the test is over
        server.settimeout(0.05)
        while True:
            with contextlib.suppress(TimeoutError):
                connection, _ = server.accept()
                connection.settimeout(2)
                with contextlib.suppress(OSError):
                    script.talk(connection)

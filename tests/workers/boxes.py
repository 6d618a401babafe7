"""A mail server for tests that speaks just enough IMAP: it logs in, lists what is not seen, gives a mail's beginning, and marks it as seen.

Expunged, it forgets what somebody has marked as deleted. With a certificate it speaks TLS.
"""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Server(socketserver.ThreadingTCPServer):
    """Its mails by UID, those that were seen, and those that somebody has marked as deleted."""

    allow_reuse_address = daemon_threads = True
    mails: dict[int, bytes]
    seen: set[int]
    deleted: set[int]
    scheme = "imap"

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self.scheme}://lopp:secret@127.0.0.1:{self.server_address[1]}/INBOX"


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    server: Server

    def handle(self) -> None:
        """Answer until the client logs out."""
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, _, said = line.decode().strip().partition(" ")
            for answer in self._answers(said.upper()):
                self.wfile.write(answer)
            self.wfile.write(f"{tag} OK done\r\n".encode())
            if said.upper() == "LOGOUT":
                return

    def _answers(self, said: str) -> Iterator[bytes]:
        if said.startswith("CAPABILITY"):
            yield b"* CAPABILITY IMAP4rev1\r\n"
        elif said == "LOGOUT":
            yield b"* BYE\r\n"
        elif said.startswith(("SELECT", "EXAMINE")):
            yield f"* {len(self.server.mails)} EXISTS\r\n".encode()
        elif said.startswith("UID SEARCH"):
            unseen = " ".join(str(uid) for uid in self.server.mails if uid not in self.server.seen)
            yield f"* SEARCH {unseen}\r\n".encode()
        elif found := re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", said):
            body = self.server.mails[int(found[1])][: int(found[2])]
            yield b"* 1 FETCH (UID %s BODY[]<0> {%d}\r\n%s)\r\n" % (found[1].encode(), len(body), body)
        elif found := re.match(r"UID STORE (\d+) \+FLAGS", said):
            self.server.seen.add(int(found[1]))
        elif said == "EXPUNGE":
            self.server.mails = {uid: mail for uid, mail in self.server.mails.items() if uid not in self.server.deleted}


@contextmanager
def imap(*mails: bytes, shows: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server with these mails, none of them seen. `shows`: the certificate."""
    with Server(("127.0.0.1", 0), Session) as server:
        server.mails, server.seen, server.deleted = dict(enumerate(mails, 1)), set(), set()
        if shows is not None:
            server.scheme, server.socket = "imaps", shows.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()

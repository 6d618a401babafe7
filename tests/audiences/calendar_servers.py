"""A web server on loopback for calendars: it answers every request with the bytes it was given, as fast or as slowly as the test wants."""

import datetime
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Server(socketserver.ThreadingTCPServer):
    """What it answers next, byte by byte where it is to drip, and the heads of the requests that came."""

    allow_reuse_address = daemon_threads = True
    answer: bytes = b""
    drips: float = 0.0  # seconds between two bytes
    dripped: int = 0  # bytes, in all
    asked: list[str]
    stopping: threading.Event

    @property
    def url(self) -> str:
        """Where its calendar is."""
        return f"http://localhost:{self.server_address[1]}/secret.ics"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is nothing to print."""


class Visit(socketserver.StreamRequestHandler):
    """One request."""

    server: Server

    def handle(self) -> None:
        """Read its head, and answer."""
        self.server.asked.append("".join(line.decode() for line in iter(self.rfile.readline, b"\r\n")))
        step = 1 if self.server.drips else len(self.server.answer) or 1
        with suppress(OSError):
            for start in range(0, len(self.server.answer), step):
                self.wfile.write(self.server.answer[start : start + step])
                self.server.dripped += step
                if self.server.drips and self.server.stopping.wait(self.server.drips):
                    return


def ok(body: bytes) -> bytes:
    """An answer that gives this."""
    return said("200 OK", f"Content-Length: {len(body)}") + body


def said(status: str, *headers: str) -> bytes:
    """An answer's head."""
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "Connection: close", "", ""]).encode()


@contextmanager
def serving(answer: bytes = b"", *, drips: float = 0.0, certificate: Path | None = None) -> Iterator[Server]:
    """A server that answers with this, over TLS where it has a certificate."""
    with Server(("127.0.0.1", 0), Visit) as server:
        server.answer, server.drips, server.asked, server.stopping = answer, drips, [], threading.Event()
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()


def certificate(folder: Path, name: str) -> Path:
    """A key and its own certificate for a name, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
    made = made.not_valid_after(now + datetime.timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{name}.pem").write_bytes(plain + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return folder / f"{name}.pem"

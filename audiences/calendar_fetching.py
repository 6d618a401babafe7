"""A process of its own that reads one calendar from the web and ends, so that a server that is slow on purpose, and its name too, is cut off.

The order comes on standard input, so that no list of processes shows the address; out goes the calendar, or the sentence that says why not.
The name is looked up once and the very address that was checked is connected to, so that no second answer can lead elsewhere; the certificate
is still that of the name. No redirect is followed and no proxy is asked.
"""

import http.client
import json
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import SplitResult

from audiences import calendar_addresses
from campaigns.foundation.errors import Refused, TryLater

PATIENCE = 15.0  # seconds for all of it: the name, the connection, the last byte
CONNECTING = 5.0  # of those, for one of a name's addresses
LOOK = 0.25
REFUSED = 3


def fetch(url: str, *, loopback: bool, most: int, patience: float = PATIENCE, given_up: Callable[[], bool] = lambda: False) -> bytes:
    """What stands at the address now, at most `most` bytes. Raises `TryLater` with a sentence for whatever goes wrong."""
    command = [sys.executable, "-I", "-m", "audiences.calendar_fetching"]
    order = json.dumps({"url": url, "loopback": loopback, "most": most}).encode()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        answer = _awaited(child, order, patience, given_up)
    if child.returncode == REFUSED:
        raise TryLater(answer.decode())
    if child.returncode:
        raise TryLater("Reading it broke off.")
    return answer


def get(url: str, *, loopback: bool, most: int) -> bytes:
    """The same, within this process and without an end. Refuses with a sentence."""
    parts = calendar_addresses.check(url, loopback=loopback)
    host = parts.hostname or ""
    try:
        return _read(parts, _connected(parts, loopback=loopback), most)
    except socket.gaierror:
        raise Refused(f"Nobody knows where {host} is.") from None
    except ssl.SSLCertVerificationError as fault:
        raise Refused(f"The certificate of {host} cannot be trusted: {fault.verify_message}.") from None
    except ssl.SSLError:
        raise Refused(f"{host} does not speak TLS as it should.") from None
    except OSError:
        raise Refused(f"{host} did not answer, or broke off.") from None
    except (http.client.HTTPException, ValueError):
        raise Refused(f"{host} did not answer as a web server does.") from None


def _connected(parts: SplitResult, *, loopback: bool) -> socket.socket:
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    calendar_addresses.refuse_inside(host, found, loopback=loopback)
    fault: OSError = OSError()
    for address in dict.fromkeys(found):
        try:
            plain = socket.create_connection((address, port), timeout=CONNECTING)
        except OSError as each:
            fault = each
            continue
        plain.settimeout(PATIENCE)
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host) if parts.scheme == "https" else plain
    raise fault


def _read(parts: SplitResult, connected: socket.socket, most: int) -> bytes:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port)
    connection.sock = connected  # so that it makes no connection of its own
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", path, headers={"Accept": "text/calendar", "User-Agent": "Countersign", "Connection": "close"})
    answer = connection.getresponse()
    if 300 <= answer.status < 400:
        where = calendar_addresses.moved_to(parts.geturl(), answer.headers.get("Location", ""))
        raise Refused(f"The calendar says that it has moved to {where}. If that is right, subscribe to it there.")
    if answer.status != 200:
        raise Refused(f"{parts.hostname} answered with the status {answer.status} and no calendar.")
    raw = answer.read(most + 1)
    if len(raw) > most:
        raise Refused(f"The calendar is bigger than {most // 1024**2} MB.")
    if not raw.strip():
        raise Refused("The answer was empty.")
    return raw


def _awaited(child: "subprocess.Popen[bytes]", order: bytes, patience: float, given_up: Callable[[], bool]) -> bytes:
    ends, told = time.monotonic() + patience, order
    while True:
        try:
            return child.communicate(told, timeout=LOOK)[0]
        except subprocess.TimeoutExpired:
            told = b""  # it is kept from the first time on
        if given_up() or time.monotonic() > ends:
            child.kill()
            child.communicate()
            raise TryLater(f"It was not there within {patience:g} seconds.")


def main() -> None:
    """Do what standard input says."""
    order = json.loads(sys.stdin.buffer.read())
    try:
        found = get(**order)
    except Refused as refusal:
        sys.stdout.buffer.write(refusal.sentence.encode())
        sys.exit(REFUSED)
    sys.stdout.buffer.write(found)


if __name__ == "__main__":
    main()

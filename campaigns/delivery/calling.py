"""Calling a mail server: the one module that opens a connection to one. It greets, encrypts and logs in, and gives an open line (see line.py)."""

import base64
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Container

from campaigns.delivery import lookups
from campaigns.delivery.line import Line, LineFault, Patience, Reply
from campaigns.delivery.relay_urls import Relay

YES = range(200, 300)
IS_SAID_WITHIN = 3.0  # seconds
KEYWORD = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:[ =]+(.*))?")  # "AUTH=LOGIN", as some old relays say it, is "AUTH LOGIN"


def open_to(relay: Relay, patience: Patience) -> Line:
    """A line on which letters may be sent. Raises `OSError` where the relay does not let us in."""
    line = Line(dial(relay, patience.until()))
    try:
        _expect(line.reply(patience.until()), {220})
        _greet(line, patience)
        if relay.starttls:
            _encrypt(line, relay, patience)
            _greet(line, patience)
        if relay.login:
            _log_in(line, relay.login, patience)
    except BaseException:
        line.hang_up()
        raise
    return line


def knock(relay: Relay, patience: Patience, *, noops: int) -> None:
    """A greeting, so many NOOPs, a goodbye, and no letter: a conversation that is found again in the relay's log. Raises `OSError`."""
    line = open_to(relay, patience)
    try:
        for _ in range(noops):
            _expect(line.ask("NOOP", patience), YES)
        line.ask("QUIT", patience)
    finally:
        line.hang_up()


def dial(relay: Relay, until: float) -> socket.socket:
    """A connection to the relay, encrypted for smtps://. A letter ends in a small packet: TCP must not hold it back for a receipt."""
    connection = _connected(relay, max(until - time.monotonic(), 0.001))
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return encryption().wrap_socket(connection, server_hostname=relay.host) if relay.secure else connection
    except BaseException:
        connection.close()
        raise


def _connected(relay: Relay, wait: float) -> socket.socket:
    """So long for its name, and so long for each of its addresses until one answers."""
    fault = OSError("its name leads nowhere")
    for _, address in lookups.addresses(relay.host, relay.port, within=wait):
        try:
            return socket.create_connection((address, relay.port), timeout=wait)
        except OSError as each:
            fault = each
    raise fault


def is_one(relay: Relay) -> bool:
    """Whether its name stands for one machine: of several addresses of one protocol, any may have had a letter. False where nobody says."""
    try:
        found = set(lookups.addresses(relay.host, relay.port, within=IS_SAID_WITHIN))
    except OSError:
        return False
    return len(found) == len({family for family, _ in found})


def encryption() -> ssl.SSLContext:
    """TLS with the relay's certificate checked against the system's authorities and its name."""
    return ssl.create_default_context()


def refuse_open_login(connection: socket.socket) -> None:
    """A password goes through TLS or stays on this machine."""
    if isinstance(connection, ssl.SSLSocket) or ipaddress.ip_address(connection.getpeername()[0].partition("%")[0]).is_loopback:
        return
    raise LineFault("a password is said only over TLS: use smtps:// or ?starttls=require")


def _greet(line: Line, patience: Patience) -> None:
    """EHLO, or HELO for an old relay; whatever was offered before is forgotten (RFC 3207 §4.2)."""
    line.offers = {}
    reply = line.ask(f"ehlo {lookups.own_name()}", patience)
    if reply.code not in YES:
        _expect(line.ask(f"helo {lookups.own_name()}", patience), YES)
    elif reply.code == 250:
        found = (KEYWORD.fullmatch(said) for said in reply.said.decode("latin-1").split("\n")[1:])
        for match in filter(None, found):
            keyword, words = match[1].lower(), match[2] or ""
            line.offers[keyword] = f"{line.offers[keyword]} {words}" if keyword in line.offers else words


def _encrypt(line: Line, relay: Relay, patience: Patience) -> None:
    if "starttls" not in line.offers:
        raise LineFault("the relay does not offer STARTTLS")
    _expect(line.ask("STARTTLS", patience), {220})
    if line.unread:  # injected by whoever sits between: read later, it would pass for something said under TLS
        raise LineFault("the relay spoke in the clear after STARTTLS")
    line.socket.settimeout(line.require_time(patience.until()))
    line.socket = encryption().wrap_socket(line.socket, server_hostname=relay.host)
    line.socket.setblocking(False)


def _log_in(line: Line, login: tuple[str, str], patience: Patience) -> None:
    refuse_open_login(line.socket)
    user, password = (base64.b64encode(word.encode()).decode("ascii") for word in login)
    ways = line.offers.get("auth", "").upper().split()
    if "PLAIN" in ways:
        both = base64.b64encode("\0".join(["", *login]).encode()).decode("ascii")
        _expect(line.ask(f"AUTH PLAIN {both}", patience), {235})
    elif "LOGIN" in ways:
        _expect(line.ask(f"AUTH LOGIN {user}", patience), {334})
        _expect(line.ask(password, patience), {235})
    else:
        raise LineFault("the relay offers neither AUTH PLAIN nor AUTH LOGIN")


def _expect(reply: Reply, codes: Container[int]) -> None:
    if reply.code not in codes:
        raise LineFault(f"{reply.code} {reply.said.decode('utf-8', 'replace')}")

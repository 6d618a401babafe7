"""A line to the relay: the one module that opens a connection to a mail server. It greets, encrypts, logs in, and reads whole replies.

A hostile or broken relay can cost us a connection and the seconds we agreed to wait, never memory and never a false "accepted".
"""

import base64
import contextlib
import ipaddress
import re
import select
import socket
import ssl
import time
from collections.abc import Container
from functools import lru_cache
from typing import NamedTuple

from campaigns.delivery.relay_urls import Relay

LONGEST_LINE = 8192  # octets; RFC 5321 §4.5.3.1.5 says 512, relays say more
LONGEST_REPLY = 65_536  # octets in all lines of one reply
ONE_LINE = re.compile(rb"(\d{3}) ([!-~](?:[ -~]{0,500}[!-~])?)\r\n")  # as nearly every reply is
YES = range(200, 300)
KEYWORD = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:[ =]+(.*))?")  # "AUTH=LOGIN", as some old relays say it, is "AUTH LOGIN"


class Reply(NamedTuple):
    """What was answered: the code, -1 for no code at all, 0 for no answer (then `said` tells why); and the words, a line each."""

    code: int
    said: bytes


class LineFault(OSError):
    """The conversation cannot go on: the relay closed, cut a reply short, talks without end, or does not offer what is required."""


class Patience(NamedTuple):
    """How long we wait: `each` second for a reply, and for everything before a dot until `last` on the monotonic clock."""

    each: float
    last: float

    @classmethod
    def of(cls, timeout: float) -> "Patience":
        """Three replies, or the steps of connecting, and a body: four waits. With the dot's own that makes five, which is what a lease
        has room for (see `Settings`); so no letter is finished under a lease that has run out.
        """
        return cls(timeout, time.monotonic() + 4 * timeout)

    def until(self) -> float:
        """When the next wait ends."""
        return min(time.monotonic() + self.each, self.last)


class Line:
    """An open connection. Every wait ends at a given moment of the monotonic clock; every fault is an `OSError`."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.unread = b""
        self.unwritten = 0  # octets of the last write that the system has not taken from us, so that nobody can have read them
        self.offers: dict[str, str] = {}

    def write(self, octets: bytes, patience: Patience, *, more: bool = False) -> None:
        """Send it all, or raise; see `unwritten`. `more` follows at once, so that the system need not send a short packet now."""
        rest, until = memoryview(octets), patience.until()
        self.unwritten = len(rest)
        flags = socket.MSG_MORE if more and not isinstance(self.socket, ssl.SSLSocket) else 0
        while rest:
            self._wait_no_longer_than(until)
            rest = rest[self.socket.send(rest, flags) :]
            self.unwritten = len(rest)

    def reply(self, patience: Patience) -> Reply:
        """One reply with all its lines. The last line's code counts, as in smtplib; a line without a code ends it with -1."""
        until = 0.0
        if not self.unread:
            self._read_more(until := patience.until())
        if whole := ONE_LINE.match(self.unread):
            self.unread = self.unread[whole.end() :]
            return Reply(int(whole[1]), whole[2])
        return self._any_reply(until or patience.until())

    def _any_reply(self, until: float) -> Reply:
        said, size = b"", 0
        while (size := size + len(line := self._read_line(until))) <= LONGEST_REPLY:
            words = line[4:].strip(b" \t\r\n")
            said = said + b"\n" + words if size > len(line) else words
            if not line[:3].isdigit():
                return Reply(-1, said)
            if line[3:4] != b"-":
                return Reply(int(line[:3]), said)
        raise LineFault("the relay's reply does not end")

    def ask(self, command: str, patience: Patience) -> Reply:
        """A command, and its reply."""
        self.write(command.encode("ascii") + b"\r\n", patience)
        return self.reply(patience)

    def holds(self, replies: int) -> bool:
        """Whether so many replies are here to be read, if each is a line; or the end, after which none comes."""
        while self.unread.count(b"\n") < replies and len(self.unread) <= LONGEST_REPLY:
            if not self._is_readable():
                return False
            try:
                self._read_more(time.monotonic() + 1)
            except OSError:  # which comes up again when a reply is read
                break
        return True

    def hang_up(self) -> None:
        """Close without a word."""
        with contextlib.suppress(OSError):
            self.socket.close()

    def _read_line(self, until: float) -> bytes:
        while (end := self.unread.find(b"\n", 0, LONGEST_LINE)) < 0:
            if len(self.unread) >= LONGEST_LINE:
                raise LineFault("the relay's line does not end")
            self._read_more(until)
        line, self.unread = self.unread[: end + 1], self.unread[end + 1 :]
        return line

    def _read_more(self, until: float) -> None:
        self._wait_no_longer_than(until)
        octets = self.socket.recv(16_384)
        if not octets:  # what was read of a line is no reply: "250" may have been going to be "250-", and nobody knows
            raise LineFault("the relay closed the connection")
        self.unread += octets

    def _is_readable(self) -> bool:
        asked = select.poll()
        asked.register(self.socket, select.POLLIN)
        return bool(asked.poll(0))

    def _wait_no_longer_than(self, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the relay took too long")
        if not 0.98 * left <= (self.socket.gettimeout() or 0) <= left:  # a little less will do: to tell it anew is a call to the system
            self.socket.settimeout(left)


def open_to(relay: Relay, patience: Patience) -> Line:
    """A line on which letters may be sent. Raises `OSError` where the relay does not let us in."""
    line = Line(dial(relay, patience.until()))
    try:
        _expect(line.reply(patience), {220})
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
    connection = socket.create_connection((relay.host, relay.port), timeout=max(until - time.monotonic(), 0.001))
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return encryption().wrap_socket(connection, server_hostname=relay.host) if relay.secure else connection
    except BaseException:
        connection.close()
        raise


def encryption() -> ssl.SSLContext:
    """TLS with the relay's certificate checked against the system's authorities and its name."""
    return ssl.create_default_context()


@lru_cache
def own_name() -> str:
    """What this machine calls itself in a greeting: its name, or its address where it has none (RFC 5321 §4.1.3)."""
    name = socket.getfqdn()
    if "." in name:
        return name
    with contextlib.suppress(OSError):
        return f"[{socket.gethostbyname(socket.gethostname())}]"
    return "[127.0.0.1]"


def refuse_open_login(connection: socket.socket) -> None:
    """A password goes through TLS or stays on this machine."""
    if isinstance(connection, ssl.SSLSocket) or ipaddress.ip_address(connection.getpeername()[0].partition("%")[0]).is_loopback:
        return
    raise LineFault("a password is said only over TLS: use smtps:// or ?starttls=require")


def _greet(line: Line, patience: Patience) -> None:
    """EHLO, or HELO for an old relay; whatever was offered before is forgotten (RFC 3207 §4.2)."""
    line.offers = {}
    reply = line.ask(f"ehlo {own_name()}", patience)
    if reply.code not in YES:
        _expect(line.ask(f"helo {own_name()}", patience), YES)
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
    line._wait_no_longer_than(patience.until())
    line.socket = encryption().wrap_socket(line.socket, server_hostname=relay.host)


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

"""An open line to a mail server: what is written and read on it, whole replies, and how long we wait. Who opens one: calling.py.

A hostile or broken relay can cost us a connection and the seconds we agreed to wait, never memory and never a false "accepted".
"""

import contextlib
import re
import select
import socket
import ssl
import time
from typing import NamedTuple

LONGEST_LINE = 8192  # octets; RFC 5321 §4.5.3.1.5 says 512, relays say more
LONGEST_REPLY = 65_536  # octets in all lines of one reply
ONE_LINE = re.compile(rb"(\d{3}) ([!-~](?:[ -~]{0,500}[!-~])?)\r\n")  # as nearly every reply is
AT_ONCE = 16_384  # octets read together
WAITS = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Reply(NamedTuple):
    """What was answered: the code, -1 for no code at all, 0 for no answer (then `said` tells why); and the words, a line each."""

    code: int
    said: bytes


class LineFault(OSError):
    """The conversation cannot go on: the relay closed, cut a reply short, talks without end, or does not offer what is required."""


class Patience(NamedTuple):
    """How long we wait: `each` seconds for one reply, and until `last` (monotonic clock) for everything before the dot."""

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
    """An open connection. Every wait ends at a given moment of the monotonic clock; every fault is an `OSError`.

    The system is asked to wait only where something is to be waited for: a timeout of Python's own would ask before every read and write.
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.socket = connection
        self.unread = b""
        self.unwritten = 0  # octets of the last write that the system has not taken from us, so that nobody can have read them
        self.took_all = True  # of whatever was passed to it so far, at once
        self.offers: dict[str, str] = {}

    @property
    def is_swift(self) -> bool:
        """Whether a letter may be passed on it whole. Never under encryption: of what had to wait there, less may have been taken than has gone."""
        return self.took_all and not isinstance(self.socket, ssl.SSLSocket)

    def write(self, octets: bytes, patience: Patience, *, more: bool = False) -> None:
        """Send it all, or raise; see `unwritten`. `more` follows at once, so that the system need not send a short packet now."""
        rest, until = memoryview(octets), patience.until()
        self.unwritten = len(rest)
        flags = socket.MSG_MORE if more and not isinstance(self.socket, ssl.SSLSocket) else 0
        while rest:
            self.require_time(until)
            try:
                rest = rest[self.socket.send(rest, flags) :]
            except WAITS as wait:
                self._wait(wait, select.POLLOUT, until)
            self.unwritten = len(rest)

    def passed(self, octets: bytes, patience: Patience) -> bytes:
        """Send what the system takes at once; gives the rest, all of it where something is wrong, which comes up again when that is written."""
        try:
            taken = self.socket.send(octets) if time.monotonic() < patience.last else 0
        except OSError:
            taken = 0
        self.took_all = taken == len(octets)
        return b"" if self.took_all else octets[taken:]

    def reply(self, until: float) -> Reply:
        """One reply with all its lines, waited for until then. The last line's code counts, as in smtplib; a line without a code ends it with -1."""
        if not self.unread:
            self._read_more(until)
        if whole := ONE_LINE.match(self.unread):
            self.unread = self.unread[whole.end() :]
            return Reply(int(whole[1]), whole[2])
        return self._any_reply(until)

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
        """Send a command and read its reply."""
        self.write(command.encode("ascii") + b"\r\n", patience)
        return self.reply(patience.until())

    def holds(self, replies: int) -> bool:
        """Whether so many one-line replies have arrived; or the end of the connection, after which none will."""
        while self.unread.count(b"\n") < replies and len(self.unread) <= LONGEST_REPLY:
            try:
                self.unread += (octets := self.socket.recv(AT_ONCE))
            except WAITS:
                return False
            except OSError:  # which comes up again when a reply is read
                break
            if not octets:
                break
        return True

    def speaks(self) -> bool:
        """Whether anything is here to be read by now; its end, which comes up again when a reply is read, is nothing."""
        self.holds(1)
        return bool(self.unread)

    def skips(self, replies: "re.Pattern[bytes]") -> bool:
        """Whether what has arrived begins with these replies; if so, they are read."""
        found = replies.match(self.unread)
        self.unread = self.unread[found.end() :] if found else self.unread
        return found is not None

    def hang_up(self) -> None:
        """Close without QUIT."""
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
        octets = None
        while octets is None:
            self.require_time(until)
            try:
                octets = self.socket.recv(AT_ONCE)
            except WAITS as wait:
                self._wait(wait, select.POLLIN, until)
        if not octets:  # what was read of a line is no reply: "250" may have been going to be "250-", and nobody knows
            raise LineFault("the relay closed the connection")
        self.unread += octets

    def _wait(self, wait: OSError, event: int, until: float) -> None:
        """Until the socket is ready for this, or for what its encryption needs before."""
        event = select.POLLIN if isinstance(wait, ssl.SSLWantReadError) else event
        asked = select.poll()
        asked.register(self.socket, select.POLLOUT if isinstance(wait, ssl.SSLWantWriteError) else event)
        asked.poll(1000 * self.require_time(until) + 1)

    def require_time(self, until: float) -> float:
        """The seconds that are left until then; raises when there are none."""
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the relay took too long")
        return left

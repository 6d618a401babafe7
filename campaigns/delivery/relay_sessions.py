"""Which letters the processes of a relay (Postfix's) are at, by its log: what was broken off before its dot, and what has not ended.

A process is at a letter from its `client=` on, until that letter's Message-ID stands there, or the process begins another, ends the conversation,
or dies. One that is stalled at a letter may yet take it from what it was sent, long after we gave up its reply: so nothing that is begun and
without an end lets a letter of that time pass for not taken.
"""

import re
from datetime import UTC, datetime

from campaigns.delivery import relay_log_lines

AT_ANY_TIME = datetime.min.replace(tzinfo=UTC)
PROCESS = re.compile(rb" (?P<instance>[^\s/\[\]:]+)(?:/[^\s/\[\]:]+)*/(?P<process>smtpd|cleanup|master)\[(?P<pid>\d+)\Z")
OF_CONCERN = b"/smtpd[", b"/cleanup[", b"/master["
BROKEN_OFF = re.compile(rb"(?:lost connection|timeout) after (?:DATA|BDAT) \(\d+ bytes\) from \S+\r?")
DIED = re.compile(rb"warning: process \S*/smtpd pid (?P<pid>\d+) (?:killed by signal|exit status) \d+\r?")
Letter = tuple[str, bytes]  # an instance of Postfix, and a queue id of its own
Server = tuple[str, bytes]  # the same, and a process


class Sessions:
    """What stands in a log that is gone through from old to new."""

    def __init__(self) -> None:
        self.broken_off: set[Letter] = set()
        self._at_hand: dict[Server, Letter] = {}
        self._server: dict[Letter, Server] = {}
        self._begun: dict[Server, bytes] = {}  # of those whose letter has no name and no end: the line that says so

    def open(self, now: datetime) -> list[datetime]:
        """When each letter was begun that has no name and no end yet, by the relay's clock."""
        read = (relay_log_lines.read(line, now=now) for line in self._begun.values())
        return [one.at if one else AT_ANY_TIME for one in read]

    def follow(self, line: bytes) -> None:
        """Take down a line."""
        if not any(name in line for name in OF_CONCERN):
            return
        before, _, text = line.partition(b"]: ")
        if who := PROCESS.search(before):
            says = {b"smtpd": self._served, b"cleanup": self._named, b"master": self._started_or_died}[who["process"]]
            says((who["instance"].decode("ascii", "replace"), who["pid"]), text, line)

    def _served(self, server: Server, text: bytes, line: bytes) -> None:
        queue, _, said = text.partition(b": ")
        if said.startswith(b"client="):
            self._leave(server)
            self._at_hand[server] = letter = server[0], queue
            self._server[letter], self._begun[server] = server, line
            self.broken_off.discard(letter)
        elif BROKEN_OFF.fullmatch(text) and server in self._at_hand:
            self.broken_off.add(self._at_hand[server])
        elif text.startswith((b"disconnect from ", b"connect from ")):
            self._leave(server)

    def _named(self, server: Server, text: bytes, _line: bytes) -> None:
        queue, _, said = text.partition(b": ")
        if said.startswith(b"message-id=") and (at := self._server.get((server[0], queue))):
            self._begun.pop(at, None)

    def _started_or_died(self, master: Server, text: bytes, _line: bytes) -> None:
        if died := DIED.fullmatch(text):
            self._leave((master[0], died["pid"]))
        elif text.startswith(b"daemon started"):
            for server in [one for one in self._at_hand if one[0] == master[0]]:
                self._leave(server)

    def _leave(self, server: Server) -> None:
        self._begun.pop(server, None)
        if (letter := self._at_hand.pop(server, None)) and self._server.get(letter) == server:
            del self._server[letter]

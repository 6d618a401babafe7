"""How letters reach the relay, fast: one round trip a letter, where PIPELINING is offered (RFC 2920).

A letter's MAIL, RCPT and DATA go with the dot of the letter before it, in one write. So when that dot is answered, the answers to these are
there too, and the body may follow. At any moment at most one letter of a connection has its dot under way, and only that one can be unclear.

Why not BDAT (RFC 3030), which would save the wait for DATA's answer? With it the whole letter would be in the write that its commands are in,
and a cut before any reply would leave two letters *unknown*, where now it is one.

What of a letter whose DATA was begun and that is not to go after all? The connection is dropped: without a dot nothing is delivered, and a
dot would deliver an empty letter.
"""

import contextlib
import math
import time
from dataclasses import dataclass, field
from typing import NamedTuple

from campaigns.delivery import line as lines
from campaigns.delivery import transport
from campaigns.delivery.line import Line, Patience, Reply
from campaigns.delivery.relay_urls import Relay
from campaigns.delivery.transport import Envelope, MayGo, Meanwhile, Outcome
from campaigns.foundation.errors import TryLater

DOT = b".\r\n"
Commands = dict[str, str]
Replies = dict[str, Reply]


@dataclass
class _Talk:
    """A line that letters may be sent on, and the letter whose commands are on it already, if any."""

    line: Line
    begun: Envelope | None = None
    commands: Commands = field(default_factory=dict)

    def announce(self, envelope: Envelope) -> bytes:
        """The commands of the letter that comes next, remembered as said."""
        said = envelope.commands
        self.begun = envelope
        self.commands = transport.with_eight_bits(said, envelope.message) if "8bitmime" in self.line.offers else said
        return "\r\n".join((*self.commands.values(), "")).encode("ascii")

    @property
    def pipelining(self) -> bool:
        """Whether the relay takes several commands together."""
        return "pipelining" in self.line.offers


class PipelinedTransport:
    """A kept-open connection to the relay at a URL (see `Relay`); a relay without PIPELINING is asked one thing at a time."""

    def __init__(self, url: str, *, timeout: float, only_under: str | None = None) -> None:
        self.relay, self.timeout, self.only_under = Relay.at(url), timeout, only_under
        self._free: _Talk | None = None

    def deliver(
        self,
        envelope: Envelope,
        *,
        may_go: MayGo = transport.always,
        following: Envelope | None = None,
        meanwhile: Meanwhile = transport.nothing,
    ) -> Outcome:
        """Hand one message to the relay; see `transport` for what an outcome means."""
        if elsewhere := transport.not_ours_to_write_to(envelope, self.only_under):
            return elsewhere
        _, body, patience = envelope.commands, envelope.framed, Patience.of(self.timeout)  # refuses before a byte is sent
        talk, heard = self._begin(envelope, patience)
        usable = False
        try:
            outcome, usable = _hand_over(talk, heard, body, patience, may_go, self._sound(following), meanwhile)
            return outcome
        finally:  # only after a whole conversation is the line free again: after anything else, a late reply could pass for the next letter's
            if usable:
                self._free = talk
            else:
                talk.line.hang_up()

    def close(self) -> None:
        """Say goodbye, if connected; whatever the relay answers no longer matters."""
        talk, self._free = self._free, None
        if talk is not None:
            if talk.begun is None:  # else a DATA is open, and would take the goodbye for a letter
                with contextlib.suppress(OSError):
                    talk.line.ask("quit", Patience(self.timeout, time.monotonic() + self.timeout))
            talk.line.hang_up()

    def _sound(self, following: Envelope | None) -> Envelope | None:
        """The next letter, if it can be announced; what is wrong with it is said when its own turn comes."""
        if following is None or transport.not_ours_to_write_to(following, self.only_under):
            return None
        with contextlib.suppress(ValueError):
            return following if following.commands else None
        return None

    def _begin(self, envelope: Envelope, patience: Patience) -> "tuple[_Talk, _Heard]":
        """Say MAIL, RCPT and DATA, on the line that is open or on a new one; a relay that has left an open line meanwhile is called again."""
        talk, self._free = self._free, None
        if talk is not None:
            if talk.begun is None or talk.begun is envelope:
                heard = _ask(talk, envelope, patience)
                if heard.refusal is None or not transport.has_left(heard.refusal):
                    return talk, heard
            talk.line.hang_up()  # it closed, or said goodbye, before it heard of this letter
        try:
            talk = _Talk(lines.open_to(self.relay, patience))
        except OSError as fault:
            where = f"{self.relay.host}:{self.relay.port}"
            raise TryLater(f"The relay {where} does not answer ({transport.sentence(fault)})") from fault
        return talk, _ask(talk, envelope, patience)


class _Heard(NamedTuple):
    """What was answered to a letter's commands, and what the first answer that was no yes means for it; None: its body may follow."""

    replies: Replies
    refusal: Outcome | None


def _hand_over(
    talk: _Talk, heard: _Heard, body: bytes, patience: Patience, may_go: MayGo, following: Envelope | None, meanwhile: Meanwhile
) -> tuple[Outcome, bool]:
    """What became of the letter whose commands were answered so, and whether the line may be used again."""
    line = talk.line
    if heard.refusal is not None:
        return heard.refusal, _recover(line, heard.replies, patience)
    if line.unread:  # an answer before the question: read after the dot, it would pass for the dot's
        return _early(line, patience), False
    try:
        line.write(body, patience, more=True)
    except OSError as fault:
        return Outcome("deferred", "body", transport.sentence(fault)), False
    if not may_go():
        return transport.NOT_TO_GO, False
    end = DOT + (talk.announce(following) if following is not None and talk.pipelining else b"")
    try:
        line.write(end, patience)
    except OSError as fault:
        kind, stage = ("deferred", "body") if line.unwritten == len(end) else ("unknown", "dot")
        return Outcome(kind, stage, transport.sentence(fault)), False
    with contextlib.suppress(Exception):  # whatever it is, the reply is heard first; it comes up again when it is wanted
        meanwhile()
    try:
        code, said = line.reply(Patience(patience.each, math.inf))
    except OSError as fault:
        return Outcome("unknown", "dot", transport.sentence(fault)), False
    return transport.after_the_dot(code, said), 200 <= code <= 299 or transport.in_step(code)


def _early(line: Line, patience: Patience) -> Outcome:
    try:
        return transport.before_the_body(*line.reply(patience))
    except OSError as fault:
        return Outcome("deferred", "DATA", transport.sentence(fault))


def _ask(talk: _Talk, envelope: Envelope, patience: Patience) -> _Heard:
    """What is answered to MAIL, RCPT and DATA, as far as they were asked for; DATA comes last in a group, as RFC 2920 §3.1 wants it."""
    line, replies, first, stage = talk.line, Replies(), None, "MAIL"
    said_already = talk.begun is not None
    try:
        words = b"" if said_already else talk.announce(envelope)
        talk.begun = None
        if talk.pipelining and words:
            line.write(words, patience)
        for stage, command in talk.commands.items():
            replies[stage] = reply = line.reply(patience) if talk.pipelining else line.ask(command, patience)
            refusal = transport.before_the_dot(stage, *reply)
            first = first or refusal
            if refusal and not (talk.pipelining and transport.in_step(reply.code)):
                break
    except OSError as fault:
        replies[stage] = Reply(0, transport.sentence(fault).encode())
        first = first or transport.before_the_dot(stage, *replies[stage])
    return _Heard(replies, first)


def _recover(line: Line, replies: dict[str, Reply], patience: Patience) -> bool:
    """Bring the line back to where MAIL may be said, after a refusal; False when it must be dropped."""
    refused = {stage for stage, reply in replies.items() if transport.before_the_dot(stage, *reply)}
    if not all(transport.in_step(replies[stage].code) for stage in refused):
        return False
    try:
        if "DATA" in replies and "DATA" not in refused and not _end_unwanted_data(line, refused, patience):
            return False
        return line.ask("rset", patience).code == 250
    except OSError:
        return False


def _end_unwanted_data(line: Line, refused: set[str], patience: Patience) -> bool:
    """Pipelined, DATA was accepted though the letter was refused: an empty message ends it (RFC 2920 §3.1), and whatever the relay says to
    that, it counts for nothing. But while a recipient stands, an empty letter would be *delivered*: then the line is dropped instead.
    """
    if "RCPT" not in refused:
        return False
    line.write(DOT, patience)
    code = line.reply(patience).code
    return 200 <= code <= 299 or transport.in_step(code)

"""How letters reach the relay, fast: MAIL, RCPT and DATA in one write where PIPELINING is offered (RFC 2920), the body and its dot in another.

So a letter costs two round trips. Why not one? BDAT (RFC 3030) would put the whole letter into the first write; but then a cut before any
reply would leave it *unknown*, where now it is definite. Why is the next letter not begun before this one's dot is answered? Its attempt
must be committed before its first byte, and a DATA once open cannot be called back: an empty message might be delivered.
"""

import contextlib
import time

from campaigns.delivery import line as lines
from campaigns.delivery import transport
from campaigns.delivery.line import Line, Patience, Relay, Reply
from campaigns.delivery.transport import Envelope, Outcome
from campaigns.foundation.errors import TryLater

DOT = b".\r\n"


class PipelinedTransport:
    """A kept-open connection to the relay at a URL (see `Relay`); a relay without PIPELINING is asked one thing at a time."""

    def __init__(self, url: str, *, timeout: float, only_under: str | None = None) -> None:
        self.relay, self.timeout, self.only_under = Relay.at(url), timeout, only_under
        self._free: Line | None = None

    def deliver(self, envelope: Envelope) -> Outcome:
        """Hand one message to the relay; see `transport` for what an outcome means."""
        if elsewhere := transport.not_ours_to_write_to(envelope, self.only_under):
            return elsewhere
        commands, body = transport.commands(envelope), transport.framed(envelope.message)
        patience = Patience.of(self.timeout)
        line = self._take(patience)
        usable = False
        try:
            outcome, usable = _hand_over(line, commands, body, patience)
            return outcome
        finally:  # only after a whole conversation is the line free again: after anything else, a late reply could pass for the next letter's
            if usable:
                self._free = line
            else:
                line.hang_up()

    def close(self) -> None:
        """Say goodbye, if connected; whatever the relay answers no longer matters."""
        line, self._free = self._free, None
        if line is not None:
            with contextlib.suppress(OSError):
                line.ask("quit", time.monotonic() + self.timeout)
            line.hang_up()

    def _take(self, patience: Patience) -> Line:
        line, self._free = self._free, None
        if line is not None:
            return line
        try:
            return lines.open_to(self.relay, patience)
        except OSError as fault:
            where = f"{self.relay.host}:{self.relay.port}"
            raise TryLater(f"The relay {where} does not answer ({transport.sentence(fault)})") from fault


def _hand_over(line: Line, commands: dict[str, str], body: bytes, patience: Patience) -> tuple[Outcome, bool]:
    """What became of the letter, and whether the line may be used again."""
    if "8bitmime" in line.offers:
        commands = transport.with_eight_bits(commands, body)
    replies = _ask(line, commands, patience)
    for stage, reply in replies.items():
        if refusal := transport.before_the_dot(stage, *reply):
            return refusal, _recover(line, replies, patience)
    if line.unread:  # an answer before the question: read after the dot, it would pass for the dot's
        return _early(line, patience), False
    try:
        line.write(body + DOT, patience.until())
    except OSError as fault:
        kind, stage = ("deferred", "body") if line.unwritten >= len(DOT) else ("unknown", "dot")
        return Outcome(kind, stage, transport.sentence(fault)), False
    try:
        code, said = line.reply(time.monotonic() + patience.each)
    except OSError as fault:
        return Outcome("unknown", "dot", transport.sentence(fault)), False
    return transport.after_the_dot(code, said), 200 <= code <= 299 or transport.in_step(code)


def _early(line: Line, patience: Patience) -> Outcome:
    try:
        return transport.before_the_body(*line.reply(patience.until()))
    except OSError as fault:
        return Outcome("deferred", "DATA", transport.sentence(fault))


def _ask(line: Line, commands: dict[str, str], patience: Patience) -> dict[str, Reply]:
    """The replies to MAIL, RCPT and DATA, as far as they were asked for; DATA comes last in a group, as RFC 2920 §3.1 wants it."""
    pipelining, replies, stage = "pipelining" in line.offers, dict[str, Reply](), "MAIL"
    try:
        if pipelining:
            line.write("".join(f"{command}\r\n" for command in commands.values()).encode("ascii"), patience.until())
        for stage, command in commands.items():
            reply = line.reply(patience.until()) if pipelining else line.ask(command, patience.until())
            replies[stage] = reply
            refused = transport.before_the_dot(stage, *reply) is not None
            if refused and not (pipelining and transport.in_step(reply.code)):
                break
    except OSError as fault:
        replies[stage] = Reply(0, transport.sentence(fault).encode())
    return replies


def _recover(line: Line, replies: dict[str, Reply], patience: Patience) -> bool:
    """Bring the line back to where MAIL may be said, after a refusal; False when it must be dropped."""
    refused = {stage for stage, reply in replies.items() if transport.before_the_dot(stage, *reply)}
    if not all(transport.in_step(replies[stage].code) for stage in refused):
        return False
    try:
        if "DATA" in replies and "DATA" not in refused and not _end_unwanted_data(line, refused, patience):
            return False
        return line.ask("rset", patience.until()).code == 250
    except OSError:
        return False


def _end_unwanted_data(line: Line, refused: set[str], patience: Patience) -> bool:
    """Pipelined, DATA was accepted though the letter was refused: an empty message ends it (RFC 2920 §3.1), and whatever the relay says to
    that, it counts for nothing. But while a recipient stands, an empty letter would be *delivered*: then the line is dropped instead.
    """
    if "RCPT" not in refused:
        return False
    line.write(DOT, patience.until())
    code = line.reply(patience.until()).code
    return 200 <= code <= 299 or transport.in_step(code)

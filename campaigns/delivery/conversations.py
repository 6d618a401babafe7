"""One letter's conversation with the relay on one line: its commands, its body, its dot (RFC 5321; pipelined where the relay offers it, RFC 2920).

A letter's MAIL, RCPT and DATA are sent ahead, in one write with the body and dot of the letter before it on the line. When that dot is answered, the
replies to these commands are there too, and the body can follow at once. At any moment at most one letter of a line has its dot under way, and only
that one can become unclear.

Why not BDAT (RFC 3030), which would save the wait for DATA's reply? The whole letter would then be in the same write as its commands, and a cut
before any reply would leave two letters of a line *unknown* instead of one.

If a letter is not to go after its DATA was accepted, the line is dropped: without a dot nothing is delivered, and a dot would deliver an empty
letter.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from campaigns.delivery import transport
from campaigns.delivery.line import Line, Patience, Reply
from campaigns.delivery.transport import Ends, Envelope, MayGo, Outcome

DOT = b".\r\n"
ALL_YES = re.compile(rb"250 [ -~]{1,500}\r\n25[01] [ -~]{1,500}\r\n354 [ -~]{1,500}\r\n")  # to MAIL, RCPT and DATA; see `transport.FURTHER`
Replies = dict[str, Reply]


@dataclass(eq=False)
class Talk:
    """A line, and how far its conversation is. `begun`: the letter whose `commands` were sent ahead, if any; `awaited`: a dot's reply is still due."""

    line: Line
    begun: Ends | None = None
    commands: bytes = b""
    awaited: bool = False
    used: bool = False  # a dot was answered on it

    def announce(self, ends: Ends, *, is_ascii: bool = True) -> bytes:
        """The next letter's commands, to be sent by the caller; they count as sent from here on."""
        said = transport.commands(*ends)
        self.begun = ends
        self.commands = said if is_ascii or "8bitmime" not in self.line.offers else transport.with_eight_bits(said, is_ascii=False)
        return self.commands

    def has_begun(self, envelope: Envelope) -> bool:
        """Whether this envelope's commands are on the line already, in the form this message needs."""
        return self.begun == envelope[:2] and envelope.is_ascii

    def is_let_go_on(self) -> bool:
        """Whether every command sent ahead has been accepted by now, as nearly always; their replies are then read, and the body may follow."""
        if self.begun is None or not self.line.holds(len(transport.FURTHER)) or not self.line.skips(ALL_YES):
            return False
        self.begun = None
        return True

    @property
    def pipelining(self) -> bool:
        """Whether the relay takes several commands in one write."""
        return "pipelining" in self.line.offers


class Heard(NamedTuple):
    """The replies to a letter's commands by stage, and the outcome that their first refusal means; None: the body may follow."""

    replies: Replies
    refusal: Outcome | None


GO_ON = Heard({}, None)


def hand_over(
    talk: Talk, heard: Heard, body: bytes, patience: Patience, may_go: MayGo, following: Ends | None
) -> tuple[Outcome | None, bool]:
    """Send body and dot of a letter whose commands were answered as `heard`. Gives its outcome, None once its dot has gone, and whether the line may
    be used again. `may_go` is asked just before the dot; the commands of the `following` letter go with it.
    """
    line = talk.line
    if heard.refusal is not None:
        return heard.refusal, _recover(line, heard.replies, patience)
    if line.speaks():  # a reply before the dot: read after it, it would pass for the dot's
        return _early(line, patience), False
    end = DOT + (talk.announce(following) if following is not None and talk.pipelining else b"")
    rest = body + end
    if line.is_swift:  # as nearly every line is: one write takes body and dot
        if not may_go():
            return transport.NOT_TO_GO, False
        talk.awaited = True  # before a reply can come: if anything breaks off now, no other letter may use this line
        rest = line.passed(rest, patience)
    return (None, True) if not rest else _slowly(talk, rest, end, patience, may_go)


def _slowly(talk: Talk, rest: bytes, end: bytes, patience: Patience, may_go: MayGo) -> tuple[Outcome | None, bool]:
    """Send the rest of a letter that one write did not take. The dot goes in a write of its own, and `may_go` is asked just before it."""
    line = talk.line
    try:
        line.write(rest[: -len(end)], patience, more=True)
    except OSError as fault:
        return Outcome("deferred", "body", transport.sentence(fault)), False
    if len(rest) >= len(end):  # else a part of the dot has gone, and it cannot be held back
        if line.speaks():
            return _early(line, patience), False
        if not may_go():
            return transport.NOT_TO_GO, False
    talk.awaited = True
    try:
        line.write(rest[-len(end) :], patience)
    except OSError as fault:
        kind, stage = ("deferred", "body") if line.unwritten == len(end) else ("unknown", "dot")
        return Outcome(kind, stage, transport.sentence(fault)), False
    return None, True


def _early(line: Line, patience: Patience) -> Outcome:
    try:
        return transport.before_the_body(*line.reply(patience.until()))
    except OSError as fault:
        return Outcome("deferred", "DATA", transport.sentence(fault))


def answer(talk: Talk, until: float) -> tuple[Outcome, bool]:
    """The outcome that the dot's reply means, waiting `until` then, and whether the line may be used again. Raises OSError without a reply."""
    code, said = talk.line.reply(until)
    talk.used = True
    return transport.after_the_dot(code, said), 200 <= code <= 299 or transport.in_step(code)


def ask(talk: Talk, envelope: Envelope, patience: Patience) -> Heard:
    """Send MAIL, RCPT and DATA, unless they were sent ahead, and read the replies; after a refusal no more, where the commands go one by one or the
    relay is out of step. DATA comes last in its group, as RFC 2920 §3.1 requires.
    """
    line, replies, first, stage = talk.line, Replies(), None, "MAIL"
    said_already = talk.begun is not None
    try:
        words = b"" if said_already else talk.announce(envelope.ends, is_ascii=envelope.is_ascii)
        talk.begun = None
        if talk.pipelining and words:
            line.write(words, patience)
        for stage, command in transport.by_stage(talk.commands).items():
            replies[stage] = reply = line.reply(patience.until()) if talk.pipelining else line.ask(command, patience)
            refusal = transport.before_the_dot(stage, *reply)
            first = first or refusal
            if refusal and not (talk.pipelining and transport.in_step(reply.code)):
                break
    except OSError as fault:
        replies[stage] = Reply(0, transport.sentence(fault).encode())
        first = first or transport.before_the_dot(stage, *replies[stage])
    return Heard(replies, first)


def _recover(line: Line, replies: dict[str, Reply], patience: Patience) -> bool:
    """After a refusal, bring the line back to where MAIL may be said; False when it must be dropped instead."""
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
    """End a DATA that was accepted though the letter was refused, as pipelining allows: with an empty message (RFC 2920 §3.1) whose reply counts for
    nothing. False, and the line is dropped, where the recipient was accepted: the empty letter would be *delivered*.
    """
    if "RCPT" not in refused:
        return False
    line.write(DOT, patience)
    code = line.reply(patience.until()).code
    return 200 <= code <= 299 or transport.in_step(code)

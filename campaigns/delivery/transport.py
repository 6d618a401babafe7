"""The way to the relay as a sender sees it: the interface, what a relay's replies mean, and how a message is put on the wire.

A failure before the final dot is definite: nothing was accepted. Whatever goes wrong between the dot and a whole reply is *unknown*: the relay may
have taken the letter. Both transports, `pipelined` and its reference `plain`, take their verdicts from here.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Protocol

FURTHER = {"MAIL": {250}, "RCPT": {250, 251}, "DATA": {354}}  # the replies after which a letter goes on, by stage
DEFINITE = {2: "accepted", 4: "deferred", 5: "rejected"}  # by the first digit of the reply to the dot
# Paths as RFC 5321 §4.1.2 has them, less quoted blanks: nothing in them that could end the path or the line.
COMMANDS = re.compile(rb"mail FROM:<[^\x00-\x20\x7f<>]*>\r\nrcpt TO:<[^\x00-\x20\x7f<>]*>\r\nDATA\r\n")

NOT_AS_SEALED = re.compile(rb"\r(?!\n(?!\.))")  # a CR by itself, or a line with a leading dot; with two counts, 20 kB take 17 µs


class Ends(NamedTuple):
    """From whom a message goes, and to whom: what MAIL and RCPT say."""

    sender: str
    recipient: str


class Envelope(NamedTuple):
    """One message to one recipient, with CRLF line ends."""

    sender: str
    recipient: str
    message: bytes
    stands: bool = False  # it is proved that the message can go on the wire as it is (see `programs.Joined`)

    @property
    def ends(self) -> Ends:
        """From whom it goes, and to whom."""
        return Ends(self.sender, self.recipient)

    @property
    def commands(self) -> bytes:
        """MAIL, RCPT and DATA, a line each; see `commands`."""
        return commands(self.sender, self.recipient)

    @property
    def is_ascii(self) -> bool:
        """Whether it is of seven bits, so that any relay takes it as it is."""
        return self.stands or self.message.isascii()

    @property
    def framed(self) -> bytes:
        """The message as it stands between DATA and the final dot; see `framed`."""
        return self.message if self.stands and self.message.endswith(b"\r\n") else framed(self.message)


class Outcome(NamedTuple):
    """What became of a try, at which stage, in whose words. Of a relay: accepted, rejected, deferred, unknown. Of ours: unsent (it was not to go),
    unmade (it could not be put together), fell (its worker ended).
    """

    kind: str
    stage: str
    said: str


MayGo = Callable[[], bool]
Awaited = Callable[[], Outcome]  # reads the reply to a dot that has gone, waiting for it until the timeout since the dot


def always() -> bool:
    """Every letter may go."""
    return True


def nothing() -> None:
    """Do nothing."""


class Transport(Protocol):
    """What a sender needs of a transport. Several letters may be under way at once, each on a line of its own."""

    @property
    def lines(self) -> int:
        """How many letters may be under way at once, as the relay stands now."""

    def start(
        self, envelope: Envelope, *, may_go: MayGo = always, following: Ends | None = None, alone: Callable[[], object] = nothing
    ) -> Outcome | Awaited:
        """Hand one message to the relay. Gives its outcome or, once its dot has gone, a function that reads the relay's answer.

        `may_go` is asked at the last moment before the dot, and once more if the dot then had to wait; if it says no, the letter is *unsent*.
        `following`: the letter that comes next on this line, whose commands may go with this one's dot. `alone` is called before a wait that may be
        long, so that the answers to letters under way are read first.

        Raises `ValueError`, before a byte is sent, for a message that cannot be put on the wire, and `TryLater` when there is no relay to talk to.
        """

    def deliver(self, envelope: Envelope, *, may_go: MayGo = always, following: Ends | None = None) -> Outcome:
        """Hand one message to the relay, and wait for the answer."""

    def close(self) -> None:
        """Say goodbye, if connected."""


class OneAtATime(ABC):
    """A transport that waits for each letter's answer before it takes another."""

    lines = 1

    @abstractmethod
    def deliver(self, envelope: Envelope, *, may_go: MayGo = always, following: Ends | None = None) -> Outcome:
        """Hand one message to the relay, and wait for the answer; see `Transport`."""

    def start(
        self, envelope: Envelope, *, may_go: MayGo = always, following: Ends | None = None, alone: Callable[[], object] = nothing
    ) -> Outcome | Awaited:
        """See `Transport`. `alone` is not called, as no other letter is ever under way."""
        return self.deliver(envelope, may_go=may_go, following=following)


NOT_TO_GO = Outcome("unsent", "here", "")
NO_RELAY = "connection"  # the stage of an outcome when there was no relay to talk to, so that the letter was not tried


@dataclass
class RecordingTransport(OneAtATime):
    """A transport that only keeps what it is given, for tests and for looking at letters without a relay."""

    sent: list[Envelope] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)  # handed out in order, then accepted for ever

    def deliver(self, envelope: Envelope, *, may_go: MayGo = always, following: Ends | None = None) -> Outcome:
        """Keep the message unless it may not go, or the next scripted outcome refuses it."""
        if not may_go():
            return NOT_TO_GO
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome("accepted", "dot", "250 recorded")
        if outcome.kind in {"accepted", "unknown"}:
            self.sent.append(envelope)
        return outcome

    def close(self) -> None:
        """Nothing is open."""


def before_the_dot(stage: str, code: int, said: bytes) -> Outcome | None:
    """What a reply to MAIL, RCPT or DATA means for the letter; None: it goes on. Nothing was accepted yet, whatever was said."""
    if code in FURTHER[stage]:
        return None
    return Outcome("rejected" if 500 <= code <= 599 else "deferred", stage, _words(code, said))


def after_the_dot(code: int, said: bytes) -> Outcome:
    """What a whole reply to the final dot means: only 2xx, 4xx and 5xx are definite."""
    return Outcome(DEFINITE.get(code // 100, "unknown"), "dot", _words(code, said))


def before_the_body(code: int, said: bytes) -> Outcome:
    """What a relay said, unasked, between 354 and the body. A refusal is one at any time; a yes to what it has not seen is no evidence."""
    early = after_the_dot(code, said)
    return early if early.kind in {"rejected", "deferred"} else Outcome("deferred", "DATA", "the relay spoke before it was asked")


def in_step(code: int) -> bool:
    """Whether to go on talking after a reply that was no yes: not after a goodbye, nor once questions and replies no longer match."""
    return 400 <= code <= 599 and code != 421


def has_left(outcome: Outcome) -> bool:
    """Whether the relay was gone, or said goodbye, before it heard of the letter: of a line that had stood open, that says nothing of the letter."""
    return (outcome.kind, outcome.stage) == ("deferred", "MAIL") and (outcome.said.startswith("421 ") or outcome.said[:1].isalpha())


def says_nothing(outcome: Outcome, *, used: bool) -> bool:
    """Whether a refusal on a line that had stood open says nothing of the letter: the relay had left, or a no to MAIL on a line that was `used` for
    another letter may have been meant for that one's dot, where something unasked was taken for its answer.
    """
    return has_left(outcome) or (used and (outcome.kind, outcome.stage) == ("rejected", "MAIL"))


def not_ours_to_write_to(recipient: str, only_under: str | None) -> Outcome | None:
    """A rehearsal's refusal of every address that is not its own."""
    if only_under and not recipient.endswith(only_under):
        return Outcome("rejected", "here", f"a rehearsal writes to addresses under {only_under} only")
    return None


def framed(message: bytes) -> bytes:
    """A message as it stands between DATA and the final dot. Refuses a bare CR or LF: servers differ on whether it ends a line (smuggling).

    A leading dot is doubled (RFC 5321 §4.5.2). Sealed letters have none, so that their bytes stay as they were signed; notices may.
    """
    if NOT_AS_SEALED.search(message) or message.count(b"\n") != message.count(b"\r") or message.startswith(b"."):
        message = _stuffed(message)
    return message if message.endswith(b"\r\n") else message + b"\r\n"


@lru_cache(maxsize=64)
def commands(sender: str, recipient: str) -> bytes:
    """MAIL, RCPT and DATA, a line each; refuses an address that would say something else there. Kept for a while, as it is asked before a letter's turn."""
    said = f"mail FROM:<{sender}>\r\nrcpt TO:<{recipient}>\r\nDATA\r\n".encode("ascii")
    if not COMMANDS.fullmatch(said):
        raise ValueError("An address on an envelope must be plain ASCII, with no blank and no angle bracket.")
    return said


def by_stage(said: bytes) -> dict[str, str]:
    """Each of these commands."""
    return dict(zip(FURTHER, said.decode("ascii").split("\r\n"), strict=False))


def with_eight_bits(said: bytes, *, is_ascii: bool) -> bytes:
    """The same for a relay that offers 8BITMIME (RFC 6152), which is told where a message needs it."""
    return said if is_ascii else said.replace(b">\r\n", b"> BODY=8BITMIME\r\n", 1)


def sentence(fault: Exception) -> str:
    """A fault as it is kept with a letter."""
    return f"{type(fault).__name__}: {fault}"[:300]


def _words(code: int, said: bytes) -> str:
    words = said.decode("utf-8", "replace").replace("\0", " ")  # which PostgreSQL would not keep
    return f"{code} {words}" if code else words


def _stuffed(message: bytes) -> bytes:
    lines = message.split(b"\r\n")
    if any(b"\r" in line or b"\n" in line for line in lines):
        raise ValueError("A message must end its lines with CRLF, and hold no CR or LF beside.")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)

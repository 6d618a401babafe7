"""The fast way to the relay: several connections (lines) are kept open, with one letter under way on each (see conversations.py).

While the relay takes in a letter on one line, we write the next on another; on a single line, we and the relay would wait for each other half the
time.
"""

import contextlib
import math
import time
from collections.abc import Callable
from functools import partial

from campaigns.delivery import calling, conversations, transport
from campaigns.delivery.conversations import Heard, Talk
from campaigns.delivery.line import Patience
from campaigns.delivery.relay_urls import Relay
from campaigns.delivery.transport import Awaited, Ends, Envelope, MayGo, Outcome
from campaigns.foundation.errors import TryLater

LINES = 5  # at most; three lines carried 7 % fewer letters a second, eight no more
FEWER_FOR = 60.0  # seconds until a relay that refused a further line is asked for one again
AT_LEAST = 0.1  # seconds to wait for a reply, even if its time was up already


class PipelinedTransport:
    """Kept-open connections to the relay at a URL (see `Relay`); a relay without PIPELINING is asked one thing at a time."""

    def __init__(self, url: str, *, timeout: float, only_under: str | None = None) -> None:
        self.relay, self.timeout, self.only_under = Relay.at(url), timeout, only_under
        self._talks: list[Talk] = []
        self._most, self._fewer_until = LINES, -math.inf

    @property
    def lines(self) -> int:
        """How many connections may be open: `LINES`, or as many as the relay allowed when it lately refused another."""
        return LINES if self._most == LINES or time.monotonic() >= self._fewer_until else self._most

    def start(
        self,
        envelope: Envelope,
        *,
        may_go: MayGo = transport.always,
        following: Ends | None = None,
        alone: Callable[[], object] = transport.nothing,
    ) -> Outcome | Awaited:
        """Hand one message to the relay on a free line; see `Transport.start` for the arguments and the result."""
        # `following` is announced only once all lines are open: until then the next letter opens a line of its own.
        return self._start(envelope, may_go, following if len(self._talks) >= self.lines else None, alone)

    def deliver(self, envelope: Envelope, *, may_go: MayGo = transport.always, following: Ends | None = None) -> Outcome:
        """Hand one message to the relay, and wait for its answer."""
        said = self._start(envelope, may_go, following, transport.nothing)
        return said if isinstance(said, Outcome) else said()

    def close(self) -> None:
        """Say goodbye on every line, and hang up whatever the relay answers."""
        talks, self._talks = self._talks, []
        for talk in talks:
            if talk.begun is None and not talk.awaited:  # else a DATA may be open, and QUIT would be read as a letter's text
                with contextlib.suppress(OSError):
                    talk.line.ask("quit", Patience(self.timeout, time.monotonic() + self.timeout))
            talk.line.hang_up()

    def _start(self, envelope: Envelope, may_go: MayGo, following: Ends | None, alone: Callable[[], object]) -> Outcome | Awaited:
        if elsewhere := transport.not_ours_to_write_to(envelope.recipient, self.only_under):
            return elsewhere
        body, patience = envelope.framed, Patience.of(self.timeout)  # `framed` raises for a bad message before a byte is sent
        talk, heard = self._announced(envelope), conversations.GO_ON
        if talk is None or not talk.is_let_go_on():
            talk, heard = self._begin(envelope, patience, alone, talk)
        usable = False
        try:
            if heard.refusal is not None:
                alone()  # clearing the line after a refusal waits for another answer
            outcome, usable = conversations.hand_over(talk, heard, body, patience, may_go, self._sound(following))
            return outcome or partial(self._answer, talk, time.monotonic() + patience.each)
        finally:  # a line is used again only after a whole conversation: otherwise a late reply could pass for the next letter's
            self._lay_by(talk, usable)

    def _answer(self, talk: Talk, until: float) -> Outcome:
        """What the relay answers to the dot that has gone on this line, waiting `until` then; *unknown* without an answer."""
        if talk in self._talks:  # it is not there if it had to make room
            self._talks.remove(talk)
        usable = talk.awaited = False
        try:
            outcome, usable = conversations.answer(talk, max(until, time.monotonic() + AT_LEAST))
            return outcome
        except OSError as fault:
            return Outcome("unknown", "dot", transport.sentence(fault))
        finally:
            self._lay_by(talk, usable)

    def _lay_by(self, talk: Talk, usable: bool) -> None:
        if usable:
            self._talks.append(talk)
        else:
            talk.line.hang_up()

    def _sound(self, following: Ends | None) -> Ends | None:
        """The next letter's ends, if its commands can be sent ahead; if they cannot be sent at all, it is refused in its own turn."""
        if following is None or transport.not_ours_to_write_to(following.recipient, self.only_under):
            return None
        try:
            return following if transport.commands(*following) else None
        except ValueError:
            return None

    def _begin(self, envelope: Envelope, patience: Patience, alone: Callable[[], object], talk: Talk | None) -> tuple[Talk, Heard]:
        """Say MAIL, RCPT and DATA: on this line, on another open one, or on a new one, which also replaces a line that the relay has closed meanwhile."""
        talk = talk or self._taken(envelope)
        alone()  # what follows waits for replies: first read those that others' letters have
        if talk is not None and talk.begun is None and talk.line.holds(1):  # the relay spoke unasked, or closed the line
            talk.line.hang_up()  # the next reply on it would not be to this letter
            talk = None
        if talk is not None:
            heard = conversations.ask(talk, envelope, patience)
            if heard.refusal is None or not transport.says_nothing(heard.refusal, used=talk.used):
                return talk, heard
            talk.line.hang_up()
            alone()
        try:
            return self._called(envelope, patience)
        except TryLater:
            if not self._talks:
                raise
        self._most, self._fewer_until = len(self._talks), time.monotonic() + FEWER_FOR  # the relay allows these lines and no more
        return self._begin(envelope, patience, alone, self._announced(envelope))

    def _announced(self, envelope: Envelope) -> Talk | None:
        """The free line on which this letter's commands were sent ahead, taken out for it; None if there is none."""
        for talk in reversed(self._talks):  # most likely the one laid by last
            if not talk.awaited and talk.has_begun(envelope):
                self._talks.remove(talk)
                return talk
        return None

    def _taken(self, envelope: Envelope) -> Talk | None:
        """An idle line, taken out for this letter. None means that a new one is to be opened: as long as more lines are allowed, a new one is
        preferred while other letters are under way. Where no more are allowed and none is idle, a line is hung up to make room: one whose announced
        letter did not come before one whose answer is still to be read. Raises `ValueError` for commands that cannot be sent.
        """
        _ = envelope.commands
        idle = next((talk for talk in self._talks if not talk.awaited and talk.begun is None), None)
        is_full, none_under_way = len(self._talks) >= self.lines, not any(talk.awaited for talk in self._talks)
        if idle is not None and (is_full or none_under_way):
            self._talks.remove(idle)
            return idle
        for talk in sorted(self._talks, key=lambda talk: talk.awaited)[: max(len(self._talks) + 1 - self.lines, 0)]:
            self._talks.remove(talk)
            talk.line.hang_up()
        return None

    def _called(self, envelope: Envelope, patience: Patience) -> tuple[Talk, Heard]:
        """Open a new line and say the commands on it. Raises `TryLater` where the relay does not answer, or refuses a further connection."""
        where = f"{self.relay.host}:{self.relay.port}"
        try:
            talk = Talk(calling.open_to(self.relay, patience))
        except OSError as fault:
            raise TryLater(f"The relay {where} does not answer ({transport.sentence(fault)})") from fault
        heard = conversations.ask(talk, envelope, patience)
        if self._talks and heard.refusal is not None and transport.has_left(heard.refusal):
            talk.line.hang_up()
            raise TryLater(f"The relay {where} takes no further connection ({heard.refusal.said})")
        return talk, heard

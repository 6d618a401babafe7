"""How letters reach the relay, fast: several lines are kept open, and a letter is under way on each (see conversations.py).

While one line's relay takes a letter in, another's is written: with one line the relay and we would wait for each other half of the time.
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

LINES = 5  # at most; with three 7 % fewer letters went a second, with eight no more
FEWER_FOR = 60.0  # seconds for which a relay that refused a further line is left with those that it lets us have
AT_LEAST = 0.1  # seconds to look for a reply, however long ago its dot went


class PipelinedTransport:
    """Kept-open connections to the relay at a URL (see `Relay`); a relay without PIPELINING is asked one thing at a time."""

    def __init__(self, url: str, *, timeout: float, only_under: str | None = None) -> None:
        self.relay, self.timeout, self.only_under = Relay.at(url), timeout, only_under
        self._talks: list[Talk] = []
        self._most, self._fewer_until = LINES, -math.inf

    @property
    def lines(self) -> int:
        """How many connections may be open: all, or as many as the relay allowed when it refused another a while ago."""
        return LINES if self._most == LINES or time.monotonic() >= self._fewer_until else self._most

    def start(
        self,
        envelope: Envelope,
        *,
        may_go: MayGo = transport.always,
        following: Ends | None = None,
        alone: Callable[[], object] = transport.nothing,
    ) -> Outcome | Awaited:
        """Hand one message to the relay on a line that is free; see `transport` for what is given, and what an outcome means."""
        # A relay that takes no further line is found out before a letter is announced on this one, on which the next can go then.
        return self._start(envelope, may_go, following if len(self._talks) >= self.lines else None, alone)

    def deliver(self, envelope: Envelope, *, may_go: MayGo = transport.always, following: Ends | None = None) -> Outcome:
        """The same, and wait for the answer."""
        said = self._start(envelope, may_go, following, transport.nothing)
        return said if isinstance(said, Outcome) else said()

    def close(self) -> None:
        """Say goodbye on every line; whatever the relay answers no longer matters."""
        talks, self._talks = self._talks, []
        for talk in talks:
            if talk.begun is None and not talk.awaited:  # else a DATA is open, and would take the goodbye for a letter
                with contextlib.suppress(OSError):
                    talk.line.ask("quit", Patience(self.timeout, time.monotonic() + self.timeout))
            talk.line.hang_up()

    def _start(self, envelope: Envelope, may_go: MayGo, following: Ends | None, alone: Callable[[], object]) -> Outcome | Awaited:
        if elsewhere := transport.not_ours_to_write_to(envelope.recipient, self.only_under):
            return elsewhere
        body, patience = envelope.framed, Patience.of(self.timeout)  # which refuses before a byte is sent
        talk, heard = self._announced(envelope), conversations.GO_ON
        if talk is None or not talk.is_let_go_on():
            talk, heard = self._begin(envelope, patience, alone, talk)
        usable = False
        try:
            if heard.refusal is not None:
                alone()  # to begin anew takes another answer
            outcome, usable = conversations.hand_over(talk, heard, body, patience, may_go, self._sound(following))
            return outcome or partial(self._answer, talk, time.monotonic() + patience.each)
        finally:  # only after a whole conversation is the line free again: after anything else, a late reply could pass for the next letter's
            self._lay_by(talk, usable)

    def _answer(self, talk: Talk, until: float) -> Outcome:
        """What was answered to the dot that has gone on this line; a reply is waited for until then."""
        if talk in self._talks:  # or it had to make room
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
        """The next letter's commands, if they can be sent; if not, it is refused in its own turn."""
        if following is None or transport.not_ours_to_write_to(following.recipient, self.only_under):
            return None
        try:
            return following if transport.commands(*following) else None
        except ValueError:
            return None

    def _begin(self, envelope: Envelope, patience: Patience, alone: Callable[[], object], talk: Talk | None) -> tuple[Talk, Heard]:
        """Say MAIL, RCPT and DATA, on this line, on another that is open, or on a new one; a relay that has left an open line meanwhile is called
        again.
        """
        talk = talk or self._taken(envelope)
        alone()  # a wait: nobody else's answer is left unread for as long
        if talk is not None and talk.begun is None and talk.line.holds(1):  # said unasked, or closed
            talk.line.hang_up()  # the next answer on it would not be this letter's
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
        self._most, self._fewer_until = len(self._talks), time.monotonic() + FEWER_FOR  # it lets us have these, and no further one
        return self._begin(envelope, patience, alone, self._announced(envelope))

    def _announced(self, envelope: Envelope) -> Talk | None:
        """The line that this letter was announced on, taken for it."""
        for talk in reversed(self._talks):  # it was heard last
            if not talk.awaited and talk.has_begun(envelope):
                self._talks.remove(talk)
                return talk
        return None

    def _taken(self, envelope: Envelope) -> Talk | None:
        """A line for this letter, on which nothing is. None: a new one is to be opened, as is done while another letter is under way, as long as
        there may be more. Refuses what cannot be said on any.

        Where there is room for no other, one goes on which a letter was announced that does not come, or whose answer nobody asks for.
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
        """A new line. Raises `TryLater` where the relay does not answer, or turns away a further one."""
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

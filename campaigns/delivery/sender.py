"""The one sender: join, verify against the signed leaf, ask whether it may go, send, and write down what became of it; a letter at a time on a line.

No transaction is open while the network is. Outcomes are kept in the worker's journal at once and in the database every half a second, in
the transaction that renews the lease and asks whether others may follow; nothing is under way then. So a kill leaves at most one letter unclear
on each connection, and whoever stops a release sees it stop within the second.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial

from campaigns.delivery import fates, settling
from campaigns.delivery.brakes import Brake
from campaigns.delivery.claims import Claim, Unmade, Waiting
from campaigns.delivery.envelopes import Envelopes
from campaigns.delivery.fates import Fate
from campaigns.delivery.journals import Journal
from campaigns.delivery.transport import NO_RELAY, Awaited, Ends, Envelope, Outcome, Transport
from campaigns.delivery.verp import ReturnAddress
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, TryLater
from campaigns.foundation.timekeeper import seconds

PAUSE = threading.Event()  # never set: a pause by a clock that nobody can move, where a sleep may ask one that somebody did
BATCH = 1000  # outcomes written down together at most: fewer than half a second's cost more than they are worth
ANNOUNCED_FROM = 50.0  # letters a second: at a slower pace one line is used, and no letter's commands go ahead of it


@dataclass
class Sender:
    """What sending needs: a database, a transport, a journal, a clock, a pace in letters a second, and whether we are asked to stop."""

    database: Database
    transport: Transport
    journal: Journal
    clock: Callable[[], datetime]
    pace: float
    lease: timedelta
    margin: timedelta = timedelta(0)  # that a dot and its answer may take, and that must be left of the lease
    stopping: Callable[[], bool] = lambda: False
    returns: ReturnAddress | None = None  # where bounces go; unless it is known, to the sender's own address
    ask_every: float = 0.5  # seconds between two questions to the database whether letters may still go
    glance: float = 0.0  # seconds for which one look at the time, the lease and whether to stop is good; 0: looked at before every dot
    brake: Brake = field(default_factory=Brake)

    def send(self, claim: Claim, *, asked: float | None = None) -> None:
        """Send a claimed chunk. `asked`: when its claim was begun, in seconds since boot; the database is asked again from there on.

        Raises `GateClosed` when a letter is not, byte for byte, the one that was signed.
        """
        _Run(self, claim, asked=seconds() if asked is None else asked).go()


@dataclass
class _Run:
    """One chunk in hand: what is not yet in the database, and until when the lease stands. Moments that are numbers are seconds since boot."""

    sender: Sender
    claim: Claim
    fates: list[Fate] = field(default_factory=list)
    unclear: set[int] = field(default_factory=set)  # letters whose dot may have gone without an answer
    asked: float = 0.0
    lasts: float = 0.0
    sure_until: float = 0.0  # until then the last look at time, lease and stop is good for every letter in hand
    looked_at: datetime | None = None  # the time that it found
    under_way: deque[tuple[Waiting, Awaited]] = field(default_factory=deque)  # letters whose answer was not asked for yet, in their order
    over: bool = False  # whether no other letter is to be begun
    unmade: bool = False

    def go(self) -> None:
        """Every letter in turn, until one may not go."""
        hand = self.claim.hand
        self.lasts = seconds() + (self.claim.leased_until - self.sender.clock()).total_seconds()
        self.sender.journal.begin(hand.token, hand.chunk_id, hand.release_id)
        try:
            for place, letter in enumerate(self.claim.letters):
                if self._is_its_turn(letter) and (self._is_to_stop() or not self._send(place, letter)):
                    break
        finally:
            try:
                with ExitStack() as each:  # whatever is wrong with one, the others are heard
                    for _ in self.under_way:
                        each.callback(self._hear)
            finally:
                self._give_back()
                self.sender.journal.done(hand.token)

    @cached_property
    def envelopes(self) -> Envelopes:
        """What is put together of this chunk."""
        return Envelopes(self.claim, self.sender.returns, at_once=self.lines)

    @cached_property
    def on_one_line(self) -> bool:
        """Whether one letter at a time goes, at a slow pace or where connections to a domain are counted."""
        return self.sender.pace < ANNOUNCED_FROM or self.claim.manners.limits.connections is not None

    def _is_to_stop(self) -> bool:
        return seconds() >= self.sure_until and self.sender.stopping()

    @property
    def lines(self) -> int:
        """How many letters may be under way at once; one after a relay's silence, too."""
        return 1 if self.on_one_line or self.sender.brake.is_wary else self.sender.transport.lines

    def _is_its_turn(self, letter: Waiting) -> bool:
        if letter.position not in self.claim.alone:
            return not self.claim.room.is_shut(letter)
        self._hear()
        return self.claim.room.admits(letter, clock=self.sender.clock, wait=PAUSE.wait)

    def _send(self, place: int, letter: Waiting) -> bool:
        """Put one letter together, verified, and send it; False when none may follow."""
        try:
            envelope = self.envelopes.envelope(place, at=self._moment())
        except GateClosed as refusal:
            self._set_aside(letter, refusal)
            return True
        return self._deliver(place, letter, envelope)

    def _following(self, place: int) -> Ends | None:
        """Sender and recipient of the letter at this place, the next on its line; None where its commands may not be sent ahead."""
        letters = self.claim.letters
        if self.sender.pace < ANNOUNCED_FROM or place >= len(letters) or letters[place].position in self.claim.alone:
            return None
        return self.envelopes.ends[place]

    def _set_aside(self, letter: Waiting, refusal: GateClosed) -> None:
        """The first letter of a chunk that cannot be put together is tried again later, and held after three tries. A second one, or one that is not as
        signed, closes the gate.
        """
        if not isinstance(refusal, Unmade) or self.unmade:
            raise refusal
        self.unmade = True
        self._decide(letter, Outcome("unmade", "here", refusal.sentence))

    def _deliver(self, place: int, letter: Waiting, envelope: Envelope) -> bool:
        """Send one letter; False when none may follow. Asked here too, as a letter refused before its dot never comes to ask."""
        lines = self._with_one_free()
        if not self._is_let_go_on():
            return False
        if self.claim.room.is_shut(letter):  # since it was its turn: others under way were heard meanwhile
            return True
        began, way = time.monotonic(), self.sender.transport
        try:
            following, may_go = self._following(place + lines), partial(self._may_go, letter)
            if lines == 1:
                answer: Outcome | Awaited = way.deliver(envelope, may_go=may_go, following=following)
            else:
                answer = way.start(envelope, may_go=may_go, following=following, alone=self._hear)
        except TryLater as fault:
            answer = Outcome("unsent", NO_RELAY, str(fault))
        if isinstance(answer, Outcome):
            self._heard(letter, answer)
        else:
            self.under_way.append((letter, answer))
        if (early := began + 1 / self.sender.pace - time.monotonic()) > 0:
            PAUSE.wait(early)
        return not self.over

    def _with_one_free(self) -> int:
        """How many lines there are, one of which takes the next letter: where each has one under way, the first of these is heard."""
        while len(self.under_way) >= (lines := self.lines):
            self._hear(len(self.under_way) - 1)
        return lines

    def _hear(self, most: int = 0) -> None:
        """Ask for the answers to dots that have gone, the first first, until no more than so many letters are under way."""
        while len(self.under_way) > most:
            letter, answer = self.under_way.popleft()
            self._heard(letter, answer())

    def _may_go(self, letter: Waiting) -> bool:
        """Asked at the last moment before the dot, and once more where the dot had to wait. The journal is told before the dot may go."""
        self.unclear.discard(letter.position)
        if not self._is_let_go_on():
            return False
        self.unclear.add(letter.position)
        self.sender.journal.dot(letter.position)
        return seconds() < self.sure_until or self._is_in_time(letter)

    def _is_in_time(self, letter: Waiting) -> bool:
        """Whether this letter's dot may go, and until when any dot may without another look: a glance after this one began, however long it took."""
        began = seconds()
        if self.sender.stopping():
            return False
        self.looked_at = at = self.sender.clock()
        left = self.lasts - seconds() - self.sender.margin.total_seconds()  # read last: whatever was asked before may have taken its time
        self.sure_until = began + min(self.sender.glance, left, (self.claim.first_end - at).total_seconds())
        return is_in_time(self.claim, letter.position, left=left, at=at)

    def _moment(self) -> datetime:
        """The time, as the last look found it where that is still good."""
        return self.looked_at if self.looked_at and seconds() < self.sure_until else self.sender.clock()

    def _is_let_go_on(self) -> bool:
        """By what the database said a moment ago, or says now."""
        lately = seconds() <= self.asked + self.sender.ask_every and len(self.fates) < BATCH
        return (lately or self._ask()) and not self.over

    def _ask(self) -> bool:
        """With nothing under way: what is heard of a letter waits for no transaction, and none for the network."""
        self._hear()
        at = seconds()
        with self.sender.database.transaction() as session:
            now = self.sender.clock()
            going = settling.renew(session, self.claim.hand, self.fates, room=self.claim.room, lease=self.sender.lease, at=now)
        self.fates, self.asked, self.lasts = [], at, at + self.sender.lease.total_seconds()
        return going

    def _heard(self, letter: Waiting, outcome: Outcome) -> None:
        self.sender.journal.heard(letter.position, outcome)
        self._decide(letter, outcome)  # first: whatever breaks off here, a letter of which nothing is decided stays unclear
        if outcome.kind != "unknown":
            self.unclear.discard(letter.position)
        if not self.over:  # of those that were under way when it was braked, each would count as another trial
            braked = self.sender.brake.heard(letter.address, outcome, probe=letter.position in self.claim.room.probes)
            self.over = braked or outcome.kind == "unsent"

    def _decide(self, letter: Waiting, outcome: Outcome) -> None:
        hand, plan = self.claim.hand, self.claim.manners.plan
        self.fates.append(fates.of(letter, outcome, release_id=hand.release_id, plan=plan, at=self._moment()))

    def _give_back(self) -> None:
        at = self.sender.clock()
        with self.sender.database.transaction() as session:
            settling.give_back(session, self.claim.hand, self.fates, self.unclear, room=self.claim.room, not_before=at, at=at)


def is_in_time(claim: Claim, position: int, *, left: float, at: datetime) -> bool:
    """Whether a letter's dot may go as far as time is concerned: with enough `left` of the lease in seconds, in its window, and before the latest."""
    return left > 0 and at < claim.closes[position] and at < claim.verified.said.latest_send

"""The one sender of a claimed chunk. For each letter: join it, compare it with its signed leaf, ask whether it may go, send it, note what became of
it.

No transaction is open while the network is used. An outcome goes into the worker's journal at once, and into the database every half a second, in the
transaction that renews the lease and asks whether more letters may go; no letter is under way then. So a kill leaves at most one letter unclear on
each connection, and a release that is stopped stops within the second.
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

PAUSE = threading.Event()  # never set: its wait goes by a clock that nobody can set, while a sleep may go by one that somebody did
BATCH = 1000  # most outcomes written down together; smaller batches than half a second's cost more than they are worth
ANNOUNCED_FROM = 50.0  # letters a second: at a slower pace one line is used, and no letter's commands go ahead of it


@dataclass
class Sender:
    """What sending needs. `pace` is in letters a second; `stopping` says whether we are asked to stop."""

    database: Database
    transport: Transport
    journal: Journal
    clock: Callable[[], datetime]
    pace: float
    lease: timedelta
    margin: timedelta = timedelta(0)  # how much of the lease must be left when a dot goes, for the dot and its answer
    stopping: Callable[[], bool] = lambda: False
    returns: ReturnAddress | None = None  # where bounces go; None: to the sender's own address
    ask_every: float = 0.5  # seconds after which the database is asked again whether letters may still go
    glance: float = 0.0  # seconds for which one look at the time, the lease and `stopping` holds; 0: look before every dot
    brake: Brake = field(default_factory=Brake)

    def send(self, claim: Claim, *, asked: float | None = None) -> None:
        """Send a claimed chunk. `asked`: when claiming began, in seconds since boot; `ask_every` counts from there. Now, if it is not given.

        Raises `GateClosed` when a letter is not, byte for byte, the one that was signed.
        """
        _Run(self, claim, asked=seconds() if asked is None else asked).go()


@dataclass
class _Run:
    """One chunk while it is sent. Moments given as numbers are seconds since boot."""

    sender: Sender
    claim: Claim
    fates: list[Fate] = field(default_factory=list)  # outcomes that are not in the database yet
    unclear: set[int] = field(default_factory=set)  # letters whose dot may have gone without an answer
    asked: float = 0.0  # when the database last said that letters may go
    lasts: float = 0.0  # until when the lease stands
    sure_until: float = 0.0  # until when the last look at time, lease and stop holds for every letter in hand
    looked_at: datetime | None = None  # the time at that look
    under_way: deque[tuple[Waiting, Awaited]] = field(default_factory=deque)  # letters whose answer is still to be read, in order
    over: bool = False  # no further letter is begun
    unmade: bool = False  # one letter could not be put together already

    def go(self) -> None:
        """Send every letter in turn until one may not go; then read the answers still due and give the chunk back, whatever went wrong."""
        hand = self.claim.hand
        self.lasts = seconds() + (self.claim.leased_until - self.sender.clock()).total_seconds()
        self.sender.journal.begin(hand.token, hand.chunk_id, hand.release_id)
        try:
            for place, letter in enumerate(self.claim.letters):
                if self._is_its_turn(letter) and (self._is_to_stop() or not self._send(place, letter)):
                    break
        finally:
            try:
                with ExitStack() as each:  # a fault with one answer does not keep the others from being read
                    for _ in self.under_way:
                        each.callback(self._hear)
            finally:
                self._give_back()
                self.sender.journal.done(hand.token)

    @cached_property
    def envelopes(self) -> Envelopes:
        """This chunk's letters, put together as they are needed."""
        return Envelopes(self.claim, self.sender.returns, at_once=self.lines)

    @cached_property
    def on_one_line(self) -> bool:
        """Whether to use one line only: at a slow pace, or where connections to a mail domain are limited."""
        return self.sender.pace < ANNOUNCED_FROM or self.claim.manners.limits.connections is not None

    def _is_to_stop(self) -> bool:
        return seconds() >= self.sure_until and self.sender.stopping()

    @property
    def lines(self) -> int:
        """How many letters may be under way at once; only one after the relay fell silent."""
        return 1 if self.on_one_line or self.sender.brake.is_wary else self.sender.transport.lines

    def _is_its_turn(self, letter: Waiting) -> bool:
        if letter.position not in self.claim.alone:
            return not self.claim.room.is_shut(letter)
        self._hear()
        return self.claim.room.admits(letter, clock=self.sender.clock, wait=PAUSE.wait)

    def _send(self, place: int, letter: Waiting) -> bool:
        """Put one letter together, verify it and send it; False when no other may follow."""
        try:
            envelope = self.envelopes.envelope(place, at=self._moment())
        except GateClosed as refusal:
            self._set_aside(letter, refusal)
            return True
        return self._deliver(place, letter, envelope)

    def _following(self, place: int) -> Ends | None:
        """Sender and recipient of the letter at this place, for announcing it ahead on its line; None where that may not be done."""
        letters = self.claim.letters
        if self.sender.pace < ANNOUNCED_FROM or place >= len(letters) or letters[place].position in self.claim.alone:
            return None
        return self.envelopes.ends[place]

    def _set_aside(self, letter: Waiting, refusal: GateClosed) -> None:
        """Put off the first letter of a chunk that cannot be put together; after three tries it is held. Raise the refusal, which stops the release,
        for a second such letter, or for one that is not as signed.
        """
        if not isinstance(refusal, Unmade) or self.unmade:
            raise refusal
        self.unmade = True
        self._decide(letter, Outcome("unmade", "here", refusal.sentence))

    def _deliver(self, place: int, letter: Waiting, envelope: Envelope) -> bool:
        """Send one letter; False when no other may follow. Asks here too whether to go on: a letter refused before its dot never gets to `_may_go`."""
        lines = self._with_one_free()
        if not self._is_let_go_on():
            return False
        if self.claim.room.is_shut(letter):  # perhaps only now, by an answer that was read meanwhile
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
        """Free a line for the next letter, by reading the oldest answers if every line has a letter under way; gives how many lines there are."""
        while len(self.under_way) >= (lines := self.lines):
            self._hear(len(self.under_way) - 1)
        return lines

    def _hear(self, most: int = 0) -> None:
        """Read the answers to dots that have gone, oldest first, until at most `most` letters are under way."""
        while len(self.under_way) > most:
            letter, answer = self.under_way.popleft()
            self._heard(letter, answer())

    def _may_go(self, letter: Waiting) -> bool:
        """Whether this letter's dot may go. The transport asks at the last moment, and again if the dot then had to wait; the journal is told first."""
        self.unclear.discard(letter.position)
        if not self._is_let_go_on():
            return False
        self.unclear.add(letter.position)
        self.sender.journal.dot(letter.position)
        return seconds() < self.sure_until or self._is_in_time(letter)

    def _is_in_time(self, letter: Waiting) -> bool:
        """Look anew whether this letter's dot may go as far as time and a stop are concerned, and for how long that look holds for the others."""
        began = seconds()
        if self.sender.stopping():
            return False
        self.looked_at = at = self.sender.clock()
        left = self.lasts - seconds() - self.sender.margin.total_seconds()  # read last, as the questions before may have taken a while
        self.sure_until = began + min(self.sender.glance, left, (self.claim.first_end - at).total_seconds())
        return is_in_time(self.claim, letter.position, left=left, at=at)

    def _moment(self) -> datetime:
        """The time: as the last look found it while that still holds, otherwise read anew."""
        return self.looked_at if self.looked_at and seconds() < self.sure_until else self.sender.clock()

    def _is_let_go_on(self) -> bool:
        """Whether further letters may go, by what the database said within `ask_every`, or says now."""
        lately = seconds() <= self.asked + self.sender.ask_every and len(self.fates) < BATCH
        return (lately or self._ask()) and not self.over

    def _ask(self) -> bool:
        """Write down the outcomes and ask the database whether to go on. Nothing is under way then: no reply waits for a transaction, and no
        transaction for the network.
        """
        self._hear()
        at = seconds()
        with self.sender.database.transaction() as session:
            now = self.sender.clock()
            going = settling.renew(session, self.claim.hand, self.fates, room=self.claim.room, lease=self.sender.lease, at=now)
        self.fates, self.asked, self.lasts = [], at, at + self.sender.lease.total_seconds()
        return going

    def _heard(self, letter: Waiting, outcome: Outcome) -> None:
        self.sender.journal.heard(letter.position, outcome)
        self._decide(letter, outcome)  # first, so that a letter stays unclear if anything breaks off before it is decided
        if outcome.kind != "unknown":
            self.unclear.discard(letter.position)
        if not self.over:  # once braked, answers to letters already under way must not count as further trials
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
    """Whether a letter's dot may go now: `left` seconds of the lease remain, its window is open, and the signed latest time has not passed."""
    return left > 0 and at < claim.closes[position] and at < claim.verified.said.latest_send

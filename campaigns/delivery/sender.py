"""The one sender: join, verify against the signed leaf, say it is attempted, send, settle; a letter at a time.

No transaction is open while the network is. Settling one letter and attempting the next share a transaction, so that a kill leaves at
most one letter unclear on each connection.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from campaigns.agreement import sealed
from campaigns.delivery import claims
from campaigns.delivery.claims import Claim, Waiting
from campaigns.delivery.transport import Envelope, Outcome, Transport
from campaigns.delivery.verp import ReturnAddress
from campaigns.drafting import programs
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, TryLater

PAUSE = threading.Event()  # never set: a pause by a clock that nobody can move, where a sleep may ask one that somebody did


@dataclass
class Sender:
    """What sending needs: a database, a transport, a clock, a pace in letters a second, and whether we are asked to stop."""

    database: Database
    transport: Transport
    clock: Callable[[], datetime]
    pace: float
    lease: timedelta
    stopping: Callable[[], bool] = lambda: False
    returns: ReturnAddress | None = None  # where bounces go; unless it is known, to the sender's own address

    def send(self, claim: Claim) -> None:
        """Send a claimed chunk. Raises `GateClosed` when a letter is not, byte for byte, the one that was signed."""
        settled: tuple[int, Outcome] | None = None
        relay_down = False
        try:
            for letter in claim.letters:
                if not claim.room.admits(letter, clock=self.clock, wait=PAUSE.wait):
                    continue
                message = verified(claim, letter)
                if self.stopping() or not self._attempt(claim, letter, settled):
                    break
                settled = letter.position, (outcome := self._deliver(claim, letter, message))
                if relay_down := outcome.stage == "connection":
                    break
                PAUSE.wait(1 / self.pace)
        finally:
            self._close(claim, settled, relay_down=relay_down)

    def _attempt(self, claim: Claim, letter: Waiting, settled: tuple[int, Outcome] | None) -> bool:
        with self.database.transaction() as session:
            if settled:
                claims.settle(session, claim, *settled, at=self.clock())
            return claims.attempt(session, claim, letter.position, lease=self.lease, at=self.clock())

    def _deliver(self, claim: Claim, letter: Waiting, message: bytes) -> Outcome:
        date = f"Date: {format_datetime(self.clock())}\r\n".encode("ascii")  # set when sent; everything after it is sealed
        try:
            return self.transport.deliver(Envelope(self._sender(claim, letter), letter.address, date + message))
        except TryLater as fault:
            return Outcome("deferred", "connection", str(fault))

    def _sender(self, claim: Claim, letter: Waiting) -> str:
        if self.returns is None:
            return str(claim.verified.said.sender["address"])
        return self.returns.of(claim.release_id, letter.position)

    def _close(self, claim: Claim, settled: tuple[int, Outcome] | None, *, relay_down: bool) -> None:
        with self.database.transaction() as session:
            if settled:
                claims.settle(session, claim, *settled, at=self.clock())
            claims.close(session, claim, relay_down=relay_down, at=self.clock())


def verified(claim: Claim, letter: Waiting) -> bytes:
    """The canonical message of one reader, if it is exactly what was signed for that reader."""
    try:
        message = claim.programs[letter.audience].join(letter.fields)
        leaf = sealed.leaf_of(letter.salt, letter.says, message)
    except Exception as fault:  # a field, an audience or a whole letter that is not what it was
        raise GateClosed(f"Letter {letter.position + 1} cannot be put together ({type(fault).__name__}: {fault}).") from fault
    if leaf != claim.leaves.get(letter.position) or letter.fields.get("address") != letter.address:
        raise GateClosed(f"Letter {letter.position + 1} is not the one that was signed.")
    if letter.condition not in claim.conditions:
        raise GateClosed(f"Letter {letter.position + 1} was signed for another case than the one that was chosen.")
    if not programs.has_headers(message, claim.headers):
        raise GateClosed(f"Letter {letter.position + 1} has headers that were not signed.")
    return message

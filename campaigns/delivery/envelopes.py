"""What goes to the relay of a claimed chunk: each letter put together and verified, dated, and from whom and to whom it goes."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property

from campaigns.delivery import claims
from campaigns.delivery.claims import Claim
from campaigns.delivery.transport import Ends, Envelope
from campaigns.delivery.verp import ReturnAddress
from campaigns.drafting.programs import Joined
from campaigns.foundation.errors import GateClosed


@dataclass
class Envelopes:
    """A chunk's, by its letters' places. `returns`: where bounces go; unless it is known, to the sender's own address. `at_once`: how many letters in a
    row may be put together; done one by one, the processor finds less in its caches, and a letter's whole way takes 7 % longer.

    It knows nothing of whoever has it, so that a chunk's letters are forgotten with the chunk, and not when Python looks for cycles.
    """

    claim: Claim
    returns: ReturnAddress | None
    at_once: int
    made: dict[int, Joined] = field(default_factory=dict)  # letters that come next
    dated: tuple[bytes, datetime | None] = b"", None  # the Date field, set when sent as everything after it is sealed, and its moment

    @cached_property
    def ends(self) -> list[Ends]:
        """From whom each letter goes, and to whom."""
        own = str(self.claim.verified.said.sender["address"])
        comes_back_to = self.returns.of_release(self.claim.hand.release_id) if self.returns else lambda _: own
        return [Ends(comes_back_to(letter.position), letter.address) for letter in self.claim.letters]

    @cached_property
    def several(self) -> int:
        """How many are put together: where a worker ended with one of this chunk, each by itself, so that the next time the right one is blamed."""
        return 1 if any(letter.falls for letter in self.claim.letters) else self.at_once

    def envelope(self, place: int, *, at: datetime) -> Envelope:
        """The letter, which is exactly what was signed for its reader, dated `at`. Raises what `claims.put_together` does."""
        if place not in self.made:
            self.made = dict(self._from(place))
        said = self.made.pop(place)
        if at is not self.dated[1]:
            self.dated = f"Date: {format_datetime(at.astimezone(UTC))}\r\n".encode("ascii"), at
        return Envelope(*self.ends[place], self.dated[0] + said.message, said.stands)

    def _from(self, place: int) -> Iterator[tuple[int, Joined]]:
        """This one, and those that follow and need not go alone. What is wrong with one that follows is said at its own turn."""
        letters = self.claim.letters
        yield place, claims.put_together(self.claim, letters[place])
        with suppress(GateClosed):
            for further in range(place + 1, min(place + self.several, len(letters))):
                if letters[further].position in self.claim.alone:
                    return
                yield further, claims.put_together(self.claim, letters[further])

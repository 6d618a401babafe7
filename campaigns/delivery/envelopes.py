"""A claimed chunk's letters as they go to the relay: each put together, verified and dated, with its sender and recipient."""

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
    """A chunk's envelopes, by a letter's place in the claim. `returns`: where bounces go; None: to the sender's own address. `at_once`: how many
    letters to put together in a row; one by one, the processor's caches help less, and each letter takes 7 % longer in all.

    It holds no reference to its owner, so that a chunk's letters are freed with the chunk, not when Python looks for cycles.
    """

    claim: Claim
    returns: ReturnAddress | None
    at_once: int
    made: dict[int, Joined] = field(default_factory=dict)  # letters put together ahead
    dated: tuple[bytes, datetime | None] = b"", None  # the Date field, set when sent as all below it is sealed, and its moment

    @cached_property
    def ends(self) -> list[Ends]:
        """Each letter's return address and recipient."""
        own = str(self.claim.verified.said.sender["address"])
        comes_back_to = self.returns.of_release(self.claim.hand.release_id) if self.returns else lambda _: own
        return [Ends(comes_back_to(letter.position), letter.address) for letter in self.claim.letters]

    @cached_property
    def several(self) -> int:
        """How many to put together in a row; one, where a worker ended with a letter of this chunk, so that next time the right letter is blamed."""
        return 1 if any(letter.falls for letter in self.claim.letters) else self.at_once

    def envelope(self, place: int, *, at: datetime) -> Envelope:
        """The letter at this place, exactly as signed for its reader, dated `at`. Raises what `claims.put_together` raises."""
        if place not in self.made:
            self.made = dict(self._from(place))
        said = self.made.pop(place)
        if at is not self.dated[1]:
            self.dated = f"Date: {format_datetime(at.astimezone(UTC))}\r\n".encode("ascii"), at
        return Envelope(*self.ends[place], self.dated[0] + said.message, said.stands)

    def _from(self, place: int) -> Iterator[tuple[int, Joined]]:
        """This letter, and the next few that need not go alone. A fault in one of those is raised at its own turn."""
        letters = self.claim.letters
        yield place, claims.put_together(self.claim, letters[place])
        with suppress(GateClosed):
            for further in range(place + 1, min(place + self.several, len(letters))):
                if letters[further].position in self.claim.alone:
                    return
                yield further, claims.put_together(self.claim, letters[further])

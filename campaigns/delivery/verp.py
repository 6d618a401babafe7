"""The envelope's sender of each letter, in which a bounce finds its way back: our bounce address with a token that nobody else can make.

`lopp+TOKEN@…`: the beginning of the release's id, the letter's place, and an HMAC over the whole of both, in lower-case letters and digits,
for mail servers fold case. Nothing of it is part of the signed message. Sources: VERP (D. J. Bernstein, 1997); RFC 5321, 4.5.3.1.1 (64 octets).
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from uuid import UUID

from sqlmodel import Session, col, select

from campaigns.agreement.releases import Release

PURPOSE = b"came back\x00"
ID_BYTES, PLACE_BYTES, TAG_BYTES = 8, 3, 12  # 96 bits: each guess costs a mail
TOKEN_LETTERS = 37  # of 23 octets, in base32
NO_TOKEN = bytes(ID_BYTES + PLACE_BYTES + TAG_BYTES)  # of no release: looked up as any is, so that it takes as long
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648, 6
PAIRS = [one + other for one in LETTERS for other in LETTERS]
MOST_TOKENS = 20  # of one mail that are looked up; one that comes back carries ours once or twice
SHARED_LETTERS, SPLIT = 12, 4  # of a token, that a release's id alone decides; and the bits of the id that are left


@dataclass(frozen=True)
class Place:
    """One letter."""

    release_id: UUID
    position: int


@dataclass(frozen=True)
class Found:
    """What the addresses of a mail say: the letter whose token one carries, or that a token is there which is none of ours."""

    place: Place | None = None
    forged: bool = False


@dataclass(frozen=True)
class ReturnAddress:
    """Where bounces come back to, the key of its tokens, and the former keys: what was sent under one may still come back."""

    address: str
    key: str = field(repr=False)
    former: tuple[str, ...] = field(default=(), repr=False)

    def of_release(self, release_id: UUID) -> Callable[[int], str]:
        """The envelope's sender of each letter of a release, by its place."""
        local, _, domain = self.address.rpartition("@")
        token = self._tokens(release_id)
        return lambda position: f"{local}+{token(position)}@{domain}"

    def token(self, release_id: UUID, position: int) -> str:
        """What stands in it behind the +."""
        return self._tokens(release_id)(position)

    def read(self, session: Session, addresses: Iterable[str]) -> Found:
        """The letter one of these addresses names, in constant time for those that name none. The first true token counts."""
        forged = False
        for raw in islice(filter(None, map(self._raw, addresses)), MOST_TOKENS):
            beginning, position, tag = raw[:ID_BYTES], int.from_bytes(raw[ID_BYTES:-TAG_BYTES], "big"), raw[-TAG_BYTES:]
            for release_id in [*_beginning_with(session, beginning), UUID(int=0)]:  # one comparison at least, whether or not there is one
                ours = [hmac.compare_digest(tag, self._tag(release_id, position, begun)) for begun in self._begun]
                if any(ours) and release_id.int:
                    return Found(Place(release_id, position))
            forged = True
        return Found(forged=forged)

    def _raw(self, address: str) -> bytes | None:
        """The octets of an address's token, `NO_TOKEN` for what cannot be one of ours; None where there is none."""
        local, _, domain = self.address.lower().rpartition("@")
        before, _, at = address.lower().rpartition("@")
        if at != domain or not before.startswith(f"{local}+"):
            return None
        try:
            token = before[len(local) + 1 :].upper()
            raw = base64.b32decode(token + "=" * (-len(token) % 8))
        except ValueError:
            return NO_TOKEN
        return raw if _text(int.from_bytes(raw, "big") << 1, TOKEN_LETTERS) == token.lower() else NO_TOKEN

    def _tokens(self, release_id: UUID) -> Callable[[int], str]:
        """The token of each letter of a release, by its place; what they share is made once."""
        shared, begun = int.from_bytes(release_id.bytes[:ID_BYTES], "big"), self._begun[0].copy()
        begun.update(release_id.bytes)
        head = _text(shared >> SPLIT, SHARED_LETTERS)
        rest = (shared & (1 << SPLIT) - 1) << 8 * (PLACE_BYTES + TAG_BYTES)

        def of(position: int) -> str:
            place, tag = position.to_bytes(PLACE_BYTES, "big"), begun.copy()
            tag.update(place)
            own = rest | int.from_bytes(place + tag.digest()[:TAG_BYTES], "big")
            return head + _text(own << 1, TOKEN_LETTERS - SHARED_LETTERS)

        return of

    @staticmethod
    def _tag(release_id: UUID, position: int, begun: hmac.HMAC) -> bytes:
        tag = begun.copy()
        tag.update(release_id.bytes + position.to_bytes(PLACE_BYTES, "big"))
        return tag.digest()[:TAG_BYTES]

    @cached_property
    def _begun(self) -> list[hmac.HMAC]:
        """What every tag of a key begins with, that of the key in use first; kept, as one is made for every letter."""
        return [hmac.new(key.encode(), PURPOSE, hashlib.sha256) for key in (self.key, *self.former)]


def _beginning_with(session: Session, beginning: bytes) -> list[UUID]:
    rest = 16 - ID_BYTES
    low, high = UUID(bytes=beginning + b"\x00" * rest), UUID(bytes=beginning + b"\xff" * rest)
    return list(session.exec(select(Release.id).where(col(Release.id).between(low, high))))


def _text(number: int, letters: int) -> str:
    """A number of five bits a letter in base32, two letters at a time: one is made for every letter that goes, and `base64` takes 1.7 times as long."""
    odd = letters % 2
    number <<= 5 * odd
    return "".join([PAIRS[number >> shift & 1023] for shift in range(5 * (letters + odd) - 10, -1, -10)])[:letters]

"""The links of a reader's letter: which there are, how each is made for one reader, and how it is known again.

A token names a place in a release and carries 128 bits of HMAC-SHA-256 over what it is for, the release, the place, the reader and the number
of the link; what it leads to is looked up. Its 36 octets are 48 signs of base64url, so that there is one way to write each.

The key is made from the installation's secret, and a release keeps by which one its links were made: a secret that was replaced stands among
the former ones for as long as the links of the letters sent under it are to work. Kept in the settings rather than in a row of the release,
so that whoever reads the database can make no link.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

READER = "the reader"  # by whom it was done, in the log: names stay out of it
COMING = "coming"  # of an invitation alone
LINKS = ("stop", "read", "share", COMING)  # a link's number stands in its tag: add behind, take none away
FIELDS = tuple(f"{link}_url" for link in LINKS)  # the names of their blanks in a letter
TAG_BYTES = 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{48}", re.ASCII)
PLACE_BYTES = 4


@dataclass(frozen=True)
class LinkKey:
    """What links are made with. `id` names it without telling it."""

    id: str
    secret: bytes


@dataclass(frozen=True)
class Token:
    """A token that can be read, which is not yet one of ours."""

    release_id: UUID
    position: int
    tag: bytes


NONE = Token(UUID(int=0), 0, bytes(TAG_BYTES))  # what stands for a token that cannot be read, so that it is looked up like any other


def key(secret: str) -> LinkKey:
    """The key that an installation's secret gives for links, which gives nothing else away."""
    made = hmac.digest(secret.encode(), b"countersign/reader-links/v1", hashlib.sha256)
    return LinkKey(hashlib.sha256(made).hexdigest()[:8], made)


def named(secrets: Sequence[str], key_id: str) -> LinkKey:
    """The key of that id; where none of the secrets gives it, one that no token was made with."""
    keys = [key(secret) for secret in secrets]
    return next((one for one in keys if one.id == key_id), LinkKey("", hashlib.sha256(keys[0].secret).digest()))


def token(key: LinkKey, link: str, release_id: UUID, position: int, person_id: UUID) -> str:
    """The token of one link for one reader."""
    place = release_id.bytes + position.to_bytes(PLACE_BYTES, "big")
    return base64.urlsafe_b64encode(place + _tag(key, link, place, person_id)).decode()


def read(text: str) -> Token:
    """What a token says, unverified; `NONE` for what cannot be one."""
    if not TOKEN.fullmatch(text):
        return NONE
    raw = base64.urlsafe_b64decode(text)
    return Token(UUID(bytes=raw[:16]), int.from_bytes(raw[16 : 16 + PLACE_BYTES], "big"), raw[16 + PLACE_BYTES :])


def is_ours(found: Token, key: LinkKey, link: str, person_id: UUID) -> bool:
    """Whether it was made with this key for this link and reader; compared in constant time."""
    place = found.release_id.bytes + found.position.to_bytes(PLACE_BYTES, "big")
    return hmac.compare_digest(found.tag, _tag(key, link, place, person_id))


def addresses(base_url: str, tokens: Mapping[str, str]) -> dict[str, str]:
    """The values of the links' blanks, from each link's token."""
    return {f"{link}_url": f"{base_url}/{link}/{made}" for link, made in tokens.items()}


def of_nobody(base_url: str, token: str) -> dict[str, str]:
    """The same for a letter that is only looked at: every link the same token, which opens nothing."""
    return addresses(base_url, dict.fromkeys(LINKS, token))


def _tag(key: LinkKey, link: str, place: bytes, person_id: UUID) -> bytes:
    said = link.encode() + b"\x00" + place + person_id.bytes + bytes([LINKS.index(link)])
    return hmac.digest(key.secret, said, hashlib.sha256)[:TAG_BYTES]

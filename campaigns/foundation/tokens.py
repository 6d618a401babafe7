"""Links that cannot be guessed, forged or bent to another purpose: HMAC-SHA-256 over a purpose and its parts.

A token says who and what for; where it leads is looked up, never written in it. A `fresh` one says nothing at all: of it only a digest is
kept, so that whoever reads the database can open nothing.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from campaigns.foundation.errors import NotFound

FRESH_BYTES = 32
TAG_BYTES = 16  # 128 bits: more than can be guessed over HTTP
NOT_OURS = "This link is not one of ours, or it is incomplete. Copy the whole link from the letter."


def make(key: str, purpose: str, *parts: str) -> str:
    """A URL-safe token for `parts`, good for `purpose` alone."""
    body = "\x1f".join(parts).encode()
    return _text(_tag(key, purpose, body) + body)


def read(keys: Sequence[str], purpose: str, token: str) -> tuple[str, ...]:
    """The parts of a token made for `purpose` under one of `keys`; refuses anything else as `NotFound`, in constant time."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        raw = b""
    tag, body = raw[:TAG_BYTES], raw[TAG_BYTES:]
    made = [key for key in keys if hmac.compare_digest(tag, _tag(key, purpose, body))]
    if not made or _text(raw) != token:
        raise NotFound(NOT_OURS)
    return tuple(body.decode().split("\x1f"))


def fresh() -> str:
    """A URL-safe token that means nothing by itself; keep its `digest`, and show it once."""
    return secrets.token_urlsafe(FRESH_BYTES)


def digest(token: str) -> str:
    """SHA-256 in hex: how a fresh token is recognised. It holds 256 random bits, so no slower hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _tag(key: str, purpose: str, body: bytes) -> bytes:
    return hmac.digest(key.encode(), purpose.encode() + b"\x00" + body, hashlib.sha256)[:TAG_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

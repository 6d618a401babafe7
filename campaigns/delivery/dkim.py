"""Our own signature on each letter that leaves, by which other mail servers see that it comes from our domain and was not changed since.

An `ed25519-sha256` DKIM signature (RFC 6376, RFC 8463), put in front of the letter when it is sent, as `Date` is: not a byte of what both
parties signed is touched. Without a key this does nothing, and the relay signs.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from campaigns.delivery.transport import Awaited, Envelope, Outcome, Transport
from campaigns.foundation.settings import BadSettings

SIGNED = frozenset(["from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type"])
FAMILY = "list-"  # RFC 8058 §4 wants List-Unsubscribe and its -Post under a signature; the others go with them
ALWAYS = ("from", "subject")  # named once more though none is there, so that none can be added
FOLD = re.compile(rb"\r\n(?=[ \t])")
BLANKS = re.compile(rb"[ \t]+")
TWO_BLANKS, LAST_BLANK = re.compile(rb"  "), re.compile(rb" \r")  # as expressions, half the time of `in`
LINE = 70  # octets of a header line before it is folded


@dataclass(frozen=True)
class Signer:
    """A private key, and the name under which its public one stands in DNS: `selector`._domainkey.`domain`."""

    key: Ed25519PrivateKey
    domain: str
    selector: str

    def signature(self, message: bytes, *, at: datetime) -> bytes:
        """The header field that goes in front of this message, with its line end."""
        head, _, body = message.partition(b"\r\n\r\n")
        # In their order; a verifier takes fields of one name from the bottom up, and a letter of ours has one of each.
        fields = [(name, field) for name, field in _fields(head) if name in SIGNED or name.startswith(FAMILY)]
        listed = _listed(tuple(name for name, _ in fields))
        body_hash = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode("ascii")
        tags = f"v=1; a=ed25519-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector}; t={int(at.timestamp())}"
        value = f"{tags};\r\n h={listed};\r\n bh={body_hash};\r\n b="
        signed = b"".join(field + b"\r\n" for _, field in fields) + f"dkim-signature:{value}".replace("\r\n", "").encode("ascii")
        made = base64.b64encode(self.key.sign(hashlib.sha256(signed).digest())).decode("ascii")
        return f"DKIM-Signature: {value}{made[:44]}\r\n {made[44:]}\r\n".encode("ascii")


class SigningTransport:
    """A way to the relay that signs whatever goes through it: letters, and notices to officers."""

    def __init__(self, inner: Transport, signer: Signer, clock: Callable[[], datetime]) -> None:
        self.inner, self.signer, self.clock = inner, signer, clock

    @property
    def lines(self) -> int:
        """As many as the way that is signed for has."""
        return self.inner.lines

    def start(self, envelope: Envelope, **further: Any) -> Outcome | Awaited:
        """Sign, and hand over; see `Transport`."""
        return self.inner.start(self._signed(envelope), **further)

    def deliver(self, envelope: Envelope, **further: Any) -> Outcome:
        """The same, and wait for the answer."""
        return self.inner.deliver(self._signed(envelope), **further)

    def close(self) -> None:
        """Say goodbye, if connected."""
        self.inner.close()

    def _signed(self, envelope: Envelope) -> Envelope:
        signature = self.signer.signature(envelope.message, at=self.clock())
        return envelope._replace(message=signature + envelope.message)


def signer(key_file: Path, *, domain: str, selector: str) -> Signer:
    """From a file with a private Ed25519 key in PEM. Refuses, with a sentence, what is none."""
    try:
        key = load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise BadSettings(
            f"COUNTERSIGN_DKIM_KEY_FILE cannot be read as a private key without a password ({type(fault).__name__})"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadSettings("COUNTERSIGN_DKIM_KEY_FILE holds a key of another kind: an Ed25519 key is needed")
    return Signer(key, domain, selector)


def _relaxed_body(body: bytes) -> bytes:
    """A body as RFC 6376 §3.4.4 hashes it. A sealed letter's quoted-printable lines mostly are so already, and looking is quicker than doing."""
    if b"\t" in body:
        body = body.replace(b"\t", b" ")
    while TWO_BLANKS.search(body):
        body = body.replace(b"  ", b" ")
    if body and not body.endswith(b"\r\n"):
        body += b"\r\n"  # as it will be on the wire
    if LAST_BLANK.search(body):
        body = body.replace(b" \r\n", b"\r\n")
    while body.endswith(b"\r\n"):
        body = body[:-2]
    return body + b"\r\n" if body else b""


def _fields(head: bytes) -> list[tuple[str, bytes]]:
    """Header fields as RFC 6376 §3.4.2 hashes them, each with its name: small names, each on one line, no blank more than one."""
    found = []
    for field in BLANKS.sub(b" ", FOLD.sub(b"", head)).split(b"\r\n"):
        name, _, value = field.partition(b":")
        name = name.strip().lower()
        found.append((name.decode("ascii", "replace"), name + b":" + value.strip(b" ")))
    return found


@lru_cache
def _listed(present: tuple[str, ...]) -> str:
    """The names to be signed, and each once more, so that no further field of that name can be added; on lines that are not too long."""
    lines, names = [""], [*present, *sorted({*present, *ALWAYS})]
    for place, name in enumerate(names):
        said = name if place == 0 else f":{name}"
        if len(lines[-1]) + len(said) > LINE:
            lines.append("")
        lines[-1] += said
    return "\r\n ".join(lines)

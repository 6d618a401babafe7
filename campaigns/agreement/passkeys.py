"""A passkey's word: one WebAuthn assertion over signed bytes, checked whole and kept whole, so that it can be checked again years later.

The challenge is SHA-256(tag ‖ PAE(bytes) ‖ nonce), PAE being DSSE's pre-authentication encoding: an assertion speaks of these bytes, for
this purpose, at this moment, and of nothing else. The library verifies the signature, type, challenge, origin and site; what it leaves
open is settled here: user verification, no other frame, an algorithm on our list. Source: WebAuthn Level 3, section 7.2.
"""

import base64
import hashlib
from dataclasses import asdict, dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from webauthn import verify_authentication_response
from webauthn.helpers import decode_credential_public_key, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AuthenticationCredential, AuthenticatorAssertionResponse

from campaigns.foundation.errors import NotYours

PAYLOAD = b"application/vnd.in-toto+json"
RELEASE = b"countersign-signoff/v1"
ROSTER = b"countersign-roster/v1"
ALGORITHMS = frozenset({-7, -8, -257})  # ES256, EdDSA, RS256 (COSE numbers)


@dataclass(frozen=True)
class Site:
    """Where passkeys are used: the relying party's domain and the exact origins of its pages."""

    rp_id: str
    origins: tuple[str, ...]

    @classmethod
    def of(cls, base_url: str) -> "Site":
        """The site of an installation, by the address of its pages."""
        base = urlsplit(base_url)
        return cls(base.hostname or "localhost", (f"{base.scheme}://{base.netloc}",))


@dataclass(frozen=True)
class Assertion:
    """What an authenticator gave, with the nonce it was asked with: everything needed to check it again. All parts base64url."""

    credential: str
    nonce: str
    authenticator_data: str
    client_data: str
    signature: str

    def to_dict(self) -> dict[str, str]:
        """As it is stored."""
        return asdict(self)


@dataclass(frozen=True)
class Word:
    """A verified assertion: the authenticator's counter, and whether the key may be, and is, backed up."""

    counter: int
    backup_eligible: bool
    backed_up: bool


def pae(body: bytes) -> bytes:
    """DSSE's pre-authentication encoding, version 1."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD), PAYLOAD, len(body), body)


def challenge(tag: bytes, body: bytes, nonce: bytes) -> bytes:
    """What the authenticator is asked to sign."""
    return hashlib.sha256(tag + pae(body) + nonce).digest()


@lru_cache(maxsize=1024)  # the same bytes have the same answer, whoever asks; a refusal is never kept
def verify(assertion: Assertion, *, tag: bytes, body: bytes, cose: str, site: Site) -> Word:
    """Check an assertion over `body` with a COSE key (base64url); refuses, with the reason, anything short of a verified person's word.

    Replays are not seen here: whoever accepts an assertion spends its nonce (see nonces.py) and compares the counter.
    """
    try:
        _refuse_other_algorithms(cose)
        _refuse_frames(decode(assertion.client_data))
        found = verify_authentication_response(
            credential=_credential(assertion),
            expected_challenge=challenge(tag, body, decode(assertion.nonce)),
            expected_rp_id=site.rp_id,
            expected_origin=list(site.origins),
            credential_public_key=decode(cose),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, RecursionError) as fault:
        raise NotYours(f"The passkey's signature does not hold: {fault}.") from fault
    device = found.credential_device_type.value
    return Word(found.new_sign_count, device == "multi_device", found.credential_backed_up)


def encode(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Bytes from base64url without padding; raises ValueError for any other spelling of them."""
    raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if encode(raw) != text:
        raise ValueError("not base64url")
    return raw


def _credential(assertion: Assertion) -> AuthenticationCredential:
    response = AuthenticatorAssertionResponse(
        client_data_json=decode(assertion.client_data),
        authenticator_data=decode(assertion.authenticator_data),
        signature=decode(assertion.signature),
    )
    return AuthenticationCredential(id=assertion.credential, raw_id=decode(assertion.credential), response=response)


def _refuse_other_algorithms(cose: str) -> None:
    if decode_credential_public_key(decode(cose)).alg not in ALGORITHMS:
        raise ValueError("its algorithm is not on the list")


def _refuse_frames(client_data: bytes) -> None:
    if parse_client_data_json(client_data).cross_origin:
        raise ValueError("it was made inside another site's page")

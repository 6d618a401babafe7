"""The second factor beside a password: a six-figure code from an app on the officer's phone, good for half a minute and once.

Source: RFC 6238, with the defaults every such app knows (SHA-1, six figures, thirty seconds).
"""

import base64
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

FIGURES, SECONDS = 6, 30
DRIFT = (0, -1, 1)  # steps a phone's clock may be off
ISSUER = "LOPP communications"


def new_secret() -> str:
    """A secret for an app, in base32."""
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def address(secret: str, email: str) -> str:
    """The otpauth:// address that an app on the same device opens."""
    return _totp(secret).get_provisioning_uri(email, ISSUER)


def at(secret: str, moment: datetime) -> str:
    """The code an app shows at a moment."""
    return _totp(secret).generate(int(moment.timestamp())).decode("ascii")


def step_of(secret: str, typed: str, moment: datetime) -> int | None:
    """Which half minute a typed code belongs to, if it is one of now or next to it."""
    typed = typed.replace(" ", "")
    now = int(moment.timestamp()) // SECONDS
    for drift in DRIFT:
        if secrets.compare_digest(_totp(secret).generate((now + drift) * SECONDS), typed.encode("utf-8", "replace")):
            return now + drift
    return None


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), FIGURES, SHA1(), SECONDS)  # noqa: S303 - the algorithm such apps speak

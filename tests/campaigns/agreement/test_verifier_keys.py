"""The keys in a bundle, of each kind that is allowed and of no other, and how numbers, bytes and moments are written there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from webauthn.helpers import encode_cbor

from campaigns.agreement import verifier
from campaigns.agreement.verifier import Fault
from tests.campaigns.agreement.forging import NOON, Forge, Key, eddsa, es256, rs256
from tests.campaigns.agreement.test_verifier import refusal

SAID = b"what was signed"


def check(key: Key, signature: bytes, *, more: bytes = b"") -> None:
    """The signature of this key over what was signed; `more` stands after the key."""
    verifier.check_key(encode_cbor(key.cose) + more, signature, SAID, "HSE director (HSE)")


@pytest.mark.parametrize("kind", [es256, eddsa, rs256])
def test_a_key_of_each_kind_vouches_for_what_it_signed_and_for_nothing_else(kind: Any) -> None:
    key = kind("director")

    check(key, key.sign(SAID))
    for signature in (key.sign(SAID + b"?"), kind("another").sign(SAID), key.sign(SAID)[:-1]):
        with pytest.raises(Fault, match="does not verify"):
            check(key, signature)


@pytest.mark.parametrize("who", ["chair", "other"])
def test_a_release_is_not_proved_by_another_signature_of_a_person_with_any_kind_of_key(who: str) -> None:
    forge = Forge()
    mine, theirs = forge.renewed, getattr(forge, who)
    signed = [one.sign(forge.parts().manifest, at=NOON, roster=3) for one in (mine, theirs)]
    lent = theirs.sign(forge.parts().manifest, at=NOON + timedelta(seconds=1), roster=3)["signature"]

    assert "does not verify" in refusal(forge.signed(signed[0], signed[1] | {"signature": lent}))


def test_a_key_with_something_after_it_and_one_that_is_too_short_are_refused() -> None:
    key, short = es256("director"), rsa.generate_private_key(65537, 1024)
    weak = Key("weak", short, {1: 3, 3: -257, -1: short.public_key().public_numbers().n.to_bytes(128, "big"), -2: b"\1\0\1"})

    with pytest.raises(Fault, match="cannot be read"):
        check(key, key.sign(SAID), more=b"\0")
    with pytest.raises(Fault, match="not allowed"):
        check(weak, weak.sign(SAID))
    with pytest.raises(Fault, match="not allowed"):
        check(replace(key, cose={**key.cose, -1: 2}), key.sign(SAID))


@pytest.mark.parametrize(
    "value", [0, 23, 24, 255, 256, 65_535, 65_536, -1, -24, -25, -257, b"", b"x" * 23, b"x" * 300, {1: {-2: b"y"}, 3: 4}]
)
def test_numbers_bytes_and_maps_of_any_size_are_read_as_they_were_written(value: object) -> None:
    assert verifier.cbor(encode_cbor(value) + b"more") == (value, b"more")


@pytest.mark.parametrize("value", ["words", [1, 2], True])
def test_nothing_else_is_read_as_a_part_of_a_key(value: object) -> None:
    with pytest.raises(Fault, match="not a map of numbers and bytes"):
        verifier.cbor(encode_cbor(value))


def test_bytes_and_moments_have_one_spelling() -> None:
    assert verifier.unb64("QQ") == b"A" and verifier.moment("2026-05-12T11:00:00Z") == NOON
    for text in ("QR", "QQ=="):
        with pytest.raises(Fault, match="not base64url"):
            verifier.unb64(text)
    with pytest.raises(Fault, match="no zone"):
        verifier.moment("2026-05-12T11:00:00")

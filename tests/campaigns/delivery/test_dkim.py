"""Our signature on a letter, checked by somebody else's implementation; and that not a byte of what both parties signed is touched by it."""

import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import dkim as others
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from campaigns.agreement import received
from campaigns.delivery import dkim
from campaigns.delivery.dkim import Signer, SigningTransport
from campaigns.delivery.transport import Envelope, MayGo, Outcome, RecordingTransport, always
from campaigns.drafting import letters
from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.settings import BadSettings, Settings
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON
from workers import tools

KEY = Ed25519PrivateKey.generate()
SIGNER = Signer(KEY, "countersign.test", "lopp")
LETTER = (
    b"Date: Tue, 12 May 2026 11:00:00 +0000\r\nFrom: LOPP <lopp@countersign.test>\r\nTo: post@council.test\r\n"
    b"Subject: What  LOPP\r\n offers\tyou\r\nMessage-ID: <a.b@countersign.test>\r\nList-Unsubscribe: <https://c.test/stop/b>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
)


def public(name: bytes, timeout: int = 5) -> bytes:
    """What DNS would say."""
    assert name == b"lopp._domainkey.countersign.test."
    raw = KEY.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(raw)


def holds(message: bytes) -> bool:
    """What dkimpy, another implementation, says of it as it is on the wire."""
    return bool(others.verify(message if message.endswith(b"\r\n") else message + b"\r\n", dnsfunc=public))


def signed(message: bytes) -> bytes:
    return SIGNER.signature(message, at=datetime.now(UTC)) + message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b"Dear colleague\r\n",
        b"no end",
        b"blanks  at\t the end \t\r\n\r\nand   between \r\n\r\n\r\n",
        b" \r\n",
        b"a \t",
        b"\r\n\r\nx\r\n \r\n",
        b"=C3=A9 and a dot\r\n..\r\n" * 400,
    ],
)
def test_a_signed_letter_verifies_elsewhere(body: bytes) -> None:
    assert holds(signed(LETTER + body))


@given(st.text(alphabet=" \t\r\nab", max_size=30))
def test_any_body_is_hashed_as_others_hash_it(text: str) -> None:
    body = text.replace("\r", "").replace("\n", "\r\n").encode()

    assert holds(signed(LETTER + body))


@pytest.mark.parametrize("changed", [b"offers", b"lopp@", b"11:00", b"post@", b"<a.b@", b"One-Click", b"text/plain", b"Dear", b"stop/b"])
def test_a_letter_changed_on_its_way_verifies_no_more(changed: bytes) -> None:
    letter = signed(LETTER + b"Dear colleague\r\n")
    front, _, rest = letter.partition(b"\r\nDate:")

    assert holds(letter)
    assert not holds(front + b"\r\nDate:" + rest.replace(changed, changed.swapcase() if changed != b"11:00" else b"11:01"))


@pytest.mark.parametrize(
    "added", [b"From: x@evil.test", b"Subject: Other", b"Reply-To: x@evil.test", b"To: x@evil.test", b"Content-Type: text/html"]
)
def test_a_field_added_on_its_way_shows(added: bytes) -> None:
    letter = signed(LETTER.replace(b"MIME-Version", b"Reply-To: r@countersign.test\r\nMIME-Version") + b"Dear colleague\r\n")

    assert holds(letter) and not holds(added + b"\r\n" + letter) and not holds(letter.replace(b"MIME-Version", added + b"\r\nMIME-Version"))


def test_what_a_relay_puts_in_front_or_folds_anew_does_no_harm() -> None:
    letter = signed(LETTER + b"Dear colleague\r\n").replace(b"LOPP\r\n offers", b"LOPP offers\r\n ")

    assert holds(b"Received: from a by b; Tue, 12 May 2026 11:00:01 +0000\r\n" + letter + b"\r\n\r\n")


def test_every_line_of_the_signature_is_short() -> None:
    field = SIGNER.signature(LETTER, at=NOON).decode("ascii")

    assert field.endswith("\r\n") and max(map(len, field.split("\r\n"))) <= 120 and f"t={int(NOON.timestamp())};" in field


def test_a_sealed_letter_is_sent_signed_and_its_sealed_part_is_byte_for_byte_what_it_was(sqlite: Database) -> None:
    plain, inner = RecordingTransport(), RecordingTransport()
    story = stories.sending_release(stories.house(sqlite))
    inner_clock = posting.Clock()

    class Both(RecordingTransport):
        def deliver(self, envelope: Envelope, *, may_go: MayGo = always, **_: object) -> Outcome:
            assert may_go()
            plain.deliver(envelope)
            return SigningTransport(inner, SIGNER, inner_clock).deliver(envelope)

    posting.send(story, Both())

    assert len(inner.sent) == len(plain.sent) == len(stories.READERS)
    for ours, bare in zip(inner.sent, plain.sent, strict=True):
        assert (
            holds(ours.message) and ours.message.endswith(bare.message) and (ours.sender, ours.recipient) == (bare.sender, bare.recipient)
        )
        assert received.canonical(ours.message, letters.HEADERS) == bare.message.partition(b"\r\n")[2]


def test_a_key_is_read_from_a_file_and_anything_else_is_refused_with_a_sentence(tmp_path: Path) -> None:
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    good, other, none = tmp_path / "good.pem", tmp_path / "other.pem", tmp_path / "none.pem"
    good.write_bytes(KEY.private_bytes(*pem))
    other.write_bytes(ec.generate_private_key(ec.SECP256R1()).private_bytes(*pem))
    none.write_text("words")

    to_relay = tools.connect(Settings(env="test", dkim_key_file=good, dkim_selector="lopp"), clock.now)

    assert isinstance(to_relay, SigningTransport) and holds(to_relay.signer.signature(LETTER, at=datetime.now(UTC)) + LETTER)
    assert not isinstance(tools.connect(Settings(env="test"), clock.now), SigningTransport)
    with pytest.raises(BadSettings, match="another kind"):
        dkim.signer(other, domain="countersign.test", selector="lopp")
    for missing in (none, tmp_path / "absent.pem"):
        with pytest.raises(BadSettings, match="cannot be read"):
            dkim.signer(missing, domain="countersign.test", selector="lopp")


def test_signing_a_letter_of_20_kb_costs_little(record_property: Callable[[str, object], None]) -> None:
    letter = LETTER + b"Words of a letter, quoted-printable, with =C3=A9 in it, and a soft break =\r\n" * 260
    best = 1.0
    for _ in range(30):
        begun = time.process_time()
        for _ in range(20):
            SIGNER.signature(letter, at=NOON)
        best = min(best, (time.process_time() - begun) / 20)

    record_property("figure", f"DKIM signature, {len(letter) / 1000:.0f} kB: {best * 1e6:.0f} µs of processor time")
    assert best < 0.0005  # a quick machine takes a tenth of that; a busy one must not fail

"""Letters that our relay accepted, each with its own return address; and mails of ours as they would come back for one of them."""

from email import message_from_bytes
from typing import Any

from campaigns.delivery.transport import Envelope, RecordingTransport
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests import armed, snapshots
from tests.campaigns import coming_back
from tests.campaigns.posting import Clock
from tests.campaigns.stories import Story
from tests.workers.conftest import Lane
from tests.workers.test_scheduler import heard
from workers import actors
from workers.tools import Tools


def letters(database: Database, transport: RecordingTransport) -> Story:
    """Three letters; the transport has kept what left."""
    made, sent = snapshots.of(database, "letters that our relay accepted", _gone)
    transport.sent.extend(sent)
    assert len(transport.sent) == 3
    return coming_back.told(database, made)


def bounce(name: str, transport: RecordingTransport, number: int) -> bytes:
    """One of our mails as it would come back for the letter sent as number so-and-so."""
    letter = transport.sent[number]
    named = str(message_from_bytes(letter.message)["Message-ID"]).encode()
    raw = coming_back.mail(name, letter.recipient, named)
    return raw.replace(b"To: lopp@countersign.test", f"To: {letter.sender}".encode())


def _gone(database: Database) -> tuple[tuple[Any, ...], list[Envelope]]:
    """Three letters, which our relay accepted; and what left."""
    story, relay = coming_back.letters(database), RecordingTransport()
    heard(Tools(Settings(env="test", pace=100_000), database, relay, Clock(), arming=armed.ALWAYS), {lane: Lane() for lane in actors.LANES})
    return coming_back.kept(story), relay.sent

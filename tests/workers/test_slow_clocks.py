"""A worker that starts under a clock that goes slow, or after one that went fast, says so."""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from structlog.testing import capture_logs

from campaigns.delivery.dkim import SigningTransport
from campaigns.delivery.transport import Envelope, RecordingTransport
from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from campaigns.planning import campaign_plans
from tests.campaigns import stories
from workers import tools


@pytest.mark.parametrize(("ahead", "said"), [(timedelta(), 0), (timedelta(seconds=60), 1), (timedelta(days=1), 1)])
def test_a_fact_that_is_later_than_the_clock_is_spoken_of(database: Database, settings: Settings, ahead: timedelta, said: int) -> None:
    house = stories.house(database)
    with database.transaction() as session:
        campaign_plans.begin(session, name="Another", objective="Told later", by=house.drafter, at=clock.now() + ahead)

    with capture_logs() as lines:
        tools.gather(
            settings.model_copy(update={"database_url": database.engine.url.render_as_string(hide_password=False)})
        ).database.dispose()

    assert [line["log_level"] for line in lines] == ["error"] * said


def test_letters_are_signed_by_the_time_that_counts_and_not_by_the_machine_s_clock(
    on_postgres: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(hours=1))
    url = on_postgres.engine.url.render_as_string(hide_password=False)
    gathered = tools.gather(settings.model_copy(update={"database_url": url, "dkim_key_file": key}))
    assert isinstance(gathered.transport, SigningTransport)
    gathered.transport.inner = kept = RecordingTransport()

    gathered.transport.deliver(Envelope("lopp@countersign.test", "post@council.test", b"Subject: x\r\n\r\nwords\r\n"))
    gathered.database.dispose()

    (said,) = re.findall(rb" t=(\d+);", kept.sent[0].message)
    assert abs(int(said) - time.time()) < 600

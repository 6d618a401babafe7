"""What stops a start, and what keeps a rehearsal's database out of real life."""

from pathlib import Path

import pytest

from campaigns.foundation import production, settings, stamps
from campaigns.foundation.database import Database
from campaigns.foundation.settings import BadSettings, Settings
from campaigns.foundation.stamps import Stamp, WrongDatabase

LONG = "0123456789abcdef" * 2


def test_development_needs_nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTERSIGN_ENV", raising=False)

    found = settings.load()

    assert found.env == "development" and found.mail_dir == found.data_dir / "mail"
    assert production.DEVELOPMENT_SECRET not in repr(found)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ENV", "production", "COUNTERSIGN_SECRET_KEY is missing"),
        ("ENV", "holiday", "COUNTERSIGN_ENV: "),
        ("PACE", "0", "COUNTERSIGN_PACE: "),
        ("GIVE_UP_HOURS", "inf", "COUNTERSIGN_GIVE_UP_HOURS: "),
        ("GIVE_UP_HOURS", "1e300", "COUNTERSIGN_GIVE_UP_HOURS: "),
        ("LEASE_SECONDS", "1e300", "COUNTERSIGN_LEASE_SECONDS: "),
        ("DATABASE_URL", "mysql://here/that", "COUNTERSIGN_DATABASE_URL is to be like"),
        ("DATABASE_URL", "postgresql://a-secret@here:port/that", "COUNTERSIGN_DATABASE_URL is to be like"),
        ("SMTP_TIMEOUT", "5", "COUNTERSIGN_SMTP_TIMEOUT"),
        ("BASE_URL", "countersign.example", "COUNTERSIGN_BASE_URL: is to be like"),
        ("BASE_URL", "ftp://countersign.example", "COUNTERSIGN_BASE_URL: is to be like"),
        ("BASE_URL", "https://countersign.example/?from=here", "COUNTERSIGN_BASE_URL: is to be like"),
        ("SENDER_ADDRESS", "LOPP team <lopp@countersign.test>", "COUNTERSIGN_SENDER_ADDRESS: is to be an address"),
        ("SENDER_ADDRESS", "", "COUNTERSIGN_SENDER_ADDRESS: is to be an address"),
        ("REPLY_TO", "a@x.test, b@y.test", "COUNTERSIGN_REPLY_TO: is to be an address"),
        ("BOUNCE_ADDRESS", "nobody", "COUNTERSIGN_BOUNCE_ADDRESS: is to be an address"),
        ("SENDER_NAME", "LOPP team\nBcc: all@x.test", "COUNTERSIGN_SENDER_NAME: is to stand on one line"),
        ("TRUSTED_PROXY", "proxy.test", "COUNTERSIGN_TRUSTED_PROXY: is to be one IP address"),
        ("TRUSTED_PROXY", "*", "COUNTERSIGN_TRUSTED_PROXY: is to be one IP address"),
        ("MAILBOX_URL", "pop3://me:a-secret@mail.test", "COUNTERSIGN_MAILBOX_URL: is to be like"),
        ("MAILBOX_URL", "imaps://mail.test:143143", "COUNTERSIGN_MAILBOX_URL: is to be like"),
        ("MAILBOX_URL", "maildir:///box maildir://", "COUNTERSIGN_MAILBOX_URL: is to be like"),
    ],
)
def test_settings_that_do_not_allow_a_start_are_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(f"COUNTERSIGN_{name}", value)

    with pytest.raises(BadSettings, match=said) as refused:
        settings.load()

    assert "a-secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["BROKER_URL", "DKIM_KEY_FILE", "ARMING_FILE", "RELAY_LOG", "BOUNCE_ADDRESS", "DOMAIN_CONNECTIONS"])
def test_what_is_left_blank_is_absent(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"COUNTERSIGN_{name}", "")

    assert not getattr(settings.load(), name.lower())


def test_what_fits_is_taken_and_a_link_gets_one_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"BASE_URL": "https://countersign.example/", "TRUSTED_PROXY": "::1", "BOUNCE_ADDRESS": ""}
    for name, value in said.items():
        monkeypatch.setenv(f"COUNTERSIGN_{name}", value)
    monkeypatch.setenv("COUNTERSIGN_MAILBOX_URL", "imaps://me%40x:p%2Fw@mail.test:993/INBOX maildir:///box")

    found = settings.load()

    assert (found.base_url, found.trusted_proxy, found.returns_to) == ("https://countersign.example", "::1", found.sender_address)
    assert len(found.mailbox_urls) == 2


def test_production_refuses_a_short_secret_and_starts_with_a_long_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_ENV", "production")
    monkeypatch.setenv("COUNTERSIGN_SECRET_KEY", "short")
    with pytest.raises(BadSettings, match="shorter than 32"):
        settings.load()

    monkeypatch.setenv("COUNTERSIGN_SECRET_KEY", LONG)
    assert settings.load().env == "production"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "k" * 40, "COUNTERSIGN_SECRET_KEY repeats a few characters"),
        ("BASE_URL", "http://countersign.example", "COUNTERSIGN_BASE_URL is to begin with `https://`"),
        ("BASE_URL", "http://localhost.countersign.example", "COUNTERSIGN_BASE_URL is to begin with `https://`"),
        ("BASE_URL", "https://countersign.example", ""),
        ("BASE_URL", "http://localhost:8000", ""),
        ("BASE_URL", "http://127.0.0.1:8000", ""),
    ],
)
def test_production_refuses_a_plain_secret_and_pages_over_http(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    for setting, fits in {"SECRET_KEY": LONG, name: value}.items():
        monkeypatch.setenv(f"COUNTERSIGN_{setting}", fits)
    assert settings.load()
    monkeypatch.setenv("COUNTERSIGN_ENV", "production")

    if not said:
        assert settings.load().env == "production"
        return
    with pytest.raises(BadSettings, match=said):
        settings.load()


@pytest.mark.parametrize(("name", "value"), [("SECRET_KEY", "too-short-a-secret"), ("SMTP_TIMEOUT", "too-short-a-secret")])
def test_what_stops_a_start_is_said_without_what_was_set_which_may_be_a_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("COUNTERSIGN_ENV", "production")
    monkeypatch.setenv(f"COUNTERSIGN_{name}", value)

    with pytest.raises(BadSettings, match=f"^COUNTERSIGN_{name}") as refused:
        settings.load()

    assert value not in str(refused.value) and "pydantic" not in str(refused.value)


def test_former_secrets_stand_behind_the_one_in_use_and_are_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_ENV", "production")
    monkeypatch.setenv("COUNTERSIGN_SECRET_KEY", LONG)
    monkeypatch.setenv("COUNTERSIGN_FORMER_SECRET_KEYS", f"{'a' * 32} {'b' * 40}")
    assert settings.load().secrets == (LONG, "a" * 32, "b" * 40)
    assert "a" * 32 not in repr(settings.load())

    monkeypatch.setenv("COUNTERSIGN_FORMER_SECRET_KEYS", production.DEVELOPMENT_SECRET)
    with pytest.raises(BadSettings, match="FORMER_SECRET_KEYS"):
        settings.load()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().pace = 1  # type: ignore[misc]


@pytest.mark.parametrize("env", ["development", "production"])
def test_a_test_database_opens_for_nothing_else(database: Database, env: str) -> None:
    with database.transaction() as session:
        stamps.check(session, "test")
        assert stamps.is_test(session)
        with pytest.raises(WrongDatabase):
            stamps.check(session, env)
        with pytest.raises(WrongDatabase):
            stamps.put(session, env)


def test_a_real_database_does_not_open_for_a_rehearsal(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        session.get_one(Stamp, 1).env = "production"

    with sqlite.reading() as session:
        assert not stamps.is_test(session)
        with pytest.raises(WrongDatabase):
            stamps.check(session, "test")


def test_a_database_never_stamped_is_not_worked_on(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        session.delete(session.get_one(Stamp, 1))

    with sqlite.reading() as session, pytest.raises(WrongDatabase, match="not stamped"):
        stamps.check(session, "development")


def test_sqlite_keeps_what_was_committed(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'new.db'}")

    with database.engine.connect() as connection:
        said = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")]

    assert said == ["wal", 2, 1]


def test_several_relays_need_a_lease_in_which_one_can_take_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_SMTP_URL", "smtp://one.test:25 smtp://two.test:25")
    assert settings.load().smtp_urls == ("smtp://one.test:25", "smtp://two.test:25")

    monkeypatch.setenv("COUNTERSIGN_SMTP_TIMEOUT", "4")
    with pytest.raises(BadSettings, match="a second longer"):
        settings.load()

    monkeypatch.setenv("COUNTERSIGN_SMTP_URL", " ")
    with pytest.raises(BadSettings, match="names no relay"):
        settings.load()

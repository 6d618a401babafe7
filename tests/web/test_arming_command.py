"""`countersign arming`, run as an operator runs it."""

from pathlib import Path

import pytest

from campaigns.delivery.armed import Keeper
from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests.web.test_commands import run

pytestmark = pytest.mark.long


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A new installation of its own."""
    monkeypatch.delenv("COUNTERSIGN_ENV", raising=False)
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    monkeypatch.setenv("COUNTERSIGN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COUNTERSIGN_ARMING_FILE", str(tmp_path / "arming.json"))
    run("database", "migrate")
    return Settings()


def started(settings: Settings) -> None:
    """A worker's first look."""
    database = Database(settings.database_url)
    Keeper(database, settings.arming_path, clock.now).watch()
    database.dispose()


def test_a_new_installation_is_said_to_be_new_and_looking_arms_nothing(settings: Settings) -> None:
    for _ in range(2):
        result = run("arming", "show")
        assert (result.exit_code, "new: the first start of a worker arms it" in result.output) == (0, True)


def test_a_machine_that_may_send_and_one_that_may_not_are_told_apart(settings: Settings) -> None:
    started(settings)
    result = run("arming", "show")
    assert (result.exit_code, "database new.db: may send" in result.output) == (0, True)

    settings.arming_path.unlink()
    result = run("arming", "show")
    assert (result.exit_code, "may not: this machine was never let send from this database" in result.output) == (1, True)


def test_asking_again_wants_a_yes_and_then_switches_sending_off(settings: Settings) -> None:
    started(settings)
    assert run("arming", "ask").exit_code == 1
    assert "may send" in run("arming", "show").output

    assert run("arming", "ask", "--yes").exit_code == 0

    result = run("arming", "show")
    assert (result.exit_code, "waits for both parties" in result.output) == (1, True)


def test_the_demo_may_send_from_where_it_was_prepared(settings: Settings) -> None:
    assert run("demo", "prepare").exit_code == 0
    assert "may send" in run("arming", "show").output

"""A worker waits for what does not answer yet: soon again at first, then every three seconds, each time with a line in its log."""

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from campaigns.agreement import releases
from campaigns.foundation import reader_links
from campaigns.foundation.database import Database
from campaigns.foundation.settings import BadSettings, Settings
from tests.campaigns import stories
from tests.campaigns.stories import House
from workers import starting, tools

FORMER = "f" * 40


def test_what_does_not_answer_is_asked_soon_again_and_then_every_three_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses, answers = list[float](), iter([*[OperationalError("", {}, Exception("refused"))] * 6, "ready"])

    def attempt() -> str:
        said = next(answers)
        if isinstance(said, Exception):
            raise said
        return said

    monkeypatch.setattr(starting.time, "sleep", pauses.append)
    with capture_logs() as lines:
        assert starting.until_it_answers("the database", attempt, starting.DATABASE_DOWN) == "ready"

    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.0, 3.0]
    assert [(line["log_level"], line["waits_for"]) for line in lines] == [("warning", "the database")] * 6


def test_any_other_fault_ends_it() -> None:
    with pytest.raises(ZeroDivisionError):
        starting.until_it_answers("the database", lambda: 1 / 0, starting.DATABASE_DOWN)


def test_a_worker_whose_data_folder_cannot_be_written_to_does_not_begin(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting.signal, "signal", lambda *_: None)
    (tmp_path / "data").write_text("no folder")

    with pytest.raises(OSError, match="data"):
        starting.gather(Settings(env="test", database_url=str(sqlite.url), data_dir=tmp_path / "data"))


@pytest.mark.parametrize(("former", "said"), [(None, [1]), ("g" * 40, [1]), (FORMER, [])])
def test_a_worker_that_does_not_know_the_secret_of_letters_links_says_so(
    house: House, settings: Settings, monkeypatch: pytest.MonkeyPatch, former: str | None, said: list[int]
) -> None:
    monkeypatch.setattr(starting.signal, "signal", lambda *_: None)
    story = stories.sending_release(house)
    with house.database.transaction() as session:
        releases.get(session, story.release).link_key = reader_links.key(FORMER).id
    given = settings.model_copy(update={"arming_file": settings.data_dir / "arming.json", "former_secret_keys": former})

    with capture_logs() as lines:
        starting.gather(given)

    assert [line["releases"] for line in lines if line["log_level"] == "error"] == said


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("smtp_url", "smpts://me:word@relay.test"),  # it would have gone in the clear
        ("smtp_url", "relay.test:25"),  # to this machine's own relay
        ("smtp_url", "smtp://me:wo/rd@relay.test"),
        ("smtp_url", "smtp://relay.test?starttls=required"),
        ("tries", "5 1"),
        ("domain_pace", "council.example"),
    ],
)
def test_a_worker_does_not_begin_with_a_setting_that_cannot_be_read(tmp_path: Path, name: str, typed: str) -> None:
    nowhere = f"sqlite:///{tmp_path / 'empty.db'}"  # without a table: it is not asked
    given = Settings.model_validate({"env": "test", "database_url": nowhere, name: typed})

    with pytest.raises(BadSettings, match=f"^COUNTERSIGN_{name.upper()} is to be like") as refused:
        tools.gather(given)

    assert "word@" not in str(refused.value) and "wo'" not in str(refused.value)

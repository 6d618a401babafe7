"""A worker waits for what does not answer yet: soon again at first, then every three seconds, each time with a line in its log."""

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from workers import starting


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

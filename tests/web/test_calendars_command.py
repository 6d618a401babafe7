"""`countersign calendars`: a file is looked at, applied, brought again, and refused where it would take down what is not its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid
from campaigns.planning import rules
from tests.web import grounds
from web.cli.main import countersign

EVENT = "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;VALUE=DATE:{day}\r\nSUMMARY:Committee\r\nEND:VEVENT\r\n"


def calendar(*events: tuple[str, str]) -> bytes:
    said = "".join(EVENT.format(uid=uid, day=day) for uid, day in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//\r\n{said}END:VCALENDAR\r\n".encode()


@pytest.fixture
def bring(sqlite: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Bring a file in, for everywhere unless it is said for what."""
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", sqlite.url)
    monkeypatch.setenv("COUNTERSIGN_ENV", "test")
    grounds.found(sqlite)

    def bring(content: bytes, *options: str, name: str = "committees") -> Result:
        (tmp_path / "c.ics").write_bytes(content)
        said = ["calendars", "import", str(tmp_path / "c.ics"), "--kind", "committee", "--name", name]
        return CliRunner().invoke(countersign, [*said, *(options or ("--scope", "everywhere"))])

    return bring


def standing(database: Database, name: str) -> int:
    with database.reading() as session:
        return len(rules.standing(session, calendar=name))


def refused(answer: Result) -> str:
    assert isinstance(answer.exception, Invalid)
    return answer.exception.sentence


def test_a_file_is_applied_and_what_is_gone_from_it_is_retired(bring: Callable[..., Result], sqlite: Database) -> None:
    assert "Nothing was changed" in bring(calendar(("a", "20270105")), "--scope", "everywhere", "--dry-run").output
    assert bring(calendar(("a", "20270105"), ("b", "20270112"))).exit_code == 0
    assert "2 stay as they are" in bring(calendar(("a", "20270105"), ("b", "20270112"))).output
    assert "retired: Committee" in bring(calendar(("a", "20270105"))).output
    assert standing(sqlite, "committees") == 1


def test_nothing_takes_down_rules_that_are_not_its_own_and_no_empty_answer_opens_closed_days(
    bring: Callable[..., Result], sqlite: Database
) -> None:
    before = standing(sqlite, "polls")
    assert before > 0
    for name in ("polls", " Polls "):
        answer = bring(calendar(("a", "20270105")), name=name)
        assert "kept for the polls" in refused(answer)
    bring(calendar(("a", "20270105")))
    assert "holds no day" in refused(bring(calendar()))
    assert "stands for somewhere else" in refused(bring(calendar(("a", "20270105")), "--scope", "nation", "--place", "Wales"))
    assert (standing(sqlite, "polls"), standing(sqlite, "committees")) == (before, 1)

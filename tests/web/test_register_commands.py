"""`countersign import authorities` and `countersign authorities match`, run as an operator runs them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from campaigns.foundation.database import Database
from web.cli.main import countersign

LIST = "gss,name\nE07000223,Shoreham\nE07000224,Aruun\nE06000067,Borsetshire Council\n"


@pytest.fixture
def home(sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own."""
    for name, value in {"ENV": "test", "DATABASE_URL": sqlite.url, "DATA_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(f"COUNTERSIGN_{name}", value)
    run("register", "load")
    return tmp_path


def run(*words: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(countersign, words, input=given)


def read(result: Result) -> Any:
    return json.loads(result.stdout)


@pytest.mark.long
def test_a_list_is_looked_at_and_then_brought_in(home: Path) -> None:
    file = home / "list.csv"
    file.write_text(LIST)

    looked = read(run("import", "authorities", str(file), "--dry-run", "--json"))
    applied = run("import", "authorities", str(file))
    again = read(run("import", "authorities", str(file), "--dry-run", "--json"))

    assert (looked["rows"], looked["accepted"], looked["applied"]) == (3, 2, False)
    assert looked["asked"] == [
        {"line": 3, "code": "E07000224", "name": "Aruun", "reason": "'Aruun' may be a misspelling of Arun", "candidates": ["E07000224"]}
    ]
    assert "line 2: renamed: Adur is called Shoreham now" in applied.output and applied.output.endswith("Applied.\n")
    assert "new: Borsetshire Council is new; in which region it is, the list does not say" in applied.output
    assert (again["new"], again["renamed"]) == ([], [])
    assert "The register, the pilot's bodies" in run("register", "load").output


def test_a_list_of_a_day_to_come_is_not_brought_in_before_it(home: Path) -> None:
    file = home / "list.csv"
    file.write_text("code,name,end_date\nE07000223,Adur,2999-03-31\n")

    brought = run("import", "authorities", str(file), "--as-at", "2999-04-01")
    matched = run("authorities", "match", "-", "--as-at", "2999-04-01", given=b"Adur\n")

    assert [result.exit_code for result in (brought, matched)] == [2, 2]
    assert all("2999-04-01 is still to come" in result.output for result in (brought, matched))
    assert "E07000223\tAdur" in run("authorities", "match", "-", given=b"Adur\n").output


def test_a_list_with_a_line_that_cannot_be_used_changes_nothing_and_fails(home: Path) -> None:
    file = home / "list.csv"
    file.write_text("code,name\n45017,Adur\nE07000223,Shoreham\n")

    result = run("import", "authorities", str(file), "--json")

    assert (result.exit_code, read(result)["applied"], read(result)["refused"][0]["line"]) == (1, False, 2)
    assert "E07000223\tAdur" in run("authorities", "match", "-", given=b"Adur\n").output


def test_a_name_a_line_gives_a_code_or_asks(home: Path) -> None:
    file = home / "names.txt"
    file.write_bytes("\ufeffAdur\r\n\r\nNewcastle\r\nKerrier\r\nBorsetshire\r\n".encode())

    plain, told = run("authorities", "match", str(file)), read(run("authorities", "match", str(file), "--json"))
    then = read(run("authorities", "match", str(file), "--as-at", "2006-03-21", "--json"))

    assert plain.output.splitlines() == [
        "Adur\tE07000223\tAdur",
        "Newcastle\task\tE07000195 Newcastle-under-Lyme; E08000021 Newcastle upon Tyne",
        "Kerrier\tE06000052\tCornwall (formerly E07000021)",
        "Borsetshire\task\t",
    ]
    assert [one["answer"] for one in told] == ["E07000223", "ask", "E06000052", "ask"]
    assert [one["code"] for one in then] == ["E07000223", None, "E07000021", None]

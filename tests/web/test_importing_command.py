"""`countersign import people`, as an operator or a script runs it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from web.cli.main import countersign

pytestmark = pytest.mark.long  # `make test` stays within five minutes

HEADER = "Contact;Kind;Council;Mail\n"
GOOD = HEADER + "Head of Health;senior manager;E07000223;head@adur.gov.uk\nOfficer;practitioner;London Borough of Barnet;o@barnet.gov.uk\n"
COLUMNS = ("--columns", "role=Kind")


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new installation of its own, founded."""
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    monkeypatch.setenv("COUNTERSIGN_DATA_DIR", str(tmp_path))
    CliRunner().invoke(countersign, ["database", "migrate"])


def bring(folder: Path, text: str, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and what it says as JSON."""
    file = folder / "people.csv"
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(countersign, ["import", "people", str(file), "--json", *words])
    return result.exit_code, json.loads(result.output)


def test_a_dry_run_says_what_would_be_and_a_run_does_it_once(tmp_path: Path) -> None:
    code, would = bring(tmp_path, GOOD, *COLUMNS, "--dry-run")
    assert (code, would["accepted"], would["added"], would["applied"], would["encoding"]) == (0, 2, 2, False, "utf-8")

    code, done = bring(tmp_path, GOOD, *COLUMNS)
    assert (code, done["added"], done["applied"]) == (0, 2, True)

    code, again = bring(tmp_path, GOOD, *COLUMNS)
    assert (code, again["added"], again["unchanged"]) == (0, 0, 2)


def test_refused_and_asked_rows_are_named_and_keep_everything_out_unless_left_out(tmp_path: Path) -> None:
    text = GOOD + "Nobody;king;Adur;nowhere\nSomebody;practitioner;Newcastle;s@n.gov.uk\n"

    code, said = bring(tmp_path, text, *COLUMNS)
    assert (code, said["applied"]) == (1, False)
    assert [row["line"] for row in said["refused"]] == [4]
    [asked] = said["asked"]
    assert (asked["name"], asked["lines"]) == ("Newcastle", [5])
    assert "E08000021" in [one["code"] for one in asked["candidates"]]

    code, said = bring(tmp_path, text, *COLUMNS, "--leave-out-refused")
    assert (code, said["added"], said["applied"]) == (0, 2, True)


@pytest.mark.parametrize(
    ("text", "words", "problem"),
    [
        (GOOD, (), "No column is chosen for: role"),
        (GOOD, ("--columns", "role=Rank"), "No column is called 'Rank'"),
        ("", COLUMNS, "is empty"),
    ],
)
def test_what_cannot_be_read_is_said_and_exits_with_1(tmp_path: Path, text: str, words: tuple[str, ...], problem: str) -> None:
    code, said = bring(tmp_path, text, *words)

    assert (code, said["applied"]) == (1, False)
    assert problem in said["problem"]


def test_in_words_it_says_the_same(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(GOOD + "Nobody;king;Adur;nowhere\n", encoding="utf-8")

    result = CliRunner().invoke(countersign, ["import", "people", str(file), *COLUMNS])

    assert result.exit_code == 1
    assert "Nothing was imported" in result.output and "line 4: Give a role from the list" in result.output


def test_a_file_whose_letters_cannot_be_told_is_not_imported_until_somebody_says_its_encoding(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes((HEADER + "Jože Ł;practitioner;Adur;r@adur.gov.uk\n").encode("cp1250"))
    command = ["import", "people", str(file), *COLUMNS, "--json"]

    untold = json.loads(CliRunner().invoke(countersign, command).output)
    told = json.loads(CliRunner().invoke(countersign, [*command, "--encoding", "cp1250"]).output)

    assert not untold["applied"] and "--encoding" in untold["problem"]
    assert (told["applied"], told["encoding"]) == (True, "cp1250")

"""The commands about records, run as an operator runs them: export and erase a person, disclose a subject, dispose of what is old."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from audiences import legal_holds, people
from campaigns.delivery import notices
from campaigns.foundation import clock, log
from campaigns.foundation.database import Database
from campaigns.foundation.officers import COUNTERSIGN
from tests import snapshots
from tests.campaigns import stories
from web.cli import private_files
from web.cli.main import countersign

ADDRESS = "perpetua@council.gov.uk"


def run(*words: str) -> Result:
    """What a command says."""
    return CliRunner().invoke(countersign, words)


@pytest.fixture
def installed(sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Database, UUID]]:
    """An installation with one person in it."""
    for name, value in {"ENV": "test", "DATABASE_URL": sqlite.url, "DATA_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(f"COUNTERSIGN_{name}", value)
    house = stories.house(sqlite)
    stories.drafted(house)
    row = {"name": "Perpetua Quill", "role": "practitioner", "place": "x", "address": ADDRESS, "source": "import"}
    with sqlite.transaction() as session:
        people.insert(session, [row], at=stories.NOON)
        person = people.at_address(session, ADDRESS)[0].id
    yield sqlite, person


def test_a_person_is_exported_to_be_read_or_as_json_by_address_in_any_case(installed: tuple[Database, UUID], tmp_path: Path) -> None:
    file = tmp_path / "them.json"
    file.touch(0o644)

    read, written = run("person", "export", "Perpetua@Council.GOV.uk"), run("person", "export", ADDRESS, "--json", "-o", str(file))
    nobody = run("person", "export", "nobody@council.gov.uk")

    assert read.exit_code == written.exit_code == 0, read.output
    assert "name: Perpetua Quill" in read.output and "LETTERS: nothing is kept" in read.output
    said = json.loads(file.read_text("utf-8"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert (said["about"], [post["role"] for post in said["posts"]]) == (ADDRESS, ["practitioner"]) and said["account"] == []
    assert (nobody.exit_code, str(nobody.exception)) == (1, "Nothing is kept about nobody@council.gov.uk.")


def test_a_person_is_erased_by_command_once_it_is_meant(installed: tuple[Database, UUID]) -> None:
    database, person = installed

    unmeant = run("person", "erase", ADDRESS)
    erased = run("person", "erase", ADDRESS.upper(), "--yes")
    again = run("person", "erase", ADDRESS, "--yes", "--json")

    assert (unmeant.exit_code, "Say --yes" in str(unmeant.exception)) == (1, True)
    assert erased.output.startswith("Erased. The letters that were sent stay provable"), erased.exception
    assert (again.exit_code, str(again.exception)) == (1, f"Nobody is written to at {ADDRESS}.")
    with database.reading() as session:
        assert log.history(session, person)[-1].by == "the operator"
    assert not any(b"perpetua" in file.read_bytes().lower() for file in snapshots.file_of(database).parent.iterdir())


def test_an_address_of_nothing_is_asked_for(installed: tuple[Database, UUID]) -> None:
    assert str(run("person", "erase", " ", "--yes").exception) == "Name the address of whoever is to be erased."


def test_a_hold_stops_the_command_and_is_named(installed: tuple[Database, UUID]) -> None:
    database, person = installed
    with database.transaction() as session:
        legal_holds.place(session, kind="person", subject=person, reason="claim 7", by=COUNTERSIGN, at=stories.NOON)

    refused = run("person", "erase", ADDRESS, "--yes")

    assert refused.exit_code == 1 and "legal hold" in str(refused.exception) and "claim 7" in str(refused.exception)


def test_a_subject_is_disclosed_into_a_new_folder(installed: tuple[Database, UUID], tmp_path: Path) -> None:
    folder, days = tmp_path / "foi", ("--from", "2026-05-12", "--to", "2026-05-12")

    made = run("disclose", "--about", "lopp", *days, "-o", str(folder), "--json")
    again = run("disclose", "--about", "lopp", *days, "-o", str(folder))
    backwards = run("disclose", "--about", "lopp", "--from", "2026-05-13", "--to", "2026-05-12", "-o", str(tmp_path / "b"))

    assert made.exit_code == 0, made.exception
    files = json.loads(made.output)["files"]
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == files
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))} == {0o700, 0o600}
    assert "began the message" in next(folder.rglob("decisions.csv")).read_text("utf-8")
    assert again.exit_code == 1 and "is not empty" in str(again.exception)
    assert backwards.exit_code == 1 and not (tmp_path / "b").exists()
    assert run("disclose", "--about", "lopp", "--from", "yesterday", "--to", "2026-05-12", "-o", "x").exit_code == 2


def test_where_the_disk_is_full_nothing_half_written_stands_and_nothing_counts_as_disclosed(
    installed: tuple[Database, UUID], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, there, new = private_files.opened, tmp_path / "there", tmp_path / "new"
    there.mkdir()

    @contextmanager
    def opened_on_a_disk_with_little_room(path: Path) -> Iterator[IO[bytes]]:
        with opened(path) as file:
            yield file
            if path.name == "README.txt":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(private_files, "opened", opened_on_a_disk_with_little_room)
    for folder in (there, new):
        made = run("disclose", "--about", "lopp", "--from", "2026-05-12", "--to", "2026-05-12", "-o", str(folder))
        assert isinstance(made.exception, OSError) and made.exception.filename == str(folder)

    assert list(there.iterdir()) == [] and not new.exists() and not list(tmp_path.rglob(".unfinished*"))
    with installed[0].reading() as session:
        assert "Disclosed" not in {entry.kind for entry in log.latest(session, 10)}


def test_a_file_that_cannot_be_finished_leaves_the_one_that_stood_and_is_named(tmp_path: Path) -> None:
    (file := tmp_path / "bundle.zip").write_bytes(b"whole")

    with pytest.raises(OSError, match=r"bundle\.zip"), private_files.opened(file) as written:
        written.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(OSError, match="/dev/full"), private_files.opened(Path("/dev/full")) as written:
        written.write(b"half")

    assert (file.read_bytes(), [path.name for path in tmp_path.iterdir()]) == (b"whole", ["bundle.zip"])


def test_another_file_that_fails_meanwhile_is_named_itself(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"register\.csv"), private_files.opened(tmp_path / "bundle.zip"):
        (tmp_path / "register.csv").read_bytes()
    with pytest.raises(FileNotFoundError, match=r"/nowhere/bundle\.zip"), private_files.opened(tmp_path / "nowhere" / "bundle.zip"):
        pass


def test_what_is_due_is_said_by_a_dry_run_and_goes_without_it(installed: tuple[Database, UUID]) -> None:
    database, _ = installed
    long_ago = clock.now() - timedelta(days=400)
    with database.transaction() as session:
        notice = notices.write(session, to="a@b.test", subject="S", text="T", html=None, by="x", at=long_ago)
        notices.posted(session, notice, at=long_ago)

    dry, gone, none = run("records", "dispose", "--dry-run"), run("records", "dispose", "--json"), run("records", "dispose")

    assert (dry.output, json.loads(gone.output), none.output) == (
        "notices: 1 due\n",
        {"disposed": True, "records": {"notices": 1}},
        "Nothing is due.\n",
    )

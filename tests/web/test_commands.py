"""The `countersign` commands, run as an operator runs them."""

import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from campaigns.agreement import archives, readers, releases
from campaigns.foundation import audit, clock, log
from campaigns.foundation.database import Database
from tests.campaigns import stories
from web.cli.main import countersign, main

pytestmark = pytest.mark.long  # `make test` stays within five minutes

runner = CliRunner()


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new installation of its own."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    for name in ("ENV", "DATABASE_URL", "DATA_DIR"):
        monkeypatch.delenv(f"COUNTERSIGN_{name}", raising=False)
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", url)
    monkeypatch.setenv("COUNTERSIGN_DATA_DIR", str(tmp_path))
    return url


def run(*words: str) -> Result:
    """What a command says."""
    return runner.invoke(countersign, words)


def test_the_tables_are_what_the_code_declares() -> None:
    result = run("database", "check")

    assert (result.exit_code, result.output) == (0, "The tables are what the code declares.\n")


def test_migrating_twice_changes_nothing() -> None:
    assert run("database", "migrate").exit_code == 0
    assert run("database", "migrate").exit_code == 0


def test_what_commands_recorded_is_linked_when_they_end_though_no_worker_is_about(installation: str) -> None:
    database, later = Database(installation), clock.now() + timedelta(hours=1)
    run("database", "migrate")
    run("officers", "invite", "--email", "a@posts.test", "--name", "Drafter", "--duty", "officer", "--party", "hse")
    run("officers", "leave", "--email", "a@posts.test")

    with database.reading() as session:
        finding = audit.verify(session, at=later)
        told = len(log.latest(session, 10_000))
    database.dispose()

    assert (finding.fault, finding.links) == (None, told)
    assert told > 3


def test_the_first_administrator_is_made_by_a_command_and_only_once() -> None:
    run("database", "migrate")

    first = run("officers", "first-administrator", "--email", "chief@posts.test", "--name", "Chief administrator")
    second = run("officers", "first-administrator", "--email", "other@posts.test")

    assert "http://localhost:8000/invitation/" in first.output
    assert second.exit_code == 1
    assert "administrator already" in str(second.exception)


def test_nobody_is_said_to_be_invited_where_the_invitation_could_not_be_kept() -> None:
    run("database", "migrate")

    def is_full(_: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    event.listen(Engine, "commit", is_full)
    try:
        result = run("officers", "invite", "--email", "a@posts.test", "--name", "Drafter", "--duty", "officer", "--party", "hse")
    finally:
        event.remove(Engine, "commit", is_full)
    assert (result.exit_code, result.output) == (1, "")


def test_an_officer_is_invited_and_seen_off_by_command() -> None:
    run("database", "migrate")
    run("officers", "invite", "--email", "a@posts.test", "--name", "Drafter", "--duty", "officer", "--party", "hse")

    left = run("officers", "leave", "--email", "A@posts.test")

    assert left.exit_code == 0, left.output
    assert run("officers", "leave", "--email", "a@posts.test").exit_code == 1


def test_a_command_on_a_database_without_tables_says_what_to_do() -> None:
    result = run("officers", "leave", "--email", "a@posts.test")

    assert result.exit_code == 1
    assert "countersign database migrate" in str(result.exception)


@pytest.mark.parametrize(
    "words", [("audit", "verify"), ("audit", "head"), ("roster", "show"), ("bundle", "export", "ABCD2345", "-o", "b.zip")]
)
@pytest.mark.parametrize("url", [None, "postgresql+psycopg://nobody:word@127.0.0.1:1/nothing"])
def test_a_database_that_cannot_be_used_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str | None, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(sys, "argv", ["countersign", *words])
    if url:
        monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", url)

    with pytest.raises(SystemExit) as ended:
        main()

    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n"), "word" in said) == (1, 1, False)
    assert said.startswith("The database cannot be used: ") and "countersign database migrate" in said


def test_a_file_that_is_no_database_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new.db").write_bytes(b"no database" * 500)
    monkeypatch.setattr(sys, "argv", ["countersign", "audit", "head"])

    with pytest.raises(SystemExit) as ended:
        main()

    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n"), said.startswith("The database cannot be used: file is not a database.")) == (1, 1, True)


def test_what_was_typed_in_no_utf_8_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run("database", "migrate")
    monkeypatch.setattr(sys, "argv", ["countersign", "officers", "leave", "--email", os.fsdecode(b"ren\xe9@posts.test")])

    with pytest.raises(SystemExit) as ended:
        main()

    assert (ended.value.code, capsys.readouterr().err) == (1, "What was typed holds bytes that are no UTF-8: type it again.\n")


@pytest.mark.parametrize("words", [("register", "load"), ("roster", "give-up", "--yes")])
def test_no_command_writes_into_a_newer_version_s_database(installation: str, words: tuple[str, ...]) -> None:
    run("database", "migrate")
    database = Database(installation)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.dispose()

    result = run(*words)

    assert (result.exit_code, "migrated by a newer version" in str(result.exception)) == (1, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("bundle", "verifier", "-o", "nowhere/verify.py"), "nowhere/verify.py cannot be used: No such file or directory."),
        (("audit", "verify", "--head", sys.executable), "This is not a head"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["countersign", *words])

    with pytest.raises(SystemExit) as ended:
        main()

    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n"), said.startswith(told)) == (1, 1, True)


def test_the_demonstration_is_prepared_once(installation: str) -> None:
    assert "The story is loaded" in run("demo", "prepare").output
    again = run("demo", "prepare")

    assert "The story is loaded" not in again.output and "/demo/" in again.output
    database = Database(installation)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM accounts").scalar_one() == 8
    database.dispose()


def test_the_demonstration_is_for_development_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_ENV", "production")
    monkeypatch.setenv("COUNTERSIGN_SECRET_KEY", "drawn-by-lot" * 4)

    result = run("demo", "prepare")

    assert result.exit_code == 1
    assert "development only" in str(result.exception)


def test_the_verifier_is_written_as_a_file_that_refuses_what_is_no_bundle(tmp_path: Path) -> None:
    file, nothing = tmp_path / "verify.py", tmp_path / "nothing.zip"
    nothing.write_bytes(b"PK")

    written = run("bundle", "verifier", "-o", str(file))
    refused = run("bundle", "verify", str(nothing), "--rehearsal")

    assert written.exit_code == 0
    assert file.read_text().startswith('"""Check a bundle')
    assert (refused.exit_code, refused.output) == (1, "REFUSED     This is not a bundle: it holds no index.json.\n")


def test_a_bundle_of_what_nobody_agreed_is_refused(tmp_path: Path) -> None:
    run("database", "migrate")

    result = run("bundle", "export", "QPFRM4ZA", "-o", str(tmp_path / "b.zip"))

    assert "No release with the reference QPFRM4ZA has been agreed." in str(result.exception)


def test_a_bundle_is_exported_with_its_certificate_and_verifies(installation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_ENV", "test")
    run("database", "migrate")
    database, file, letter = Database(installation), tmp_path / "b.zip", tmp_path / "letter.eml"
    story = stories.agreed_release(stories.house(database))
    with database.transaction() as session:
        audit.chain(session)
        release = releases.get(session, story.release)
        letter.write_bytes(readers.letter(session, release, readers.first(session, release.id, "practitioners")))
        reference = release.reference.lower().replace("-", "")
    database.dispose()

    exported = run("bundle", "export", reference, "-o", str(file))
    plain = run("bundle", "export", reference, "-o", str(tmp_path / "plain.zip"), "--without", "certificate")

    assert exported.output.endswith("3 letters, 2 signatures, 1 roster.\n") and plain.exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(archives.read(file.read_bytes()))[:2] == ["README.txt", "certificate.pdf"]
    assert "certificate.pdf" not in archives.read((tmp_path / "plain.zip").read_bytes())
    assert "Rehearsal   COUNTERSIGN_ENV is test" in run("bundle", "verify", str(file)).output
    monkeypatch.setenv("COUNTERSIGN_ENV", "development")
    assert run("bundle", "verify", str(file)).exit_code == 1
    for order in ([str(file), "--message", str(letter), "--rehearsal"], ["--rehearsal", "--message", str(letter), str(file)]):
        verified = run("bundle", "verify", *order)
        assert verified.exit_code == 0 and "byte for byte: number 3 of 3" in verified.output
    letter.write_bytes(letter.read_bytes().replace(b"lead", b"Lead", 1))
    wrong = ("--message", str(letter)), ("--trust", "")
    assert all("REFUSED" in run("bundle", "verify", *words, "--rehearsal", str(file)).output for words in wrong)

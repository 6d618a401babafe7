"""What an operator typed wrong, and what a machine does not have, is said in one line and not in a traceback."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from workers.main import main


def said(*words: str) -> str:
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code in {1, 2} and isinstance(done.exception, SystemExit), done.exception
    return done.output.strip().splitlines()[-1]


@pytest.mark.parametrize("url", ["nonsense", "mysql://here/that", "postgresql://a-secret@127.0.0.1:port/that"])
def test_a_rehearsal_s_database_that_cannot_be_one(url: str) -> None:
    answer = said("rehearse", "--people", "3", "--database-url", url)

    assert answer.startswith("Error: --database-url is like sqlite:///path") and "a-secret" not in answer


def test_folders_that_cannot_be_made(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_bytes(b"")

    answers = [
        said("rehearse", "--people", "3", "--database-url", f"sqlite:///{taken}/here.db"),
        said("rehearse", "--people", "3", "--keep", f"{taken}/there"),
        said("catch", "--maildir", f"{taken}/mail"),
    ]

    assert all(answer.startswith(f"Error: {taken}") and "cannot be used: " in answer for answer in answers), answers


def test_a_file_that_is_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(b"no database" * 500)
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", f"sqlite:///{file}")

    assert said("run") == "Error: The database cannot be used: file is not a database."


def test_a_port_on_which_somebody_else_listens(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        answer = said("catch", "--host", "127.0.0.1", "--port", port, "--maildir", str(tmp_path / "mail"))

    assert answer.startswith(f"Error: No mail can be caught on 127.0.0.1:{port}: ") and "in use" in answer
    assert "not in the range" in said("catch", "--port", "99999")
    assert "not in the range" in said("catch", "--pace", "-1", "--port", port)

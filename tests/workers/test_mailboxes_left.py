"""A mail that cannot be fetched or marked keeps no other waiting; but until every mail is taken, a mailbox's silence says nothing."""

import os
from collections.abc import Callable
from datetime import datetime
from errno import EACCES
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from campaigns.delivery import mailboxes
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.database import Database
from campaigns.foundation.errors import TryLater
from tests.campaigns.stories import NOON
from tests.workers import gone
from workers import mailbox
from workers.mailbox import Maildir
from workers.tools import Tools


@pytest.fixture
def mails(sqlite: Database, transport: RecordingTransport, box: Path) -> list[Path]:
    """Two bounces, of two letters."""
    gone.letters(sqlite, transport)
    paths = [box / "new" / f"{number}.test" for number in range(2)]
    for number, path in enumerate(paths):
        path.write_bytes(gone.bounce("dsn-no-such-mailbox", transport, number))
    return paths


def heard_until(tools: Tools, box: Path) -> datetime | None:
    with tools.database.reading() as session:
        return mailboxes.read_until(session, [f"maildir://{box}"])


def fail(monkeypatch: pytest.MonkeyPatch, what: str, fault: Exception, *, of: str) -> None:
    """One of a mailbox's ways fails for mails so named."""
    works = getattr(Maildir, what)

    def fails(self: Maildir, name: str) -> object:
        if of in name:
            raise fault
        return works(self, name)

    monkeypatch.setattr(Maildir, what, fails)


@pytest.mark.parametrize("what", ["read", "done"])
@pytest.mark.parametrize("fault", [TryLater("not now"), OSError("no")])
def test_a_mail_that_cannot_be_fetched_or_marked_keeps_no_other_waiting(
    mails: list[Path], tools: Tools, box: Path, monkeypatch: pytest.MonkeyPatch, what: str, fault: Exception
) -> None:
    fail(monkeypatch, what, fault, of="0.test")

    assert mailbox.look(f"maildir://{box}", tools) == 1

    assert [path.exists() for path in mails] == [True, False]
    assert heard_until(tools, box) is None


def test_once_every_mail_is_taken_a_mailbox_s_silence_counts_until_it_was_looked_into(mails: list[Path], tools: Tools, box: Path) -> None:
    assert heard_until(tools, box) is None
    assert mailbox.look(f"maildir://{box}", tools) == 2
    assert heard_until(tools, box) == NOON


@pytest.mark.parametrize("part", ["new", "cur"])
def test_the_silence_of_a_mailbox_that_may_not_be_listed_does_not_count(
    mails: list[Path], tools: Tools, box: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def refuses(lists: Callable[[Path], object]) -> Callable[[Path], object]:
        def listed(folder: Path) -> object:
            if Path(folder) == box / part:
                raise PermissionError(EACCES, "Permission denied", str(folder))
            return lists(folder)

        return listed

    for name in ("listdir", "scandir"):  # which of them a folder is listed with is Python's choice
        monkeypatch.setattr(os, name, refuses(getattr(os, name)))

    with pytest.raises(PermissionError):
        mailbox.look(f"maildir://{box}", tools)

    assert heard_until(tools, box) is None


def test_of_several_mailboxes_the_one_read_least_lately_counts(tools: Tools, box: Path) -> None:
    mailbox.look(f"maildir://{box}", tools)
    with tools.database.reading() as session:
        assert mailboxes.read_until(session, [f"maildir://{box}", "maildir:///never"]) is None
        assert mailboxes.read_until(session, []) is None


def test_many_mails_that_cannot_be_fetched_keep_no_other_waiting(
    mails: list[Path], tools: Tools, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        (box / "new" / f"0{number}.poor").write_bytes(b"From: x@y.test\n\nwords\n")
    fail(monkeypatch, "read", PermissionError("no"), of="poor")

    assert mailbox.look(f"maildir://{box}", tools) == 2
    assert not any(path.exists() for path in mails)


def test_a_mail_with_which_the_server_goes_away_comes_last_at_the_next_look(
    mails: list[Path], tools: Tools, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "read", ConnectionResetError("gone"), of="0.test")
    behind = set[str]()

    with pytest.raises(ConnectionResetError):
        mailbox.look(f"maildir://{box}", tools, behind)
    before = [path.exists() for path in mails]
    with pytest.raises(ConnectionResetError):
        mailbox.look(f"maildir://{box}", tools, behind)

    assert (before, [path.exists() for path in mails], behind) == ([True, True], [True, False], {"new/0.test"})
    mails[0].unlink()
    mailbox.look(f"maildir://{box}", tools, behind)
    assert behind == set()


def test_a_mail_that_another_worker_takes_meanwhile_is_no_fault(
    mails: list[Path], tools: Tools, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = Maildir.names

    def then_another_looks(self: Maildir) -> list[str]:
        found = listed(self)
        monkeypatch.setattr(Maildir, "names", listed)
        assert mailbox.look(f"maildir://{box}", tools) == 2
        return found

    monkeypatch.setattr(Maildir, "names", then_another_looks)
    with capture_logs() as lines:
        assert mailbox.look(f"maildir://{box}", tools) == 0

    assert [line["log_level"] for line in lines] == ["info", "info"]


def test_a_look_that_is_cut_short_does_not_count(mails: list[Path], tools: Tools, box: Path) -> None:
    tools.stopping.set()
    assert mailbox.look(f"maildir://{box}", tools) == 0
    assert heard_until(tools, box) is None


def test_a_box_with_more_than_one_look_takes_is_not_read_through(
    mails: list[Path], tools: Tools, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "AT_ONCE", 1)
    mailbox.look(f"maildir://{box}", tools)
    assert heard_until(tools, box) is None
    mailbox.look(f"maildir://{box}", tools)
    assert heard_until(tools, box) == NOON


def test_more_bad_mails_than_one_look_takes_hide_no_other(
    mails: list[Path], tools: Tools, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "AT_ONCE", 1)
    fail(monkeypatch, "read", PermissionError("no"), of="0.test")
    behind = set[str]()
    assert [mailbox.look(f"maildir://{box}", tools, behind) for _ in range(2)] == [0, 1]


def test_a_mailbox_is_named_without_its_password() -> None:
    assert mailboxes.name("imaps://lopp:secret@mail.test:993/INBOX") == "imaps://lopp@mail.test:993/INBOX"
    assert mailboxes.name("maildir:///var/mail/lopp") == "maildir:///var/mail/lopp"


def test_two_mailboxes_on_one_server_are_two(tools: Tools) -> None:
    bounces, replies = (f"imaps://{user}:secret@mail.test/INBOX" for user in ("bounces", "replies"))
    with tools.database.transaction() as session:
        mailboxes.read_through(session, replies, at=NOON)
    with tools.database.reading() as session:
        assert mailboxes.read_until(session, [bounces, replies]) is None

"""The local catcher keeps every letter byte for byte, says so in its journal before it answers, and goes as slowly as it is asked to."""

import contextlib
import hashlib
import json
import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from workers import rehearsal_processes as processes
from workers.rehearsal_stage import Stage

SEALED = b"From: a@b.test\r\nMessage-ID: <one@b.test>\r\n\r\n.. a line with dots\r\nend\r\n"
LETTER = b"DKIM-Signature: v=1;\r\n b=abc\r\nDate: Tue, 12 May 2026 11:00:00 +0000\r\n" + SEALED


@contextmanager
def caught(sqlite: Database, settings: Settings, folder: Path, *, pace: float | None = None) -> Iterator[tuple[Stage, int]]:
    """A catcher that answers on a port."""
    stage, port = Stage(folder, settings, sqlite), processes.free_port()
    child = processes.catcher(stage, port=port, pace=pace)
    try:
        processes.wait_for(child, port)
        yield stage, port
    finally:
        assert child.stop() == 0


def journal(stage: Stage) -> list[dict[str, object]]:
    return [json.loads(line) for line in stage.journal.read_text("utf-8").splitlines()]


def test_a_letter_is_kept_byte_for_byte_and_noted_before_the_answer(sqlite: Database, settings: Settings, tmp_path: Path) -> None:
    with caught(sqlite, settings, tmp_path) as (stage, port):
        with smtplib.SMTP(processes.HOST, port) as smtp:
            smtp.sendmail("a@b.test", ["c@d.test"], LETTER)
            (line,) = journal(stage)
        (kept,) = (settings.mail_dir / "new").iterdir()

    assert kept.read_bytes() == LETTER
    assert (line["message_id"], line["to"], line["bytes"]) == ("<one@b.test>", ["c@d.test"], len(LETTER))
    assert line["sha256"] == hashlib.sha256(LETTER).hexdigest()
    assert line["canonical_sha256"] == hashlib.sha256(SEALED).hexdigest()
    assert str(line["reply"]).startswith("250")


def test_a_letter_cut_off_before_its_dot_is_neither_kept_nor_noted(sqlite: Database, settings: Settings, tmp_path: Path) -> None:
    with caught(sqlite, settings, tmp_path) as (stage, port):
        smtp = smtplib.SMTP(processes.HOST, port)
        smtp.ehlo()
        smtp.mail("a@b.test")
        smtp.rcpt("c@d.test")
        smtp.docmd("DATA")
        smtp.send(LETTER)
        with contextlib.suppress(OSError):
            smtp.close()
        with smtplib.SMTP(processes.HOST, port) as whole:
            whole.sendmail("a@b.test", ["whole@d.test"], LETTER)

        assert [line["to"] for line in journal(stage)] == [["whole@d.test"]]
        assert len(list((settings.mail_dir / "new").iterdir())) == 1


def test_a_catcher_that_is_stopped_while_somebody_still_talks_to_it_says_nothing_of_it(
    sqlite: Database, settings: Settings, tmp_path: Path
) -> None:
    stage, port = Stage(tmp_path, settings, sqlite), processes.free_port()
    child = processes.catcher(stage, port=port, pace=None)
    processes.wait_for(child, port)
    with socket.create_connection((processes.HOST, port)) as talking:
        assert talking.recv(100).startswith(b"220 ")
        assert child.stop() == 0

    assert child.output.read_text("utf-8") == ""


def test_a_paced_catcher_takes_no_more_letters_a_second_than_it_was_told(sqlite: Database, settings: Settings, tmp_path: Path) -> None:
    with caught(sqlite, settings, tmp_path, pace=20) as (stage, port), smtplib.SMTP(processes.HOST, port) as smtp:
        began = time.monotonic()
        for _ in range(10):
            smtp.sendmail("a@b.test", ["c@d.test"], LETTER)
        took = time.monotonic() - began

        assert took >= 9 / 20
        assert len(journal(stage)) == 10

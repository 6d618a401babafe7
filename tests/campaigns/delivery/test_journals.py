"""A journal: in the file before the act, found only once its process is gone, and empty again when nothing in it is wanted."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from campaigns.delivery import journals
from campaigns.delivery.journals import Evidence, Journal
from campaigns.delivery.transport import Outcome

CLAIM, CHUNK, RELEASE = uuid4(), uuid4(), uuid4()
YES = Outcome("accepted", "dot", "250 2.0.0 Ok: queued as 4XYZ")
DYING = """
import os, signal, sys
from pathlib import Path
from uuid import UUID
from campaigns.delivery.journals import Journal
from campaigns.delivery.transport import Outcome
journal = Journal(Path(sys.argv[1]))
journal.begin(*map(UUID, sys.argv[2:5]))
journal.dot(7)
journal.heard(7, Outcome("accepted", "dot", "250 two\\r\\nlines"))
journal.dot(8)
print("ready", flush=True)
sys.stdin.readline()
"""


def begun(folder: Path) -> Journal:
    journal = Journal(folder)
    journal.begin(CLAIM, CHUNK, RELEASE)
    return journal


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    journal = begun(tmp_path)
    journal.dot(0)
    journal.heard(0, YES)
    journal.dot(1)

    assert journals.read(journal.path).claims == [Evidence(CLAIM, CHUNK, RELEASE, {0: YES, 1: None})] == journal.unfinished()


def test_nothing_is_kept_of_a_claim_that_was_closed(tmp_path: Path) -> None:
    journal = begun(tmp_path)
    journal.dot(0)
    journal.heard(0, Outcome("rejected", "RCPT", "550 no such user <ann@council.test>"))
    journal.done(CLAIM)

    assert journal.path.read_bytes() == b"" and journal.unfinished() == []


def test_a_claim_that_could_not_be_closed_stays_beside_the_next(tmp_path: Path) -> None:
    journal, other = begun(tmp_path), uuid4()
    journal.dot(0)
    journal.begin(other, CHUNK, RELEASE)
    journal.dot(5)
    assert [evidence.letters for evidence in journal.unfinished()] == [{0: None}, {5: None}]

    journal.done(other)
    assert [evidence.claim for evidence in journal.unfinished()] == [CLAIM]
    journal.done(CLAIM)
    assert journal.path.read_bytes() == b""


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_last_line_that_was_cut_off_says_nothing(tmp_path: Path, cut: int) -> None:
    journal = begun(tmp_path)
    journal.dot(0)
    whole = journal.path.read_bytes()
    journal.heard(0, YES)
    journal.path.write_bytes(journal.path.read_bytes()[:-cut])

    (evidence,) = journals.read(journal.path).claims

    assert evidence.letters == {0: None} and journal.path.read_bytes().startswith(whole)


def test_a_living_process_s_journal_is_nobody_s_to_take(tmp_path: Path) -> None:
    begun(tmp_path)

    assert list(journals.orphans(tmp_path)) == []
    assert list(journals.orphans(tmp_path / "no such folder")) == []


def test_a_journal_in_which_nothing_is_wanted_goes_with_its_process(tmp_path: Path) -> None:
    idle, busy = Journal(tmp_path), begun(tmp_path)
    idle.close()
    busy.close()

    assert list(journals.orphans(tmp_path)) == [busy.path]


def test_a_killed_process_s_journal_is_found_at_once_and_says_what_it_had_heard(tmp_path: Path) -> None:
    words = [sys.executable, "-c", DYING, str(tmp_path), *map(str, (CLAIM, CHUNK, RELEASE))]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"ready\n"
        assert list(journals.orphans(tmp_path)) == []
        process.kill()
        process.wait()

        (path,) = journals.orphans(tmp_path)

    (evidence,) = journals.read(path).claims
    assert evidence.letters == {7: Outcome("accepted", "dot", "250 two  lines"), 8: None}


def test_one_who_reads_a_dead_process_s_journal_keeps_others_from_it(tmp_path: Path) -> None:
    journal = begun(tmp_path)
    journal.close()

    assert [(path, list(journals.orphans(tmp_path))) for path in journals.orphans(tmp_path)] == [(journal.path, [])]


@contextmanager
def room_for(octets: int) -> Iterator[None]:
    """No file of this process can be longer meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("fits", [0, 3])
def test_a_line_that_does_not_fit_whole_is_refused_and_spoils_no_other(tmp_path: Path, fits: int) -> None:
    journal = begun(tmp_path)

    with room_for(journal.path.stat().st_size + fits), pytest.raises(OSError):
        journal.dot(17)
    journal.dot(18)

    (evidence,) = journals.read(journal.path).claims
    assert evidence.letters == {18: None}


def test_a_claim_that_could_not_be_begun_keeps_nothing_of_those_after_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with room_for(0), pytest.raises(OSError):
        journal.begin(CLAIM, CHUNK, RELEASE)

    following = uuid4()
    journal.begin(following, CHUNK, RELEASE)
    journal.done(following)

    assert journal.path.read_bytes() == b""

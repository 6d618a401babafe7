"""Times in the relay's log, with and without a year; and the line of our own knock, which says that a log goes on."""

import bz2
import gzip
import lzma
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaigns.delivery import relay_log_lines, relay_logs
from tests.campaigns.delivery.maillogs import LETTER, NOW, SOON, START, active, heard, knock, look, named, said, written, zone

pytestmark = pytest.mark.usefixtures("in_utc")


def test_only_our_own_knock_at_our_own_relay_says_that_a_log_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    for lines, name, at in (
        ([knock(SOON)], "postfix", SOON),
        ([knock(SOON), knock(SOON + timedelta(seconds=9), noops=16)], "postfix", SOON),
        ([knock(SOON), active(), knock(SOON + timedelta(seconds=9))], "postfix", SOON + timedelta(seconds=9)),
        ([knock(SOON, program="postfix/submission/smtpd")], "postfix", SOON),
        ([knock(SOON, program="postfix/submission/smtpd")], "postfix/submission", SOON),
        ([knock(SOON, program="postfix-out/smtpd")], "postfix", None),
        ([knock(SOON, program="postfix/qmgr")], "postfix", None),
        ([knock(SOON)], "postfix-out", None),
        ([knock(SOON).rstrip("\n")], "postfix", None),
        ([knock(SOON).replace("ehlo=1", "ehlo=2 starttls=1 auth=1")], "postfix", SOON),
        ([knock(SOON).replace("ehlo=1", "ehlo=1 mail=1")], "postfix", None),
        ([], "postfix", None),
    ):
        assert heard(written(path, START, *lines), name=name) == at, lines


def test_a_knock_ahead_of_our_clock_or_of_the_file_s_own_time_is_not_believed(tmp_path: Path) -> None:
    path = written(tmp_path / "mail.log", knock(SOON))

    assert heard(path, now=SOON - timedelta(seconds=4)) == SOON
    assert heard(path, now=SOON - timedelta(seconds=6)) is None
    assert heard(written(path, knock(SOON), at=SOON - timedelta(seconds=6))) is None  # a year old, and its times have no year


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2026-11-26T11:57:10.123456+00:00", datetime(2026, 11, 26, 11, 57, 10, 123456, tzinfo=UTC)),
        ("2026-11-26T13:57:10+02:00", datetime(2026, 11, 26, 11, 57, 10, tzinfo=UTC)),
        ("2026-11-26T11:57:10Z", datetime(2026, 11, 26, 11, 57, 10, tzinfo=UTC)),
        ("Nov 26 11:57:10", datetime(2026, 11, 26, 11, 57, 10, tzinfo=UTC)),
        ("Nov  2 11:57:10", datetime(2026, 11, 2, 11, 57, 10, tzinfo=UTC)),
        ("Dec 31 23:59:59", datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Feb 29 00:00:00", datetime(2024, 2, 29, tzinfo=UTC)),
        ("Feb 30 00:00:00", None),
        ("Nob 26 11:57:10", None),
        ("Nov 26 25:57:10", None),
        ("2026-13-26T11:57:10Z", None),
    ],
)
def test_times_are_read_with_and_without_a_year(stamp: str, at: datetime | None) -> None:
    read = relay_log_lines.read(f"{stamp} mail postfix/qmgr[1]: 4A2: removed".encode(), now=NOW)

    assert (read.at if read else None) == at


def test_on_new_year_s_eve_a_december_line_is_last_year_s_and_a_january_line_this_year_s() -> None:
    now = datetime(2027, 1, 1, 0, 0, 30, tzinfo=UTC)
    for stamp, at in (("Dec 31 23:59:59", now - timedelta(seconds=31)), ("Jan  1 00:00:10", now - timedelta(seconds=20))):
        read = relay_log_lines.read(f"{stamp} mail postfix/qmgr[1]: 4A2: removed".encode(), now=now)
        assert read is not None and read.at == at


def test_in_the_hour_that_comes_twice_a_letter_s_line_is_the_later_and_a_knock_the_earlier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = zone("Europe/London", monkeypatch)
    next(clock)
    line, now = b"Oct 25 01:30:00 mail postfix/qmgr[1]: 4A2: removed", datetime(2026, 10, 25, 1, 40, tzinfo=UTC)
    late, early = (relay_log_lines.read(line, now=now, fold=fold) for fold in (1, 0))
    assert late is not None and early is not None and late.at - early.at == timedelta(hours=1)

    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 01:30 for the first time
    path = written(tmp_path / "mail.log", knock(first + timedelta(hours=1)), at=now)
    assert heard(path, now=now) == first  # a log that has stood still since then is not taken for one that goes on


@pytest.mark.parametrize("block", range(140, 260, 9))
def test_a_line_that_begins_in_one_block_and_ends_in_the_next_is_read(tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_logs, "BLOCK", block)

    assert look(written(tmp_path / "mail.log", START, named(), active())).taken == {0: "4A2"}


@pytest.mark.parametrize("rotated", [False, True])
def test_what_a_relay_with_a_slow_clock_took_is_found_in_the_margin_before(
    tmp_path: Path, rotated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_logs, "BLOCK", 500)
    slow = f"{SOON - timedelta(minutes=5):%b %e %H:%M:%S}"
    earlier = [said(SOON - timedelta(hours=1), "postfix/master", "reload")]
    earlier += [line.replace(f"{SOON:%b %e %H:%M:%S}", slow) for line in (named(), active())]
    since = [said(SOON, "postfix/smtpd", "connect from unknown[127.0.0.1]")] * 20
    path = written(tmp_path / "mail.log", *([] if rotated else earlier), *since)
    if rotated:
        written(tmp_path / "mail.log.1", *earlier, at=SOON - timedelta(minutes=4))

    found = relay_logs.search(path, LETTER, since=SOON, margin=timedelta(minutes=10), now=NOW)

    assert (found.taken, found.reaches_back) == ({0: "4A2"}, True)


@pytest.mark.parametrize(("ending", "packed"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
def test_a_rotated_log_is_unpacked_however_it_was_packed_and_a_spoilt_one_is_said(
    tmp_path: Path, ending: str, packed: Callable[[bytes], bytes]
) -> None:
    path, older = written(tmp_path / "mail.log", active()), tmp_path / f"mail.log.1{ending}"
    older.write_bytes(packed((START + named()).encode()))
    os.utime(older, (SOON.timestamp(),) * 2)

    assert look(path).taken == {0: "4A2"}
    older.write_bytes(older.read_bytes()[:10] + b"\xff" * 90)
    with pytest.raises(OSError):
        look(path)


@pytest.mark.parametrize("name", ["auth.log.1", "mail.log.bak", "mail.log.1.tar"])
def test_another_log_and_a_file_that_no_rotation_left_do_not_make_this_log_reach_back(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / "mail.log", said(SOON, "postfix/smtpd", "connect from unknown[127.0.0.1]"))
    written(tmp_path / name, START, named(), active())

    found = look(path)

    assert (found.taken, found.reaches_back) == ({}, False)

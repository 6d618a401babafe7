"""Times in the relay's log, with and without a year; and the line of our own knock, which says that a log goes on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaigns.delivery import relay_log_lines
from tests.campaigns.delivery.maillogs import NOW, SOON, START, active, heard, knock, written, zone


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from zone("UTC", monkeypatch)


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

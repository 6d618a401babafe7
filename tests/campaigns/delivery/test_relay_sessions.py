"""A relay's process that is at a letter, of which nobody knows yet which it is, and what ends that."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.campaigns.delivery.maillogs import NOW, SOON, START, begun, look, named, said, written

pytestmark = pytest.mark.usefixtures("in_utc")

BROKEN = "lost connection after DATA (0 bytes) from unknown[127.0.0.1]"
ENDS = "disconnect from unknown[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4"


def smtpd(text: str, program: str = "postfix/smtpd") -> str:
    return said(SOON, program, text)


def master(text: str, program: str = "postfix/master") -> str:
    return said(SOON, program, text)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [smtpd(BROKEN)],
        [named("4A9", "<another@x.test>")],
        [named(name="<another@x.test>", program="postfix-out/cleanup")],
        [smtpd(ENDS, "postfix-out/smtpd")],
        [master("daemon started -- version 3.7.11", "postfix-out/master")],
        [master("warning: process /usr/lib/postfix/sbin/smtpd pid 43 killed by signal 9")],
        [smtpd(f"4A2: reject: RCPT from unknown[127.0.0.1]: 550 {ENDS}")],
    ],
)
def test_a_letter_without_a_name_or_an_end_may_be_the_one_that_is_looked_for(tmp_path: Path, lines: list[str]) -> None:
    found = look(written(tmp_path / "mail.log", START, begun(), *lines))

    assert found.open == [SOON]
    assert found.may_be_taking(0, at=SOON) and found.may_be_taking(0, at=NOW)
    assert not found.may_be_taking(0, at=SOON - timedelta(seconds=6))  # its reply was given up before that one was begun


@pytest.mark.parametrize(
    "lines",
    [
        [smtpd(ENDS)],
        [smtpd(BROKEN), smtpd(ENDS)],
        [named(name="<another@x.test>")],
        [smtpd("connect from unknown[127.0.0.1]")],
        [smtpd("4A3: client=unknown[127.0.0.1]"), smtpd(ENDS)],
        [master("warning: process /usr/lib/postfix/sbin/smtpd pid 42 killed by signal 9")],
        [master("warning: process /usr/lib/postfix/sbin/smtpd pid 42 exit status 1")],
        [master("daemon started -- version 3.7.11")],
    ],
)
def test_one_that_has_a_name_or_an_end_is_not(tmp_path: Path, lines: list[str]) -> None:
    found = look(written(tmp_path / "mail.log", START, begun(), *lines))

    assert found.open == []
    assert not found.may_be_taking(0, at=NOW)


def test_before_a_filter_letters_have_no_queue_id_and_one_s_end_is_not_another_s(tmp_path: Path) -> None:
    both = [begun("NOQUEUE"), begun("NOQUEUE").replace("[42]", "[43]")]

    assert look(written(tmp_path / "mail.log", START, *both, smtpd(ENDS).replace("[42]", "[43]"))).open == [SOON]
    assert look(written(tmp_path / "mail.log", START, *both, smtpd(ENDS))).open == [SOON]


def test_one_of_which_the_time_cannot_be_read_counts_at_any_time(tmp_path: Path) -> None:
    found = look(written(tmp_path / "mail.log", START, begun().replace("Nov", "Nvv")))

    assert found.may_be_taking(0, at=SOON - timedelta(days=1))

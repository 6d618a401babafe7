"""A letter of which Postfix's log has the Message-ID alone: broken off before its dot, or waiting in a relay that is behind."""

from pathlib import Path

import pytest

from tests.campaigns.delivery.maillogs import SOON, START, active, begun, look, named, said, written

pytestmark = pytest.mark.usefixtures("in_utc")

LOST = "lost connection after DATA (90 bytes) from unknown[127.0.0.1]"


@pytest.mark.parametrize(
    ("lines", "open_still"),
    [
        ([begun(), named()], True),
        ([named()], True),
        ([begun(), named(), said(SOON, "postfix/smtpd", LOST)], False),
        ([begun(), said(SOON, "postfix/smtpd", LOST), named()], False),
        ([begun(), named(), said(SOON, "postfix/smtpd", LOST.replace("lost connection", "timeout"))], False),
        ([begun(), named(), said(SOON, "postfix/smtpd", "lost connection after END-OF-MESSAGE from unknown[127.0.0.1]")], True),
        ([begun(), named(), said(SOON, "postfix/smtpd", "lost connection after MAIL from unknown[127.0.0.1]")], True),
        ([begun(), named(), begun("4A3"), said(SOON, "postfix/smtpd", LOST)], True),
        ([begun(), named(), said(SOON, "postfix/smtpd", LOST).replace("[42]", "[43]")], True),
        ([begun(), named(), said(SOON, "postfix-b/smtpd", LOST)], True),
        ([begun(), named(), said(SOON, "postfix/smtpd", "NOQUEUE: reject: RCPT from x[127.0.0.1]: " + LOST)], True),
        ([begun(), named(), said(SOON, "postfix/cleanup", f"4A9: message-id=<postfix/smtpd[42]: {LOST}>")], True),
        ([begun(), named(), said(SOON, "postfix/cleanup", "4A2: milter-reject: END-OF-MESSAGE from x[127.0.0.1]: 4.7.1 Later")], False),
        ([begun(), named(), said(SOON, "postfix/smtpd", "4A2: reject: RCPT from x[127.0.0.1]: 450 4.2.0 Later")], True),
        ([begun(), named(), begun()], False),
        ([begun(), said(SOON, "postfix/smtpd", LOST), begun(), named()], True),
        ([begun(), named(), active()], False),
        ([begun("4A1"), named("4A1"), begun(), said(SOON, "postfix/smtpd", LOST), named()], True),
    ],
    ids=str,
)
def test_a_letter_that_was_begun_may_have_been_taken_unless_the_log_says_that_it_was_broken_off(
    tmp_path: Path, lines: list[str], open_still: bool
) -> None:
    assert look(written(tmp_path / "mail.log", START, *lines)).begun == ({0} if open_still else set())

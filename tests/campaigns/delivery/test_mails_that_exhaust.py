"""Mails made to keep whoever reads them busy: each is read in a moment, for behind it the others wait."""

import time
from uuid import UUID

import pytest
from sqlalchemy import event

from campaigns.delivery import bounces, mails
from campaigns.delivery.reports import MOST_TOLD
from campaigns.delivery.verp import MOST_TOKENS, ReturnAddress
from campaigns.foundation.database import Database

SECONDS = 4.0  # of the processor's time, on a slow machine; unbounded, each of these takes a minute or more
HEAD = b"From: MAILER-DAEMON@ashby.test\nSubject: Undelivered Mail Returned to Sender\n"
MANY = [f"a{number}@b.test" for number in range(8000)]


def _named_in_the_head() -> bytes:
    rows = [", ".join(MANY[start : start + 100]) for start in range(0, len(MANY), 100)]
    return HEAD + "".join(f"X-Failed-Recipients: {row}\n" for row in rows).encode() + b"\n" + "\n".join(MANY).encode()


def _reported() -> bytes:
    lines = "\n\n".join(f"Final-Recipient: rfc822;{address}\nAction: failed" for address in MANY)
    report = f"--x\n\n{chr(10) * 90_000}\n--x\nContent-Type: message/delivery-status\n\n{lines}\n--x--\n"
    return HEAD + b"Content-Type: multipart/report; boundary=x\n\n" + report.encode()


def _on_one_line() -> bytes:
    return HEAD + b"\n" + b"rcpt to:a@b.test " * 5800


@pytest.mark.long
@pytest.mark.parametrize("mail", [_named_in_the_head(), _reported(), _on_one_line()], ids=["head", "report", "one line"])
def test_a_bounce_of_very_many_readers_is_read_in_a_moment(mail: bytes) -> None:
    begun = time.process_time()
    reading = bounces.read(mail)

    assert time.process_time() - begun < SECONDS
    assert reading.kind == bounces.BOUNCE
    assert 0 < len(reading.recipients) <= MOST_TOLD


def test_a_mail_is_found_to_be_nested_too_deep_whatever_ends_its_lines() -> None:
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (level, level) for level in range(50))

    for end in (b"\n", b"\r\n", b"\r"):
        assert "only its head was read" in mails.opened(parts.replace(b"\n", end)).remark


def test_of_very_many_letters_that_a_mail_speaks_of_few_are_looked_up() -> None:
    fields = "".join(f"References: <{UUID(int=number)}.{UUID(int=number)}@countersign.test>\n" for number in range(4000))
    reading = bounces.read(f"From: a@b.test\n{fields}\nwords".encode())

    assert len(reading.speaks_of) == bounces.MOST_SPOKEN_OF and reading.speaks_of[0].startswith(f"<{UUID(int=0)}.")


def test_of_very_many_tokens_that_a_mail_carries_few_are_looked_up(sqlite: Database) -> None:
    returns, asked = ReturnAddress("lopp@countersign.test", "a key"), list[str]()
    addresses = [returns.of_release(UUID(int=number + 1 << 70))(0) for number in range(500)]
    with sqlite.reading() as session:
        event.listen(session.connection(), "before_cursor_execute", lambda *said: asked.append(said[2]))
        assert returns.read(session, addresses).forged

    assert len(asked) == MOST_TOKENS


@pytest.mark.parametrize("charset", ["=undefined", "=idna", "=punycode", "*=utf-8''utf-8"])
def test_a_mail_whose_charset_python_cannot_be_asked_to_decode_is_read_all_the_same(charset: str) -> None:
    mail = f"Subject: Re: LOPP\nContent-Type: text/plain; charset{charset}\n\nCafé at noon\n".encode()

    assert bounces.read(mail).text == "Café at noon"


def test_words_in_a_charset_for_the_names_of_hosts_are_read_in_a_moment() -> None:
    mail = b"Subject: Re: LOPP\nContent-Type: text/plain; charset=punycode\n\n" + b"-" + b"bb" * 200_000
    begun = time.process_time()

    assert bounces.read(mail).kind == bounces.REPLY
    assert time.process_time() - begun < SECONDS

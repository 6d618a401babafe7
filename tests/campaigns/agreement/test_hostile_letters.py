"""Whatever is dropped to be compared costs little: what would take long to read is refused first, and nothing long is looked through."""

import re
from email import policy
from email.message import EmailMessage
from typing import Any, NoReturn

import pytest

from campaigns.agreement import genuineness, received
from campaigns.agreement.genuineness import CARRIED, Verdict
from campaigns.drafting import letters, markup
from campaigns.foundation.errors import Refused

HEAD = b"Subject: x\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
PAGE = HEAD + b"Content-Type: text/html\r\n\r\nhello "
LONG = {
    b"Content-Type: text/plain": b"; a=b",
    b"Content-Type: ": b"(a)",
    b"Content-Type: text/plain;": b"\r\n a=b;",
    b"Content-Disposition: inline": b"; a=b",
    b"From: ": b"(a)",
    b"Reply-To: ": b"(a)",
}
MANY = {
    "parts": MIXED + b"--b\r\n\r\n" * 10_000,
    "parts of a digest": MIXED.replace(b"mixed", b"digest") + b"--b\r\n\r\n" * 10_000,
    "blocks of a report": HEAD + b"Content-Type: message/delivery-status\r\n\r\n" + b"a: b\r\n\r\n" * 10_000,
    "levels": HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(50)),
    "levels that begin oddly": HEAD + b"".join(b"Content-Type: \x1cmultipart/mixed; boundary=%d\r\r--%d\r" % (n, n) for n in range(50)),
    "lines": HEAD + b"\r\n" * 300_000,
    "comments that never end": PAGE + b"<!--" * 50_000,
    "tags": PAGE + b"<b>x" * 11_000,
    "links": PAGE + b"<a href='https://a.test/'>x</a>" * 2_000,
    "characters": HEAD + b"\r\n" + b"a" * 1_100_000,
    "figures": PAGE + b"&#" + b"9" * 10_000 + b";",
    "signs of a slow charset": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\nhello",
}


@pytest.mark.parametrize("begun", LONG)
def test_a_long_field_that_would_be_read_is_refused_before_it_is(begun: bytes) -> None:
    field = begun + LONG[begun] * 1_000 + b"\r\n"

    for raw in (HEAD + field + b"\r\nhello", MIXED + b"--b\r\n" + field + b"\r\nhello\r\n--b--\r\n"):
        with pytest.raises(Refused, match="could not be read as an e-mail"):
            received.read(raw)


@pytest.mark.parametrize("what", MANY)
def test_more_than_any_letter_has_is_refused(what: str) -> None:
    with pytest.raises(Refused, match=r"could not be read as an e-mail|than can be compared here"):
        received.read(MANY[what])


def test_long_fields_that_mail_systems_write_and_nobody_reads_do_no_harm() -> None:
    assert received.read(b"X-Antispam-Report: " + b"(a)" * 10_000 + b"\r\n" + HEAD + b"\r\nhello").text == "hello"


def test_what_is_read_of_a_head_is_read_as_mail_programs_show_it() -> None:
    written = EmailMessage(policy=policy.SMTP)
    written["Subject"], written["From"] = "Größe – Größe, Größe, Größe, Größe, Größe, Größe, Größe, Größe", "Jürg, R. <j@a.test>"
    written.set_content("hello")
    written.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Größe – plan.pdf")
    raw = written.as_bytes()
    other = re.sub(rb"filename\*=[^\r]*", b'filename="=?utf-8?q?Gr=C3=B6=C3=9Fe_=E2=80=93_plan=2Epdf?="', raw)
    assert other != raw

    found = received.read(raw)

    assert found.subject == written["Subject"] and found.files == received.read(other).files and found.files[0][0] == "Größe – plan.pdf"
    assert received.read(b"Subject: \xff\r\nFrom: \xff <a@b.test>\r\n\r\nhello").subject == "\ufffd"
    assert received.read(HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA- hello").text.isprintable()
    assert received.read(HEAD + b"Content-Type: text/plain; charset=hex\r\n\r\nhello").text == "hello"


def judged(text: str) -> Verdict:
    agreed = letters.Opened("x", "", "hello", [])
    return genuineness.judge(received.read(HEAD + b"\r\n" + text.encode()), agreed, sealed=None, headers=[])


@pytest.mark.parametrize("sign", ["a.", "a-", "a", "é"])
def test_no_long_word_is_looked_through(monkeypatch: pytest.MonkeyPatch, sign: str) -> None:
    looked = list[str]()
    for module, name in ((genuineness, "BARE"), (genuineness.lint, "ADDRESS")):
        monkeypatch.setattr(module, name, _Noting(getattr(module, name), looked))

    found = judged(f"hello {sign * 100_000} there")

    assert found.kind == CARRIED and looked and max(map(len, looked)) <= genuineness.LONGEST_HOST
    assert bool(found.strays) == ("." in sign)


def test_a_long_word_that_leads_somewhere_is_told() -> None:
    assert [stray.where for stray in judged("hello https://evil.test/?" + "a" * 300).strays]


class _Noting:
    """A pattern that notes what it is asked to look through."""

    def __init__(self, pattern: "re.Pattern[str]", looked: list[str]) -> None:
        self.pattern, self.looked = pattern, looked

    def search(self, text: str) -> "re.Match[str] | None":
        self.looked.append(text)
        return self.pattern.search(text)

    def findall(self, text: str) -> list[str]:
        self.looked.append(text)
        return self.pattern.findall(text)


def test_reading_a_page_never_goes_through_all_that_is_open() -> None:
    class Open(list[Any]):
        def __iter__(self) -> NoReturn:
            raise AssertionError("it goes through all that is open")

    reader = markup._Reader()
    reader.open = Open()
    reader.feed("<b>x</i>" * 1_000 + "</b>" * 1_001)
    reader.close()

    assert reader.reading.shown == "x" * 1_000 and not reader.open

"""A received letter is the one that was agreed, or the same words carried differently, or it differs: one of three, whatever was done to it."""

import email
import re
from collections.abc import Callable
from email import policy
from urllib.parse import quote

import pytest

from campaigns.agreement import genuineness, readers, received, releases
from campaigns.agreement.genuineness import CARRIED, DIFFERS, IDENTICAL, Verdict
from campaigns.drafting import letters
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from tests.campaigns import stories

CORE = "Dear ((name)),\n\nThe fee is £120 for ((organisation)). See [our pages](https://lopp.example.org/a?b=1).\n\n((your part))"
Change = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def sealed(empty_sqlite: object, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes, list[str]]:
    """One reader's letter as it was sealed, another's, and the headers that were."""
    import_path = tmp_path_factory.mktemp("genuine") / "test.db"
    import_path.write_bytes(empty_sqlite.read_bytes())  # type: ignore[attr-defined]
    story = stories.agreed_release(stories.house(Database(f"sqlite:///{import_path}")), stories.words(core=CORE))
    with story.database.reading() as session:
        release = releases.get(session, story.release)
        one, other = readers.of(session, story.release, limit=2)
        said = releases.said(release)
        assert said
        return readers.letter(session, release, one), readers.letter(session, release, other), said.headers


def parts(raw: bytes, change: Callable[[str], str], *, kinds: tuple[str, ...] = ("plain", "html"), encoding: str = "base64") -> bytes:
    """The letter with its parts decoded, changed and encoded another way, as a gateway rebuilds it."""
    message = email.message_from_bytes(raw, policy=policy.SMTP)
    for part in message.iter_parts():  # type: ignore[attr-defined]
        text = change(part.get_content()) if part.get_content_subtype() in kinds else part.get_content()
        part.set_content(text, subtype=part.get_content_subtype(), cte=encoding)
    return message.as_bytes()


def swap(old: str, new: str, **how: object) -> Change:
    return lambda raw: parts(raw, lambda text: text.replace(old, new), **how)  # type: ignore[arg-type]


def rewritten(wrap: Callable[[str], str]) -> Change:
    return lambda raw: parts(raw, lambda text: re.sub(r"https://lopp\.example\.org/a\?b=1", lambda found: wrap(found[0]), text))


def with_file(raw: bytes, name: str, content: bytes) -> bytes:
    """The letter as the first part of a mixed one, with one more part: a file, or words when it has no name."""
    message = email.message_from_bytes(raw, policy=policy.SMTP)
    if message.get_content_subtype() != "mixed":
        message.make_mixed()  # type: ignore[attr-defined]
    if name:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)  # type: ignore[attr-defined]
    else:
        message.add_attachment(content.decode(), disposition="inline")  # type: ignore[attr-defined]
    return message.as_bytes()


def in_front(text: str, html: str) -> Change:
    """Something put before all that was agreed, in both parts."""
    return lambda raw: parts(raw, lambda said: re.sub(r"(<body[^>]*>)", rf"\1{html}", said) if "<body" in said else f"{text}\n{said}")


TABLE: dict[str, tuple[Change, str]] = {
    "untouched": (lambda raw: raw, IDENTICAL),
    "with LF line ends": (lambda raw: raw.replace(b"\r\n", b"\n"), IDENTICAL),
    "with Date, Received and DKIM in front": (lambda raw: b"Received: from a by b;\r\n\tyesterday\r\nDKIM-Signature: v=1; a=x\r\nDate: today\r\n" + raw, IDENTICAL),
    "with its parts in base64": (lambda raw: parts(raw, str), CARRIED),
    "re-wrapped": (lambda raw: parts(raw, str, encoding="quoted-printable"), CARRIED),
    "with a marked subject": (lambda raw: raw.replace(b"Subject: ", b"Subject: [EXTERNAL] "), CARRIED),
    "with a banner in front": (lambda raw: parts(raw, lambda text: text.replace("<body", "<body><p>CAUTION: from outside.</p><div", 1) if "<body" in text else "CAUTION: from outside.\n" + text), CARRIED),
    "with a footer": (lambda raw: parts(raw, lambda text: text.replace("</body>", "<p>Scanned.</p></body>") if "</body>" in text else text + "\nScanned.\n"), CARRIED),
    "with links rewritten as one gateway does": (rewritten(lambda link: f"https://eur01.safelinks.test/?url={quote(link, safe='')}&data=05%7C01"), CARRIED),
    "with links rewritten as another does": (rewritten(lambda link: f"https://urldefense.test/v3/__{link}__;!!x"), CARRIED),
    "with links rewritten as a third does": (rewritten(lambda link: "https://urldefense.test/v2/url?u=" + quote(link, safe="").replace("%", "-").replace(".", ".")), CARRIED),
    "without its HTML part": (lambda raw: parts(raw, lambda text: "", kinds=("html",)), CARRIED),
    "with another amount": (swap("£120", "£1200"), DIFFERS),
    "with another amount in the text alone": (swap("£120", "£1200", kinds=("plain",)), DIFFERS),
    "with another amount in the HTML alone": (swap("£120", "£1200", kinds=("html",)), DIFFERS),
    "with a word left out": (swap("The fee is", "The fee was"), DIFFERS),
    "with words put in": (swap("See ", "Please pay today. See "), DIFFERS),
    "with a link to another host": (swap("lopp.example.org", "lopp.example.test"), DIFFERS),
    "with a link hidden in another": (rewritten(lambda link: "https://evil.test/"), DIFFERS),
    "with an opaque link": (rewritten(lambda link: "https://protect.mimecast.test/s/AbCdEf"), DIFFERS),
    "with words put in a blank that lead somewhere": (swap("for Council", "for https://evil.test Council"), DIFFERS),
    "with a link put on agreed words": (swap("The fee is", '<a href="https://evil.test/">The fee is</a>', kinds=("html",)), DIFFERS),
    "with a link that never ends": (swap("The fee is", '<a href="https://evil.test/">The fee is', kinds=("html",)), DIFFERS),
    "with a file": (lambda raw: with_file(raw, "form.exe", b"MZ"), DIFFERS),
    "with a second text part inside": (lambda raw: with_file(raw, "", b"Pay today."), CARRIED),
    "with another subject": (lambda raw: raw.replace(b"Subject: What LOPP offers", b"Subject: What LOPP takes"), DIFFERS),
}  # fmt: skip


def judged(raw: bytes, sealed: bytes | None, headers: list[str], agreed: bytes | None = None) -> Verdict:
    return genuineness.judge(received.read(raw), letters.open_letter(agreed or sealed or b""), sealed=sealed, headers=headers)


@pytest.mark.parametrize("what", TABLE)
def test_a_letter_is_judged_by_what_was_done_to_it(sealed: tuple[bytes, bytes, list[str]], what: str) -> None:
    letter, _, headers = sealed
    change, expected = TABLE[what]

    assert judged(change(letter), letter, headers).kind == expected


def test_what_was_put_around_and_rewritten_is_told(sealed: tuple[bytes, bytes, list[str]]) -> None:
    letter, _, headers = sealed

    carried = judged(TABLE["with a banner in front"][0](letter), letter, headers)
    wrapped = judged(TABLE["with links rewritten as one gateway does"][0](letter), letter, headers)
    other = judged(TABLE["with another amount"][0](letter), letter, headers)

    assert "CAUTION: from outside." in carried.added and carried.links == []
    assert wrapped.links and all("safelinks" in link for link in wrapped.links)
    assert "£120 " in other.agreed + " " and "£1200" in other.received and len(other.agreed.split()) <= 8


STRAYS: dict[str, tuple[Change, str, str]] = {
    "a link in front": (in_front("Sign in", '<p><a href="https://evil.test/pay">Sign in</a></p>'), "https://evil.test/pay", "Sign in"),
    "a link that never ends, behind": (swap("</body>", '<p><a href="https://evil.test/pay">Sign in</p></body>', kinds=("html",)), "https://evil.test/pay", "Sign in"),
    "an address among the words": (in_front("Please pay at https://evil.test/pay. Thanks", "<p>Hello</p>"), "https://evil.test/pay", "Please pay at https://evil.test/pay. Thanks"),
    "a bare host among the words": (in_front("Go to evil-bank.com now", ""), "evil-bank.com", "Go to evil-bank.com now"),
    "an address in the subject": (lambda raw: raw.replace(b"Subject: ", b"Subject: www.evil.test "), "www.evil.test", "www.evil.test"),
    "a picture from elsewhere": (in_front("", '<img src="https://evil.test/p.png">'), "<img src=https://evil.test/p.png>", "fetched when the letter is opened"),
    "a form": (in_front("", "<form action='https://evil.test/'></form>"), "<form>", "a form to fill in"),
    "answers to another mailbox": (lambda raw: raw.replace(b"Reply-To: lopp-replies", b"Reply-To: evil"), "evil@countersign.test", "answers go here"),
    "another sender": (lambda raw: re.sub(rb"From: .*", b"From: LOPP team <lopp@evil.test>\r", raw), "lopp@evil.test", "the letter says it is from here"),
}  # fmt: skip


@pytest.mark.parametrize("what", STRAYS)
def test_an_address_that_nobody_agreed_to_is_told_with_its_place(sealed: tuple[bytes, bytes, list[str]], what: str) -> None:
    letter, _, headers = sealed
    change, address, where = STRAYS[what]

    found = judged(change(letter), letter, headers)

    assert found.kind == CARRIED
    assert [(stray.address, stray.where) for stray in found.strays] == [(address, where)]


def test_a_gateways_words_hold_no_address(sealed: tuple[bytes, bytes, list[str]]) -> None:
    letter, _, headers = sealed

    for what in ("with a banner in front", "with a footer", "with a marked subject", "with links rewritten as one gateway does"):
        assert judged(TABLE[what][0](letter), letter, headers).strays == []


FILES: dict[str, tuple[list[tuple[str, bytes]], str, str]] = {
    "one more": ([("lopp.pdf", b"%PDF"), ("form.exe", b"MZ")], "no such file", "the file form.exe"),
    "another content": ([("lopp.pdf", b"%PDF, and more")], "the file lopp.pdf", "the file lopp.pdf, with other content"),
    "another name": ([("lopp.exe", b"%PDF")], "the file lopp.pdf", "the file lopp.exe"),
    "none": ([], "the file lopp.pdf", "no such file"),
}


@pytest.mark.parametrize("what", FILES)
def test_the_files_must_be_the_ones_that_were_signed(sealed: tuple[bytes, bytes, list[str]], what: str) -> None:
    letter, _, headers = sealed
    carried, agreed, received = FILES[what]
    whole = with_file(letter, "lopp.pdf", b"%PDF")
    for name, content in carried:
        letter = with_file(letter, name, content)

    found = judged(letter, None, headers, whole)

    assert (found.kind, found.agreed, found.received) == (DIFFERS, agreed, received)
    assert judged(whole, None, headers, whole).kind == CARRIED


def test_another_reader_s_letter_differs_from_this_one(sealed: tuple[bytes, bytes, list[str]]) -> None:
    letter, other, headers = sealed

    assert judged(other, letter, headers).kind == DIFFERS


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"\xd0\xcf\x11\xe0 a .msg",
        b"Subject: x\r\n\r\n",
        b"\x00" * 1000,
        b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b--",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" * 60,
        b"Subject: =?utf-8?b?/////?=\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    ],
)
def test_what_is_no_letter_is_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(Refused, match=r"Save the letter from your mail program as \.eml|This is an Outlook \.msg file"):
        received.read(raw)


def test_words_of_a_charset_nobody_knows_are_read_as_far_as_they_can_be() -> None:
    assert received.read(b"Subject: x\r\nContent-Type: text/plain; charset=nobody-knows\r\n\r\n \x00").subject == "x"

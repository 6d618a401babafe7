"""From Markdown to a letter: what readers see, what nobody can smuggle in, and that the work is done once per variant."""

import email
import re
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from typing import Any
from unittest.mock import Mock

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.drafting import letters, lint
from campaigns.drafting.letters import HEADERS, Sender
from campaigns.drafting.programs import Program
from campaigns.foundation import reader_links
from campaigns.foundation.errors import Refused
from tests.campaigns.stories import SENDER, words

VALUES = {
    "name": "Head of service",
    "role": "senior manager",
    "organisation": "Adur",
    "nation": "England",
    "region": "South East",
    "reference": "ABCD-2345",
    "address": "post@adur.test",
    "message_id": "<1.2@countersign.test>",
    **reader_links.of_nobody("http://localhost:8000", "x"),
}
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=80)


def compiled(core: str, *, part: str = "", subject: str = "What LOPP offers", sender: Sender = SENDER) -> Program:
    return letters.compile_letter(subject=subject, core=core, part=part, reference="ABCD-2345", sender=sender)


def letter(core: str, *, values: dict[str, str] | None = None, **asked: Any) -> bytes:
    program: Program = compiled(core, **asked)
    return program.join(VALUES | (values or {}))


def parsed(message: bytes) -> EmailMessage:
    found = email.message_from_bytes(message, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def texts(message: bytes) -> tuple[str, str]:
    """The text part, and the words of the HTML part as a browser would show them."""
    opened = letters.open_letter(message)
    page = html5lib.parse(opened.html, namespaceHTMLElements=False)
    body = page.find("body")
    assert body is not None
    return opened.text.replace("\r\n", "\n"), " ".join("".join(body.itertext()).split())


def test_a_letter_has_the_signed_headers_a_text_part_first_and_html_after() -> None:
    message = parsed(letter("Dear ((name)),"))

    assert tuple(message.keys()) == HEADERS
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["To"] == "post@adur.test" and message["List-Unsubscribe"] == "<http://localhost:8000/stop/x>"
    assert message.defects == []


def test_compiling_twice_gives_the_same_bytes() -> None:
    assert compiled("Dear ((name)),\n\n* one\n* two").to_bytes() == compiled("Dear ((name)),\n\n* one\n* two").to_bytes()


def test_the_style_sheet_is_inlined_and_nothing_is_left_to_fetch() -> None:
    html = letters.open_letter(letter("# A heading\n\nDear ((name)),\n\n[a page](https://a.test/x)")).html

    assert "<style" not in html and '<p style="margin:0 0 16px">Dear ' in html
    assert not re.search(r"<(img|link|script|iframe)|@import|url\(", html)


def test_the_words_for_an_audience_stand_where_the_core_says_or_after_it() -> None:
    assert "before\n\nmine\n\nafter" in texts(letter("before\n\n((your part))\n\nafter", part="mine"))[0]
    assert "before\n\nmine" in texts(letter("before", part="mine"))[0]


@settings(max_examples=25, derandomize=True)
@given(name=NAMES, organisation=NAMES)
def test_both_parts_say_exactly_what_a_reader_is_called(name: str, organisation: str) -> None:
    program = PROGRAM

    message = program.join(VALUES | {"name": name, "organisation": organisation})

    text, shown = texts(message)
    assert f"Dear {name} of {organisation}!" in text
    assert " ".join(f"Dear {name} of {organisation}!".split()) in shown


PROGRAM = compiled("Dear ((name)) of ((organisation))!")


def test_two_readers_letters_differ_in_their_own_fields_only() -> None:
    program = compiled("Dear ((name)),\n\nAll of ((organisation)) is meant.")
    one, other = (program.join(VALUES | {"name": name, "address": f"{name}@a.test"}) for name in ("Ann", "Bob"))

    assert one != other and one.replace(b"Ann", b"Bob") == other


@pytest.mark.parametrize(
    "typed",
    ["<script>alert(1)</script>", "<b>bold</b>", '<a href="javascript:x">x</a>', "<img src=x onerror=y>", "<!-- hidden -->", "a <b>c</b>"],
)
def test_html_in_the_words_is_shown_as_typed_and_reported(typed: str) -> None:
    text, shown = texts(letter(typed))

    assert typed in text and typed in shown
    assert [found.said for found in lint.typed(words(core=f"first\n{typed}", parts={}))] == [
        "Line 2 contains HTML. Readers will see it as it is typed."
    ]


@pytest.mark.parametrize("typed", ["{{ 7 * 7 }}", "{% for x in y %}", "{{ config.items() }}"])
def test_jinja_in_the_words_is_shown_as_typed_and_reported(typed: str) -> None:
    text, shown = texts(letter(typed))

    assert typed in text and typed in shown
    assert len(lint.typed(words(core=typed, parts={}))) == 1


def test_jinja_in_a_subject_or_a_reader_s_name_is_shown_as_typed() -> None:
    message = letter("Dear ((name))", subject="{{ 7 * 7 }}", values={"name": "{{ name }} ((role)) <i>"})

    assert parsed(message)["Subject"] == "{{ 7 * 7 }}"
    assert "Dear {{ name }} ((role)) <i>" in texts(message)[0] and "Dear {{ name }} ((role)) <i>" in texts(message)[1]


@pytest.mark.parametrize("typed", ["<https://a.test/x>", "<post@a.test>", "<mailto:post@a.test>", "a < b and b > c", "1 <2"])
def test_a_link_in_angle_brackets_is_not_reported_as_html(typed: str) -> None:
    assert [found.said for found in lint.typed(words(core=typed, parts={}))] == []


@pytest.mark.parametrize(
    "link", ["[x](javascript:alert(1))", "[x](data:text/html,hi)", "[x](vbscript:y)", "[x](//host.test/x)", "![x](https://a.test/x.png)"]
)
def test_a_dangerous_link_or_a_picture_becomes_no_link(link: str) -> None:
    html = letters.open_letter(letter(link)).html

    assert not re.search(r'href="?(javascript|data|vbscript)', html) and "<img" not in html


SMUGGLED = ["x\r\nBcc: evil@evil.test", "x\nBcc: evil@evil.test", "x\rBcc: evil@evil.test", "x\x00y", "x\x0b\x0cy", "x\u2028y", "x\x85y"]


@pytest.mark.parametrize("text", SMUGGLED)
def test_no_field_that_reaches_a_header_lets_another_header_in(text: str) -> None:
    tries: list[dict[str, Any]] = [
        {"subject": text},
        {"sender": replace(SENDER, name=text)},
        {"sender": replace(SENDER, address=text)},
        {"sender": replace(SENDER, reply_to=text)},
        {"values": {"address": text}},
        {"values": {"message_id": text}},
        {"values": {"stop_url": text}},
    ]

    for asked in tries:
        with pytest.raises(Refused):
            letter("Dear ((name))", **asked)


ENCODED = "=?utf-8?q?x=0D=0ABcc:_evil@evil.test?="


@pytest.mark.parametrize("asked", [{"subject": ENCODED}, {"sender": replace(SENDER, name=ENCODED)}])
def test_an_encoded_word_is_refused_where_it_would_be_decoded(asked: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="must be on one line"):
        letter("Dear ((name))", **asked)


def test_a_sender_s_name_adds_no_second_sender() -> None:
    message = letter("Dear ((name))", sender=replace(SENDER, name='"x" <e@evil.test>, y'))

    assert [address.addr_spec for address in parsed(message)["From"].addresses] == [SENDER.address]


@pytest.mark.parametrize("subject", ["x" * 150, "M\u00f4n " * 25, "\U0001f600" * 60, " ".join(["word"] * 30), ".dot first"])
def test_a_subject_reads_back_as_typed_in_lines_of_a_mail_s_length(subject: str) -> None:
    message = letter("Dear ((name))", subject=subject)

    assert str(parsed(message)["Subject"]).strip() == subject.strip()
    assert max(len(line) for line in message.split(b"\r\n")) <= 200


def test_no_line_begins_with_a_dot_whatever_stands_in_it() -> None:
    message = letter(".\n\n..x\n\nFrom me\n\n((name))\n\n`.`", values={"name": "."})

    assert not any(line.startswith((b".", b"From ")) for line in message.partition(b"\r\n\r\n")[2].split(b"\r\n"))
    assert "\n.\n" in texts(message)[0] and "\nFrom me\n" in texts(message)[0]


def test_a_body_s_lines_are_short_whatever_is_typed() -> None:
    message = letter("x" * 3000 + " ((name)) " + "\u00e9" * 500, values={"name": "y" * 500})

    assert max(len(line) for line in message.partition(b"\r\n\r\n")[2].split(b"\r\n")) <= 76


def test_a_message_without_both_parts_is_not_opened_as_a_letter() -> None:
    with pytest.raises(Refused, match="text part"):
        letters.open_letter(b"Subject: x\r\n\r\nonly words\r\n")


def test_premailer_runs_once_for_a_variant_whatever_the_number_of_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    inlined = Mock(wraps=letters._inlined)
    monkeypatch.setattr(letters, "_inlined", inlined)

    program = compiled("Dear ((name))")
    for number in range(50):
        program.join(VALUES | {"name": str(number)})

    assert inlined.call_count == 1

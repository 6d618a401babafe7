"""What fills a blank, and what stands in a header: one line, whatever somebody typed (A14, P36)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.drafting import letters, lint
from campaigns.drafting.programs import has_headers
from campaigns.foundation.errors import Refused
from tests.campaigns.drafting.test_letters import letter
from tests.campaigns.stories import SENDER


@pytest.mark.parametrize(
    "value",
    [
        "two\nlines",
        "two\r\nlines",
        "x\u2028y",
        "x\u202ey",
        "see https://evil.test",
        "www.evil.test",
        "[x](https://a.test)",
        "HTTP://x",
        "y" * 81,
        "a\u200bb",
    ],
)
def test_a_name_that_could_change_the_meaning_is_refused(value: str) -> None:
    (problem,) = lint.field_problems({"organisation": value, "name": "Head of service"})
    assert problem.startswith("((organisation)) would be filled with")


def test_ordinary_names_are_good_values() -> None:
    names = ["Head of service, Môn", "Council of the Isles of Scilly (Unitary)", "Bath & North-East Somerset: Housing/Health", "", "y" * 80]
    assert lint.field_problems({str(place): name for place, name in enumerate(names)}) == []


@pytest.mark.long
@settings(max_examples=300, derandomize=True)
@given(
    text=st.text(max_size=60) | st.sampled_from(["x\r\nBcc: a@b.test", "x\n y", "=?utf-8?q?a=0D=0AX:_y?=", "\x85x", "x\u2029y"]),
    place=st.integers(0, 6),
)
def test_a_header_never_gains_a_line_whatever_goes_in(text: str, place: int) -> None:
    try:
        message = _with(text, place)
    except (Refused, UnicodeEncodeError):
        return

    assert has_headers(message, tuple(letters.HEADERS))
    opened = letters.open_letter(message)
    assert [name for name, _ in opened.headers] == list(letters.HEADERS)
    assert dict(opened.headers)["To"].count("@") <= 1 or place == 3


@pytest.mark.parametrize(
    ("head", "is_so"),
    [
        ("A: 1\r\nB: 2\r\n", True),
        ("A: 1\r\n\tmore\r\nB:\r\n", True),
        ("A: 1\nX: 3\r\nB: 2\r\n", False),
        ("A: 1\rX: 3\r\nB: 2\r\n", False),
        ("A: 1\r\n \nX: 3\r\nB: 2\r\n", False),
        ("A: 1\r\r\nB: 2\r\n", False),
        ("A: 1\r\nB: 2\r\nX: 3\r\n", False),
        ("A: 1\r\nX: 3\r\nB: 2\r\n", False),
        ("B: 2\r\nA: 1\r\n", False),
        ("A: 1\r\n", False),
        ("a: 1\r\nB: 2\r\n", False),
    ],
)
def test_header_fields_are_told_apart_as_a_receiver_does(head: str, *, is_so: bool) -> None:
    assert has_headers(f"{head}\r\nC: the body\nand more\r\n".encode("ascii"), ("A", "B")) is is_so


def _with(text: str, place: int) -> bytes:
    sender = [replace(SENDER, name=text), replace(SENDER, reply_to=text), replace(SENDER, address=text)]
    if place < 3:
        return letter("Dear ((name))", sender=sender[place])
    if place < 6:
        return letter("Dear ((name))", values={("address", "message_id", "stop_url")[place - 3]: text})
    return letter("Dear ((name))", subject=text)

"""A program's join is the letter: what goes in comes out, and nothing else does."""

import email
import re
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns.delivery import transport
from campaigns.drafting import plain_values, programs
from campaigns.drafting.programs import Field, Program
from campaigns.foundation.errors import Refused

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n.=F "), max_size=200)
FIELDS = [Field("a", "header"), Field("b", "text")]
HEAD = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


def body_of(message: bytes) -> str:
    parsed = email.message_from_bytes(message, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return str(parsed.get_content()).replace("\r\n", "\n")


@given(literals=st.lists(TEXT, min_size=1, max_size=4), values=st.lists(TEXT, min_size=4, max_size=4))
def test_a_joined_body_reads_back_as_its_words_with_the_values_in_them(literals: list[str], values: list[str]) -> None:
    template = [part for place, literal in enumerate(literals) for part in (literal, f"f{place}")][:-1]
    program = Program((HEAD, *programs.body(template, "text")))

    message = program.join({f"f{place}": value for place, value in enumerate(values)})

    written = "".join(part if place % 2 == 0 else values[place // 2] for place, part in enumerate(template))
    assert body_of(message) == written
    lines = message.split(b"\r\n")
    assert max(len(line) for line in lines) <= 76
    assert not any(line.startswith((b".", b"From ")) for line in lines)
    assert b"\n" not in message.replace(b"\r\n", b"")
    assert Program.from_bytes(program.to_bytes()) == program


RAW = st.lists(st.sampled_from([b"a", b".", b"\r\n", b"=\r\n", b"\r", b"\n", b"\xe9"]), max_size=3).map(b"".join)


@pytest.mark.long
@given(pieces=st.lists(RAW, min_size=1, max_size=3), values=st.lists(RAW, min_size=3, max_size=3))
@settings(max_examples=1000)
@example(pieces=[b"", b"", b""], values=[b"", b"\n\r", b"\r\n"])
@example(pieces=[b"a=\r\n"], values=[b".\r\n"] * 3)
@example(pieces=[b"a"], values=[b"a\r\n.\r\n"] * 3)
@example(pieces=[b"a", b".\r\n"], values=[b"a\r\n"] * 3)
@example(pieces=[b"a\r", b"\n"], values=[b"", b"\r\n", b""])
@example(pieces=[b"a", b"\n"], values=[b"a\r", b"\r\n", b""])
def test_what_is_said_to_stand_is_on_the_wire_what_it_is_here(pieces: list[bytes], values: list[bytes]) -> None:
    """Pieces and values that no sealing makes, with every octet that matters: what is said to stand needs no look at its bytes."""
    between = [part for place, piece in enumerate(pieces) for part in (piece, Field(f"f{place}", "raw"))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(programs.ESCAPES, "raw", lambda text: text.encode("latin-1"))
        joined = Program(tuple(between)).joined({f"f{place}": value.decode("latin-1") for place, value in enumerate(values)})

    if joined.stands and joined.message.endswith(b"\r\n"):
        assert transport.framed(b"Date: now\r\n" + joined.message) == b"Date: now\r\n" + joined.message
        assert joined.message.isascii()


@given(st.lists(TEXT, min_size=2, max_size=2))
def test_a_sealed_body_stands_whatever_its_values_are(values: list[str]) -> None:
    program = Program((HEAD, *programs.body([".From ", "f0", ".b", "f1", "."], "text")))
    assert program.joined({f"f{place}": value for place, value in enumerate(values)}).stands


@given(text=st.text(st.sampled_from("Fromab .-<>~!:/9="), max_size=300) | TEXT)
@example("." + "a" * 71)
@example("a" * 71 + ".b")
@example("a" * 71 + "From b")
@example("a" * 72)
@example("a" * 73)
@example("a" * 143)
@example("a" * 144)
@example("From b")
@example("a ")
def test_a_plain_value_is_written_byte_for_byte_as_any_other_is(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(programs, "PLAIN", re.compile(r"(?!)"))  # nothing is plain: all goes the long way
        slowly = programs.quoted_printable(text)
    assert programs.quoted_printable(text) == slowly


VALUE = st.text(st.sampled_from("Fromab .-~!:/9"), max_size=170) | st.text(st.sampled_from("Fromab .-<>&'\"=\n\r\té"), max_size=9) | TEXT


@given(st.lists(VALUE, min_size=4, max_size=4))
@example(["a" * 71 + ".b", "b", "c", "<d>"])
@example(["a" * 71 + "From b", "b", "c", "<d>"])
@example(["a", "", "c", "<d>"])
@example(["a", ".b", "c", "<d>"])
@example(["a", "b ", "c", "<d>"])
@example(["a", "From b", "c", "<d>"])
@example(["a\nb", "b", "c", "<d>"])
@example(["a", "\ud800", "c", "<d>"])
@example(["a", "b", "c", ".d"])
@example(["a", "b", "c", ""])
@example(["a", "b", "c", "=?d"])
@example(["a", "b", "c", "d\r"])
def test_values_that_are_written_together_are_written_as_each_by_itself_is(values: list[str]) -> None:
    heads = [piece for name in ("a", "b", "d") for piece in (b"X: ", Field(name, "header"), b"\r\n")]
    words = [*programs.body(["Dear ", "a", ", ", "c", ".\n"], "text"), *programs.body(["", "b", "<p>", "c", "</p>"], "html")]
    program = Program((*heads, b"\r\n", *words))
    one_by_one = Program(program.pieces)
    one_by_one.__dict__["_cut"] = program._cut._replace(plain_filling=None)

    try:
        expected = one_by_one.joined(dict(zip("abcd", values, strict=True)))
    except (Refused, UnicodeEncodeError) as refusal:
        with pytest.raises(type(refusal)):
            program.joined(dict(zip("abcd", values, strict=True)))
        return

    assert program.joined(dict(zip("abcd", values, strict=True)))[:2] == expected[:2]


def test_most_values_are_written_together() -> None:
    assert plain_values.written(["<1.2@x.test>"], ["Head of service, Adur (3)", "https://x.test/" + "a" * 90]) is not None


@given(st.text(max_size=60))
def test_a_header_s_value_is_refused_unless_it_is_plain_and_on_one_line(value: str) -> None:
    program = Program((b"To: ", Field("address", "header"), b"\r\n"))

    try:
        joined = program.join({"address": value})
    except Refused:
        assert not value or not value.isascii() or not value.isprintable()
    else:
        assert joined == f"To: {value}\r\n".encode() and len(joined.splitlines()) == 1


@given(
    st.lists(st.sampled_from([b"A: ", b"Bx: ", b"B", b": x", b"\r\n", b"\n", b"Bcc: ", b" %s", b"\0", b"\r\n\r\n", *FIELDS]), max_size=12),
    st.text("Ax: .%", min_size=1),
)
@example([b"A: x\r\nB", FIELDS[0], b": x\r\n\r\n"], "cc")
@example([b"A: ", FIELDS[0], b"\r\nBx: ", FIELDS[0], b"\r\n\r\n", FIELDS[1], b"\n"], "x")
@example([b"A: ", FIELDS[0], b"\r\nBx: ", FIELDS[1], b"\r\n\r\n"], "x")
@example([b"A: x\r\n", FIELDS[0], b"Bx: x\r\n\r\n"], " ")
def test_a_program_that_is_proved_to_have_headers_has_them_for_every_plain_reader(pieces: list[bytes | Field], value: str) -> None:
    program = Program(tuple(pieces))
    try:
        joined = program.joined({"a": value, "b": value})
    except Refused:
        return

    for names in (("A", "Bx"), ("A", "B\0")):
        assert not (joined.plain and program.has_headers(names)) or programs.has_headers(joined.message, names)


def test_what_an_ordinary_program_has_for_headers_is_proved_and_nothing_else() -> None:
    head = [b"A: ", Field("a", "header"), b"\r\n folded\r\nB: 100%\r\n\r\n"]
    program = Program((*head, *programs.body(["Dear ", "b", ": 5%\n"], "text")))

    assert program.has_headers(("A", "B")) and program.joined({"a": "x", "b": "y"}).plain
    assert program.join({"a": "x", "b": "y"}).endswith(b"\r\n\r\nDear=20=\r\ny=\r\n: 5%\r\n")
    for other in ((), ("A",), ("A", "B", "C"), ("B", "A")):
        assert not program.has_headers(other)
    for hole in ((*head[:2], b"\r\nBcc: e@evil.test", *head[2:]), (head[0], Field("a", "text"), head[2]), (Field("a", "header"), *head)):
        assert not Program(hole).has_headers(("A", "B"))
    assert not program.joined({"a": "x", "b": "é"}).plain


def test_a_missing_value_is_refused_by_name() -> None:
    with pytest.raises(Refused, match=r"There is no value for \(\(name\)\)"):
        Program((Field("name", "text"),)).join({})


def test_a_value_in_html_is_escaped() -> None:
    joined = Program((HEAD, Field("name", "html"))).join({"name": '<b onclick="x">O\'Hara & Co'})

    assert body_of(joined) == "&lt;b onclick=&quot;x&quot;&gt;O&#x27;Hara &amp; Co"


def test_a_digest_changes_with_any_piece() -> None:
    one, other = Program((b"a", Field("name", "text"))), Program((b"a", Field("name", "html")))

    assert one.digest != other.digest and one.digest == Program.from_bytes(one.to_bytes()).digest


def test_headers_are_read_as_a_receiver_reads_them() -> None:
    message = b"A: 1\r\nSubject: x\r\n folded: y\r\nB: 2\r\n\r\nC: 3"

    assert programs.has_headers(message, ("A", "Subject", "B"))
    for other in (
        (),
        ("A",),
        ("A", "Subject"),
        ("A", "Subject", "B", "C"),
        ("A", "B", "Subject"),
        ("A", "Sub", "B"),
        ("A", "Subject", "folded", "B"),
    ):
        assert not programs.has_headers(message, other)
    assert not programs.has_headers(b"A: 1\r\nnot a field\r\n\r\n", ("A", "not a field"))

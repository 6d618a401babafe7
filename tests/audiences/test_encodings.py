"""A file of text is read in its own encoding, or asked about; never saved as other letters than were meant."""

import pytest

from audiences import encodings
from campaigns.foundation.errors import Refused

COUNCILS = "Council,Where\r\nYnys Môn,Wales\r\nKing’s Lynn – and West Norfolk,East\r\nComhairle “Western Isles”,Scotland\r\n"
WELSH = "name,place\r\nSiân Llŷr,Ynys Môn\r\nZoë O’Brien,Tŷ Gwyn\r\n"
ABROAD = "name,place\r\nJosé Núñez,Adur\r\nFrançois Lefèvre,Barnet\r\nJürgen Groß,Fife\r\n"
RUSSIAN = "name,place\r\nИван Петров,Adur\r\nМария Иванова,Barnet\r\n"
JAPANESE = "name,place\r\n山田太郎,Adur\r\nカタカナ,Barnet\r\n"
EVERYWHERE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
CASES = [
    *((text, name) for text in (COUNCILS, WELSH, ABROAD, RUSSIAN, JAPANESE) for name in EVERYWHERE),
    *((COUNCILS, name) for name in ("cp1252", "cp1250", "mac-roman")),
    *((ABROAD, name) for name in ("cp1252", "iso8859-1", "iso8859-15", "mac-roman", "cp850", "cp437")),
    (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (RUSSIAN, "iso8859-5"), (RUSSIAN, "cp866"),
    (JAPANESE, "shift_jis"), (JAPANESE, "euc_jp"), (JAPANESE, "iso2022_jp"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), CASES)
def test_it_is_read_as_it_was_written_or_asked_about(text: str, name: str) -> None:
    decoded = encodings.decode(text.encode(name))

    assert decoded.text == text or not decoded.certain


@pytest.mark.parametrize("name", [*EVERYWHERE, "cp1252", "mac-roman"])
def test_the_usual_ones_are_certain(name: str) -> None:
    decoded = encodings.decode(COUNCILS.encode(name))

    assert decoded.text == COUNCILS and decoded.certain


def test_an_officer_chooses_where_it_is_not_certain() -> None:
    raw = "name,place\r\nŞule Yılmaz,Adur\r\n".encode("iso8859-9")

    assert not encodings.decode(raw).certain
    assert encodings.decode(raw, "cp1254").text.startswith("name,place\r\nŞule Yılmaz")


@pytest.mark.parametrize(
    ("raw", "encoding"), [(b"a,b\r\n\x00\x01\x02c,d\r\n", None), (b"\xff\xfea", None), (b"\xe9a", "utf-8"), (b"a", "rot13")]
)
def test_what_is_no_text_is_refused_in_a_sentence(raw: bytes, encoding: str | None) -> None:
    with pytest.raises(Refused):
        encodings.decode(raw, encoding)

"""Which files may travel: told by their content, and nothing that is locked, acts, fetches or tells where somebody was."""

import struct
import zlib
from collections.abc import Callable
from zipfile import ZIP_LZMA

import pytest

from campaigns.drafting import files, images, office_files
from campaigns.foundation.errors import Invalid
from tests.campaigns.drafting import samples_of_files as made

GOOD = {
    "pdf": (made.PDF, files.PDF),
    "ics": (made.CALENDAR, files.CALENDAR),
    "docx": (made.office(), office_files.WORD),
    "xlsx": (made.office("xl/workbook.xml"), office_files.EXCEL),
    "png": (made.png(), images.PNG),
    "jpg": (made.jpeg(), images.JPEG),
}


@pytest.mark.parametrize("ending", GOOD)
def test_a_file_s_kind_is_told_by_its_content(ending: str) -> None:
    content, kind = GOOD[ending]

    assert files.read(content)[0] == kind
    assert files.ENDINGS[kind] == ending


@pytest.mark.parametrize(
    "content",
    [
        b"", b"MZ\x90\x00", b"#!/bin/sh\n", b"<html><script>1</script>", b"<svg xmlns='x'/>", b"GIF89a", b"plain words",
        b"\x7fELF", b"Rar!\x1a\x07", b"{\\rtf1}",
    ],
)  # fmt: skip
def test_any_other_kind_is_refused_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(Invalid, match="This is none of them"):
        files.read(content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (made.pdf(b"/Encrypt 5 0 R"), "locked"),
        (made.pdf(b"/#45ncrypt 5 0 R"), "locked"),
        (made.pdf(b"/OpenAction << /S /JavaScript /JS (x) >>"), "script"),
        (made.pdf(b"/S /Launch"), "start programs"),
        (made.pdf(b"/OpenAction << /S /Rendition /JS 7 0 R >>"), "script"),
        (made.pdf(b"/EmbeddedFile 3 0 R"), "carries other files"),
        (made.pdf(b"/Names << /EmbeddedFiles 3 0 R >>"), "carries other files"),
        (made.pdf(b"/Type /Filespec /F (a.exe) /EF<</F 4 0 R>>"), "carries other files"),
        (made.pdf(b"/XFA 3 0 R"), "form"),
        (made.packed_pdf(b"<< /S /J#61vaScript >>"), "script"),
        (made.packed_pdf(b"<< /S /JS (x) >>", b"/Obj#53tm"), "script"),
        (made.packed_pdf(b"x" * (51 * 1024 * 1024)), "far more than its size"),
        (made.PDF + b"<< /Type /ObjStm >>\nstream\nnot packed at all", "cannot be looked into"),
    ],
)
def test_a_pdf_that_is_locked_or_acts_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        files.read(content)


@pytest.mark.parametrize("content", [made.packed_pdf(b"<< /Type /Page >>"), made.PDF + b"stream\n\xd8/JS\x9c\x02/EF\xe1\nendstream"])
def test_a_pdf_with_harmless_packed_objects_or_photographs_travels(content: bytes) -> None:
    assert files.read(content)[0] == files.PDF


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (made.office(word__vbaProject_bin="x"), "macros"),
        (made.office(types=made.TYPES.replace("x.main", "vnd.ms-word.document.macroEnabled")), "macros"),
        (made.office(types=made.TYPES.replace("x.main", "vnd.ms-word.document.macro&#69;nabled")), "macros"),
        (made.office(word__activeX__x_xml="x"), "macros"),
        (made.office(word__embeddings__a_bin="x"), "macros"),
        (made.office("xl/workbook.xml", xl__macrosheets__a_xml="x"), "macros"),
        (made.office("xl/workbook.xml", xl__externalLinks__a_xml="x"), "macros"),
        (made.office(word___rels__s_rels=made.relations("attachedTemplate", "http://evil.test/t.dotm")), "fetches something"),
        (made.office(word___rels__s_rels=made.relations("image", "http://evil.test/p.png")), "fetches something"),
        (made.office(text="<w:document><w:instrText>DDEAUTO c:\\x</w:instrText></w:document>"), "fetches something"),
        (made.office(word__x_rels="<!DOCTYPE x [<!ENTITY a 'b'>]>"), "no Office program"),
        (made.office(word__x_rels="\x00R"), "no Office program"),
        (made.office("word/other.xml"), "another kind"),
        (made.office(text="0" * (5 * 1024 * 1024)), "unpacks to far more"),
        (made.office(**{f"word__{n}_xml": "x" for n in range(500)}), "unpacks to far more"),
        (made.office(**{"word__..__..__x": "x"}), "no Office program|unpacks"),
        (made.office()[:-30], "damaged"),
        (made.office().replace(zlib.compress(made.TYPES.encode())[2:8], b"\xff" * 6), "damaged"),
        (made.office(packed_by=ZIP_LZMA), "no Office program"),
        (b"PK\x03\x04" + b"\x00" * 100, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "locked with a password, or is in an old Office format"),
    ],
)
def test_an_office_file_that_is_locked_acts_fetches_or_explodes_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        files.read(content)


def test_an_office_file_locked_entry_by_entry_is_refused() -> None:
    content = bytearray(made.office())
    for place in range(len(content) - 4):
        if content[place : place + 4] == b"PK\x01\x02":
            content[place + 8] |= 1

    with pytest.raises(Invalid, match="locked with a password"):
        files.read(bytes(content))


def test_an_office_file_may_hold_links_for_its_reader_to_follow() -> None:
    assert files.read(made.office(word___rels__s_rels=made.relations("hyperlink", "https://a.test/")))[0] == office_files.WORD


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (made.CALENDAR[:-20], "not whole"),
        (made.CALENDAR.replace(b"SUMMARY", b"ATTACH:https://evil.test/x\r\nSUMMARY"), "fetches"),
        (made.CALENDAR.replace(b"SUMMARY", b"ATT\r\n ACH:https://evil.test/x\r\nSUMMARY"), "fetches"),
        (made.CALENDAR.replace(b"SUMMARY", b"ACTION:PROCEDURE\r\nSUMMARY"), "fetches"),
        (made.CALENDAR.replace(b"Briefing", b"\xff\xfe"), "UTF-8"),
        (made.CALENDAR.replace(b"Briefing", "\u202egnifeirb".encode()), "hidden characters"),
    ],
)
def test_a_calendar_entry_that_fetches_or_hides_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        files.read(content)


@pytest.mark.parametrize("make", [made.png, made.jpeg])
def test_an_image_loses_the_place_it_was_taken_and_whatever_stands_behind_it(make: Callable[..., bytes]) -> None:
    assert made.PLACE in make()

    kept = files.read(make())[1]

    assert made.PLACE not in kept and b"xap" not in kept
    assert files.read(kept)[1] == kept


def test_a_photograph_keeps_which_way_up_it_is_and_nothing_else() -> None:
    kept = files.read(made.jpeg(way=6))[1]

    assert kept.count(b"Exif") == 1
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in kept
    assert b"Exif" not in files.read(made.jpeg(way=99))[1]


@pytest.mark.parametrize("make", [made.png, made.jpeg])
def test_an_image_of_more_than_twenty_megapixels_is_refused(make: Callable[..., bytes]) -> None:
    assert files.read(make(5000, 4000))

    with pytest.raises(Invalid, match="50,000 by 50,000 pixels"):
        files.read(make(50_000, 50_000))
    with pytest.raises(Invalid, match="pixels"):
        files.read(make(5001, 4000))


@pytest.mark.parametrize("make", [made.png, made.jpeg])
def test_an_image_cut_anywhere_is_refused_and_never_breaks_the_reader(make: Callable[..., bytes]) -> None:
    whole = files.read(make())[1]

    for length in range(9, len(whole)):
        with pytest.raises(Invalid):
            files.read(whole[:length])


@pytest.mark.parametrize(
    "content",
    [made.png(more=made.chunk(b"IHDR", b"")), b"\xff\xd8\xff\xc0\x00\x02\xff\xd9", b"\xff\xd8\xff\xc0\x00\x06\x08\x00\x02\x00\xff\xd9"],
)
def test_an_image_that_says_no_whole_size_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="damaged"):
        files.read(content)

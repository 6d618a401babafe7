"""The speaking note as HTML, PDF and Word: the same words in all three, from the program both parties signed, whatever stands in them."""

import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from lxml import html

from campaigns.agreement import releases
from campaigns.briefings import kit_packs, paper_html, paper_pdf, paper_word, papers, speaking_notes
from campaigns.briefings.kit_packs import Kit
from campaigns.briefings.papers import Paper
from campaigns.drafting import letters
from campaigns.drafting.attachments import Attachment
from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.stories import NOON, Story

CORE = """Dear ((name)),

# What is new

One **lead authority** speaks for ((organisation)). See [the page](https://lopp.test/a?b=1&c=2).

- first point
- second *point*
    - deeper

1. one
2. two

((your part))

### The end

Line one\\
line two
"""
HOSTILE = [
    "مرحبا بالعالم، שלום",
    "😀 and 👩‍⚕️ and 漢字",
    "x" * 600,
    '#import "x" #eval("1") $a$ <b> \\{{ 7*7 }}{% raw %}',
    "<script>alert(1)</script> &amp; <w:t>x</w:t>",
    "\u202eevil\u202c\u200b",
    "=1234*4321",
]
PLAIN = re.compile(r"[•‣–]|^\s*\d+\.\s")


def paper_of(story: Story) -> Paper:
    with story.database.reading() as session:
        release = releases.get(session, story.release)
        return papers.of(session, release, label="Speaking note", base_url="https://c.test", group="Wales", nation="Wales")["practitioners"]


def signed(database: Database, core: str = CORE, **changes: object) -> Paper:
    return paper_of(stories.agreed_release(stories.house(database), stories.words(core=core, **changes)))


def typed(texts: list[str]) -> Paper:
    """A paper that says exactly these, and then that it ends; some of it no officer could draft, as hidden characters are refused there."""
    escaped = re.sub(r"([\\\\`*_{}\[\]<>()#+!&=])", r"\\\1", "\n\n".join(texts))
    text = " ".join(texts)
    program = letters.compile_letter(subject="x", core=escaped, part="The end.", reference="ABCD-2345", sender=stories.SENDER)
    blocks = speaking_notes.blocks(program.join(dict.fromkeys(letters.FIELDS, "x")))
    return Paper(text, text, "ABCD-2345", 1, text, "ab" * 32, "https://c.test/check/ABCD-2345", "", NOON, blocks)


def read_pdf(made: bytes, folder: Path, tool: str = "pdftotext") -> str:
    path = folder / "paper.pdf"
    path.write_bytes(made)
    command = [tool, str(path)] if tool == "pdfinfo" else [tool, "-nopgbrk", str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def spoken(text: str, paper: Paper) -> list[str]:
    """The words after the head, bullets, numbers and the foot of a page left out."""
    lines = text.rpartition(paper.digest)[2].splitlines()
    kept = [PLAIN.sub("", line) for line in lines if not line.startswith((paper.version, "Page "))]
    return " ".join(kept).split()


def test_the_words_are_the_same_as_page_as_pdf_and_for_word(database: Database, tmp_path: Path) -> None:
    paper = signed(database)
    sealed = " ".join(block.text for block in paper.blocks).split()

    page = html.fromstring(paper_html.make(paper).decode())
    word = Document(io.BytesIO(paper_word.make(paper)))

    assert sealed[:7] == ["Dear", "[name],", "What", "is", "new", "One", "lead"]
    assert "You will see less paper." in " ".join(sealed) and "Wales." in sealed
    assert "Stop" not in sealed and "LOPP" not in sealed
    assert page.find(".//main").text_content().split() == sealed
    assert spoken("\n".join(one.text for one in word.paragraphs), paper) == sealed
    assert spoken(read_pdf(paper_pdf.make(paper), tmp_path), paper) == sealed


def test_headings_points_and_links_are_what_they_are_in_all_three(sqlite: Database, tmp_path: Path) -> None:
    paper = signed(sqlite)

    word = Document(io.BytesIO(paper_word.make(paper)))
    page = html.fromstring(paper_html.make(paper).decode())
    styles = [(one.style.name, one.text) for one in word.paragraphs]

    assert ("Title", "What LOPP is") in styles and ("Heading 1", "What is new") in styles and ("Heading 2", "The end") in styles
    assert ("List Bullet", "first point") in styles and ("List Bullet 2", "deeper") in styles
    links = [link.target_ref for link in word.part.rels.values() if link.is_external]
    assert links == [paper.check, "https://lopp.test/a?b=1&c=2"]
    assert [one.text_content() for one in page.iter("h2", "h3")] == ["What is new", "The end"]
    assert [one.text_content() for one in page.iter("li")] == ["first point", "second point", "deeper", "one", "two"]
    pdf = paper_pdf.make(paper)
    assert b"https://lopp.test/a?b=1&c=2" in pdf and b"pdfuaid:part" in pdf
    assert "Tagged:          yes" in read_pdf(pdf, tmp_path, "pdfinfo")


def test_each_says_which_version_it_is_who_agreed_and_where_to_check(sqlite: Database, tmp_path: Path) -> None:
    paper = signed(sqlite)
    word = Document(io.BytesIO(paper_word.make(paper)))
    foot = word.sections[0].footer.paragraphs[0].text
    found = [
        paper_html.make(paper).decode(),
        "\n".join([foot, *(one.text for one in word.paragraphs)]),
        read_pdf(paper_pdf.make(paper), tmp_path),
    ]

    for said in (" ".join(text.split()) for text in found):
        assert f"Reference {paper.reference}, revision 1" in said
        assert "Agreed by HSE and LACoRS. Signed for HSE by HSE director on 12 May 2026." in said
        assert "Signed for LACoRS by LACoRS chair on 12 May 2026." in said
        assert paper.digest in said and f"https://c.test/check/{paper.reference}" in said
        assert "do not read" not in said
    assert (word.core_properties.language, word.core_properties.title) == ("en-GB", "What LOPP is")


def test_what_is_superseded_says_so_in_all_three(sqlite: Database, tmp_path: Path) -> None:
    sentence = "Superseded by revision 2; do not read from this."
    paper = replace(signed(sqlite), superseded=sentence)

    word = Document(io.BytesIO(paper_word.make(paper)))
    assert word.sections[0].header.paragraphs[0].text == sentence and sentence in [one.text for one in word.paragraphs]
    assert sentence in paper_html.make(paper).decode()
    assert read_pdf(paper_pdf.make(paper), tmp_path).count(sentence) == 2  # at the head of the page, and with the version


def test_two_makings_are_the_same_bytes(sqlite: Database) -> None:
    paper = signed(sqlite)
    kit = Kit(
        "Wales",
        {"practitioners": paper},
        [{"practitioners": paper}],
        [(Attachment(name="a.txt", type="text/plain", digest="d", size=1), b"x")],
        b"%PDF",
    )

    for make in (*kit_packs.MAKERS.values(),):
        assert make(paper) == make(paper)
    assert kit_packs.pack(kit) == kit_packs.pack(kit)


def test_no_words_break_a_page_or_are_taken_for_anything_but_words(tmp_path: Path) -> None:
    paper = typed(HOSTILE)

    word = Document(io.BytesIO(paper_word.make(paper)))
    page = html.fromstring(paper_html.make(paper).decode())
    read = "".join(read_pdf(paper_pdf.make(paper), tmp_path).replace("\u200b", "").split())

    assert [block.text for block in paper.blocks] == [*HOSTILE, "The end."]
    assert [one.text for one in word.paragraphs][-len(HOSTILE) - 1 :] == [*HOSTILE, "The end."]
    assert page.find(".//main").text_content().split() == " ".join([*HOSTILE, "The end."]).split() and not list(page.iter("script"))
    assert "Theend." in read
    assert all("".join(text.split()) in read for text in HOSTILE if text.isascii())


def test_a_sign_no_font_has_is_named(sqlite: Database, tmp_path: Path) -> None:
    said = read_pdf(paper_pdf.make(signed(sqlite, core="😀 ((your part))")), tmp_path)
    assert "[grinning face] You will see less paper." in said


STRANGE = ['"\u0488', "\\\u20dd", "1\ufe0f\u20e3", "\t\u20e3", "\x01\x00", "a\ufeffb", "\ufdd0", '"\u3099\x85', "é\u0488", "a\U0001f3fb"]
MANY = "".join(map(chr, range(0x4E00, 0x4E28)))


@pytest.mark.long
@pytest.mark.parametrize("strange", [*STRANGE, MANY, f"{MANY}\u0378"])
def test_marks_and_signs_that_cannot_be_set_break_no_page(tmp_path: Path, strange: str) -> None:
    paper = typed([f'{strange} "Café" \\ – still\n12'])

    said = " ".join(read_pdf(paper_pdf.make(paper), tmp_path).split())
    assert '"Café" \\ – still 12' in said

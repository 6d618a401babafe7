"""A paper as a Word file, in Word's own styles, so that an officer can enlarge it and a screen reader can walk through it.

The same paper makes the same bytes: the file's moments are the release's own, and its parts are packed with one spelling.
"""

import io
import unicodedata
import zipfile
from typing import Any

from docx import Document
from docx.document import Document as WordFile
from docx.enum.text import WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from campaigns.agreement import archives
from campaigns.briefings.papers import LANGUAGE, Paper
from campaigns.briefings.speaking_notes import Block, Span

AUTHOR = "HSE and LACoRS"
DEEPEST = 3  # Word has List Bullet, List Bullet 2 and List Bullet 3


def make(paper: Paper) -> bytes:
    """The file, to be opened by Word and whatever reads its files."""
    file = Document()
    _set_up(file, paper)
    file.add_paragraph(paper.label, "Subtitle")
    file.add_paragraph(paper.title, "Title")
    if paper.superseded:
        file.add_paragraph(paper.superseded, "Intense Quote")
    file.add_paragraph(f"{paper.version}. {paper.agreed}", "Quote")
    checking = file.add_paragraph("Is it genuine? Check the reference at ", "Quote")
    _put(checking, Span(paper.check, paper.check))
    file.add_paragraph(f"Digest of what was signed: {paper.digest}", "Quote")
    for block in paper.blocks:
        _say(file, block)
    return _packed(file)


def _set_up(file: WordFile, paper: Paper) -> None:
    said = file.core_properties
    said.title, said.author, said.last_modified_by, said.language = paper.title[:255], AUTHOR, AUTHOR, LANGUAGE
    said.subject, said.comments, said.revision = paper.version, paper.agreed[:255], 1
    said.created = said.modified = paper.at.replace(tzinfo=None)
    for language in file.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    file.styles["Normal"].font.size = Pt(13)
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.footer.paragraphs[0].text = f"{paper.version}. Check it at {paper.check}"
    page.header.paragraphs[0].text = paper.superseded


def _say(file: WordFile, block: Block) -> None:
    paragraph = file.add_paragraph(style=_style(block))
    if block.number:  # a number that is written is the number that was signed, whatever list stands before it
        paragraph.add_run(f"{block.number}. ")
    for span in block.spans:
        _put(paragraph, span)
    if _is_right_to_left(block.text):
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))


def _style(block: Block) -> str:
    if block.kind == "heading":
        return f"Heading {block.level - 1}"
    if block.kind == "point":
        depth = min(block.level, DEEPEST)
        name = "List Continue" if block.number else "List Bullet"
        return name if depth == 1 else f"{name} {depth}"
    return "Normal"


def _put(paragraph: Paragraph, span: Span) -> None:
    run = paragraph.add_run()
    for number, line in enumerate(span.text.split("\n")):
        if number:
            run.add_break(WD_BREAK.LINE)
        run.add_text(line)
    run.bold, run.italic = span.strong or None, span.emphasis or None
    if span.href:
        run.underline = True
        _link(paragraph, run, span.href)


def _link(paragraph: Paragraph, run: Any, href: str) -> None:
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run._r.addprevious(link)
    link.append(run._r)


def _is_right_to_left(text: str) -> bool:
    return next((side in {"R", "AL"} for side in map(unicodedata.bidirectional, text) if side in {"L", "R", "AL"}), False)


def _packed(file: WordFile) -> bytes:
    written, packed = io.BytesIO(), io.BytesIO()
    file.save(written)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in archives.read(written.getvalue()).items():
            archive.writestr(archives.entry(name, zipfile.ZIP_DEFLATED), data)
    return packed.getvalue()

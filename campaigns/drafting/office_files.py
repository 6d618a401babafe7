"""Word and Excel files, looked into before they may travel: nothing locked, no macros, nothing fetched from elsewhere, no packed bombs."""

import html
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from campaigns.foundation.errors import Invalid, Problem

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN = {"word/document.xml": WORD, "xl/workbook.xml": EXCEL}
ZIP_BEGINS, OLD_BEGINS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

MOST_ENTRIES = 500
MOST_UNPACKED = 200 * 1024 * 1024
HIGHEST_RATIO = 100
LARGEST_LISTING = 5 * 1024 * 1024  # of one part that says what belongs to what
ODDLY_PACKED = "The file is packed in a way no Office program does. Save it again"

ACTIVE = re.compile(r"vba|macro|activex|oleobject|/embeddings/|externallinks|/ctrlprops/|customui|/ink/", re.IGNORECASE)
ACTIVE_TYPE = re.compile(r"macroEnabled|vbaProject|activeX|oleObject|ms-office\.intl", re.IGNORECASE)
RELATION = re.compile(r"<[^<>]*Relationship\s[^<>]*>")
EXTERNAL = re.compile(r"TargetMode\s*=\s*[\"']\s*External", re.IGNORECASE)
FETCHED_BY_HAND = re.compile(r"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']", re.IGNORECASE)
FETCHING_FIELD = re.compile(r"\b(DDEAUTO|DDE|INCLUDEPICTURE|INCLUDETEXT|IMPORT)\b")


def kind(content: bytes) -> str:
    """Whether this is a Word or an Excel file; refuses anything else in a ZIP, and what locks, acts, fetches or unpacks without end."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            _require_modest(packed, len(content))
            names = set(packed.namelist())
            found = [said for name, said in MAIN.items() if name in names]
            if len(found) != 1 or "[Content_Types].xml" not in names:
                raise _refuse("Of packed files only Word and Excel files (.docx, .xlsx) may travel. This is another kind")
            _require_still(packed, names)
    except (BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError, zlib.error):
        raise _refuse("The file is damaged. Save it again") from None
    return found[0]


def _require_modest(packed: ZipFile, size: int) -> None:
    entries = packed.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise _refuse("The file is locked with a password. Save it without")
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked > HIGHEST_RATIO * size:
        raise _refuse("The file unpacks to far more than its size. Save it again, or attach a PDF of it")
    names = [entry.filename for entry in entries]
    odd = any(entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for entry in entries) or len(set(names)) < len(names)
    if odd or any(name.startswith(("/", "\\")) or ".." in name.split("/") for name in names):
        raise _refuse(ODDLY_PACKED)


def _require_still(packed: ZipFile, names: set[str]) -> None:
    if any(ACTIVE.search(name) for name in names) or ACTIVE_TYPE.search(_text(packed, "[Content_Types].xml")):
        raise _refuse(
            "The file contains macros, controls or other files. Save it as a plain .docx or .xlsx without them, or attach a PDF of it"
        )
    for relation in _relations(packed, names):
        if EXTERNAL.search(relation) and not FETCHED_BY_HAND.search(relation):
            raise _refuse("The file fetches something from elsewhere when it is opened. Put it into the file, or attach a PDF of it")
    if "word/document.xml" in names and FETCHING_FIELD.search(" ".join(_fields(packed))):
        raise _refuse("The file has a field that fetches something when it is opened. Attach a PDF of it")


def _relations(packed: ZipFile, names: set[str]) -> Iterator[str]:
    for name in names:
        if name.lower().endswith(".rels"):
            yield from RELATION.findall(_text(packed, name))


def _fields(packed: ZipFile) -> list[str]:
    text = _text(packed, "word/document.xml", MOST_UNPACKED)
    return re.findall(r"<w:instrText[^>]*>([^<]*)<", text) + re.findall(r"w:instr=[\"']([^\"']*)", text)


def _text(packed: ZipFile, name: str, most: int = LARGEST_LISTING) -> str:
    with packed.open(name) as part:
        read = part.read(most + 1)
    if len(read) > most or b"<!DOCTYPE" in read or b"<!ENTITY" in read or b"\x00" in read:
        raise _refuse(ODDLY_PACKED)
    return html.unescape(read.decode("utf-8-sig"))


def _refuse(sentence: str) -> Invalid:
    return Invalid([Problem("file", sentence)])

"""A spreadsheet as people keep it (xls, xlsx, xlsm, ods): looked into before it is opened, then read as the rows it shows.

Nothing in it is run, and nothing it points to is fetched. To be used in a process of its own with little memory (see uploads.py): a library
that trusts a file's own word about its size can ask for more than there is.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from campaigns.foundation import late
from campaigns.foundation.errors import Refused
from campaigns.foundation.wording import many

if TYPE_CHECKING:
    import python_calamine as calamine
else:
    calamine = late.module("python_calamine")

MOST_ENTRIES = 500
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 100
SMALL = 1024 * 1024  # below this no ratio is alarming
HEAD = 8192  # bytes of a part in which a DOCTYPE would have to stand
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAVE_AGAIN = "Open it in your spreadsheet program and save it again, or save it as CSV UTF-8"
HIDDEN_ROW = re.compile(rb"<row\b[^>]*\bhidden=\"(?:1|true)\"")


@dataclass(frozen=True)
class Book:
    """A spreadsheet's rows as text; `sheets` are the names of those shown, `remarks` what an officer should know about the file."""

    rows: Iterator[list[str]]
    sheet: str
    sheets: tuple[str, ...]
    remarks: tuple[str, ...]


def is_one(raw: bytes) -> bool:
    """Whether the file says of itself that it is a spreadsheet or an archive."""
    return raw.startswith((ZIP, OLE))


def open_book(raw: bytes, sheet: str | None) -> Book:
    """The rows of one sheet: the one named, or the first that is shown and not empty. Refuses what is no spreadsheet, is locked, or may do harm."""
    remarks = list(_look_into(raw)) if raw.startswith(ZIP) else []
    try:
        book = calamine.load_workbook(io.BytesIO(raw))
    except calamine.PasswordError:
        raise Refused("This spreadsheet is locked with a password. Save a copy without one.", field="file") from None
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError, ValueError, OSError):
        raise Refused(f"This spreadsheet cannot be read. {SAVE_AGAIN}.", field="file") from None
    shown, remarks = _shown(book, remarks)
    if sheet is not None and sheet not in shown:
        raise Refused("Choose one of the sheets in the list.", field="sheet")
    chosen, rows = _first_with_rows(book, [sheet] if sheet else shown)
    if sheet is None and len(shown) > 1:
        remarks.append(f"The sheet “{chosen}” is read; there are {len(shown) - 1} more.")
    return Book(_text(rows, excel=b"opendocument.spreadsheet" not in raw[:200]), chosen, tuple(shown), tuple(remarks))


def _look_into(raw: bytes) -> Iterator[str]:
    """What the archive says of itself, before anything of it is unpacked; gives what to say about it."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Refused(f"This file is damaged. {SAVE_AGAIN}.", field="file") from None
    _require_harmless(entries, len(raw))
    names = {entry.filename for entry in entries}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise Refused("This file is an archive or a document, not a spreadsheet or a CSV file.", field="file")
    hidden = 0
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels", ".vml")):
            hidden += _hidden_rows(archive, entry)
    if "xl/vbaProject.bin" in names:
        yield "It has macros; they are not run."
    if any(name.startswith("xl/externalLinks/") for name in names):
        yield "It has links to other files; they are not followed."
    if hidden:
        yield f"It has {many(hidden, 'hidden row')}, read like the others."


def _require_harmless(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked > MOST_RATIO * size):
        raise Refused(f"Unpacked, this file would be too big to read. {SAVE_AGAIN}.", field="file")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("This file is locked with a password. Save a copy without one.", field="file")
    for entry in entries:
        if (
            entry.filename.startswith(("/", "\\"))
            or ".." in re.split(r"[/\\]", entry.filename)
            or entry.filename.endswith((".zip", ".xlsx"))
        ):
            raise Refused(f"This file holds parts that do not belong in a spreadsheet. {SAVE_AGAIN}.", field="file")


def _hidden_rows(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    try:
        with archive.open(entry) as part:
            head = part.read(HEAD)
            said = head.replace(b"\x00", b"")
            if b"<!DOCTYPE" in said or b"<!ENTITY" in said:
                raise Refused(f"This file tells the reader to fetch or repeat things. {SAVE_AGAIN}.", field="file")
            if said != head:  # UTF-16, in which the library finds no row and says nothing
                raise Refused(f"This spreadsheet cannot be read. {SAVE_AGAIN}.", field="file")
            if not entry.filename.startswith("xl/worksheets/"):
                return 0
            return len(HIDDEN_ROW.findall(head + part.read(MOST_UNPACKED)))
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, RuntimeError, zlib.error):
        raise Refused(f"This file is damaged. {SAVE_AGAIN}.", field="file") from None


def _shown(book: "calamine.CalamineWorkbook", remarks: list[str]) -> tuple[list[str], list[str]]:
    sheets = [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    shown = [one.name for one in sheets if one.visible == calamine.SheetVisibleEnum.Visible]
    if hidden := [one.name for one in sheets if one.name not in shown]:
        left_out = many(len(hidden), "hidden sheet is", "hidden sheets are")
        remarks = [*remarks, f"{left_out} left out: {', '.join(hidden)[:200]}."]
    if not shown:
        raise Refused("Every sheet in this spreadsheet is hidden. Show the one to read.", field="file")
    return shown, remarks


def _first_with_rows(book: "calamine.CalamineWorkbook", names: list[str]) -> tuple[str, list[list[Any]]]:
    for name in names:
        try:
            if rows := book.get_sheet_by_name(name).to_python(skip_empty_area=False):
                return name, rows
        except (calamine.CalamineError, calamine.XmlError, calamine.WorksheetNotFound):
            raise Refused(f"The sheet “{name}” cannot be read. {SAVE_AGAIN}.", field="file") from None
    return names[0], []


def _text(rows: list[list[Any]], *, excel: bool) -> Iterator[list[str]]:
    for row in rows:
        yield [say(cell, excel=excel) for cell in row]


def say(cell: Any, *, excel: bool) -> str:
    """A cell as its sheet shows it: whole numbers without a point, days as year, month, day (with the hour in Excel, which knows only moments)."""
    match cell:
        case bool():
            return str(cell).upper()
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M:%S}"
        case date():
            return f"{cell:%Y-%m-%d} 00:00:00" if excel else cell.isoformat()
        case time() | timedelta():
            return str(cell)
        case _:
            return "" if cell is None else str(cell)

"""A file of rows as people keep it, text or spreadsheet: read into column names and lines of cells, or refused in a sentence.

Pure. Knows nothing of what the columns mean. To be used in a process of its own with little memory (see uploads.py).
"""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from audiences import encodings, workbooks
from campaigns.foundation.errors import Refused

LARGEST = 10 * 1024 * 1024  # bytes
MOST_ROWS = 200_000
MOST_COLUMNS = 100
LONGEST_CELL = 131_072  # characters
SAVE_AGAIN = "Open it in your spreadsheet program, choose Save as, and then CSV UTF-8"

NOT_TEXT = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF": "a PDF document",
    b"{\\rtf": "a document",
}
WEB_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml)", re.IGNORECASE)
INVISIBLE = " \t\r\n\u00a0\u180e\u200b\u200c\u200d\u2060\ufeff"
SEPARATORS = ",;\t|"
SAID = re.compile(r'"?sep=([^\r\n"])"?(\r\n|\r|\n)', re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One row: the line of the file it begins on (from 1), and its cells without surrounding space and without empty ones at the end."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class RefusedRow:
    """A row that cannot be used: the line it begins on, and every reason."""

    line: int
    reason: str


@dataclass(frozen=True)
class Sheet:
    """Column names, and the rows under them that are not empty. A text has `encoding`, `certain` if no other will do; a book `sheets`."""

    header: list[str]
    lines: Iterator[Line]
    remarks: tuple[str, ...] = ()
    encoding: str = ""
    certain: bool = True
    sheets: tuple[str, ...] = ()
    sheet: str = ""


def rows_of(raw: bytes, encoding: str | None = None, sheet: str | None = None) -> Sheet:
    """The rows of a file. `encoding` and `sheet` are an officer's choice, where the file does not say or has several."""
    if len(raw) > LARGEST:
        raise Refused(f"The file is bigger than {LARGEST // 1024**2} MB. Split it and import the parts one after another.", field="file")
    for start, what in NOT_TEXT.items():
        if raw.startswith(start):
            raise Refused(f"This file is {what}. {SAVE_AGAIN}.", field="file")
    if WEB_PAGE.match(raw[:400]):
        raise Refused(f"This file is a web page, whatever its name says. {SAVE_AGAIN}.", field="file")
    return _of_a_book(raw, sheet) if workbooks.is_one(raw) else _of_a_text(raw, encoding)


def separator(text: str) -> str:
    """The comma, semicolon, tab or bar that the column names are set apart with."""
    first = re.split(r"[\r\n]", re.sub(r'"[^"]*"', "", text), maxsplit=1)[0]
    return max(SEPARATORS, key=first.count)


def _of_a_book(raw: bytes, sheet: str | None) -> Sheet:
    book = workbooks.open_book(raw, sheet)
    lines = _not_empty(Line(number, _stripped(cells)) for number, cells in enumerate(book.rows, 1) if any(cells))
    header, rest = _under_a_header(lines)
    return Sheet(header, rest, book.remarks, sheets=book.sheets, sheet=book.sheet)


def _of_a_text(raw: bytes, encoding: str | None) -> Sheet:
    found = encodings.decode(raw, encoding)
    text = found.text
    if "\x00" in text:
        raise Refused(f"Line {text.count(chr(10), 0, text.index(chr(0))) + 1} has bytes that are not text. {SAVE_AGAIN}.", field="file")
    skipped = len(text) - len(text.lstrip(INVISIBLE))
    if "\t" in re.split(r"[\r\n]", text[skipped:], maxsplit=1)[0]:  # a tab before it is then an empty column
        skipped = len(text) - len(text.lstrip(INVISIBLE.replace("\t", "")))
    said = SAID.match(text, skipped)
    begins = said.end() if said else skipped
    first = len(re.findall(r"\r\n|\r|\n", text[:begins])) + 1
    text = text[begins:]
    lines = _lines(text, said[1] if said else separator(text), first)
    header, rest = _under_a_header(lines)
    return Sheet(header, rest, encoding=found.encoding, certain=found.certain)


def _under_a_header(lines: Iterator[Line]) -> tuple[list[str], Iterator[Line]]:
    top = next(lines, None)
    if top is None:
        raise Refused("The file is empty: it needs a line of column names, and a row for each person.", field="file")
    if len(top.cells) > MOST_COLUMNS:
        raise Refused(f"The file has {len(top.cells):,} columns; at most {MOST_COLUMNS} can be read.", field="file")
    return top.cells, _at_most(lines)


def _at_most(lines: Iterator[Line]) -> Iterator[Line]:
    for count, line in enumerate(lines, 1):
        if count > MOST_ROWS:
            raise Refused(f"The file has more than {MOST_ROWS:,} rows. Split it and import the parts one after another.", field="file")
        yield Line(line.number, line.cells[:MOST_COLUMNS])


def _not_empty(lines: Iterator[Line]) -> Iterator[Line]:
    for line in lines:
        if line.cells:
            if any(len(cell) > LONGEST_CELL for cell in line.cells):
                raise _too_long(line.number)
            yield line


def _lines(text: str, mark: str, first: int) -> Iterator[Line]:
    """Read to its end before the first row is given, so that a file is refused before anything is made of it."""
    refusals = []
    for escape in (None, "\\"):  # quotation marks inside cells are doubled, or have a backslash before them
        try:
            deque(_parsed(text, mark, first, escape), maxlen=0)
        except Refused as refusal:
            refusals.append(refusal)
        else:
            return _not_empty(Line(number, _stripped(cells)) for number, cells in _parsed(text, mark, first, escape))
    raise refusals[0]


def _parsed(text: str, mark: str, first: int, escape: str | None) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True, escapechar=escape)
    begins = first
    try:
        for cells in reader:
            yield begins, cells
            begins = first + reader.line_num
    except csv.Error as fault:
        if "limit" in str(fault):
            raise _too_long(begins) from None
        raise Refused(
            f"The row that begins on line {begins} cannot be read: a quotation mark does not open or close where it should.", field="file"
        ) from None


def _stripped(cells: list[str]) -> list[str]:
    kept = [cell.strip(INVISIBLE) for cell in cells]
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _too_long(line: int) -> Refused:
    return Refused(
        f"A cell of the row that begins on line {line} has more than {LONGEST_CELL:,} characters; perhaps a quotation mark does not close.",
        field="file",
    )

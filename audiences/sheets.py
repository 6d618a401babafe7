"""A file of rows as an office program saves it: whatever its encoding and separator, read into lines and cells, or refused in a sentence.

Pure. Knows nothing of what the columns mean. A file that would have to be guessed at is refused, not guessed.
"""

import csv
import io
import re
from dataclasses import dataclass

from campaigns.foundation.errors import Refused

LARGEST = 10 * 1024 * 1024  # bytes
MOST_ROWS = 100_000
MOST_COLUMNS = 100
SAVE_AGAIN = "Open it in your spreadsheet program, choose Save as, and then CSV UTF-8"

NOT_TEXT = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a spreadsheet or an archive, not a CSV file",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet or document, not a CSV file",
}
INVISIBLE = " \t\r\n\u00a0\u180e\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True)
class Line:
    """One row: the line of the file it begins on (from 1), and its cells without surrounding space."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Sheet:
    """A header and the rows under it that are not empty."""

    header: list[str]
    lines: list[Line]


def read(raw: bytes) -> Sheet:
    """The rows of a CSV file. Refuses what is no text, is too big, or has quotation marks that do not close."""
    text = decode(raw)
    skipped = len(text) - len(text.lstrip(INVISIBLE))
    lines = _lines(text[skipped:], first=text.count("\n", 0, skipped) + 1)
    if not lines:
        raise Refused("The file is empty: it needs a line of column names, and a row for each person.", field="file")
    header = lines[0].cells
    while header and not header[-1]:
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise Refused(f"The file has {len(header)} columns; at most {MOST_COLUMNS} can be read.", field="file")
    return Sheet(header, lines[1:])


def decode(raw: bytes) -> str:
    """The file as text: UTF-8 with or without its mark, UTF-16 with one, else Windows' Western European."""
    if len(raw) > LARGEST:
        raise Refused(f"The file is bigger than {LARGEST // 1024**2} MB. Split it and import the parts one after another.", field="file")
    for start, what in NOT_TEXT.items():
        if raw.startswith(start):
            raise Refused(f"This file is {what}. {SAVE_AGAIN}.", field="file")
    utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not utf16 and b"\x00" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\x00")) + 1
        raise Refused(f"Line {line} has bytes that are not text. {SAVE_AGAIN}.", field="file")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(f"The letters in this file cannot be told for certain. {SAVE_AGAIN}.", field="file")


def separator(text: str) -> str:
    """The comma, semicolon or tab that the column names are set apart with."""
    first = re.split(r"[\r\n]", re.sub(r'"[^"]*"', "", text), maxsplit=1)[0]
    return max(",;\t", key=first.count)


def _lines(text: str, *, first: int) -> list[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    lines: list[Line] = []
    begins = first
    try:
        for cells in reader:
            if any(cell.strip(INVISIBLE) for cell in cells):
                lines.append(Line(begins, [cell.strip(INVISIBLE) for cell in cells]))
            if len(lines) > MOST_ROWS + 1:
                raise Refused(f"The file has more than {MOST_ROWS:,} rows. Split it and import the parts one after another.", field="file")
            begins = first + reader.line_num
    except csv.Error:
        raise Refused(
            f"The row that begins on line {begins} cannot be read: a quotation mark does not open or close where it should.", field="file"
        ) from None
    return lines

"""Exports: a list as a CSV file that opens in a spreadsheet program without any cell being taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain

from audiences.coverage import Cell, Grid
from audiences.roles import title

PIECE = 1 << 16  # characters
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def coverage(grid: Grid) -> str:
    """The grid as CSV: a row per authority, and for each role the grade and the evidence behind it."""
    header = ["Code", "Authority", "Nation", "Region", "Kind"]
    for role in grid.view.roles:
        header += [title(role), f"{title(role)}: evidence"]
    return table(
        header,
        (_row(row.cells, [getattr(row.authority, name) for name in ("code", "name", "nation", "region", "kind")]) for row in grid.rows),
    )


def table(header: list[str], rows: Iterable[list[str]]) -> str:
    """Any table as CSV, with the mark that makes spreadsheet programs read it as UTF-8."""
    return "".join(pieces(header, rows))


def pieces(header: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    """The same piece by piece, for a table that is too long to be held whole."""
    stream = io.StringIO("\ufeff")
    stream.seek(0, io.SEEK_END)
    writer = csv.writer(stream, lineterminator="\r\n")
    for row in chain([header], rows):
        writer.writerow([guard(cell) for cell in row])
        if stream.tell() >= PIECE:
            yield _taken(stream)
    yield _taken(stream)


def guard(cell: str) -> str:
    """A cell that would begin a formula, whatever invisible stands before it, gets an apostrophe first (OWASP, CSV injection)."""
    return f"'{cell}" if cell.lstrip(" \u00a0\ufeff\u200b").startswith(FORMULA) or cell.startswith(FORMULA) else cell


def _taken(stream: io.StringIO) -> str:
    written = stream.getvalue()
    stream.seek(0)
    stream.truncate()
    return written


def _row(cells: dict[str, Cell], start: list[str]) -> list[str]:
    for cell in cells.values():
        start += [cell.words, "; ".join(mark.say() for mark in cell.evidence)]
    return start

"""An uploaded file, read by a process of its own with little time and memory (see parsing.py); its rows come one by one.

However much the file makes that process ask for, this one keeps a row at a time; what ends badly is refused in a sentence.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from audiences.sheets import Line
from campaigns.foundation.errors import Refused

PATIENCE = 25.0  # seconds a file may take to be read
TOO_MUCH = (
    "This file needs more memory or time to read than one file may take: perhaps there is something in a cell far from the table. "
    "Copy the table into a new sheet, save that, and try again."
)


@dataclass(frozen=True)
class Upload:
    """What the file is, and its rows (to be taken once, while it is open)."""

    header: list[str]
    remarks: list[str]
    encoding: str
    certain: bool
    sheets: list[str]
    sheet: str
    lines: Iterator[Line]


@contextmanager
def opened(raw: bytes, *, encoding: str | None = None, sheet: str | None = None) -> Iterator[Upload]:
    """The file's column names and rows. Refuses what cannot be read before it gives the first row."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told:
        given.write(raw)
        given.seek(0)
        _read(given, told, json.dumps({"encoding": encoding, "sheet": sheet}))
        told.seek(0)
        answers = _answers(told)
        head = next(answers, None)
        if not isinstance(head, dict):
            raise Refused(TOO_MUCH, field="file")
        yield Upload(**head, lines=_lines(answers))


def _read(given: IO[bytes], told: IO[bytes], asked: str) -> None:
    command = [sys.executable, "-I", "-m", "audiences.parsing", asked]
    try:
        ended = subprocess.run(command, stdin=given, stdout=told, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise Refused(TOO_MUCH, field="file") from None
    if ended.returncode:
        raise Refused(TOO_MUCH, field="file")


def _answers(told: IO[bytes]) -> Iterator[Any]:
    for line in told:
        answer = json.loads(line)
        if isinstance(answer, dict) and "refused" in answer:
            raise Refused(answer["refused"], field=answer["field"])
        yield answer


def _lines(answers: Iterator[Any]) -> Iterator[Line]:
    for answer in answers:
        yield Line(answer[0], answer[1:])


def whole(raw: bytes) -> tuple[list[str], list[Line]]:
    """The header and every row of a file that is short by its nature: a list of councils, a footprint."""
    with opened(raw) as upload:
        return upload.header, list(upload.lines)

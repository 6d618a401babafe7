"""A list as a CSV file to download; what a spreadsheet would take for a formula is guarded (see audiences/exports.py)."""

from collections.abc import Iterable, Iterator, Sequence

from flask import Response
from werkzeug.utils import secure_filename

from audiences import exports


def answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The rows as a download called `name`.csv; None is an empty cell."""
    return download(name, "".join(_pieces(columns, rows)))


def streamed(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The same, sent as the rows come. Whoever gives them opens the sessions to read with, and has refused, if at all, before the first row."""
    return download(name, _pieces(columns, rows))


def download(name: str, text: str | Iterator[str]) -> Response:
    """CSV as a download, written already or while it is sent. Of `name` stays what is safe in a header and on any machine."""
    called = secure_filename(f"{name}.csv")
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{called}"'})


def _pieces(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    return exports.pieces(list(columns), (["" if value is None else str(value) for value in row] for row in rows))

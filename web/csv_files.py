"""A list as a CSV file to download; what a spreadsheet would take for a formula is guarded (see audiences/exports.py)."""

from collections.abc import Iterable, Sequence

from flask import Response

from audiences import exports


def answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The rows as a download called `name`.csv; None is an empty cell."""
    return download(name, exports.table(list(columns), ([_cell(value) for value in row] for row in rows)))


def download(name: str, text: str) -> Response:
    """CSV that was written already, as a download."""
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


def _cell(value: object) -> str:
    return "" if value is None else str(value)

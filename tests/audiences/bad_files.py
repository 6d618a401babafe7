"""Files that would harm whoever opens them without looking, made small."""

import io
import zipfile

import openpyxl
from openpyxl.worksheet.hyperlink import Hyperlink

ROWS = [
    ["Name", "Role", "Authority", "E-mail"],
    ["Head of Health", "senior manager", "E07000223", "head@adur.gov.uk"],
    ["Inspector", "practitioner", "Barnet", "inspector@barnet.gov.uk"],
]


def workbook(rows: list[list[object]] | None = None, **sheets: list[list[object]]) -> openpyxl.Workbook:
    """A workbook with the rows in its first sheet."""
    book = openpyxl.Workbook()
    for name, content in {"People": rows or ROWS, **sheets}.items():
        sheet = book.active if name == "People" else book.create_sheet(name)
        sheet.title = name
        for row in content:
            sheet.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    """The workbook as a file."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_parts(raw: bytes, parts: dict[str, bytes], *, replaced: dict[str, tuple[bytes, bytes]] | None = None) -> bytes:
    """The same archive with more parts, and some of its own changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if replaced and entry.filename in replaced:
                content = content.replace(*replaced[entry.filename], 1)
            new.writestr(entry.filename, content)
        for name, content in parts.items():
            new.writestr(name, content)
    return stream.getvalue()


def with_doctype(raw: bytes) -> bytes:
    """A sheet that says entities upon entities, each ten of the one before."""
    entities = b"".join(b'<!ENTITY e%d "%s">' % (number, b"&e%d;" % (number - 1) * 10) for number in range(1, 9))
    doctype = b'<!DOCTYPE x [<!ENTITY e0 "lol"><!ENTITY f SYSTEM "file:///etc/passwd">' + entities + b"]><worksheet"
    return with_parts(raw, {}, replaced={"xl/worksheets/sheet1.xml": (b"<worksheet", doctype)})


def in_utf_16(raw: bytes) -> bytes:
    """The same workbook, its sheet written two bytes a letter: allowed, and read by no library of ours."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    return with_parts(raw, {}, replaced={"xl/worksheets/sheet1.xml": (sheet, sheet.decode().encode("utf-16"))})


def bomb(megabytes: int = 300) -> bytes:
    """A sheet of nothing but spaces, small when packed."""
    return with_parts(saved(workbook()), {"xl/worksheets/sheet2.xml": b" " * megabytes * 1024 * 1024})


def crowd(entries: int = 10_000) -> bytes:
    """An archive of very many empty parts."""
    return with_parts(saved(workbook()), {f"x{number}": b"" for number in range(entries)})


def far_cell() -> bytes:
    """A table, and a full stop in the last cell there is."""
    book = workbook()
    book.active["XFD1048576"] = "."
    return saved(book)


def linked() -> bytes:
    """A workbook with a link, hidden rows and a hidden sheet."""
    book = workbook(Old=[["Name"], ["Gone"]])
    book["Old"].sheet_state = "hidden"
    book.active.row_dimensions[2].hidden = True
    book.active["A3"].hyperlink = Hyperlink(ref="A3", target="http://127.0.0.1:9/")
    return saved(book)


def encrypted_entry(raw: bytes) -> bytes:
    """The same archive, its parts said to be locked."""
    changed = bytearray(raw)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = changed.find(mark)
        while start >= 0:
            changed[start + place] |= 1
            start = changed.find(mark, start + 4)
    return bytes(changed)

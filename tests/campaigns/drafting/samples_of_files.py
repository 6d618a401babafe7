"""Small files of every kind, and of the kinds that may not travel, made here so that nothing unreadable is committed."""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Briefing\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
TYPES = "<Types><Override PartName='/word/document.xml' ContentType='application/x.main+xml'/></Types>"
PLACE = b"GPS 53.4631 -2.9916"


def pdf(inside: bytes) -> bytes:
    """A PDF with something in it."""
    return PDF.replace(b"/Type /Catalog", b"/Type /Catalog " + inside)


def packed_pdf(inside: bytes, name: bytes = b"/ObjStm") -> bytes:
    """A PDF with something hidden in packed objects."""
    stream = zlib.compress(inside)
    return PDF + b"2 0 obj\n<< /Type " + name + b" /Filter /FlateDecode >>\nstream\r\n" + stream + b"\nendstream\nendobj\n"


def office(
    main: str = "word/document.xml", *, types: str = TYPES, text: str = "<w:document/>", packed_by: int = ZIP_DEFLATED, **more: str
) -> bytes:
    """A Word or Excel file; `more` are further parts, with __ for a slash and _ for a dot."""
    packed = BytesIO()
    with ZipFile(packed, "w", packed_by) as zipped:
        zipped.writestr("[Content_Types].xml", types)
        zipped.writestr(main, text)
        for name, part in more.items():
            zipped.writestr(name.replace("__", "/").replace("_", "."), part)
    return packed.getvalue()


def relations(kind: str, target: str) -> str:
    """A part that says this file belongs with something outside it."""
    return f"<Relationships><Relationship Id='r1' Type='http://x/{kind}' Target='{target}' TargetMode=\"External\"/></Relationships>"


def png(width: int = 2, height: int = 2, *, more: bytes = b"") -> bytes:
    """A PNG that says it is so large, with text in it that tells a place."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    picture = chunk(b"IDAT", zlib.compress(b"\x00\x00\x00" * 2))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"tEXt", PLACE) + chunk(b"eXIf", PLACE) + picture + more + chunk(b"IEND", b"") + PLACE


def chunk(name: bytes, body: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def jpeg(width: int = 2, height: int = 2, *, way: int = 6) -> bytes:
    """A JPEG that says it is so large, taken somewhere, lying on its side, with a second picture behind it."""
    exif = b"Exif\x00\x00II*\x00" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, way, 0, 0) + PLACE
    parts = [(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"), (0xE1, exif), (0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + PLACE)]
    parts += [
        (0xED, PLACE),
        (0xFE, PLACE),
        (0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"),
        (0xDA, b"\x01\x01\x00\x00?\x00"),
    ]
    made = b"".join(struct.pack(">BBH", 0xFF, mark, len(body) + 2) + body for mark, body in parts)
    return b"\xff\xd8" + made + b"\x12\xff\x00\x34\xff\xd0\x56" + b"\xff\xd9" + b"\xff\xd8" + PLACE

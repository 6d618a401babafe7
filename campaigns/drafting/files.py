"""What kind of file some bytes are, told by their content and never by their name; only kinds that cannot act or fetch get through."""

import re
import zlib

from campaigns.drafting import images, office_files
from campaigns.foundation.errors import Invalid, Problem

PDF, CALENDAR = "application/pdf", "text/calendar"
ENDINGS = {
    PDF: "pdf",
    office_files.WORD: "docx",
    office_files.EXCEL: "xlsx",
    images.PNG: "png",
    images.JPEG: "jpg",
    CALENDAR: "ics",
}
LONGEST_CALENDAR = 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024  # of a PDF's packed objects, together

VALUE = rb"[\x00\s]*(?:[(<%]|\d+[\x00\s%])"  # a short name counts with it: of photographs of 4 MB every fourth has /JS somewhere by chance
PDF_NAMES = {
    rb"Encrypt\b": "The PDF is locked. Save it without a password and without restrictions",
    rb"JavaScript\b": "The PDF contains a script. Save it without",
    rb"JS" + VALUE: "The PDF contains a script. Save it without",
    rb"Launch\b": "The PDF can start programs. Save it without",
    rb"EmbeddedFiles?\b": "The PDF carries other files inside it. Attach them on their own",
    rb"EF" + VALUE: "The PDF carries other files inside it. Attach them on their own",
    rb"RichMedia\b": "The PDF contains video or sound. Save it without",
    rb"XFA\b": "The PDF is a form that can change what it shows. Print it to a PDF and attach that",
}
# Any letter of a name may be written as # and two figures.
PACKED = re.compile(rb"/" + b"".join(rb"(?:%c|(?i:#%02x))" % (sign, sign) for sign in b"ObjStm") + rb"\b.{0,1000}?stream\r?\n", re.DOTALL)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def read(content: bytes) -> tuple[str, bytes]:
    """The media type, and the bytes to keep (an image without hidden details). Refuses, with a sentence, what may not travel."""
    if content.startswith(b"%PDF-"):
        return PDF, _pdf(content)
    if content.startswith(images.PNG_BEGINS):
        return images.PNG, images.png(content)
    if content.startswith(images.JPEG_BEGINS):
        return images.JPEG, images.jpeg(content)
    if content.startswith(office_files.ZIP_BEGINS):
        return office_files.kind(content), content
    if content.startswith(office_files.OLD_BEGINS):
        raise refuse("This file is locked with a password, or is in an old Office format. Save it without a password, as .docx or .xlsx")
    if content.removeprefix(b"\xef\xbb\xbf").upper().startswith(b"BEGIN:VCALENDAR"):
        return CALENDAR, _calendar(content)
    raise refuse(
        "Attach a PDF, a Word or Excel file (.docx, .xlsx), an image (PNG or JPEG) or a calendar entry (.ics). This is none of them"
    )


def refuse(sentence: str) -> Invalid:
    """A refusal of the file that was chosen."""
    return Invalid([Problem("file", sentence)])


def _pdf(content: bytes) -> bytes:
    for part in (content, *_unpacked(content)):
        plain = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)  # a name may be written /J#53
        for name, sentence in PDF_NAMES.items():
            if re.search(rb"/" + name, plain):
                raise refuse(sentence)
    return content


def _unpacked(content: bytes) -> list[bytes]:
    """A PDF's packed objects, where names may hide."""
    parts, left, whole = [], MOST_UNPACKED, memoryview(content)
    for found in PACKED.finditer(content):
        try:
            part = zlib.decompressobj().decompress(whole[found.end() :], left)
        except zlib.error:
            raise refuse("The PDF is damaged, or packed in a way that cannot be looked into. Print it to a PDF and attach that") from None
        left -= len(part)
        if left <= 0:
            raise refuse("The PDF unpacks to far more than its size. Print it to a PDF and attach that")
        parts.append(part)
    return parts


def _calendar(content: bytes) -> bytes:
    try:
        text = re.sub(r"\r?\n[ \t]", "", content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise refuse("The calendar entry is not in UTF-8. Save it again as .ics") from None
    if len(content) > LONGEST_CALENDAR or not text.rstrip().upper().endswith("END:VCALENDAR"):
        raise refuse("The calendar entry is not whole, or is over 1 MB")
    if any(not sign.isprintable() and sign not in "\r\n\t\u00a0" for sign in text):
        raise refuse("The calendar entry contains hidden characters. Save it again as .ics")
    if re.search(r"^(ATTACH|IMAGE|ACTION:(?!DISPLAY|AUDIO\s*$))|^ACTION;", text, re.IGNORECASE | re.MULTILINE):
        raise refuse("The calendar entry fetches or starts something. Save it without attachments and e-mail alarms")
    return content

"""Images as they may travel: of a size a reader's machine can open, and without the place, the camera and the words hidden in them."""

import re
import struct
from collections.abc import Iterator

from campaigns.foundation.errors import Invalid, Problem

PNG, JPEG = "image/png", "image/jpeg"
PNG_BEGINS, JPEG_BEGINS = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
MOST_PIXELS = 20_000_000

# What a PNG needs to be drawn; text, EXIF, times and further frames are left out.
DRAWN = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"pHYs"}
FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}  # JPEG segments that say how large it is
LEAST_OF_A_FRAME = 9  # octets, its height and width among them
EXIF, END_OF_IMAGE, SCAN = 0xE1, 0xD9, 0xDA
APPLICATION: dict[int, bytes] = {
    0xE0: b"JFIF\x00",
    0xE2: b"ICC_PROFILE\x00",
    0xEE: b"Adobe",
}  # application segments that matter to the picture
COMMENT = 0xFE
AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
ORIENTATION = 0x0112


def png(content: bytes) -> bytes:
    """A PNG with nothing in it but the picture. Refuses one that is damaged or over 20 megapixels."""
    kept = [PNG_BEGINS]
    for name, chunk in _chunks(content):
        if name == b"IHDR":
            _require_size(*struct.unpack(">II", chunk[8:16]))
        if name in DRAWN:
            kept.append(chunk)
    return b"".join(kept)


def jpeg(content: bytes) -> bytes:
    """A JPEG with nothing in it but the picture and which way up it is. Refuses one that is damaged or over 20 megapixels."""
    kept, sized = [b"\xff\xd8"], False
    for marker, segment in _segments(content):
        body = segment[4:]
        if marker in FRAMES:
            _require_size(*struct.unpack(">HH", body[1:5]))
            sized = True
        if marker == EXIF:
            kept.append(_which_way_up(body))
        elif not (0xE0 <= marker <= 0xEF or marker == COMMENT) or body.startswith(APPLICATION.get(marker, ())):
            kept.append(segment)
    if not sized:
        raise _damaged()
    return b"".join(kept)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place, first = len(PNG_BEGINS), True
    while True:
        head = content[place : place + 8]
        if len(head) < 8:
            raise _damaged()
        length, name = struct.unpack(">I4s", head)
        chunk = content[place : place + length + 12]
        if len(chunk) < length + 12 or first != (name == b"IHDR") or (first and length != 13):
            raise _damaged()
        yield name, chunk
        if name == b"IEND":
            return  # what stands behind the end is not the picture
        place, first = place + length + 12, False


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    place = 2
    while True:
        if len(content) < place + 4 and content[place : place + 2] != b"\xff\xd9":
            raise _damaged()
        marker = content[place + 1]
        if content[place] != 0xFF or marker < 0xC0:
            raise _damaged()
        if marker == END_OF_IMAGE:
            yield marker, b"\xff\xd9"
            return  # phones put a second picture, with its own details, behind the end
        end = place + 2 + struct.unpack(">H", content[place + 2 : place + 4])[0]
        if marker == SCAN:
            found = AFTER_SCAN.search(content, end)
            end = found.start() if found else len(content)
        if end > len(content) or end < place + (LEAST_OF_A_FRAME if marker in FRAMES else 4):
            raise _damaged()
        yield marker, content[place:end]
        place = end


def _which_way_up(body: bytes) -> bytes:
    """An EXIF segment that says nothing but the orientation; empty when none is given."""
    order = {b"II": "<", b"MM": ">"}.get(body[6:8], "")
    if not body.startswith(b"Exif\x00\x00") or not order:
        return b""
    tiff = body[6:]
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (entries,) = struct.unpack_from(order + "H", tiff, start)
        found = [struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * place) for place in range(min(entries, 200))]
    except struct.error:
        return b""
    way = next((value for tag, kind, count, value in found if (tag, kind, count) == (ORIENTATION, 3, 1)), 0)
    if not 1 <= way <= 8:
        return b""
    said = b"Exif\x00\x00MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, way, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(said) + 2) + said


def _require_size(one: int, other: int) -> None:
    if one * other > MOST_PIXELS:
        raise Invalid([Problem("file", f"The image is {one:,} by {other:,} pixels. Make it smaller: up to 20 million in all")])
    if not one * other:
        raise _damaged()


def _damaged() -> Invalid:
    return Invalid([Problem("file", "The image is damaged or not whole. Save it again")])

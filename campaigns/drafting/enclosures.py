"""The MIME around a letter that carries files: multipart/mixed of the letter itself and every file in base64, literal to the last byte.

No line is longer than 76 and none begins with a dot; a name that is long or not plain ASCII is written as RFC 2231 has it.
"""

import base64
import re
from collections.abc import Sequence
from urllib.parse import quote

from campaigns.drafting.attachments import Enclosed

LONGEST_PIECE = 50  # characters of a name on one line
CHARSET = "utf-8''"
LONG_BASE64 = re.compile(r"((?:[A-Za-z0-9+/]{76}\r?\n){4})((?:[A-Za-z0-9+/]{76}\r?\n){8,})")


def boundary(reference: str) -> str:
    """What stands between the files. Neither boundary of a letter may begin with the other (RFC 2046, 5.1.2)."""
    return f"=_files_{reference}"


def before(reference: str, inner: str) -> str:
    """What stands before the letter itself: the end of the message's head, and the head of the first part."""
    return (
        f'Content-Type: multipart/mixed; boundary="{boundary(reference)}"\r\n'
        f'\r\n--{boundary(reference)}\r\nContent-Type: multipart/alternative; boundary="{inner}"\r\n'
    )


def after(reference: str, enclosed: Sequence[Enclosed]) -> bytes:
    """Every file, and the end of the message."""
    parts = [_part(reference, attachment.name, attachment.type, content) for attachment, content in enclosed]
    return b"".join([*parts, f"\r\n--{boundary(reference)}--\r\n".encode()])


def abridged(source: str) -> str:
    """A message's source for the eye: long runs of base64 are cut after four lines and counted; everything else is whole."""
    return LONG_BASE64.sub(lambda found: f"{found[1]}[{found[2].count(chr(10)):,} more lines of this file]\r\n", source)


def _part(reference: str, name: str, kind: str, content: bytes) -> bytes:
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    head = (
        f"\r\n--{boundary(reference)}\r\nContent-Type: {kind}{charset}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {_filename(name)}\r\n\r\n"
    )
    return head.encode("ascii") + base64.encodebytes(content).rstrip(b"\n").replace(b"\n", b"\r\n")


def _filename(name: str) -> str:
    if name.isascii() and len(name) <= LONGEST_PIECE:
        return f'filename="{name}"'
    pieces = re.findall(rf"(?:%..|[^%]){{1,{LONGEST_PIECE // 3}}}", quote(name, safe=" ").replace(" ", "%20"))
    said = [f"filename*{place}*={CHARSET if not place else ''}{piece}" for place, piece in enumerate(pieces)]
    return ";\r\n ".join(said)

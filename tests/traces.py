"""Looking for an address in bytes, however it is spelt there: what an erasure must leave none of.

Plain in any case, quoted-printable with soft breaks anywhere, base64 at any alignment and broken into lines, UTF-16 and UTF-32, percent-encoded,
as HTML or JSON escapes, as hex digits (PostgreSQL's dumps write bytes so), and any of these inside one another or in a zip or gzip file.
"""

import base64
import binascii
import gzip
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

DEEP = 3
SOFT = re.compile(rb"=[ \t]*\r?\n")
QUOTED = re.compile(rb"=([0-9A-Fa-f]{2})")
ESCAPED = re.compile(rb"\\u00([0-9A-Fa-f]{2})")
BASE64 = re.compile(rb"[A-Za-z0-9+/_-](?:[A-Za-z0-9+/_=-]|\\[rn]|\r?\n[ \t>]?){14,}")
BREAKS = re.compile(rb"\\[rn]|[^A-Za-z0-9+/_-]")
HEX = re.compile(rb"[0-9A-Fa-f]{24,}")


def hits(data: bytes, *words: str, deep: int = DEEP) -> int:
    """How many of the ways to read these bytes hold one of the words; `deep`: how many spellings may stand inside one another."""
    wanted = [word.lower().encode() for word in words]
    return sum(word in reading for reading in {reading.lower() for reading in readings(data, deep)} for word in wanted)


def in_files(paths: Iterable[Path], *words: str) -> dict[str, int]:
    """The files that hold one of the words, and in how many readings."""
    found = {str(path): hits(path.read_bytes(), *words) for path in paths if path.is_file()}
    return {path: number for path, number in found.items() if number}


def readings(data: bytes, deep: int = DEEP) -> Iterator[bytes]:
    """The bytes as they are, and as every decoder here reads them."""
    yield data
    if not deep:
        return
    seen = {data}
    for reading in _decoded(data):
        if reading not in seen:
            seen.add(reading)
            yield from readings(reading, deep - 1)


def _decoded(data: bytes) -> Iterator[bytes]:
    if b"=" in data:
        yield QUOTED.sub(lambda found: bytes.fromhex(found[1].decode()), SOFT.sub(b"", data))
    if b"\x00" in data:
        yield data.replace(b"\x00", b"")
    if b"%" in data:
        yield unquote_to_bytes(data)
    if b"&" in data:
        yield html.unescape(data.decode("latin-1")).encode("latin-1", "replace")
    if b"\\u00" in data:
        yield ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), data)
    yield from _runs(data)
    yield from _unpacked(data)


def _runs(data: bytes) -> Iterator[bytes]:
    if found := HEX.findall(data):
        for start in range(2):
            yield b"\n".join(bytes.fromhex(run[start : len(run) - (len(run) - start) % 2].decode()) for run in found)
    if runs := [BREAKS.sub(b"", run).replace(b"-", b"+").replace(b"_", b"/") for run in BASE64.findall(data)]:
        for start in range(4):
            yield b"\n".join(_base64(run[start:]) for run in runs)


def _base64(run: bytes) -> bytes:
    try:
        whole = run[:-1] if len(run) % 4 == 1 else run
        return base64.b64decode(whole + b"=" * (-len(whole) % 4))
    except (binascii.Error, ValueError):
        return b""


def _unpacked(data: bytes) -> Iterator[bytes]:
    try:
        if data.startswith(b"\x1f\x8b"):
            yield gzip.decompress(data)
        if data.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from (archive.read(name) for name in archive.namelist())
    except (OSError, EOFError, ValueError, NotImplementedError, zlib.error, zipfile.BadZipFile):  # it only looked like one
        return

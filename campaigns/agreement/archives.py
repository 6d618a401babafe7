"""An archive: a ZIP with one spelling, so that the same members always make the same bytes and no byte goes unwatched.

Stored, dated 1980-01-01, plain files of mode 0644, no extra fields and no comments. Source: PKWARE's APPNOTE, sections 4.3 and 4.4.
"""

import io
import zipfile
from collections.abc import Iterable
from typing import IO

MODE = 0o100644 << 16
UNIX = 3
EARLIEST = (1980, 1, 1, 0, 0, 0)


def write(members: dict[str, bytes]) -> bytes:
    """The members, in order, as one archive."""
    file = io.BytesIO()
    write_into(file, ((name, [data]) for name, data in members.items()))
    return file.getvalue()


def write_into(file: IO[bytes], members: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    """The same into a file that can be wound back, each member piece by piece, so that none is ever held whole."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, pieces in members:
            with archive.open(entry(name), "w") as member:
                for piece in pieces:
                    member.write(piece)


def read(archive: bytes) -> dict[str, bytes]:
    """The members of an archive, in order."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def entry(name: str, packing: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    """What an archive says of a member, the same wherever and whenever it is written."""
    said = zipfile.ZipInfo(name, EARLIEST)
    said.create_system, said.external_attr, said.compress_type = UNIX, MODE, packing
    return said

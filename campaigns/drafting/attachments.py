"""Attachments: files that travel with a message, kept once by their content and named in the words by digest.

A file under the same name and of the same size but with other content is another attachment, and so another revision.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.drafting import files
from campaigns.foundation import database
from campaigns.foundation.errors import Invalid, NotFound, Problem

LARGEST = 10 * 1024 * 1024  # octets, all files of a message together
LONGEST_NAME = 100
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$", re.IGNORECASE)  # names Windows keeps to itself
UNSAFE = re.compile(r'[<>:"/\\|?*=%;]|\.(?!\d+(?![^.]))')  # a dot stays only before a number, as in "version 1.2"


class Attachment(BaseModel):
    """One file as the words name it. `digest`: SHA-256 of its content in hex; `size` in octets."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: str
    digest: str
    size: int


Enclosed = tuple[Attachment, bytes]  # an attachment with its content


class AttachedFile(SQLModel, table=True):
    """A file's content, kept once whatever names it; never changed (triggers see to that)."""

    __tablename__ = "attachments"

    digest: str = Field(primary_key=True)
    content: bytes = Field(sa_type=sa.LargeBinary)
    type: str
    size: int


def keep(session: Session, content: bytes, *, name: str) -> Attachment:
    """Keep a file and say how the words name it: under a clean name, its kind told by its content, photographs without hidden details.

    Alone it changes nothing that anybody reads or signs, so it is no event: the revision that names it is. Refuses a file of another
    kind than the list allows, one over 10 MB, one that is locked, and one that can act or fetch.
    """
    if len(content) > LARGEST:
        raise Invalid([Problem("file", "The file must be 10 MB or smaller")])
    kind, clean = files.read(content)
    attachment = Attachment(name=cleaned(name, kind), type=kind, digest=hashlib.sha256(clean).hexdigest(), size=len(clean))
    row = database.insert(session, AttachedFile).values(digest=attachment.digest, content=clean, type=kind, size=len(clean))
    session.exec(row.on_conflict_do_nothing(index_elements=["digest"]))
    return attachment


def find(session: Session, digest: str) -> AttachedFile:
    """The file with this digest; refuses one that was never kept."""
    return database.get(session, AttachedFile, digest, "There is no such file.")


def enclosed(session: Session, attachments: Sequence[Attachment]) -> list[Enclosed]:
    """Each attachment with its content, in the order given; refuses content that is not there or is not what its digest says."""
    held = [(attachment, find(session, attachment.digest).content) for attachment in attachments]
    if any(hashlib.sha256(content).hexdigest() != attachment.digest for attachment, content in held):
        raise NotFound("A file is not what it was when it was attached.")
    return held


def require_kept(session: Session, attachments: Sequence[Attachment]) -> None:
    """Refuse an attachment that names no kept file, or says another type or size than the file has."""
    wanted = [attachment.digest for attachment in attachments]
    rows = session.exec(select(AttachedFile.digest, AttachedFile.type, AttachedFile.size).where(col(AttachedFile.digest).in_(wanted)))
    kept = {tuple(row) for row in rows}
    if any((attachment.digest, attachment.type, attachment.size) not in kept for attachment in attachments):
        raise Invalid([Problem("file", "A file is missing. Add it again")])


def problems(attachments: Sequence[Attachment]) -> list[Problem]:
    """What is wrong with the files of a message taken together: too large, twice the same, two of one name, or a name that is not clean."""
    found = []
    if sum(attachment.size for attachment in attachments) > LARGEST:
        found.append("The files must be 10 MB or smaller, all together")
    if len({attachment.digest for attachment in attachments}) < len(attachments):
        found.append("The same file is attached twice. Remove one")
    names = Counter(attachment.name.casefold() for attachment in attachments)
    found += [f"Two files are called {name}. Remove one" for name, times in names.items() if times > 1]
    known = [attachment for attachment in attachments if attachment.type in files.ENDINGS]
    if len(known) < len(attachments) or any(cleaned(attachment.name, attachment.type) != attachment.name for attachment in known):
        found.append("A file has a name that cannot be sent. Add it again")
    return [Problem("file", sentence) for sentence in found]


def cleaned(name: str, kind: str) -> str:
    """A name safe on any machine: no path, no hidden or right-to-left signs, its kind's one ending. Cleaned again, it is the same."""
    ending = files.ENDINGS[kind]
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C" and unicodedata.bidirectional(sign) not in {"R", "AL"})
    stem = re.sub(rf"\.({ending}{'|jpeg' if ending == 'jpg' else ''})$", "", name.strip(), flags=re.IGNORECASE)
    stem = " ".join(UNSAFE.sub("-", stem).split()).strip(" .-")[: LONGEST_NAME - len(ending) - 1].strip(" .-")
    if RESERVED.match(stem.partition(".")[0]):
        stem = f"file {stem}"
    return f"{stem or 'attachment'}.{ending}"

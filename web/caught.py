"""Letters the local catcher kept in its Maildir, read back to be looked at. Development only.

A file in a Maildir never changes once it is there, so each is read once and remembered.
"""

import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.parser import BytesHeaderParser
from functools import lru_cache
from pathlib import Path

from campaigns.foundation.errors import NotFound

FOLDERS = ("new", "cur")
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.,:=+@\-]{0,200}")
ROLE = re.compile(rb"You receive this as (.{1,80}?)\sat\s", re.DOTALL)
NOTICE = "system e-mails"
_headers = BytesHeaderParser(policy=policy.default)


@dataclass(frozen=True)
class Caught:
    """One letter in the list."""

    key: str
    at: datetime
    to: str
    subject: str
    role: str

    def matches(self, role: str, words: str) -> bool:
        """Whether it belongs in the list asked for."""
        return (not role or self.role == role) and all(word in f"{self.to} {self.subject}".casefold() for word in words.casefold().split())


@dataclass(frozen=True)
class Opened:
    """One letter, as its reader would open it."""

    to: str
    subject: str
    headers: list[tuple[str, str]]
    text: str
    html: str


def letters(mail_dir: Path) -> list[Caught]:
    """Every letter caught, the newest first."""
    paths = [path for folder in FOLDERS for path in _files(mail_dir / folder)]
    return sorted((_glance(path) for path in paths), key=lambda letter: (letter.at, letter.key), reverse=True)


def roles(caught: list[Caught]) -> list[tuple[str, int]]:
    """The roles there are letters for, with how many."""
    names = sorted({letter.role for letter in caught})
    return [(name, sum(1 for letter in caught if letter.role == name)) for name in names]


def open_letter(mail_dir: Path, key: str) -> Opened:
    """The whole letter; refuses a key that names none."""
    parsed = message_from_bytes(_path(mail_dir, key).read_bytes(), policy=policy.default)
    text, html = (parsed.get_body([kind]) for kind in ("plain", "html"))
    return Opened(
        to=str(parsed.get("To", "")),
        subject=str(parsed.get("Subject", "")),
        headers=[(name, str(value)) for name, value in parsed.items()],
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
    )


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if KEY.fullmatch(path.name)] if folder.is_dir() else []


def _path(mail_dir: Path, key: str) -> Path:
    found = [mail_dir / folder / key for folder in FOLDERS if KEY.fullmatch(key) and (mail_dir / folder / key).is_file()]
    if not found:
        raise NotFound("There is no such letter; the catcher's folder may have been emptied.")
    return found[0]


@lru_cache(maxsize=20_000)
def _glance(path: Path) -> Caught:
    raw = path.read_bytes()
    headers = _headers.parsebytes(raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n")
    whose = ROLE.search(binascii.a2b_qp(raw))
    role = whose[1].decode("utf-8", "replace") if whose else NOTICE
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Caught(path.name, at, str(headers.get("To", "")), str(headers.get("Subject", "")), " ".join(role.split()))

"""A letter as somebody received it and dropped it on a page: its parts decoded, its calendar entries, its files by digest. Pure.

What cannot be read as an e-mail is refused with a sentence its reader can act on.
"""

import email
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage

from campaigns.foundation.errors import Refused

MOST_WORDS = 60_000
DEEPEST = 20  # MIME levels
WORDS = ("text/plain", "text/html")
ENTRY = "text/calendar"
File = tuple[str, str]  # name, and SHA-256 of its content in hex


@dataclass(frozen=True)
class Received:
    """A dropped letter. `text` and `html`: everything shown as words; `entries`: what a calendar reads, unless it is attached; whatever else it
    carries is one of its `files`.
    """

    raw: bytes
    message_id: str
    sender: str
    reply_to: str
    subject: str
    text: str
    html: str
    entries: tuple[str, ...]
    files: tuple[File, ...]


def read(raw: bytes) -> Received:
    """Read a dropped e-mail; refuses, with a sentence, what is none."""
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("This is an Outlook .msg file. Open it, choose Save as, and save it as .eml; or type the reference instead.")
    try:
        message = email.message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
        parts = list(_leaves(message))
        text, html = ("\n".join(_content(part) for part in parts if _kind(part) == kind) for kind in WORDS)
        entries = tuple(_entry(part) for part in parts if _kind(part) == ENTRY)
        files = tuple(_file(part) for part in parts if not _kind(part))
        ours, sender, answers, subject = (str(message.get(name, "")).strip() for name in ("Message-ID", "From", "Reply-To", "Subject"))
    except (ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError) as fault:
        raise Refused("This file could not be read as an e-mail. Save the letter from your mail program as .eml and try again.") from fault
    if not (text.strip() or html.strip()) or not subject:
        raise Refused(
            "This file is not a letter: it has no subject or no words. Save the letter from your mail program as .eml and try again."
        )
    if max(len(text.split()), len(html.split())) > MOST_WORDS:
        raise Refused("This e-mail has more words than can be compared here. No letter of ours has as many.")
    return Received(raw, ours, sender, answers, subject, text, html, entries, files)


def canonical(raw: bytes, headers: Sequence[str]) -> bytes:
    """The part of a received letter that was sealed: the header fields named, as they stand, and the body; CRLF line ends."""
    whole = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head, _, body = whole.partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?![ \t])", head)
    wanted = {name.casefold().encode() for name in headers}
    kept = [one for one in fields if one.partition(b":")[0].strip().lower() in wanted]
    return b"".join(one + b"\r\n" for one in kept) + b"\r\n" + body


def _leaves(message: EmailMessage, depth: int = 0) -> Iterator[EmailMessage]:
    if depth > DEEPEST:
        raise ValueError("too many levels")
    if message.is_multipart() and message.get_content_type() != "message/rfc822":
        for part in message.iter_parts():
            if isinstance(part, EmailMessage):
                yield from _leaves(part, depth + 1)
    else:
        yield message


def _kind(part: EmailMessage) -> str:
    """How a part is shown: as one of the two kinds of words, or in a calendar; empty when it is a file."""
    kind = part.get_content_type()
    return "" if kind not in (*WORDS, ENTRY) or part.get_content_disposition() == "attachment" or part.get_filename() else kind


def _entry(part: EmailMessage) -> str:
    """A calendar entry; a method that the part's head alone says, which some mail programs go by, is one more line of it."""
    content, method = _content(part), part.get_param("method")
    return content if method is None or f"METHOD:{method}".upper() in content.split() else f"METHOD:{method} (the part’s own)\n{content}"


def _file(part: EmailMessage) -> File:
    name = unicodedata.normalize("NFC", part.get_filename() or f"one without a name ({part.get_content_type()})")
    return name, hashlib.sha256(_bytes(part)).hexdigest()


def _content(part: EmailMessage) -> str:
    try:
        return _bytes(part).decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # a charset nobody knows
        return _bytes(part).decode("utf-8", "replace")


def _bytes(part: EmailMessage) -> bytes:
    raw = part.get_payload(decode=True)
    return raw if isinstance(raw, bytes) else b""

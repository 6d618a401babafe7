"""A letter as somebody received it and dropped it on a page: its parts decoded, its calendar entries, its files by digest. Pure.

What cannot be read as an e-mail is refused with a sentence its reader can act on.
"""

import codecs
import email
import hashlib
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email.message import Message
from email.policy import Compat32, default
from email.utils import collapse_rfc2231_value

from campaigns.drafting import markup
from campaigns.drafting.markup import Reading
from campaigns.foundation.errors import Refused

MOST_WORDS = 60_000
MOST_CHARACTERS = 1_000_000  # of words, pages and entries; a letter of ours has some tens of thousands
MOST_LINKS = 1_000
MOST_TAGS = 10_000
MOST_LINES = 200_000  # 10 MB in base64 have 140,000
MOST_PARTS = 100
DEEPEST = 20  # parts that hold parts
LONGEST_FIELD = 2_000  # octets of a header field that is read
READ = ("content-type", "content-disposition", "content-transfer-encoding", "message-id", "from", "reply-to", "subject")
HOLDS_PARTS = re.compile(rb"(?:^|\r)content-type:[\s\x1c-\x1f]*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
OPENED = (("<!--", "-->"), ("<![", "]>"), ("<", ">"))  # what a page must close, or its parser looks through all the rest again for each
NO_CHARSETS = ("punycode", "idna")  # codecs that are slow, and in which no mail is written
WORDS = ("text/plain", "text/html")
ENTRY = "text/calendar"
TOO_MUCH = "This e-mail has more words or links than can be compared here. No letter of ours has as many."
File = tuple[str, str]  # name, and SHA-256 of its content in hex


@dataclass(frozen=True)
class Received:
    """A dropped letter. `text`, `html`: its words; `entries`: its calendar, unless attached; `files`: all else; `page`: the HTML."""

    raw: bytes
    message_id: str
    sender: str
    reply_to: str
    subject: str
    text: str
    html: str
    entries: tuple[str, ...]
    files: tuple[File, ...]
    page: Reading = field(default_factory=Reading)


class _Bounded(Compat32):
    """Header fields as they stand, which costs little; of those that are read none may be long: what reads them does not take long ones well."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if len(value) > LONGEST_FIELD and name.lower() in READ:
            raise ValueError("a long header field")
        return name, value


def read(raw: bytes) -> Received:
    """Read a dropped e-mail; refuses, with a sentence, what is none."""
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("This is an Outlook .msg file. Open it, choose Save as, and save it as .eml; or type the reference instead.")
    try:
        found = _read(raw)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as fault:
        raise Refused("This file could not be read as an e-mail. Save the letter from your mail program as .eml and try again.") from fault
    if not (found.text.strip() or found.html.strip()) or not found.subject:
        raise Refused(
            "This file is not a letter: it has no subject or no words. Save the letter from your mail program as .eml and try again."
        )
    if max(len(found.text.split()), len(found.html.split())) > MOST_WORDS or len(found.page.links) > MOST_LINKS:
        raise Refused(TOO_MUCH)
    return found


def canonical(raw: bytes, headers: Sequence[str]) -> bytes:
    """The part of a received letter that was sealed: the header fields named, as they stand, and the body; CRLF line ends."""
    whole = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head, _, body = whole.partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?![ \t])", head)
    wanted = {name.casefold().encode() for name in headers}
    kept = [one for one in fields if one.partition(b":")[0].strip().lower() in wanted]
    return b"".join(one + b"\r\n" for one in kept) + b"\r\n" + body


def _read(raw: bytes) -> Received:
    parts = list(_leaves(message := _parsed(raw)))
    text, html = ("\n".join(_content(part) for part in parts if _kind(part) == kind) for kind in WORDS)
    entries = tuple(_entry(part) for part in parts if _kind(part) == ENTRY)
    if len(text) + len(html) + sum(map(len, entries)) > MOST_CHARACTERS or html.count("<") > MOST_TAGS:
        raise Refused(TOO_MUCH)
    if any(html.rfind(begun) > html.rfind(ended) for begun, ended in OPENED):
        raise ValueError("a page that does not end")
    files = tuple(_file(part) for part in parts if not _kind(part))
    ours, sender, answers, subject = (_field(message, name) for name in ("message-id", "from", "reply-to", "subject"))
    return Received(raw, ours, sender, answers, _decoded(subject), text, html, entries, files, markup.read(html))


def _parsed(raw: bytes) -> Message:
    """The parts, none of them looked into; refuses, with a ValueError, what would take long: lines, levels, parts, or long fields."""
    if raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n") > MOST_LINES or len(HOLDS_PARTS.findall(raw)) > DEEPEST:
        raise ValueError("too many lines or levels")
    message = email.message_from_bytes(raw, _class=_counted(), policy=_Bounded())
    if any(codecs.lookup(name).name in NO_CHARSETS for name in map(_charset, message.walk())):
        raise ValueError("a charset that no mail program writes")
    return message


def _counted() -> Callable[..., Message]:
    """What makes the parts of one e-mail, and refuses to make too many."""
    made = itertools.count()

    def make(policy: Compat32) -> Message:
        if next(made) > MOST_PARTS:
            raise ValueError("too many parts")
        return Message(policy)

    return make


def _leaves(message: Message) -> Iterator[Message]:
    inside = message.get_payload()
    if isinstance(inside, list) and message.get_content_type() != "message/rfc822":
        for part in inside:
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield message


def _field(message: Message, name: str) -> str:
    """A header field of the head on one line, as it is written; empty when there is none."""
    value = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    return " ".join(value.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split())


def _decoded(text: str) -> str:
    """Words of a head, as a mail program shows them."""
    return _storable(str(default.header_factory("subject", text))).strip()


def _storable(text: str) -> str:
    """Without halves of characters, which no page can show."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _kind(part: Message) -> str:
    """How a part is shown: as one of the two kinds of words, or in a calendar; empty when it is a file."""
    kind = part.get_content_type()
    return "" if kind not in (*WORDS, ENTRY) or part.get_content_disposition() == "attachment" or part.get_filename() else kind


def _entry(part: Message) -> str:
    """A calendar entry; a method that the part's head alone says, which some mail programs go by, is one more line of it."""
    content, method = _content(part), part.get_param("method")
    if method is None or f"METHOD:{(said := collapse_rfc2231_value(method))}".upper() in content.split():
        return content
    return f"METHOD:{_storable(said)} (the part’s own)\n{content}"


def _file(part: Message) -> File:
    name = unicodedata.normalize("NFC", _decoded(part.get_filename() or f"one without a name ({part.get_content_type()})"))
    return name, hashlib.sha256(_bytes(part)).hexdigest()


def _content(part: Message) -> str:
    return _storable(_bytes(part).decode(_charset(part), "replace"))


def _charset(part: Message) -> str:
    name = part.get_content_charset("utf-8")
    try:
        b"a".decode(name, "replace")
    except LookupError:  # one that nobody knows, or that is none
        return "utf-8"
    return name


def _bytes(part: Message) -> bytes:
    raw = part.get_payload(decode=True)
    return raw if isinstance(raw, bytes) else b""

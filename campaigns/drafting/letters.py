"""From officers' Markdown to a mail-safe program, once per variant: Markdown → HTML → our layout → premailer → pieces.

Neither premailer nor Jinja ever runs per recipient. premailer sees only our own layout's CSS: it would fetch remote stylesheets and
does not remove scripts, so Markdown's HTML is off, the result is cleaned, and placeholders travel as opaque words that lxml leaves alone.
"""

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.header import Header
from email.headerregistry import HeaderRegistry
from email.utils import formataddr
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from campaigns.drafting import calendar_entries, enclosures, placeholders, plaintext, programs
from campaigns.drafting.attachments import Attachment, Enclosed
from campaigns.drafting.programs import Field, Piece, Program
from campaigns.foundation import late, reader_links
from campaigns.foundation.errors import Refused
from campaigns.foundation.settings import Settings

if TYPE_CHECKING:
    import nh3
    import premailer
else:
    nh3, premailer = late.module("nh3"), late.module("premailer")

LAYOUTS = Path(__file__).parents[2] / "templates" / "letters"
COMPILER = "countersign-letters/2"
HEADERS = ("From", "To", "Reply-To", "Subject", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type")
TAGS = {"p", "h1", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "blockquote", "hr", "br", "code", "pre"}

_layouts = Environment(loader=FileSystemLoader(LAYOUTS), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)


def markdown() -> MarkdownIt:
    """How officers' Markdown is read: HTML stays text, and there are no images."""
    return MarkdownIt("commonmark", {"html": False}).disable(["image"])


_markdown = markdown()


@dataclass(frozen=True)
class Sender:
    """The single credible source: who every letter of an installation is from, and where its pages are."""

    name: str
    address: str
    reply_to: str
    base_url: str


@dataclass(frozen=True)
class Opened:
    """A letter as its reader's mail program shows it. `entry`: what their calendar reads of an invitation."""

    subject: str
    html: str
    text: str
    headers: list[tuple[str, str]]
    attachments: tuple[Attachment, ...] = ()
    entry: str = ""


def source(settings: Settings) -> Sender:
    """The single credible source, as this installation is set up."""
    return Sender(settings.sender_name, settings.sender_address, settings.reply_to, settings.base_url)


def compile_letter(
    *,
    subject: str,
    core: str,
    part: str,
    reference: str,
    sender: Sender,
    attachments: Sequence[Enclosed] = (),
    entry_made: datetime | None = None,
) -> Program:
    """One variant's program. `core` is shared, `part` is this audience's own words, placed where the core says ((your part)) or after it.

    `attachments` are the files it carries, each with its content; `entry_made`: when the calendar entry of an invitation was.
    """
    mark = _mark(subject + core + part)
    tokens = _markdown.parse(_marked(whole(core, part), mark))
    blanks = {name: f"{mark}{place}z" for place, name in enumerate(FIELDS)}
    context = {"subject": subject, "sender": sender, "field": blanks, "invites": entry_made is not None}
    page = _layouts.get_template("letter.html").render(body=_html(tokens), **context)
    text = _layouts.get_template("letter.txt").render(body=plaintext.write(tokens), **context)
    pieces = _headers(subject, sender, reference, files=bool(attachments))
    pieces += [_part(reference, "plain"), *programs.body(_cut(text, mark), "text")]
    pieces += [_part(reference, "html"), *programs.body(_cut(_inlined(page), mark), "html")]
    pieces += _entry(subject, sender, reference, entry_made) if entry_made else []
    pieces.append(f"\r\n--{_boundary(reference)}--\r\n".encode())
    if attachments:
        pieces.append(enclosures.after(reference, attachments))
    return Program(_merged(pieces))


def whole(core: str, part: str) -> str:
    """The words one audience reads, before anything is filled in."""
    cut = re.split(rf"\(\(\s*{placeholders.YOUR_PART}\s*\)\)", core, maxsplit=1, flags=re.IGNORECASE)
    return part.join(cut) if len(cut) == 2 else f"{core}\n\n{part}"


def blank_in_an_address(text: str) -> bool:
    """Whether a placeholder would stand in a link's address, however the link is written; the placeholders must be known ones."""
    text = whole(text, "")
    mark = _mark(text)
    spans = (span for token in _markdown.parse(_marked(text, mark)) for span in token.children or [])
    return any(mark in str(span.attrGet("href")) for span in spans if span.type == "link_open")


def open_letter(message: bytes) -> Opened:
    """Read a whole message back, as a mail program would: what is shown to a signer comes from the very bytes."""
    # A header is taken apart each time it is asked for, ten times a letter; of one letter it is remembered, of no other.
    parsed = message_from_bytes(message, policy=policy.default.clone(header_factory=cache(HeaderRegistry())))
    html, text = (parsed.get_body([kind]) for kind in ("html", "plain"))
    if html is None or text is None:
        raise Refused("This message does not have a text part and an HTML part.")
    headers = [(name, str(value)) for name, value in parsed.items()]
    files = tuple(_attached(part) for part in parsed.walk() if part.get_content_disposition() == "attachment")
    entries = (part for part in parsed.walk() if part.get_content_type() == "text/calendar" and not part.is_attachment())
    entry = next((part.get_content() for part in entries), "")
    return Opened(str(parsed["Subject"]), html.get_content(), text.get_content(), headers, files, entry)


def layout_digest() -> str:
    """SHA-256 over our own layouts, which are part of what is signed."""
    return hashlib.sha256(b"".join((LAYOUTS / name).read_bytes() for name in ("letter.html", "letter.txt"))).hexdigest()


FIELDS = (*placeholders.PLACEHOLDERS, *reader_links.FIELDS, "address", "message_id", *placeholders.CLOSED)


def _attached(part: Any) -> Attachment:
    content = part.get_payload(decode=True)
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(name=part.get_filename() or "", type=part.get_content_type(), digest=digest, size=len(content))


def _mark(words: str) -> str:
    mark = "qx" + hashlib.sha256(words.encode()).hexdigest()[:12]
    return mark if mark not in words else _mark(words + mark)


def _marked(text: str, mark: str) -> str:
    parts = placeholders.split(text)
    return "".join(f"{mark}{FIELDS.index(part)}z" if place % 2 else part for place, part in enumerate(parts))


def _cut(text: str, mark: str) -> list[str]:
    parts = re.split(rf"{mark}(\d+)z", text)
    return [FIELDS[int(part)] if place % 2 else part for place, part in enumerate(parts)]


def _html(tokens: list[Token]) -> Markup:
    page = _markdown.renderer.render(tokens, _markdown.options, {})
    allowed = {"a": {"href"}, "*": set[str]()}  # not even a title, which nobody sees who reads
    return Markup(nh3.clean(page, tags=TAGS, attributes=allowed, url_schemes={"https", "http", "mailto"}, link_rel=None))  # noqa: S704 - cleaned by nh3


def _inlined(page: str) -> str:
    page = premailer.Premailer(
        page,
        allow_network=False,
        strip_important=False,
        disable_validation=True,
        disable_basic_attributes=["width", "height"],
        cssutils_logging_level=logging.CRITICAL,
        keep_style_tags=False,
    ).transform()
    return str(page)


def _headers(subject: str, sender: Sender, reference: str, *, files: bool) -> list[Piece]:
    inner = _boundary(reference)
    written: list[str | Field] = [
        f"From: {formataddr((_line(sender.name), _plain(sender.address)))}\r\nTo: ",
        Field("address", "header"),
        f"\r\nReply-To: {_plain(sender.reply_to)}\r\nSubject: {_encoded(subject)}\r\nMessage-ID: ",
        Field("message_id", "header"),
        "\r\nList-Unsubscribe: <",
        Field("stop_url", "header"),
        ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n",
        enclosures.before(reference, inner) if files else f'Content-Type: multipart/alternative; boundary="{inner}"\r\n',
    ]
    return [piece.encode("ascii") if isinstance(piece, str) else piece for piece in written]


def _part(reference: str, kind: str) -> bytes:
    head = (
        f"\r\n--{_boundary(reference)}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode("ascii")


def _entry(subject: str, sender: Sender, reference: str, made: datetime) -> list[Piece]:
    body = calendar_entries.body(subject=_line(subject), organiser=_line(sender.name), address=_plain(sender.reply_to), stamp=made)
    return [*calendar_entries.head(_boundary(reference)), *body]


def _boundary(reference: str) -> str:
    return f"=_countersign_{reference}"  # "=_" cannot stand in quoted-printable


def _plain(address: str) -> str:
    if not (address.isascii() and address.isprintable()) or any(sign in address for sign in ("<", ">", ",", " ", "=?")):
        raise Refused(f"{address!r} cannot stand in a header.")
    return address


def _encoded(text: str) -> str:
    return Header(_line(text), "us-ascii" if text.isascii() else "utf-8", maxlinelen=70).encode(linesep="\r\n")


def _line(text: str) -> str:
    if not text.isprintable() or "=?" in text:  # =? begins an encoded word, which may decode to a line break
        raise Refused("A subject or a sender's name must be on one line, without =?.")
    return text


def _merged(pieces: list[Piece]) -> tuple[Piece, ...]:
    merged: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, bytes) and merged and isinstance(merged[-1], bytes):
            merged[-1] += piece
        else:
            merged.append(piece)
    return tuple(merged)

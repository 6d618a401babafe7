"""A mail as it came, opened without trusting a byte of it: its head, its words, its report, and the head of the letter it gives back.

Its size and its nesting are looked at before anything is parsed; whatever cannot be read as it claims is read as far as it can be.
"""

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from campaigns.agreement.received import NO_CHARSETS

MOST_OCTETS = 512 * 1024  # what a mail says of a letter stands at its beginning; behind it comes the letter itself
DEEPEST = 40  # parts that hold parts; a bounce has four
MOST_PARTS = 200
LONGEST_VALUE = 2000
ADDRESS = re.compile(r"(?<![\w.+=-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
PART = re.compile(rb"^content-type:", re.IGNORECASE | re.MULTILINE)
HOLDS_PARTS = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
# The standard library would split these into messages of their own; we want their text.
FIELDS = re.compile(rb"^(content-type:\s*)message/(?:global-)?(delivery-status|feedback-report|disposition-notification)", re.I | re.M)
REPORTS = ("text/delivery-status", "text/feedback-report", "text/disposition-notification")
HEADS = ("text/rfc822-headers", "text/rfc822-header", "text/global-headers", "message/rfc822", "message/global")
TAG = re.compile(r"<[^<>]{0,2000}>")
HARD_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,200}>", re.IGNORECASE)

Head = dict[str, list[str]]


@dataclass
class Mail:
    """`head` and `returned`: header fields by lower-case name. `texts`: (type, words) in order. `reports`: by type. `remark`: what was left unread."""

    head: Head = field(default_factory=dict)
    texts: list[tuple[str, str]] = field(default_factory=list)
    reports: dict[str, str] = field(default_factory=dict)
    returned: Head = field(default_factory=dict)
    kind: str = ""
    remark: str = ""

    def first(self, name: str) -> str:
        """A field of the head, on one line; empty when there is none."""
        return first(self.head, name)

    @property
    def words(self) -> str:
        """What a person would read: the plain text, or what the HTML shows."""
        plain = [text for kind, text in self.texts if kind == "text/plain"]
        return "\n\n".join(plain or [_shown(text) for kind, text in self.texts if kind == "text/html"])

    @property
    def calendar(self) -> str:
        """What a calendar says in it; empty when it holds none."""
        return next((text for kind, text in self.texts if kind == "text/calendar"), "")


def opened(raw: bytes) -> Mail:
    """Open a mail. Gives what can be read, whatever the bytes are; of a mail too large its beginning, of one nested too deep its head."""
    remark = ""
    if len(raw) > MOST_OCTETS:
        remark = f"It is large, and only the first {MOST_OCTETS // 1024} kB were read."
    read = raw[:MOST_OCTETS].replace(b"\x00", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # any of which ends a line for the parser
    if len(HOLDS_PARTS.findall(read)) > DEEPEST or len(PART.findall(read)) > MOST_PARTS:
        deep = f"It has more than {DEEPEST} parts inside one another, or {MOST_PARTS} in all, so only its head was read."
        return Mail(head=_head(message_from_bytes(read.partition(b"\n\n")[0])), remark=deep)
    message = message_from_bytes(FIELDS.sub(rb"\1text/\2", read))
    mail = Mail(head=_head(message), kind=message.get_content_type(), remark=remark)
    for part in _leaves(message):
        _sort(part, mail)
    return mail


def head_of(text: str) -> Head:
    """The header fields that stand at the beginning of a text."""
    return _head(message_from_bytes(text.lstrip().encode("utf-8", "replace")[:MOST_OCTETS]))


def first(head: Head, name: str) -> str:
    """A header field's first value on one line; empty when there is none."""
    return next(iter(head.get(name, [])), "")


def addresses(head: Head, *names: str) -> list[str]:
    """Every address in these fields, in lower case, in order."""
    values = [value for name in names for value in head.get(name, [])]
    boxes = _boxes(values) + [found for value in values for found in ADDRESS.findall(value)]
    return list(dict.fromkeys(box.lower() for box in boxes if ADDRESS.fullmatch(box)))


def _boxes(values: list[str]) -> list[str]:
    """The addresses the standard library finds; none where it goes too deep, as it does on a long row of colons."""
    try:
        return [box for _, box in getaddresses(values)]
    except RecursionError:
        return []


def _shown(markup: str) -> str:
    """The words that HTML shows, about as they are set."""
    for name in ("style", "script"):
        markup = _without(markup, name)
    return html.unescape(TAG.sub(" ", HARD_BREAK.sub("\n", markup)))


def _without(markup: str, name: str) -> str:
    """HTML without the elements of this name."""
    lower, kept, place = markup.lower(), list[str](), 0
    while (start := lower.find(f"<{name}", place)) >= 0:
        kept.append(markup[place:start])
        end = lower.find(f"</{name}", start)
        place = len(markup) if end < 0 else end
    return "".join([*kept, markup[place:]])


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold no parts, in order. A returned letter is one; a report inside a mail that was passed on is opened."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        inside = _inside(part)
        if inside and (part.get_content_maintype() == "multipart" or any(one.get_content_type() == "multipart/report" for one in inside)):
            waiting[:0] = inside
        else:
            yield part


def _inside(part: Message) -> list[Message]:
    """The parts a part holds. Of one that holds words `get_payload` would decode them, in whatever charset it names, and fail in some."""
    return [one for one in part.get_payload() if isinstance(one, Message)] if part.is_multipart() else []


def _sort(part: Message, mail: Mail) -> None:
    kind = part.get_content_type()
    if kind in HEADS:
        held = next(iter(_inside(part)), None)
        mail.returned = mail.returned or (_head(held) if held else head_of(_text(part)))
    elif kind in REPORTS:
        mail.reports[kind] = f"{mail.reports.get(kind, '')}\n\n{_text(part)}".strip()
    elif part.get_content_maintype() in {"text", "multipart"}:  # a multipart without its boundary is words
        mail.texts.append((kind if kind in {"text/html", "text/calendar"} else "text/plain", _text(part)))


def _text(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        raw = str(part.get_payload()).encode("utf-8", "replace")
    return _storable(_decoded(raw, str(part.get_param("charset") or "")).replace("\r\n", "\n"))


def _decoded(raw: bytes, charset: str) -> str:
    for name in (charset, "utf-8"):
        try:
            if codecs.lookup(name).name not in NO_CHARSETS:
                return raw.decode(name)
        except (LookupError, ValueError):
            continue
    return raw.decode("windows-1252", "replace")


def _head(message: Message) -> Head:
    head: Head = {}
    for name, value in message.raw_items():
        head.setdefault(name.lower(), []).append(_line(value))
    return head


def _line(value: object) -> str:
    """A header field's value as people read it."""
    text = str(value)[:LONGEST_VALUE]
    text = text.encode("ascii", "surrogateescape").decode("utf-8", "replace") if _is_plain(text) else text
    try:
        pieces = decode_header(text) if "=?" in text else [(text, None)]
        text = "".join(_decoded(piece, charset or "ascii") if isinstance(piece, bytes) else piece for piece, charset in pieces)
    except (HeaderParseError, ValueError):
        pass
    return _storable(" ".join(text.split()))


def _storable(text: str) -> str:
    """Without what no database stores: NUL, and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _is_plain(text: str) -> bool:
    return all(ord(character) < 128 or 0xDC80 <= ord(character) <= 0xDCFF for character in text)

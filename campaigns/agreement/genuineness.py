"""Whether a received letter is the one that was agreed: identical, the same words carried differently, or different here. Pure.

Gateways re-encode and re-wrap letters, rewrite links, put a banner in front and a footer behind. What they may not do is change, leave out
or add words inside: the agreed words must stand together, in order, in every part the letter has, and each link must still lead to its place.
"""

import email
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from itertools import islice
from urllib.parse import unquote

from campaigns.drafting import markup
from campaigns.drafting.letters import Opened
from campaigns.foundation.errors import Refused

IDENTICAL, CARRIED, DIFFERS = "identical", "carried", "differs"
MOST_WORDS = 60_000
DEEPEST = 20  # MIME levels
BLANK_WORDS = 14  # a blank filled for a reader is a few words
STARTS = 200  # places at which the agreed words may begin, tried in order
BLANK = re.compile(r"\(\([^()]*\)\)")
AROUND = "()<>.,;"  # what stands around an address in running text
WEB = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """What a received letter is. `links`: rewritten on the way; `added`: words put around; `agreed` and `received`: where they part."""

    kind: str
    links: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    agreed: str = ""
    received: str = ""


@dataclass(frozen=True)
class Received:
    """A letter as it was dropped: its parts decoded; a part it does not have is empty."""

    raw: bytes
    message_id: str
    to: str
    subject: str
    text: str
    html: str


def open_received(raw: bytes) -> Received:
    """Read a dropped e-mail; refuses, with a sentence, what is none."""
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("This is an Outlook .msg file. Open it, choose Save as, and save it as .eml; or type the reference instead.")
    try:
        message = email.message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
        parts = list(_leaves(message))
        text, html = (
            next((_content(part) for part in parts if part.get_content_type() == kind), "") for kind in ("text/plain", "text/html")
        )
        head = {name: str(message.get(name, "")) for name in ("Message-ID", "To", "Subject")}
    except (ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError) as fault:
        raise Refused("This file could not be read as an e-mail. Save the letter from your mail program as .eml and try again.") from fault
    if not (text.strip() or html.strip()) or not head["Subject"]:
        raise Refused(
            "This file is not a letter: it has no subject or no words. Save the letter from your mail program as .eml and try again."
        )
    return Received(raw, head["Message-ID"].strip(), head["To"].strip(), head["Subject"], text, html)


def canonical(raw: bytes, headers: Sequence[str]) -> bytes:
    """The part of a received letter that was sealed: the header fields named, as they stand, and the body; CRLF line ends."""
    whole = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head, _, body = whole.partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?![ \t])", head)
    wanted = {name.casefold().encode() for name in headers}
    kept = [one for one in fields if one.partition(b":")[0].strip().lower() in wanted]
    return b"".join(one + b"\r\n" for one in kept) + b"\r\n" + body


def judge(received: Received, agreed: Opened, *, sealed: bytes | None, headers: Sequence[str]) -> Verdict:
    """Hold a received letter against the agreed one; `sealed` are its reader's very bytes, None where the reader is not known."""
    if sealed is not None and canonical(received.raw, headers) == sealed:
        return Verdict(IDENTICAL)
    reading = markup.read(agreed.html)
    found: list[Verdict] = []
    if received.text.strip():
        found.append(_words(agreed.text, received.text))
    if received.html.strip():
        got = markup.read(received.html)
        found += [_words(reading.shown, got.shown), _targets([link.target for link in reading.links], [link.target for link in got.links])]
    found.append(_words(agreed.subject, received.subject))
    if bad := next((one for one in found if one.kind == DIFFERS), None):
        return bad
    return Verdict(CARRIED, _once(found, "links"), _once(found, "added"))


def _leaves(message: EmailMessage, depth: int = 0) -> Iterator[EmailMessage]:
    if depth > DEEPEST:
        return
    if message.is_multipart() and message.get_content_type() != "message/rfc822":
        for part in message.iter_parts():
            if isinstance(part, EmailMessage):
                yield from _leaves(part, depth + 1)
    else:
        yield message


def _content(part: EmailMessage) -> str:
    raw = part.get_payload(decode=True)
    held = raw if isinstance(raw, bytes) else b""
    try:
        return held.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # a charset nobody knows
        return held.decode("utf-8", "replace")


def _words(agreed: str, received: str) -> Verdict:
    ours, theirs = agreed.split(), received.split()[:MOST_WORDS]
    best = place = 0
    for start in _starts(ours, theirs):
        length, links, end = _run(ours, theirs, start)
        if length == len(ours):
            return Verdict(CARRIED, links, [said for said in (" ".join(theirs[:start]), " ".join(theirs[end:])) if said])
        if length >= best:
            best, place = length, end
    if not best:
        return Verdict(DIFFERS, agreed=" ".join(ours[:8]), received=" ".join(theirs[:8]))
    around = slice(max(best - 4, 0), best + 4)
    return Verdict(DIFFERS, agreed=" ".join(ours[around]), received=" ".join(theirs[max(place - 4, 0) : place + 4]))


def _starts(ours: list[str], theirs: list[str]) -> Iterator[int]:
    first = next((word for word in ours if not BLANK.search(word)), "")
    lead = ours.index(first) if first else 0
    return islice((place for place in range(len(theirs)) if lead or _same(first, theirs[place])[0]), STARTS)


def _run(ours: list[str], theirs: list[str], start: int) -> tuple[int, list[str], int]:
    """How many of our words stand here in a row, the links rewritten among them, and where in theirs the run ends."""
    place, links = start, list[str]()
    for number, word in enumerate(ours):
        if BLANK.search(word):
            after = ours[number + 1] if number + 1 < len(ours) else None
            place = _past_a_blank(after, theirs, place)
            continue
        same, rewritten = _same(word, theirs[place]) if place < len(theirs) else (False, "")
        if not same:
            return number, links, place
        links += [rewritten] if rewritten else []
        place += 1
    return len(ours), links, place


def _past_a_blank(after: str | None, theirs: list[str], place: int) -> int:
    """Where the words go on behind a blank that was filled with a few words."""
    if after is None or BLANK.search(after):
        return place + 1
    ahead = range(place + 1, min(place + BLANK_WORDS, len(theirs)))
    return next((spot for spot in ahead if _same(after, theirs[spot])[0]), place + 1)


def _same(ours: str, theirs: str) -> tuple[bool, str]:
    """Whether two words are the same, and the address that ours was rewritten to, if it was."""
    if ours == theirs:
        return True, ""
    return (True, theirs) if WEB.search(ours) and _wraps(theirs.strip(AROUND), ours.strip(AROUND)) else (False, "")


def _targets(ours: list[str], theirs: list[str]) -> Verdict:
    """Every link of ours must lead where it led, in order; links put around stand before the first or behind the last."""
    place, rewritten = 0, list[str]()
    for target in ours:
        found = next((spot for spot in range(place, len(theirs)) if theirs[spot] == target or _wraps(theirs[spot], target)), None)
        if found is None or (place and found != place):
            return Verdict(DIFFERS, agreed=target, received=theirs[place] if place < len(theirs) else "no link")
        rewritten += [theirs[found]] if theirs[found] != target else []
        place = found + 1
    return Verdict(CARRIED, rewritten)


def _wraps(link: str, target: str) -> bool:
    """Whether a rewritten link says, in one of the gateways' ways of writing it, that it leads on to the target."""
    if BLANK.search(target) or not WEB.search(target) or not WEB.match(link):
        return bool(BLANK.search(target)) and link.startswith(BLANK.split(target)[0])
    spellings = (link, unquote(link), unquote(unquote(link)), unquote(link.replace("-", "%").replace("_", "/")))
    return any(target in spelling[8:] for spelling in spellings)


def _once(found: list[Verdict], what: str) -> list[str]:
    return list(dict.fromkeys(said for one in found for said in getattr(one, what)))

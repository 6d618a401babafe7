"""A speaking note: the words of an agreed release, taken from the very program both parties signed, as blocks to be read aloud.

Source: HELA paper, Annex 3 ("Circulate a speaking note").
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from sqlmodel import Session

from campaigns.agreement import sealed
from campaigns.agreement.releases import Release
from campaigns.drafting import invitations, letters
from campaigns.drafting.letters import FIELDS
from campaigns.foundation import reader_links

WORDS = "words"  # the part of our own layout that holds an officer's words; the letter's head and foot are for readers, not for listeners
KINDS = {"p": "paragraph", "h1": "heading", "h2": "heading", "h3": "heading", "li": "point", "pre": "paragraph"}
LISTS = frozenset({"ul", "ol"})
BROKEN = re.compile(r"\s*\n\s*")  # a line break in HTML's source, which is a space on the page


@dataclass(frozen=True)
class Span:
    """Words of one look; `href` is where they lead."""

    text: str
    href: str = ""
    strong: bool = False
    emphasis: bool = False


@dataclass(frozen=True)
class Block:
    """A heading (of level 2 or 3), a point of a list (`number` where it is counted, `level` how deep it stands), or a paragraph."""

    kind: str
    spans: tuple[Span, ...]
    level: int = 1
    number: int = 0

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(span.text for span in self.spans)


def texts(session: Session, release: Release, *, group: str, nation: str) -> dict[str, list[Block]]:
    """The words by audience key; what a letter would fill in for one reader stays visible as a blank."""
    told = {"organisation": group, "nation": nation, "reference": release.reference}
    values = {name: f"[{name}]" for name in FIELDS} | {name: value for name, value in told.items() if value}
    values |= reader_links.of_nobody("https://none.test", "x") | invitations.OF_NOBODY
    return {key: blocks(program.join(values)) for key, program in sealed.programs_of(session, release.id).items()}


def blocks(message: bytes) -> list[Block]:
    """The blocks of one sealed message, as its HTML part says them, without the subject that stands as its first heading."""
    letter = letters.open_letter(message)
    reader = _Reader()
    reader.feed(letter.html)
    reader.close()
    found = reader.blocks
    if found and found[0].kind == "heading" and _plain(found[0].text) == _plain(letter.subject):
        found = found[1:]
    return _levelled(found)


def printable(text: str) -> str:
    """The text without signs that no page and no file can hold: controls other than a line break, and halves of a sign."""
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"})


def _levelled(found: Iterable[Block]) -> list[Block]:
    """Headings one below another under the title, none skipped (PDF/UA-1, ISO 14289-1, 7.4.2)."""
    made, last = [], 1
    for block in found:
        if block.kind == "heading":
            last = min(max(block.level, 2), last + 1)
            block = Block(block.kind, block.spans, last)
        made.append(block)
    return made


def _plain(text: str) -> str:
    return " ".join(text.split())


@dataclass
class _Reader(HTMLParser):
    """Reads our own layout's HTML, as nh3 left it: blocks of spans."""

    blocks: list[Block] = field(default_factory=list)
    inside: bool = False
    kind: str = "paragraph"
    level: int = 1
    spans: list[Span] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)  # one for each list we are in; -1 where points are not counted
    number: int = 0
    fresh: bool = False  # a point has begun and has no words yet
    kept: bool = False  # inside words whose line breaks count
    looks: list[str] = field(default_factory=list)
    href: str = ""
    linked: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "td":
            self.inside = said.get("class") == WORDS
        elif not self.inside:
            return
        elif tag in LISTS:
            self._end()
            self.counts.append(int(said.get("start") or 1) - 1 if tag == "ol" else -1)
        elif tag in KINDS:
            self._begin(tag)
        elif tag == "br":
            self._add("\n")
        elif tag == "a":
            self.href, self.linked = said.get("href") or "", ""
        elif tag in {"strong", "em"}:
            self.looks.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "td" or (self.inside and tag in KINDS):
            self._end()
        if tag == "td":
            self.inside = False
        elif self.inside and tag in LISTS:
            self._end()
            self.counts = self.counts[:-1]
        elif self.inside and tag == "a":
            self._leave_link()
        elif self.inside and tag in self.looks:
            self.looks.remove(tag)

    def handle_data(self, data: str) -> None:
        if self.inside and not self.kept:
            data = BROKEN.sub(" ", data)
            data = data.lstrip() if self.spans and self.spans[-1].text.endswith("\n") else data
        if self.inside:
            self._add(data)

    def _add(self, text: str) -> None:
        text = printable(text.replace("\r\n", "\n"))
        self.linked += text if self.href else ""
        if text and (self.spans or text.strip()):
            self.spans.append(Span(text, self.href, "strong" in self.looks, "em" in self.looks))

    def _begin(self, tag: str) -> None:
        self._end()
        self.kept = tag == "pre"
        self.kind, self.level = KINDS[tag], int(tag[1]) if KINDS[tag] == "heading" else 1
        if tag == "li" and self.counts:
            self.counts[-1] += self.counts[-1] >= 0
            self.number, self.fresh = max(self.counts[-1], 0), True
        if self.counts and self.fresh and self.kind == "paragraph":  # the first paragraph of a point is the point
            self.kind = "point"
        if self.kind == "point":
            self.level = max(len(self.counts), 1)

    def _end(self) -> None:
        if self.spans and (spans := _trimmed(self.spans)):
            self.blocks.append(Block(self.kind, spans, self.level, self.number if self.kind == "point" else 0))
            self.fresh = False
        self.spans, self.kept = [], False
        if not self.counts:
            self.kind, self.level, self.number = "paragraph", 1, 0

    def _leave_link(self) -> None:
        """A link is followed by its address, as in the letter's text part: on paper nobody can press it."""
        href, self.href = self.href, ""
        if self.linked not in (href, href.removeprefix("mailto:")):
            self._add(f" ({href})")


def _trimmed(spans: list[Span]) -> tuple[Span, ...]:
    last = spans[-1]
    return (*spans[:-1], Span(last.text.rstrip(), last.href, last.strong, last.emphasis)) if last.text.rstrip() else _ended(spans)


def _ended(spans: list[Span]) -> tuple[Span, ...]:
    return _trimmed(spans[:-1]) if len(spans) > 1 else ()

"""The HTML part of a letter read as a mail program would: the words it shows, those it hides, what it would fetch, and where it leads."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

from campaigns.drafting import styles
from campaigns.drafting.styles import PLAIN, Look

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
BLOCKS = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "hr", "br", "table", "tr", "td", "th", "div", "body",
}  # fmt: skip
UNSEEN = {"head", "style", "script", "template", "noscript", "object", "iframe", "video", "audio", "canvas", "select", "svg", "math"}
EXPECTED = {"html", "head", "meta", "title", "body", "table", "tbody", "tr", "td", "p", "h1", "h2", "h3", "ul", "ol", "li"} | {
    "strong", "em", "a", "blockquote", "hr", "br", "code", "pre",
}  # fmt: skip
FETCHING = {"src", "srcset", "background", "poster", "data", "codebase", "longdesc", "lowsrc", "dynsrc", "manifest", "imagesrcset"}
SPOKEN = {  # words that are not shown as words
    "title", "alt", "aria-label", "aria-description", "summary", "placeholder", "label", "content",
}  # fmt: skip


@dataclass(frozen=True)
class Link:
    """A link and the words it stands under."""

    target: str
    words: str


@dataclass
class Reading:
    """What was found. `hidden`: why and which words; `fetched` and `unexpected`: what, as written."""

    shown: str = ""
    hidden: list[tuple[str, str]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def read(html: str) -> Reading:
    """Read a whole HTML part. Anything a compiled letter never holds counts as hidden, fetched or unexpected: nothing is passed over."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.reading


class _Reader(HTMLParser):
    """Walks the page with the look each word stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = Reading()
        self.shown: list[str] = []
        self.open: list[tuple[str, Look]] = []
        self.inside: Counter[str] = Counter()
        self.links: list[tuple[str, int]] = []

    @property
    def look(self) -> Look:
        return self.open[-1][1] if self.open else PLAIN

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._judge(tag, given)
        if tag in BLOCKS:
            self.shown.append("\n")
        if tag == "a":
            self._end_link()  # in a mail program one link ends where another begins
            self.links.append((given.get("href", ""), len(self.shown)))
        if tag not in VOID:
            self.inside[tag] += 1
            self.open.append((tag, styles.inside(self.look, given, unseen=tag in UNSEEN)))

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.shown.append("\n")
        if tag == "a":
            self._end_link()
        ended = "" if self.inside[tag] else tag  # one that was never begun ends nothing
        while ended != tag:
            ended, _ = self.open.pop()
            self.inside[ended] -= 1

    def close(self) -> None:
        super().close()
        self._end_link()
        self.reading.shown = "".join(self.shown)

    def handle_data(self, data: str) -> None:
        if self.inside["style"] and re.search(r"@import|url\(|@font-face", data, re.IGNORECASE):
            self.reading.fetched.append(" ".join(data.split())[:100])
        if self.inside["title"] and self.inside["head"] and not self.inside["body"]:
            return  # the page's title, which is the subject
        if self.look.hidden and data.strip():
            self.reading.hidden.append((self.look.hidden, " ".join(data.split())))
        else:
            self.shown.append(data)

    def handle_comment(self, data: str) -> None:
        self.reading.hidden.append(("a comment", " ".join(data.split())))

    def unknown_decl(self, data: str) -> None:
        self.handle_comment(data)

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)

    def _end_link(self) -> None:
        if self.links:
            target, start = self.links.pop()
            self.reading.links.append(Link(target, " ".join("".join(self.shown[start:]).split())))

    def _judge(self, tag: str, given: dict[str, str]) -> None:
        if tag not in EXPECTED or any(name.startswith("on") for name in given) or "http-equiv" in given:
            self.reading.unexpected.append(f"<{tag}>")
        style = given.get("style", "")
        found = [f"<{tag} {name}={value[:100]}>" for name, value in given.items() if name in FETCHING or (tag != "a" and name == "href")]
        found += [f"<{tag} style={style[:100]}>"] if styles.fetches(style) else []
        self.reading.fetched += found
        ours = tag == "meta" and given.get("name") == "viewport"
        self.reading.hidden += [
            (f"the attribute {name}", value) for name, value in given.items() if name in SPOKEN and value.strip() and not ours
        ]

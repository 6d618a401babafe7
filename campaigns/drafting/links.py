"""Links: which an officer may write, and every place a compiled letter leads to."""

import re
import unicodedata
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from campaigns.drafting import letters
from campaigns.drafting.letters import Opened
from campaigns.foundation import reader_links
from campaigns.foundation.errors import Problem

BARE = re.compile(r"\b[a-z][a-z0-9+.-]{0,30}://[^\s<>\"]+|\bmailto:[^\s<>\")]+", re.IGNORECASE)
ONE_ADDRESS = re.compile(r"[^@\s?&,;:<>]+@([^@\s?&,;:<>]+)(\?subject=[^?&]*)?", re.IGNORECASE)
NUMBER = re.compile(r"(0x[0-9a-f]*|\d+)$", re.IGNORECASE)  # a last label like this makes the host an IP address in every browser
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)$", re.IGNORECASE)
INTERNAL = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "onion")

_markdown = letters.markdown()
_markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # the compiler drops what is dangerous; here it is to be named


def problems(text: str, *, field: str) -> list[Problem]:
    """What is wrong with the links of an officer's words, each with its line."""
    found = []
    for number, target in _written(text):
        if why := why_not(target):
            found.append(Problem(field, f"Line {number}: the link {target[:100]} {why}"))
    return list(dict.fromkeys(found))


def why_not(target: str) -> str:
    """Why a link may not stand in a letter; empty when it may: https to a public host by name, or mailto to one address."""
    scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", target, re.IGNORECASE)
    if scheme and scheme[1].lower() == "mailto":
        return _why_not_mail(unquote(target.strip()[len("mailto:") :]))
    if not scheme or scheme[1].lower() != "https" or not target.strip().lower().startswith("https://"):
        return "must begin with https:// or mailto:"
    try:
        parts = urlsplit(target)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is not a web address"
    if "@" in parts.netloc or "%40" in parts.netloc:
        return "must not carry a user name or password"
    return _why_not_host(host)


def link_targets(opened: Opened) -> list[str]:
    """Every place a letter that is only looked at leads to, from both its parts, sorted; a reader's own links are left out. Pure."""
    shown = _Hrefs.of(opened.html)
    found = set(shown)
    for match in BARE.findall(opened.text):
        known = [target for target in shown if match.startswith(target)]
        found.add(max(known, key=len) if known else _trimmed(match))
    return sorted(found - own_links(opened))


def own_links(opened: Opened) -> set[str]:
    """The reader's own links, of which the letter's head names the one to stop: in a letter that is only looked at, all have one token."""
    stop = next((value.strip(" <>") for name, value in opened.headers if name == "List-Unsubscribe"), "")
    base, _, token = stop.rpartition("/stop/")
    return set(reader_links.of_nobody(base, token).values())


def host_of(target: str) -> str:
    """The host a link leads to, in lower case; of a mailto link the address's domain; empty when there is none."""
    if target.lower().startswith("mailto:"):
        return unquote(target[7:]).partition("?")[0].rpartition("@")[2].lower()
    try:
        return urlsplit(target).hostname or ""
    except ValueError:
        return ""


def spoken(host: str) -> str:
    """A host as a reader sees it: xn-- labels in their own letters."""
    return ".".join(_unicode(label) for label in host.split("."))


class _Hrefs(HTMLParser):
    """Every href of a page, as written."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @classmethod
    def of(cls, html: str) -> list[str]:
        reader = cls()
        reader.feed(html)
        reader.close()
        return reader.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "action", "formaction", "xlink:href"} and value]


def _written(text: str) -> list[tuple[int, str]]:
    """Line and target of every link, written as Markdown or bare: mail programs make links of bare ones too."""
    found = []
    for token in _markdown.parse(text):
        found += _in_block(token) if token.type == "inline" and token.map else []
    found += [(number, _trimmed(match)) for number, line in enumerate(text.split("\n"), 1) for match in BARE.findall(line)]
    return list({unquote(target).casefold(): (number, target) for number, target in reversed(found)}.values())[::-1]


def _in_block(token: Token) -> list[tuple[int, str]]:
    number, found = (token.map or [0])[0] + 1, []
    for child in token.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            number += 1
        elif child.type == "link_open":
            found.append((number, str(child.attrGet("href"))))
    return found


def _trimmed(match: str) -> str:
    """A bare link without the sentence's own marks behind it."""
    end, unopened = len(match), match.count(")") - match.count("(")
    while end and (match[end - 1] in ".,;:!?'*_`]}" or (match[end - 1] == ")" and unopened > 0)):
        end, unopened = end - 1, unopened - (match[end - 1] == ")")
    return match[:end]


def _why_not_mail(address: str) -> str:
    found = ONE_ADDRESS.fullmatch(address)
    if not found or not address.isprintable():
        return "must name one e-mail address, and nothing but a subject beside it"
    return _why_not_host(found[1].lower())


def _why_not_host(host: str) -> str:
    labels = [unicodedata.normalize("NFKC", _unicode(label)) for label in host.rstrip(".").split(".")]
    if ":" in host or "[" in host or NUMBER.match(labels[-1]):
        return "must name its host, not a number"
    if len(labels) < 2 or labels[-1].lower() in INTERNAL or host.rstrip(".").endswith("home.arpa"):
        return "leads to a machine of our own network. Readers cannot open it"
    if not all(LABEL.match(_ascii(label)) for label in labels):
        return "is not a web address"
    return ""


def _unicode(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _ascii(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")

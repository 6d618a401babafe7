"""A mail gateway's scanner: it opens every link of every letter at once, by GET and by HEAD, as a browser and as one that fetches ahead."""

import email
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from email import policy
from email.message import EmailMessage

BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (compatible; link checker)",
)
AHEAD = ({}, {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender", "X-Moz": "prefetch", "X-Purpose": "preview"})
HREF = re.compile(r'href="([^"]+)"')
ADDRESS = re.compile(r"https?://[^\s<>\"]+")

Fetch = Callable[[str, str, dict[str, str]], int]  # method, path, headers → status


def links(letter: bytes, base: str) -> list[str]:
    """The path of every link of ours in a letter: its head's, its text's and its HTML's."""
    parsed = email.message_from_bytes(letter, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    text, html = (parsed.get_body([kind]) for kind in ("plain", "html"))
    assert text is not None and html is not None
    found = [str(parsed["List-Unsubscribe"]).strip("<>"), *ADDRESS.findall(text.get_content()), *HREF.findall(html.get_content())]
    return sorted({address.removeprefix(base) for address in found if address.startswith(f"{base}/")})


def scan(letters: Iterable[bytes], base: str, fetch: Fetch) -> Iterator[int]:
    """Open every link of these letters in each way; gives the statuses."""
    guises = itertools.cycle(itertools.product(BROWSERS, AHEAD))
    for letter in letters:
        for path in links(letter, base):
            for method in ("GET", "HEAD"):
                browser, ahead = next(guises)
                yield fetch(method, path, {"User-Agent": browser, **ahead})

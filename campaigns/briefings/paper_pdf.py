"""A paper as PDF: tagged for whoever listens to it (PDF/UA-1), every page saying which version it is."""

from typing import Any

from campaigns.agreement import typesetting
from campaigns.briefings.papers import Paper
from campaigns.briefings.speaking_notes import Block, Span

TEMPLATE = "papers/paper.typ"
LONGEST_WORD = 40  # a longer one may be broken anywhere, or it would leave the page
BREAK = "\u200b"


def make(paper: Paper) -> bytes:
    """The PDF; the same bytes for the same paper."""
    names = ("label", "title", "version", "agreed", "digest", "check", "superseded")
    facts: dict[str, Any] = {name: breakable(getattr(paper, name)) for name in names if name != "digest"}
    return typesetting.page(TEMPLATE, facts | {"digest": paper.digest, "blocks": [_block(one) for one in paper.blocks]}, at=paper.at)


def breakable(text: str) -> str:
    """The text with places to break its very long words at."""
    return " ".join(_word(word) for word in text.split(" "))


def _word(word: str) -> str:
    return word if len(word) <= LONGEST_WORD else BREAK.join(word[start : start + 10] for start in range(0, len(word), 10))


def _block(block: Block) -> dict[str, Any]:
    spans = [_span(span) for span in block.spans]
    return {"kind": block.kind, "level": block.level, "number": block.number, "spans": spans}


def _span(span: Span) -> dict[str, Any]:
    return {"text": breakable(span.text), "href": span.href, "strong": span.strong, "emphasis": span.emphasis}

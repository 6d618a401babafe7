"""What changed between two texts, word by word: what stayed, what was struck, what was added. Pure.

Lines are compared first and words only inside lines that differ, so that a long message with a small change stays quick.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from campaigns.agreement import parties
from campaigns.drafting.words import Words
from campaigns.foundation import clock

MOST_LINES = 1500  # beyond this a text is shown as struck and added whole: lines that repeat cost the square of their number, or more
MOST_WORDS = 4000  # beyond this a changed passage is shown as struck and added whole
MOST_ALIKE = 50_000  # and beyond so many pairs of the same word, one on each side: prose has some thousands

SAME, STRUCK, ADDED = "same", "struck", "added"


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed, was struck or was added."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """One part of a message that is different now."""

    label: str
    pieces: list[Piece]


def words(before: str, after: str) -> list[Piece]:
    """The difference between two texts; joined without the struck pieces it is `after`, without the added it is `before`."""
    return _merged(_by_line(before, after))


def of_words(before: Words, after: Words, names: dict[str, str]) -> list[Change]:
    """Every part of a message that differs, in the order an officer reads them. `names`: see `readership.said`."""
    pairs = [
        ("Title", before.title, after.title),
        ("Subject", before.subject, after.subject),
        ("What everybody reads", before.core, after.core),
        *((f"Only for {name}", before.parts.get(key, ""), after.parts.get(key, "")) for key, name in names.items()),
        ("Who gets it", _named(before, names), _named(after, names)),
        ("Attachments", _files(before), _files(after)),
        ("Earliest time to send", _said(before.not_before), _said(after.not_before)),
        ("Latest time to send", _said(before.latest_send), _said(after.latest_send)),
        ("Risk", before.risk.said, after.risk.said),
        ("Terms", *(". ".join(terms.said(names.get(terms.follows_up, ""))) for terms in (before.terms, after.terms))),
        ("Invites to", _invited(before, names), _invited(after, names)),
        ("Lines to choose from", _lines(before), _lines(after)),
        ("Holding line", _holding(before), _holding(after)),
    ]
    return [Change(label, words(old, new)) for label, old, new in pairs if old != new]


def _by_line(before: str, after: str) -> Iterator[Piece]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if before == after:
        yield Piece(SAME, before)
        return
    if len(old) + len(new) > MOST_LINES:
        yield from (Piece(STRUCK, before), Piece(ADDED, after))
        return
    for verb, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb == "equal":
            yield Piece(SAME, "".join(old[i:j]))
        else:
            yield from _by_word(_split("".join(old[i:j])), _split("".join(new[k:m])))


def _by_word(old: list[str], new: list[str]) -> Iterator[Piece]:
    """Spaces only go with the words beside them: alone they would match everywhere, and cut what changed into shreds."""
    if len(old) + len(new) > MOST_WORDS or _alike(old, new) > MOST_ALIKE:
        yield from (Piece(STRUCK, "".join(old)), Piece(ADDED, "".join(new)))
        return
    for verb, i, j, k, m in SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes():
        if verb == "equal":
            yield Piece(SAME, "".join(old[i:j]))
        else:
            yield from (Piece(STRUCK, "".join(old[i:j])), Piece(ADDED, "".join(new[k:m])))


def _alike(old: list[str], new: list[str]) -> int:
    there = Counter(new)
    return sum(times * there[word] for word, times in Counter(old).items() if not word.isspace())


def _split(text: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", text)


def _merged(pieces: Iterator[Piece]) -> list[Piece]:
    merged: list[Piece] = []
    for piece in pieces:
        if piece.text and merged and merged[-1].kind == piece.kind:
            merged[-1] = Piece(piece.kind, merged[-1].text + piece.text)
        elif piece.text:
            merged.append(piece)
    return merged


def _named(typed: Words, names: dict[str, str]) -> str:
    return ", ".join(names.get(key, key) for key in typed.audiences)


def _files(typed: Words) -> str:
    """Each file with the start of its digest: another file of the same name and size is another file."""
    return "\n".join(f"{file.name} ({file.size:,} bytes, {file.digest[:8]})" for file in typed.attachments)


def _holding(typed: Words) -> str:
    choices = [f"(({name})): {' or '.join(typed.closed[name])}" for name in sorted(typed.closed)]
    named = [f"let go by {' or '.join(parties.FOUNDING.get(code, code) for code in typed.let_go_by)}"] if typed.let_go_by else []
    return "\n".join(["a holding line", *named, *choices]) if typed.holding_line else ""


def _invited(typed: Words, names: dict[str, str]) -> str:
    return "\n".join(names.get(briefing, briefing) for briefing in typed.invites_to)


def _lines(typed: Words) -> str:
    """The lines of an invitation or a follow-up, of which each reader gets one."""
    return "" if typed.holding_line else "\n".join(line for name in sorted(typed.closed) for line in typed.closed[name])


def _said(moment: datetime | None) -> str:
    return clock.say(moment) if moment else "as soon as both have signed"

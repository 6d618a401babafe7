"""The blanks an officer may leave in a message: `((name))` and its like, from a closed list.

The convention is GOV.UK Notify's. Officers' words are data: nothing else in them is ever evaluated.
"""

import re

from campaigns.foundation.errors import Problem

PLACEHOLDERS = {
    "name": "the reader's name or post",
    "role": "the reader's role: senior manager, elected member, practitioner …",
    "organisation": "the reader's authority or body",
    "nation": "England, Scotland, Wales or Northern Ireland",
    "region": "the region within England; elsewhere the nation",
    "reference": "the letter's own reference, by which anyone can check it",
}
# Blanks closed to lines that both parties signed: a duty officer chooses one when it goes, or each reader has the one that is for them.
CLOSED = {
    "date": "in a holding line, the date that is chosen when it goes",
    "time": "in a holding line, the time that is chosen when it goes",
    "place": "in a holding line, the place that is chosen when it goes",
    "link": "in a holding line, the address to join by, chosen when it goes",
    "status": "in a holding line, what has become of it: moved, cancelled …, chosen when it goes",
    "invitation": "in an invitation: three lines, for those invited, those reminded, and when the briefing is cancelled",
    "attendance": "in a follow-up of briefings: three lines, for those who came, those who did not, and those who sent apologies",
}
YOUR_PART = "your part"  # where the words for one audience stand in the shared core

FOUND = re.compile(r"\(\(([^()\n]*)\)\)")
OPENED = re.compile(r"\(\((?![^()\n]*\)\))")
# No further than this, or a long line of brackets takes the square of its length; what stands further on, `letters.blank_in_an_address` finds.
IN_A_LINK = re.compile(r"\]\([^)\s]{0,200}\(\(|\]:\s{0,200}\S{0,200}\(\(|<[a-z]{1,200}:[^>\s]{0,200}\(\(")


def used(text: str) -> set[str]:
    """The names of the placeholders in a text, as written but trimmed and in lower case."""
    return {name.strip().lower() for name in FOUND.findall(text)}


def problems(text: str, *, field: str) -> list[Problem]:
    """What is wrong with the placeholders of a text, each with its line: unknown, unclosed, or inside a link's address."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        found += [Problem(field, f"Line {number}: {sentence}") for sentence in _line_problems(line, field)]
    return found


def split(text: str) -> list[str]:
    """The text cut at its placeholders: literal, name, literal, name, … literal."""
    parts = FOUND.split(text)
    return [part.strip().lower() if place % 2 else part for place, part in enumerate(parts)]


def _line_problems(line: str, field: str) -> list[str]:
    offered = [*PLACEHOLDERS, YOUR_PART] if field == "core" else [*PLACEHOLDERS]
    sentences = [
        "((" + name + ")) is not a blank. Use one of: " + ", ".join(f"(({known}))" for known in offered)
        for name in sorted(used(line) - set(PLACEHOLDERS) - set(CLOSED) - {YOUR_PART})
    ]
    if OPENED.search(line):
        sentences.append("a blank is opened with (( and not closed with )) on the same line")
    if IN_A_LINK.search(line):
        sentences.append("a blank cannot stand in a link's address")
    return sentences

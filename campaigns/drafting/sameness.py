"""Whether the two parts of a letter say the same: the words of the text part and of the HTML part, one by one."""

import re
import unicodedata
from itertools import zip_longest

from campaigns.drafting.letters import Opened
from campaigns.drafting.markup import Reading

WORD = re.compile(r"[^\W_]+")
COUNTED = re.compile(r"^[ \t]*\d{1,3}\. ", re.MULTILINE)  # the text part writes out the numbers of a list; HTML leaves them to the reader
AROUND = 4  # words shown before and after the first difference


def first_difference(opened: Opened, reading: Reading) -> str:
    """Where the parts first say different things, as a sentence; empty when every word is the same in the same order."""
    targets = sorted({link.target for link in reading.links if link.target}, key=len, reverse=True)
    text, shown = (_words(said, targets) for said in (opened.text, reading.shown))
    for place, (one, other) in enumerate(zip_longest(text, shown)):
        if one != other:
            here, there = (" ".join(said[max(place - AROUND, 0) : place + AROUND]) for said in (text, shown))
            return f"The text part says “… {here} …” where the HTML says “… {there} …”"
    return ""


def _words(said: str, targets: list[str]) -> list[str]:
    """The words without list numbers and without the addresses of links, which the HTML keeps behind its words."""
    if targets:
        one = "|".join(re.escape(target) for target in targets)
        said = re.sub(rf"(?<![^\s(])(?:{one})(?=\)|[\s.,;:!?]|$)", " ", said)
    return WORD.findall(unicodedata.normalize("NFKC", COUNTED.sub("", said.replace("\r", ""))).casefold())

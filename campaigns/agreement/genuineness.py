"""Whether a received letter is the one that was agreed: identical, the same words carried differently, or different here. Pure.

Gateways re-encode and re-wrap letters, rewrite links, put a banner in front and a footer behind. What they may not do is change, leave out
or add words inside, or touch a file or a calendar entry: the agreed words must stand together, in order, in every part the letter has, each
link must still name its place, the files must be the signed ones, and a calendar entry may only be folded and encoded anew. Whatever stands around is told; an address among it is told as one that nobody agreed to.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from email.utils import getaddresses
from itertools import islice, zip_longest
from typing import Any
from urllib.parse import unquote

from campaigns.agreement.received import File, Received, canonical
from campaigns.drafting import hosts, lint, markup
from campaigns.drafting.letters import Opened
from campaigns.drafting.markup import Link, Reading

IDENTICAL, CARRIED, DIFFERS = "identical", "carried", "differs"
AGREED, MISSING = "agreed", "missing"
BLANK_WORDS = 14  # a blank filled for a reader is a few words
STARTS = 200  # places at which the agreed words may begin, tried in order
BLANK = re.compile(r"\(\([^()]*\)\)")
AROUND = "()<>.,;:!?\"'“”‘’[]"  # what stands around an address in running text
WEB = re.compile(r"https?://", re.IGNORECASE)
BARE = re.compile(r"(?<![@\w.-])(?>(?:[\w-]+\.)+[^\W\d_]{2,})(?![@\w])", re.IGNORECASE)  # a host as mail programs make a link of it
LONGEST_HOST, LONGEST_LINK = 255, 10_000  # characters; what is longer is not looked through
TELEPHONE = re.compile(r"\d(?:[\W_]{0,3}\d){6}")
REMOTE = re.compile(r"//|data:", re.IGNORECASE)


@dataclass(frozen=True)
class Stray:
    """An address that is not part of what was agreed, and the words it stands in or under."""

    address: str
    where: str


@dataclass(frozen=True)
class Filled:
    """What stands in a blank of a letter whose reader is not known: the blank's name, and the words, which anybody may have written."""

    blank: str
    words: str


@dataclass(frozen=True)
class Verdict:
    """What a received letter is. `links`: rewritten on the way; `added`: words put around; `strays`: addresses put around.

    `filled`: what stands in blanks, where the reader is not known; `entry`: of an invitation, whether its calendar entry is the agreed one or missing; `agreed` and `received`: where they part.
    """

    kind: str
    links: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    entry: str = ""
    agreed: str = ""
    received: str = ""
    filled: list[Filled] = field(default_factory=list)


def judge(received: Received, agreed: Opened, *, sealed: bytes | None, headers: Sequence[str]) -> Verdict:
    """Hold a received letter against the agreed one; `sealed` are its reader's very bytes, None where the reader is not known."""
    if sealed is not None and canonical(received.raw, headers) == sealed:
        return Verdict(IDENTICAL)
    found = list(_compared(received, agreed))
    if bad := next((one for one in found if one.kind == DIFFERS), None):
        return bad
    links, added = _once(one.links for one in found), _once(one.added for one in found)
    strays = [stray for one in found for stray in one.strays] + list(_in_words(added))
    entry = next((one.entry for one in found if one.entry), "")
    strays = list({stray.address: stray for stray in reversed(strays)}.values())[::-1]
    return Verdict(CARRIED, links, added, strays, entry, filled=_once(one.filled for one in found))


def _compared(received: Received, agreed: Opened) -> Iterator[Verdict]:
    yield _files([(one.name, one.digest) for one in agreed.attachments], received.files)
    yield _entries(agreed.entry, received.entries)
    yield _words(agreed.subject, received.subject)
    if received.text.strip():
        yield _words(agreed.text, received.text)
    if received.html.strip():
        ours, theirs = markup.read(agreed.html), received.page
        words = _words(ours.shown, theirs.shown)
        yield words
        yield _targets([link.target for link in ours.links], theirs.links, around=words.added)
        yield Verdict(CARRIED, strays=list(_fetched(theirs)))
    yield Verdict(CARRIED, strays=_mailboxes(received, dict(agreed.headers)))


def _files(ours: Sequence[File], theirs: Sequence[File]) -> Verdict:
    """The files must be the signed ones, by name and content, no more and no fewer."""
    missing, extra = (sorted((Counter(some) - Counter(others)).elements()) for some, others in ((ours, theirs), (theirs, ours)))
    if not missing and not extra:
        return Verdict(CARRIED)
    changed = missing and extra and missing[0][0] == extra[0][0]
    agreed = f"the file {missing[0][0]}" if missing else "no such file"
    received = f"the file {extra[0][0][:100]}{', with other content' if changed else ''}" if extra else "no such file"
    return Verdict(DIFFERS, agreed=agreed, received=received)


def _entries(agreed: str, received: Sequence[str]) -> Verdict:
    """Every calendar entry must be the agreed one, line by line; one that was lost on the way says nothing that nobody agreed to."""
    ours = _lines(agreed)
    for theirs in map(_lines, received):
        parted = next((pair for pair in zip_longest(ours, theirs, fillvalue="") if not _is_line(*pair)), None)
        if parted:
            ours_says, theirs_says = (f"in the calendar entry: {line[:200] or 'nothing more'}" for line in parted)
            return Verdict(DIFFERS, agreed=ours_says, received=theirs_says)
    return Verdict(CARRIED, entry=(AGREED if received else MISSING) if agreed else "")


def _lines(entry: str) -> list[str]:
    """An entry's lines unfolded (RFC 5545, 3.1), without the one that says whom it is to."""
    lines = re.split(r"\r\n|\r|\n", re.sub(r"(?:\r\n|\r|\n)[ \t]", "", entry))
    return [line for line in lines if line.strip() and not (line.startswith(("ATTENDEE:", "ATTENDEE;")) and line.isprintable())]


def _is_line(ours: str, theirs: str) -> bool:
    """Whether a calendar's line is ours, a token in the blank of a reader's own link."""
    return re.fullmatch(r"[\w-]+".join(map(re.escape, BLANK.split(ours))), theirs, re.ASCII) is not None


def _words(agreed: str, received: str) -> Verdict:
    ours, theirs = agreed.split(), received.split()
    best = place = 0
    for start in _starts(ours, theirs):
        length, links, end, filled = _run(ours, theirs, start)
        if length == len(ours):
            return Verdict(CARRIED, links, [said for said in (" ".join(theirs[:start]), " ".join(theirs[end:])) if said], filled=filled)
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


def _run(ours: list[str], theirs: list[str], start: int) -> tuple[int, list[str], int, list[Filled]]:
    """How many of our words stand here in a row, the links rewritten among them, where in theirs the run ends, and what fills its blanks."""
    place, links, filled = start, list[str](), list[Filled]()
    for number, word in enumerate(ours):
        if (blank := BLANK.search(word)) and not WEB.search(word):
            after = ours[number + 1] if number + 1 < len(ours) else None
            begun, place = place, _past_a_blank(after, theirs, place)
            if not _may_fill(theirs[begun:place]):
                return number, links, begun, filled
            filled.append(Filled(blank[0].strip("() "), " ".join(theirs[begun:place]).strip(AROUND)))
            continue
        same, rewritten = _same(word, theirs[place]) if place < len(theirs) else (False, "")
        if not same:
            return number, links, place, filled
        links += [rewritten] if rewritten else []
        place += 1
    return len(ours), links, place, filled


def _may_fill(words: list[str]) -> bool:
    """Whether words may stand in a blank: no value of a reader leads anywhere, or is to be written to or rung."""
    said = " ".join(words)
    return bool(words) and "@" not in said and not any(map(_is_address, words)) and not TELEPHONE.search(said)


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
    if not WEB.search(ours):
        return False, ""
    return _leads(theirs.strip(AROUND), ours.lstrip(AROUND) if BLANK.search(ours) else ours.strip(AROUND))


def _targets(ours: list[str], theirs: list[Link], *, around: list[str]) -> Verdict:
    """Every link of ours must name the place it led to, in order; a link put around stands before or behind them, under words put around."""
    place, first, rewritten = 0, len(theirs), list[str]()
    for target in ours:
        found = next((spot for spot in range(place, len(theirs)) if _leads(theirs[spot].target, target)[0]), None)
        if found is None or (place and found != place):
            return Verdict(DIFFERS, agreed=target, received=theirs[place].target if place < len(theirs) else "no link")
        rewritten.append(_leads(theirs[found].target, target)[1])
        place, first = found + 1, min(first, found)
    strays = [link for spot, link in enumerate(theirs) if not first <= spot < place]
    if inside := next((link for link in strays if not any(link.words in said for said in ["", *around])), None):
        return Verdict(DIFFERS, agreed=f"{inside.words} (no link)", received=f"{inside.words} ({inside.target})")
    hidden = [link for link in strays if link.target.removeprefix("mailto:") not in link.words]  # one that is shown is among the words
    return Verdict(CARRIED, [link for link in rewritten if link], strays=[Stray(link.target, link.words) for link in hidden])


def _leads(link: str, target: str) -> tuple[bool, str]:
    """Whether a link names our target as its place; and the link itself when it goes there by way of another site, however that spells it."""
    ours = BLANK.split(target)[0]  # of a reader's own link, what stands before the blank
    if link == target or (ours != target and WEB.match(ours) and link.startswith(ours)):
        return True, ""
    if not WEB.match(ours) or not WEB.match(link) or len(link) > LONGEST_LINK:
        return False, ""
    spellings = (link, unquote(link), unquote(unquote(link)), unquote(link.replace("-", "%").replace("_", "/")))
    return (True, link) if any(ours in spelling[8:] for spelling in spellings) else (False, "")


def _fetched(theirs: Reading) -> Iterator[Stray]:
    yield from (Stray(one, "fetched when the letter is opened") for one in theirs.fetched if REMOTE.search(one))
    yield from (Stray(one, "a form to fill in") for one in theirs.unexpected if one == "<form>")


def _mailboxes(received: Received, head: dict[str, str]) -> list[Stray]:
    """The mailboxes it came from or answers go to, that are not the agreed ones."""
    ours = {box.casefold() for _, box in getaddresses([head.get("From", ""), head.get("Reply-To", "")])}
    said = [("the letter says it is from here", received.sender), ("answers go here", received.reply_to)]
    return [Stray(box, where) for where, value in said for _, box in getaddresses([value]) if box and box.casefold() not in ours]


def _in_words(added: list[str]) -> Iterator[Stray]:
    """The web addresses that stand among the words put around, each with the words beside it."""
    for words in (said.split() for said in added):
        for place, word in enumerate(words):
            if _is_address(word):
                yield Stray(word.strip(AROUND), " ".join(words[max(place - 4, 0) : place + 5]))


def _is_address(word: str) -> bool:
    """Whether a word holds an address or a bare host; one too long to be looked through counts as one if it may."""
    if len(word) > LONGEST_HOST:
        return any(sign in word for sign in ".:]@")
    named = (host.rpartition(".")[2].lower() for host in BARE.findall(word.strip(AROUND)))
    return bool(lint.ADDRESS.search(word)) or any(last not in hosts.FILES for last in named)


def _once(found: Iterable[list[Any]]) -> list[Any]:
    return list(dict.fromkeys(told for some in found for told in some))

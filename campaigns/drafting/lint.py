"""The lint: what somebody should look at before anyone signs, found in the words and in the very letters compiled from them. Pure.

A finding that must be resolved blocks submission until the words change or an officer accepts it by name (see acceptances.py).
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from campaigns.drafting import characters, hosts, markup, sameness
from campaigns.drafting.letters import Opened
from campaigns.drafting.markup import Reading
from campaigns.drafting.words import Words
from campaigns.foundation import clock

# Code → whether it must be resolved or accepted by name; a note is only shown.
MUST = {
    "hidden": True,
    "remote": True,
    "unexpected": True,
    "mixed-scripts": True,
    "invisible": True,
    "right-to-left": True,
    "link-text": True,
    "parts-differ": True,
    "unfinished": True,
    "considering": True,
    "endorsed": True,
    "html-typed": False,
    "jinja-typed": False,
    "image-typed": False,
    "link-host": False,
    "hours": False,
}
TO_BE_SAID = "[Say here what was wrong, and what is right.]"  # put into a draft for its writer, never for its readers
LONGEST_VALUE = 80
LEFT_OPEN = re.compile(  # what writers put where something is still to come; not a link's own words
    r"(?<![\w-])(?:TBC|TBA|TBD|TODO|FIXME|XXX+|(?i:lorem ipsum))(?![\w-])|\[(?i:insert|enter|add|date|time|venue|name)\b[^\]\n]{0,80}\](?![(\[])"
)
ENDORSED = re.compile(r"\bendors(?:e[ds]?|ing|ements?)\b(?:\s+(?:by|from)\s+[\w&’'-]+(?:\s+[\w&’'-]+){0,3})?", re.IGNORECASE)
SHOWN = 120  # characters of what was found

TAG = re.compile(r"</?[a-zA-Z]")
AUTOLINK = re.compile(r"<(?:https?:|mailto:)[^\s<>]*>|<[^\s<>@]+@[^\s<>@]+>", re.IGNORECASE)
ADDRESS = re.compile(r"[a-z0-9+.-]:/|\bwww\.|\bmailto:|\]\(", re.IGNORECASE)
WORK, WEEKEND = (time(8), time(18)), (5, 6)

Sentence = tuple[str, str]  # a code and what is said


@dataclass(frozen=True)
class Finding:
    """One thing to look at: what kind, where, and a sentence. `key` names exactly these three."""

    code: str
    where: str
    said: str

    @property
    def key(self) -> str:
        """Sixteen hex figures over code, place and sentence."""
        return hashlib.sha256("\x00".join((self.code, self.where, self.said)).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def must(self) -> bool:
        """Whether it must be resolved or accepted by name before the message is submitted."""
        return MUST[self.code]


def findings(words: Words, letters_by_audience: Mapping[str, Opened], considering: Collection[str] = ()) -> list[Finding]:
    """Everything to look at, what must be resolved first. `letters_by_audience`: each audience's letter, opened from its bytes.

    `considering`: the organisations that have not decided to take part. Source: HELA paper, para 11 ("one organisation still considering").
    """
    seen: dict[Sentence, list[str]] = {}
    for audience, opened in letters_by_audience.items():
        for sentence in dict.fromkeys((*_in_letter(opened), *_undecided(opened, considering), *_endorsed(opened))):
            seen.setdefault(sentence, []).append(audience)
    found = typed(words) + _hours(words) + [Finding(code, _where(seen[code, said], letters_by_audience), said) for code, said in seen]
    return sorted(found, key=lambda finding: not finding.must)


def typed(words: Words) -> list[Finding]:
    """What an officer typed that readers will see as plain text, or left open for later, with its line."""
    found = [Finding("unfinished", "The subject", f"It still says “{left.group()}”") for left in LEFT_OPEN.finditer(words.subject)]
    found += [Finding(code, "What everybody reads", said) for code, said in _typed(words.core)]
    for key, part in words.parts.items():
        found += [Finding(code, f"Words only for {key.replace('-', ' ')}", said) for code, said in _typed(part)]
    return found


def _hours(words: Words) -> list[Finding]:
    """Whether all that is signed of the time is night or weekend. Bank holidays are a nation's own, and stand in each authority's calendar."""
    if words.not_before is None or not _nobody_works(words.not_before, words.latest_send):
        return []
    until = f"{clock.say(words.not_before)} until {clock.say(words.latest_send)}"
    return [Finding("hours", "When it may go", f"Only before 8:00, after 18:00 or at a weekend: from {until}")]


def _nobody_works(first: datetime, latest: datetime) -> bool:
    day = clock.london(first).date()
    while day <= clock.london(latest).date():
        opens, closes = (clock.from_london(day, hour) for hour in WORK)
        if day.weekday() not in WEEKEND and max(first, opens) < min(latest, closes):
            return False
        day += timedelta(days=1)
    return True


def field_problems(fields: Mapping[str, str]) -> list[str]:
    """What is wrong with one reader's own values, links aside: a name is short, on one line, and leads nowhere. Whoever seals refuses."""
    return [f"(({name})) {sentence}" for name, value in fields.items() for sentence in _value_problems(value)]


def _in_letter(opened: Opened) -> Iterator[Sentence]:
    reading = markup.read(opened.html)
    yield from _on_page(reading)
    yield from _signs(f"{opened.subject}\n{opened.text}\n{reading.shown}")
    yield from _links(reading)
    if difference := sameness.first_difference(opened, reading):
        yield "parts-differ", difference


def _undecided(opened: Opened, considering: Collection[str]) -> Iterator[Sentence]:
    for name in sorted(considering):
        if _named(name, f"{opened.subject}\n{opened.text}"):
            yield (
                "considering",
                f"The letter names {name}, which is still considering whether to take part. Leave it out, or accept this once {name} has"
                " agreed to be named",
            )


def _endorsed(opened: Opened) -> Iterator[Sentence]:
    """What the letter says others stand behind. Source: HELA paper, para 1 (HELA plays a part); nobody says so for them before they have."""
    for said in ENDORSED.finditer(f"{opened.subject}\n{opened.text}"):
        yield "endorsed", f"The letter says “{' '.join(said[0].split())}”. Leave it out, or accept this once that endorsement is on record"


def _named(name: str, text: str) -> bool:
    """Whether a text has this name, as it is spelt or in capitals, over the end of a line, and with "and" for "&"."""
    words = [r"\s*(?:&|and)\s*".join(map(re.escape, word.split("&"))) for word in name.split()]
    spelt = [r"\s+".join(each) for each in (words, (word.upper() for word in map(re.escape, name.split())))]
    return bool(re.search(rf"(?<!\w)(?:{'|'.join(spelt)})(?!\w)", text))


def _on_page(reading: Reading) -> Iterator[Sentence]:
    for why, hidden in reading.hidden:
        yield "hidden", f"Readers would not see these words, hidden by {why}: “{hidden[:SHOWN]}”"
    for fetched in reading.fetched:
        yield "remote", f"This would be fetched when the letter is opened, and may change after both have signed: {fetched[:SHOWN]}"
    for unexpected in reading.unexpected:
        yield "unexpected", f"The letter contains {unexpected}, which our letters never do"


def _signs(text: str) -> Iterator[Sentence]:
    for word in characters.mixed_words(text):
        foreign = ", ".join(characters.named(sign) for sign in dict.fromkeys(word) if not sign.isascii())
        yield "mixed-scripts", f"“{word[:SHOWN]}” mixes letters that look alike: {foreign[:SHOWN]}"
    for sign in characters.invisible(text):
        yield "invisible", f"The letter contains a sign nobody sees: {sign}"
    if signs := characters.right_to_left(text):
        yield "right-to-left", f"Some signs run from right to left and may change the order in which words are read: {', '.join(signs[:3])}"


def _links(reading: Reading) -> Iterator[Sentence]:
    for link in reading.links:
        if other := hosts.named_instead(link):
            yield "link-text", f"The words “{link.words[:SHOWN]}” name {other}, but the link leads to {hosts.said(link.target)}"
    for host in dict.fromkeys(hosts.said(link.target) for link in reading.links):
        yield "link-host", f"Links lead to {host}"


def _where(audiences: list[str], every: Mapping[str, Opened]) -> str:
    if len(audiences) == len(every):
        return "Every letter"
    return "The letter to " + " and ".join(audience.replace("-", " ") for audience in audiences)


def _typed(text: str) -> Iterator[Sentence]:
    for number, line in enumerate(text.splitlines(), start=1):
        if TO_BE_SAID in line:
            yield "unfinished", f"Line {number} is still to be written: {TO_BE_SAID[1:-1]}"
        for left in LEFT_OPEN.finditer(line):
            yield "unfinished", f"Line {number} still says “{left.group()}”"
        if _has_a_tag(AUTOLINK.sub("", line)):
            yield "html-typed", f"Line {number} contains HTML. Readers will see it as it is typed."
        if "{{" in line or "{%" in line:
            yield (
                "jinja-typed",
                f"Line {number} contains {{{{ or {{%. Readers will see it as it is typed; a blank to fill in is written ((name)).",
            )
        if "![" in line:
            yield "image-typed", f"Line {number} contains an image. Letters carry no images; readers will see the text."


def _has_a_tag(line: str) -> bool:
    """Whether one begins and, anywhere behind, ends; by the first alone, as each of many that do not end would be followed to the line's end."""
    begun = TAG.search(line)
    return "<!--" in line or (begun is not None and line.find(">", begun.end()) > 0)


def _value_problems(value: str) -> Iterator[str]:
    if len(value) > LONGEST_VALUE:
        yield f"would be filled with {len(value)} characters. A name has {LONGEST_VALUE} at most"
    if characters.invisible(value) or any(sign in value for sign in "\n\r\t"):
        yield "would be filled with a line break or a hidden sign"
    if ADDRESS.search(value):
        yield "would be filled with a web address"

"""The letter that everybody sends in a benchmark: ours as words to be sealed, and for the others the very same page with blanks to fill.

The others get HTML whose styles are inlined already: what inlining costs for every reader is not held against them.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from campaigns.drafting import letters
from campaigns.drafting.letters import FIELDS
from tests.campaigns.stories import SENDER
from workers import rehearsal_cast as casting

SUBJECT = "What the partnership offers you"
PARAGRAPH = "One lead authority speaks for each organisation, and inspectors everywhere build on what it knows already. " * 3
FILLED_IN = ("name", "role", "organisation", "region", "stop_url")  # for every reader anew, by every sender
SIZE = 20_000
EXAMPLE = dict.fromkeys(FIELDS, "https://example.test/a") | {
    "address": "practitioner@adur.e07000223.test",
    "message_id": f"<{'0' * 32}.{'0' * 32}@countersign.test>",
    "name": "Head of environmental health, Adur",
    "organisation": "Adur District Council",
    "role": "practitioner",
    "nation": "England",
    "region": "South East",
    "stop_url": "https://example.test/stop",
    "reference": "ABCD2345",
}


@dataclass(frozen=True)
class Page:
    """The letter as others keep it: a subject, and a text and a page with Jinja's blanks, which Django reads as well."""

    subject: str
    text: str
    html: str

    def keep(self, folder: Path) -> Path:
        """Write it where a sender will read it."""
        path = folder / "letter.json"
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return path


def core(size: int = SIZE) -> str:
    """Words that make a letter of so many octets: the rehearsal's, and as much more of the same as it takes."""
    low, high = 0, max(size // len(PARAGRAPH), 1)  # an octet of words makes two of a letter at least: it has two parts
    while low < high:
        middle = (low + high) // 2
        if len(joined(_core(middle), EXAMPLE)) < size:
            low = middle + 1
        else:
            high = middle
    return _core(low)


def page() -> Page:
    """The same letter for those who fill in blanks."""
    blanks = {name: "{{ " + name + " }}" for name in FILLED_IN}
    in_headers_too = {"stop_url": EXAMPLE["stop_url"]}
    opened = letters.open_letter(joined(core(SIZE), EXAMPLE | blanks | in_headers_too))
    text, html = (part.replace(EXAMPLE["stop_url"], blanks["stop_url"]) for part in (opened.text, opened.html))
    return Page(SUBJECT, text, html)


def fields(number: int) -> dict[str, str]:
    """What differs from reader to reader."""
    own = {name: EXAMPLE[name] for name in FILLED_IN} | {"name": f"Head of service {number}", "organisation": f"Council {number % 408}"}
    return own | {"address": f"post{number}@council{number % 408}.test", "stop_url": f"http://localhost:8000/stop/{number:040}"}


def joined(words: str, values: dict[str, str]) -> bytes:
    """The letter of a manager's variant, as it would be sealed with these words and values."""
    made = letters.compile_letter(subject=SUBJECT, core=words, part=casting.PARTS[0], reference="ABCD2345", sender=SENDER)
    return made.join(values)


def _core(paragraphs: int) -> str:
    return casting.CORE + "\n\n".join(["", *[PARAGRAPH] * paragraphs])

"""A speaking note: the words of an agreed release, taken from the very program both parties signed, laid out to be read aloud.

Source: HELA paper, Annex 3 ("Circulate a speaking note").
"""

from dataclasses import dataclass

from sqlmodel import Session

from campaigns.agreement import sealed
from campaigns.agreement.releases import Release
from campaigns.drafting import letters
from campaigns.drafting.letters import FIELDS
from campaigns.foundation import reader_links

FOOT = "\n--\n"  # where a letter's own foot begins: it is for readers, not for listeners


@dataclass(frozen=True)
class Block:
    """A heading, a point of a list, or a paragraph."""

    kind: str
    text: str


def texts(session: Session, release: Release, *, group: str, nation: str) -> dict[str, list[Block]]:
    """The words by audience key; what a letter would fill in for one reader stays visible as a blank."""
    values = {name: f"[{name}]" for name in FIELDS}
    values |= {"organisation": group, "nation": nation, "reference": release.reference, **reader_links.of_nobody("https://none.test", "x")}
    return {key: _blocks(program.join(values)) for key, program in sealed.programs_of(session, release.id).items()}


def _blocks(message: bytes) -> list[Block]:
    letter = letters.open_letter(message)
    text = letter.text.replace("\r\n", "\n")
    text = text.rpartition(FOOT)[0] or text
    text = text.partition(f"\n\n{letter.subject}\n\n")[2] or text  # the letter's head: sender and subject, said above the note
    return [_block(part.strip("\n")) for part in text.split("\n\n") if part.strip()]


def _block(part: str) -> Block:
    lines = part.split("\n")
    if len(lines) == 2 and lines[1] and set(lines[1]) <= set("=-"):
        return Block("heading", lines[0])
    if part.lstrip().startswith("- "):
        return Block("point", part.lstrip().removeprefix("- "))
    return Block("paragraph", part)

"""Who gets a message: counted by audience and nation, who is left out and why, and which blanks would stay empty for whom."""

from dataclasses import dataclass, field

from sqlmodel import Session

from audiences import definitions, sealing
from campaigns.agreement import readers
from campaigns.agreement.addressees import Addressee, LeftOut
from campaigns.agreement.releases import Release
from campaigns.drafting.words import Words

NATIONS = ("England", "Scotland", "Wales", "Northern Ireland")
NO_NATION = "No one nation"


@dataclass(frozen=True)
class Row:
    """One audience's readers, nation by nation."""

    name: str
    counts: list[int]

    @property
    def total(self) -> int:
        """Everybody in the row."""
        return sum(self.counts)


@dataclass(frozen=True)
class Readership:
    """The table an officer sees. `blanks` are sentences; `fixed` once a release has frozen its readers."""

    nations: list[str]
    rows: list[Row]
    fixed: bool
    left_out: list[LeftOut] = field(default_factory=list)
    blanks: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Everybody who gets a letter."""
        return sum(row.total for row in self.rows)


def names(session: Session) -> dict[str, str]:
    """Every audience's name on screen, by key, in the order of the list."""
    return {audience.key: audience.name for audience in definitions.every(session)}


def today(session: Session, words: Words) -> Readership:
    """Who would get the message if it were sealed now."""
    sifted = definitions.sift(session, words.audiences)
    counted: dict[str, dict[str, int]] = {key: {} for key in words.audiences}
    for reader in sifted.addressees:
        counted[reader.variant][reader.nation] = counted[reader.variant].get(reader.nation, 0) + 1
    said = names(session)
    nations, rows = _table(counted, said)
    return Readership(nations, rows, False, sifted.left_out, sealing.empty_blanks(words, sifted.addressees))


def sealed(session: Session, release: Release) -> Readership:
    """Who gets it, as the release froze them."""
    nations, rows = _table(readers.nations(session, release.id), names(session))
    return Readership(nations, rows, True)


def would_read(session: Session, words: Words, audience: str) -> list[Addressee]:
    """The readers of one audience's letter, today."""
    return [reader for reader in definitions.resolve(session, words.audiences) if reader.variant == audience]


def _table(counted: dict[str, dict[str, int]], said: dict[str, str]) -> tuple[list[str], list[Row]]:
    found = {nation for counts in counted.values() for nation in counts}
    nations = [nation for nation in (*NATIONS, "") if nation in found]
    nations += sorted(found - set(nations))
    rows = [Row(name, [counted[key].get(nation, 0) for nation in nations]) for key, name in said.items() if key in counted]
    return [nation or NO_NATION for nation in nations], rows

"""A footprint as an organisation sends it: authorities and numbers of sites, as a file or typed, read whole or refused line by line.

A file without a column of numbers has a line for each site.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlmodel import Session

from audiences import authorities, columns, names, uploads
from audiences.sheets import RefusedRow
from campaigns.drafting import characters
from campaigns.foundation.errors import Refused

PLACES = "gsscode gss onscode code authoritycode lacode authority localauthority authorityname localauthorityname council councilname la place area"
NUMBERS = "number numberofsites sites noofsites stores shops premises branches count total"
MOST = 100_000
TYPED = re.compile(r"(?P<place>.*?[^\s,;:\t])[\s,;:]+(?P<number>[\d.]+)")


@dataclass
class Reading:
    """What was understood: authority code → number of sites; and the lines that were not."""

    sites: dict[str, int] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)


def from_file(session: Session, raw: bytes) -> Reading:
    """The footprint in a file of rows. Refuses one that cannot be read, or has no column of authorities."""
    header, lines = uploads.whole(raw)
    plain = [columns.plain(name) for name in header]
    place = next((plain.index(name) for name in PLACES.split() if name in plain), None)
    number = next((plain.index(name) for name in NUMBERS.split() if name in plain), None)
    if place is None:
        raise Refused("The first line must name the columns: one of authorities, and one of the number of sites there.", field="file")

    def cells() -> Iterator[tuple[int, str, str]]:
        for line in lines:
            row = dict(enumerate(line.cells))
            yield line.number, row.get(place, ""), "1" if number is None else row.get(number, "")

    return _read(session, cells(), a_line_each=number is None)


def typed(session: Session, text: str) -> Reading:
    """The footprint typed, an authority and a number on each line: `Adur, 3`."""
    lines = [(at, line.strip()) for at, line in enumerate(text.splitlines(), start=1) if line.strip()]
    matches = [(at, line, TYPED.fullmatch(line)) for at, line in lines]
    return _read(session, ((at, found["place"] if found else line, found["number"] if found else "") for at, line, found in matches))


def _read(session: Session, rows: Iterable[tuple[int, str, str]], *, a_line_each: bool = False) -> Reading:
    finder, reading = names.of(session), Reading()
    known = {authority.code: authority.name for authority in authorities.every(session, enforcing_only=False)}
    lines: dict[str, int] = {}
    for line, place, number in rows:
        found = finder.match(place)
        many = _number(number)
        if found.code is None:
            reading.refused.append(RefusedRow(line, _question(place, [known[code] for code in found.candidates if code in known])))
        elif many is None:
            reading.refused.append(
                RefusedRow(line, f"“{characters.shown(number[:40])}” is no number of sites at {known[found.code]}: give one or more")
            )
        elif found.code in lines and not a_line_each:
            reading.refused.append(RefusedRow(line, f"{known[found.code]} stands on line {lines[found.code]} already"))
        else:
            lines.setdefault(found.code, line)
            reading.sites[found.code] = reading.sites.get(found.code, 0) + many
    return reading


def _question(place: str, candidates: list[str]) -> str:
    if not candidates:
        return f"“{characters.shown(place[:80])}” is no authority in the register"
    return f"“{characters.shown(place[:80])}” may be {' or '.join(candidates)}: give its code or its full name"


def _number(text: str) -> int | None:
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)|\.0+$", "", text.strip())
    return int(plain) if plain.isascii() and plain.isdigit() and 0 < len(plain) <= 6 and 0 < int(plain) <= MOST else None

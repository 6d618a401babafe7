"""What a newer list of councils says that our register does not: shown first, then applied whole by an officer.

Nothing is guessed. A council that is named otherwise, or is not in the list at all, is asked about; where the list gives its last day, it has ended.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session, select

from audiences import authorities, names
from audiences.authorities import Authority
from audiences.names import KIND, NAME, SPELLING, Names
from audiences.register_files import GSS, Listed, Listing
from audiences.sheets import RefusedRow

# What the first letters of a code say: the kind of council and its nation.
KINDS = {
    "E06": ("Unitary authority", "England"),
    "E07": ("Non-metropolitan district", "England"),
    "E08": ("Metropolitan district", "England"),
    "E09": ("London borough", "England"),
    "E10": ("County", "England"),
    "N09": ("NI district", "Northern Ireland"),
    "S12": ("Scottish unitary authority", "Scotland"),
    "W06": ("Welsh unitary authority", "Wales"),
}
DO_NOT_ENFORCE = {"County", "NI district"}
SPOKEN_OF = 0.5  # a list with at least this share of a kind of council is taken to have all of it


@dataclass(frozen=True)
class Change:
    """One difference: a sentence, whom it is about, and what would be written. `line` is 0 for who is not in the list."""

    line: int
    code: str
    name: str
    sentence: str
    values: dict[str, Any] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()


@dataclass
class Difference:
    """A list against the register. `missing` are councils the list leaves out though it has their like: ended, if an officer says so."""

    new: list[Change] = field(default_factory=list)
    renamed: list[Change] = field(default_factory=list)
    ended: list[Change] = field(default_factory=list)
    recoded: list[Change] = field(default_factory=list)
    moved: list[Change] = field(default_factory=list)
    missing: list[Change] = field(default_factory=list)
    asked: list[Change] = field(default_factory=list)
    passed_over: list[Change] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    rows: int = 0
    saved: bool = False

    @property
    def accepted(self) -> int:
        """Lines that agree with the register, or would change it."""
        return self.rows - len(self.refused) - len(self.asked) - len(self.passed_over)

    @property
    def changes(self) -> int:
        """How many changes there are to apply; those missing from the list wait for a word."""
        return len([*self.new, *self.renamed, *self.ended, *self.recoded, *self.moved])

    @property
    def seal(self) -> str:
        """Stands for all of it, so that what is applied is what was seen."""
        told = [*self.new, *self.renamed, *self.ended, *self.recoded, *self.moved, *self.missing]
        return hashlib.sha256(repr([(change.code, change.sentence, change.values) for change in told]).encode()).hexdigest()


@dataclass(frozen=True)
class Standing:
    """What lines are read against: the register, its names, and the codes the list itself uses. `day` is the day it is of."""

    register: dict[str, Authority]
    names: Names
    listed: dict[str, str]
    day: date

    def now(self, code: str) -> Authority | None:
        """Who is there now under a code, today's or a former one."""
        found = self.register.get(code)
        if found is None or found.end_date is not None:
            found = self.register.get(self.names.codes.get(code, "")) or found
        return found

    def said(self, codes: tuple[str, ...]) -> str:
        """Councils by name."""
        return " and ".join(self.register[code].name for code in codes if code in self.register) or "nobody known"


def compare(session: Session, listing: Listing, *, day: date) -> Difference:
    """What the list says otherwise, as of a day; saves nothing."""
    register = {authority.code: authority for authority in session.exec(select(Authority))}
    listed = {code: row.code for row in listing.rows for code in row.codes}
    standing = Standing(register, names.of(session), listed, day)
    found = Difference(refused=list(listing.refused), rows=len(listing.rows) + len(listing.refused))
    for row in listing.rows:
        authority = standing.now(row.code)
        if authority is None:
            _unknown(found, row, standing)
        elif row.end is not None and row.end <= day:
            _has_ended(found, row, standing)
        elif authority.end_date is not None:
            later = tuple(one.code for one in authorities.successors(session, authority.code))
            _ask(found, row, f"{authority.name} came to an end on {authority.end_date}; after it: {standing.said(later)}", later)
        else:
            _known(found, row, authority, standing)
    _left_out(found, standing)
    return found


def _known(found: Difference, row: Listed, authority: Authority, standing: Standing) -> None:
    readings = [standing.names.match(name) for name in (row.name, row.official) if name]
    if any(authority.code in reading.candidates and reading.how != SPELLING for reading in readings):
        if row.domain and row.domain != authority.domain:
            sentence = f"{authority.name} is at {row.domain}, not {authority.domain or 'nowhere known'}"
            found.moved.append(Change(row.line, authority.code, authority.name, sentence, {"domain": row.domain}))
        return
    meant = readings[0]
    if meant.code == authority.code:
        _ask(found, row, f"{row.name!r} may be a misspelling of {authority.name}", (authority.code,))
    elif meant.code is not None and meant.how == NAME:
        other = standing.register[meant.code].name
        _ask(found, row, f"The code is {authority.name}’s and the name {other}’s", (authority.code, meant.code))
    else:
        values: dict[str, Any] = {"name": display(row.name), "official_name": row.official or row.name}
        found.renamed.append(Change(row.line, authority.code, row.name, f"{authority.name} is called {row.name} now", values))


def _unknown(found: Difference, row: Listed, standing: Standing) -> None:
    if not GSS.fullmatch(row.code):
        found.refused.append(RefusedRow(row.line, f"{row.code!r} is a code that is not in the register"))
    elif row.code[:3] not in KINDS:
        found.passed_over.append(Change(row.line, row.code, row.name, f"{row.name} is no principal council"))
    elif row.end is not None and row.end <= standing.day:
        found.passed_over.append(Change(row.line, row.code, row.name, f"{row.name} came to an end, and was never in the register"))
    elif row.start is not None and row.start > standing.day:
        _ask(found, row, f"{row.name} begins on {row.start}: load the list again then")
    else:
        _new_or_recoded(found, row, standing)


def _new_or_recoded(found: Difference, row: Listed, standing: Standing) -> None:
    meant = standing.names.match(row.official or row.name)
    same = standing.register.get(meant.code or "")
    if same is None or meant.formerly is not None:
        sentence = f"{row.name} is new" + ("" if _region(row, standing) else "; in which region it is, the list does not say")
        found.new.append(Change(row.line, row.code, row.name, sentence, _values(row, standing)))
    elif same.code in {standing.names.codes.get(code, code) for code in standing.listed.values()} or meant.how != NAME:
        _ask(found, row, f"{row.code} is not in the register; {same.name} ({same.code}) has such a name", (same.code,))
    else:
        codes = " ".join([*same.former_codes.split(), row.code])
        found.recoded.append(Change(row.line, same.code, same.name, f"{same.name} is known by {row.code} too", {"former_codes": codes}))


def _has_ended(found: Difference, row: Listed, standing: Standing) -> None:
    authority = standing.register.get(row.code) or standing.now(row.code)
    if authority is None or authority.end_date is not None or authority.code != row.code:
        return  # we know; or the code ended, and who bore it goes on under another
    later = [_resolved(code, standing) for code in row.successors]
    if None in later:
        _ask(found, row, f"{row.name} came to an end on {row.end}, but {' '.join(row.successors)} is nobody in the register or the list")
        return
    sentence = f"{row.name} came to an end on {row.end}" + ("" if later else "; who came after it, the list does not say")
    values: dict[str, Any] = {"on": row.end, "successors": tuple(sorted(filter(None, later)))}
    found.ended.append(Change(row.line, authority.code, authority.name, sentence, values))


def _resolved(code: str, standing: Standing) -> str | None:
    """A successor's code in the register, once the list is applied."""
    code = standing.listed.get(code, code)
    authority = standing.now(code)
    if authority is None:
        return code if code in standing.listed and code[:3] in KINDS else None
    return authority.code if authority.end_date is None else None


def _left_out(found: Difference, standing: Standing) -> None:
    spoken_of = {authority.code for code in standing.listed.values() if (authority := standing.now(code))}
    spoken_of |= {change.code for change in [*found.recoded, *found.ended]}
    there = [authority for authority in standing.register.values() if authority.end_date is None]
    whole, has = Counter(one.code[:3] for one in there), Counter(one.code[:3] for one in there if one.code in spoken_of)
    # A council that a line may mean is not left out: that line is asked about.
    asked = {code for change in found.asked for code in change.candidates}
    for one in sorted(there, key=lambda one: one.name):
        if one.code not in spoken_of | asked and has[one.code[:3]] >= SPOKEN_OF * whole[one.code[:3]]:
            found.missing.append(Change(0, one.code, one.name, f"{one.name} is not in the list: has it come to an end?"))


def _values(row: Listed, standing: Standing) -> dict[str, Any]:
    kind, nation = KINDS[row.code[:3]]
    return {
        "name": display(row.name),
        "official_name": row.official or row.name,
        "kind": kind,
        "nation": nation,
        "region": _region(row, standing),
        "start_date": row.start or standing.day,
        "domain": row.domain,
        "enforces": kind not in DO_NOT_ENFORCE,
        "former_codes": "",
    }


def _region(row: Listed, standing: Standing) -> str:
    nation = KINDS[row.code[:3]][1]
    regions = {names.spell(one.region): one.region for one in standing.register.values()}
    return regions.get(names.spell(row.region), "") if nation == "England" else nation


def display(name: str) -> str:
    """A council's name as lists show it, without the words round it that say what kind it is."""
    words = name.split()
    while len(words) > 1 and names.spell(words[-1]) in KIND:
        words.pop()
    while len(words) > 1 and names.spell(words[0]) in KIND:
        words.pop(0)
    return " ".join(words)


def _ask(found: Difference, row: Listed, sentence: str, candidates: tuple[str, ...] = ()) -> None:
    found.asked.append(Change(row.line, row.code, row.name, sentence, {}, candidates))

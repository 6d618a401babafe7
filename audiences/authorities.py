"""The register of local authorities: who they are, where they are, and whether they enforce health and safety.

Read from `pilot/authorities.csv`, whose counts are checked against the known truth before a row is kept. Two-tier counties and Northern
Ireland are in the register but do not enforce; pages ask for them explicitly. Source: HELA paper, paras 1 and 14 ("LAs").
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import log, officers
from campaigns.foundation.errors import CountersignError, NotFound
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

TABLE = Path(__file__).parent / "pilot" / "authorities.csv"
REGISTER = UUID("6f0d2a5c-9f0b-5d0e-8c6e-2b7d5a3c1e01")  # what the log calls the register as a whole
NATIONS = ("England", "Scotland", "Wales", "Northern Ireland")

# Today's councils by nation and kind (2025-04-01 on): a table that disagrees was made from the wrong list.
KNOWN = {
    ("England", "City corporation"): 1,
    ("England", "County"): 21,
    ("England", "London borough"): 32,
    ("England", "Metropolitan district"): 36,
    ("England", "Non-metropolitan district"): 164,
    ("England", "Unitary authority"): 63,
    ("Northern Ireland", "NI district"): 11,
    ("Scotland", "Scottish unitary authority"): 32,
    ("Wales", "Welsh unitary authority"): 22,
}
KNOWN_ENFORCING = 350

# What people write round a council's name to say what kind it is.
BEFORE = re.compile(
    r"^(the )?((council of the |(london |royal |metropolitan )*borough (council )?of |(city|county) (council )?of |city and county of )(the )?)?"
)
AFTER = re.compile(
    r"( (city and county|county borough|metropolitan borough|metropolitan district|city and district|london boro(ugh)?|royal borough|(city|county)( of)?"
    r"|borough|district|ua|unitary authority))?( (council|corporation))?$"
)


class WrongRegister(CountersignError):
    """The table of authorities does not agree with the known counts."""


class RegisterLoaded(Event):
    """The register was loaded, or brought up to date."""

    authorities: int
    enforcing: int


class Authority(SQLModel, table=True):
    """One row per principal council, under its nine-character GSS code."""

    __tablename__ = "authorities"

    code: str = Field(primary_key=True)
    name: str = Field(index=True)
    official_name: str
    kind: str
    nation: str = Field(index=True)
    region: str = Field(index=True)
    start_date: date | None = None
    end_date: date | None = None
    successor: str | None = None
    domain: str
    latitude: float
    longitude: float
    enforces: bool = Field(index=True)
    former_codes: str = ""


def load(session: Session, *, by: Officer, at: datetime, table: Path = TABLE) -> bool:
    """Bring the register to what the table says; False when it already was. Refuses a table with other counts than the known."""
    officers.require_writer(by)
    rows = read(table)
    standing = {authority.code: authority for authority in session.exec(select(Authority))}
    fresh = [row for row in rows if row.code not in standing or standing[row.code].model_dump() != row.model_dump()]
    for row in fresh:
        if row.code in standing:
            standing[row.code].sqlmodel_update(row)
        else:
            session.add(row)
    session.flush()
    if fresh:
        fact = RegisterLoaded(authorities=len(rows), enforcing=sum(row.enforces for row in rows))
        log.record(session, fact, subject=REGISTER, by=by.name, at=at)
    return bool(fresh)


def read(table: Path = TABLE) -> list[Authority]:
    """The rows of the table, counted."""
    with table.open(encoding="utf-8", newline="") as stream:
        rows = [_authority(row) for row in csv.DictReader(stream)]
    counts = Counter((row.nation, row.kind) for row in rows)
    if wrong := sorted(key for key in counts.keys() | KNOWN.keys() if counts[key] != KNOWN.get(key)):
        raise WrongRegister(
            "; ".join(f"{nation} / {kind}: {counts[nation, kind]}, not {KNOWN.get((nation, kind), 0)}" for nation, kind in wrong)
        )
    if (enforcing := sum(row.enforces for row in rows)) != KNOWN_ENFORCING:
        raise WrongRegister(f"{enforcing} authorities enforce, not {KNOWN_ENFORCING}")
    if len({row.code for row in rows}) != len(rows):
        raise WrongRegister("a code stands twice")
    return rows


def get(session: Session, code: str) -> Authority:
    """The authority; refuses an unknown code."""
    authority = session.get(Authority, code) if code.isprintable() else None  # PostgreSQL takes no NUL
    if authority is None:
        raise NotFound(f"There is no authority {code} in the register.")
    return authority


def every(session: Session, *, enforcing_only: bool = True) -> list[Authority]:
    """All authorities by name: those that enforce, or with `enforcing_only=False` counties and Northern Ireland too."""
    wanted = select(Authority).order_by(col(Authority.name), col(Authority.code))
    return list(session.exec(wanted.where(Authority.enforces) if enforcing_only else wanted))


def regions(session: Session) -> list[str]:
    """The regions of the register, by name."""
    return list(session.exec(select(Authority.region).distinct().order_by(Authority.region)))


def kinds(session: Session) -> list[str]:
    """The kinds of council of the register, by name."""
    return list(session.exec(select(Authority.kind).distinct().order_by(Authority.kind)))


@dataclass(frozen=True)
class Names:
    """Finds an authority by its code, a former code, or its name as people write it. Never guesses: two that fit are two."""

    codes: dict[str, str]
    spellings: dict[str, frozenset[str]]

    def find(self, text: str) -> frozenset[str]:
        """The codes of the authorities this may mean: none, one, or several between which somebody must choose."""
        if code := self.codes.get(text.strip().upper()):
            return frozenset({code})
        return self.spellings.get(spell(text)) or self.spellings.get(shorten(text)) or frozenset()


def names(authorities: Iterable[Authority]) -> Names:
    """The finder over these authorities; a full name goes before a shortened one."""
    codes: dict[str, str] = {}
    full: defaultdict[str, set[str]] = defaultdict(set)
    short: defaultdict[str, set[str]] = defaultdict(set)
    for authority in authorities:
        codes.update(dict.fromkeys([authority.code, *authority.former_codes.split()], authority.code))
        for name in (authority.name, authority.official_name):
            full[spell(name)].add(authority.code)
            short[shorten(name)].add(authority.code)
    return Names(codes, {key: frozenset(found) for key, found in {**short, **full}.items()})


def spell(text: str) -> str:
    """A name without capitals, punctuation and the ways of writing "and"."""
    text = re.sub(r"['\u2019.]", "", text.casefold().replace("&", " and "))
    return " ".join(re.sub(r"[^\w]+", " ", text).split())


def shorten(text: str) -> str:
    """A name without what kind of council it is: `London Borough of Barnet Council`, `barnet london boro` and `Barnet` are one."""
    return BEFORE.sub("", AFTER.sub("", spell(text)))


def _authority(row: dict[str, str]) -> Authority:
    return Authority(
        **{name: row[name] for name in ("code", "name", "official_name", "kind", "nation", "region", "domain", "former_codes")},
        start_date=date.fromisoformat(row["start_date"]) if row["start_date"] else None,
        end_date=date.fromisoformat(row["end_date"]) if row["end_date"] else None,
        successor=row["successor"] or None,
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        enforces=row["enforces"] == "yes",
    )

"""The register of local authorities: who they are, where they are, and whether they enforce health and safety.

Read from `pilot/authorities.csv` and, for councils that came to an end since the pilot's day, `pilot/past_authorities.csv`; the counts of both
days are checked against the known truth before a row is kept. A council that ended stays, with the day and its successors. Two-tier counties
and Northern Ireland are in the register but do not enforce; pages ask for them explicitly. Source: HELA paper, paras 1 and 14 ("LAs").
"""

import csv
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import database, log, officers
from campaigns.foundation.errors import CountersignError
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

TABLE = Path(__file__).parent / "pilot" / "authorities.csv"
PAST = TABLE.with_name("past_authorities.csv")
REGISTER = UUID("6f0d2a5c-9f0b-5d0e-8c6e-2b7d5a3c1e01")  # what the log calls the register as a whole
WORDS = ("code", "name", "official_name", "kind", "nation", "region", "successors", "domain", "former_codes")
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
PILOT = date(2006, 3, 21)  # the day of the HELA paper
KNOWN_THEN = {"England": 388, "Northern Ireland": 26, "Scotland": 32, "Wales": 22}
KNOWN_ENFORCING_THEN = 408


class WrongRegister(CountersignError):
    """The table of authorities does not agree with the known counts."""


class RegisterLoaded(Event):
    """The register was loaded, or brought up to date."""

    authorities: int
    enforcing: int


class Authority(SQLModel, table=True):
    """One row per principal council, past or present, under its nine-character GSS code (or one of a public register, where it had none).

    `end_date` is its last day; `successors` the codes of whoever took over its area, apart by spaces. `former_codes` are other codes it is
    known by. What officers said of it (`amended`) goes before what the tables say.
    """

    __tablename__ = "authorities"

    code: str = Field(primary_key=True)
    name: str = Field(index=True)
    official_name: str
    kind: str
    nation: str = Field(index=True)
    region: str = Field(index=True)
    start_date: date | None = None
    end_date: date | None = None
    successors: str = ""
    domain: str = ""
    latitude: float | None = None
    longitude: float | None = None
    enforces: bool = Field(index=True)
    former_codes: str = ""
    amended: bool = False

    def in_force(self, on: date | None) -> bool:
        """Whether it is there on a day, or now."""
        return self.end_date is None if on is None else (self.start_date or on) <= on <= (self.end_date or on)


IN_FORCE = col(Authority.end_date).is_(None)  # there now


def load(session: Session, *, by: Officer, at: datetime) -> bool:
    """Bring the register to what the tables say; False when it already was. Refuses tables with other counts than the known."""
    officers.require_writer(by)
    now, before = read(), read_past()
    rows = [*now, *before]
    _require_the_pilots_day(rows)
    standing = {authority.code: authority for authority in session.exec(select(Authority))}
    rows = [row for row in rows if row.code not in standing or not standing[row.code].amended]
    fresh = [row for row in rows if row.code not in standing or standing[row.code].model_dump() != row.model_dump()]
    for row in fresh:
        if row.code in standing:
            standing[row.code].sqlmodel_update(row)
        else:
            session.add(row)
    session.flush()
    if fresh:
        fact = RegisterLoaded(authorities=len(now), enforcing=sum(row.enforces for row in now))
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


def read_past() -> list[Authority]:
    """The rows of the table of councils that came to an end."""
    with PAST.open(encoding="utf-8", newline="") as stream:
        return [_authority(row) for row in csv.DictReader(stream)]


def _require_the_pilots_day(rows: list[Authority]) -> None:
    then = [row for row in rows if row.in_force(PILOT)]
    counts, enforcing = Counter(row.nation for row in then), sum(row.enforces for row in then)
    if counts != KNOWN_THEN or enforcing != KNOWN_ENFORCING_THEN:
        raise WrongRegister(
            f"On {PILOT} there were {KNOWN_THEN}, {KNOWN_ENFORCING_THEN} enforcing; the tables have {dict(counts)}, {enforcing}"
        )


def get(session: Session, code: str) -> Authority:
    """The authority, past or present; refuses an unknown code."""
    return database.get(session, Authority, code, f"There is no authority {code} in the register.")


def keep(session: Session, code: str) -> None:
    """Keep this council from being ended until the transaction ends. Ask before locking a person: who ends one locks its people last."""
    session.exec(select(Authority.code).where(Authority.code == code).with_for_update(read=True)).first()


def every(session: Session, *, enforcing_only: bool = True, on: date | None = None) -> list[Authority]:
    """All authorities there now, or on a day, by name: those that enforce, or with `enforcing_only=False` counties and Northern Ireland too."""
    wanted = select(Authority).where(there(on)).order_by(col(Authority.name), col(Authority.code))
    return list(session.exec(wanted.where(Authority.enforces) if enforcing_only else wanted))


def past(session: Session) -> list[Authority]:
    """The councils that came to an end, the latest first."""
    ended = select(Authority).where(~IN_FORCE)
    return list(session.exec(ended.order_by(col(Authority.end_date).desc(), col(Authority.name))))


def successors(session: Session, code: str) -> list[Authority]:
    """Who is there now for an authority: itself, or whoever took over its area, however many reorganisations later."""
    authority = get(session, code)
    if authority.end_date is None:
        return [authority]
    found = {later.code: later for one in authority.successors.split() for later in successors(session, one)}
    return sorted(found.values(), key=lambda later: later.name)


def regions(session: Session) -> list[str]:
    """The regions of the register, by name."""
    return list(session.exec(select(Authority.region).where(IN_FORCE).distinct().order_by(Authority.region)))


def kinds(session: Session) -> list[str]:
    """The kinds of council of the register, by name."""
    return list(session.exec(select(Authority.kind).where(IN_FORCE).distinct().order_by(Authority.kind)))


def there(on: date | None) -> sa.ColumnElement[bool]:
    """The condition that an authority is there on a day, its first and its last included; or now."""
    if on is None:
        return IN_FORCE
    begun = sa.or_(col(Authority.start_date).is_(None), col(Authority.start_date) <= on)
    return begun & sa.or_(IN_FORCE, col(Authority.end_date) >= on)


def _authority(row: dict[str, str]) -> Authority:
    words: dict[str, Any] = {name: row.get(name, "") for name in WORDS}
    return Authority(
        **words,
        start_date=date.fromisoformat(row["start_date"]) if row["start_date"] else None,
        end_date=date.fromisoformat(row["end_date"]) if row["end_date"] else None,
        latitude=float(row["latitude"]) if "latitude" in row else None,
        longitude=float(row["longitude"]) if "longitude" in row else None,
        enforces=row["enforces"] == "yes",
    )

"""The other bodies of the pilot: its organisations, regional groups, unions, professional bodies, directorates and committees.

Source: HELA paper, Annex 1 (15 organisations: 14 signed, one considering; LA or HSE lead) and Annex 3 (trade unions, professional bodies,
sectors and divisions of HSE, LA regional groups). An account manager is a post with a home authority, or HSE's.
"""

import csv
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import Field, Session, SQLModel, col, select

from audiences import authorities
from audiences.authorities import NATIONS, Authority
from campaigns.foundation import database, log, officers
from campaigns.foundation.errors import CountersignError
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

TABLE = Path(__file__).parent / "pilot" / "organisations.csv"

PILOT, GROUP, UNION, PROFESSIONAL, DIRECTORATE, COMMITTEE = KINDS = (
    "pilot organisation",
    "regional group",
    "union",
    "professional body",
    "hse directorate",
    "committee",
)
# Annex 1, by lead party and status: para 11's "14 … signed up, with one … still considering".
KNOWN = {("lacors", "signed"): 3, ("lacors", "considering"): 1, ("hse", "signed"): 11}


class WrongOrganisations(CountersignError):
    """The table of organisations does not agree with Annex 1, or leaves an authority without a regional group."""


class OrganisationsLoaded(Event):
    """The bodies and the members of the regional groups were loaded, or brought up to date."""

    bodies: int
    members: int


class Body(SQLModel, table=True):
    """One row per body. `lead` is the party that leads a partnership; `home_authority` the account manager's own, empty for HSE's.

    `enforcing_authority` says who enforces at its premises: local authorities, HSE, or both. What officers said of a body (`amended`)
    goes before what the table says.
    """

    __tablename__ = "bodies"

    code: str = Field(primary_key=True)
    name: str
    kind: str = Field(index=True)
    nation: str = ""
    region: str = ""
    lead: str = ""
    status: str = ""
    sector: str = ""
    enforcing_authority: str = ""
    home_authority: str | None = Field(default=None, foreign_key="authorities.code")
    amended: bool = False


class Membership(SQLModel, table=True):
    """An authority's place in the regional group that meets for it; every enforcing authority has exactly one."""

    __tablename__ = "memberships"

    authority_code: str = Field(primary_key=True, foreign_key="authorities.code")
    group_code: str = Field(index=True, foreign_key="bodies.code")
    amended: bool = False


Row = TypeVar("Row", Body, Membership)


def load(session: Session, *, by: Officer, at: datetime, table: Path = TABLE) -> bool:
    """Bring the bodies to what the table says, and share the authorities among the groups; False when nothing changed."""
    officers.require_writer(by)
    bodies = read(table)
    memberships = _share(bodies, authorities.every(session, enforcing_only=False))
    changed = _bring(session, bodies) + _bring(session, memberships)
    if changed:
        fact = OrganisationsLoaded(bodies=len(bodies), members=len(memberships))
        log.record(session, fact, subject=authorities.REGISTER, by=by.name, at=at)
    return bool(changed)


def read(table: Path = TABLE) -> list[Body]:
    """The rows of the table, counted."""
    with table.open(encoding="utf-8", newline="") as stream:
        rows: list[dict[str, Any]] = list(csv.DictReader(stream))
    bodies = [Body(**(row | {"home_authority": row["home_authority"] or None})) for row in rows]
    if unknown := {body.kind for body in bodies} - set(KINDS):
        raise WrongOrganisations(f"unknown kinds: {', '.join(sorted(unknown))}")
    counts = Counter((body.lead, body.status) for body in bodies if body.kind == PILOT)
    if counts != KNOWN:
        raise WrongOrganisations(f"Annex 1 has 14 signed and 1 considering, 4 led by LAs and 11 by HSE; the table has {dict(counts)}")
    return bodies


def get(session: Session, code: str, *, lock: bool = False) -> Body:
    """The body; refuses an unknown code. `lock` holds the row until the transaction ends."""
    return database.get(session, Body, code, f"There is no body {code} among the pilot's.", lock=lock)


def of_kind(session: Session, kind: str) -> list[Body]:
    """The bodies of a kind, by name."""
    return list(session.exec(select(Body).where(Body.kind == kind).order_by(col(Body.name))))


def considering(session: Session) -> list[str]:
    """The names of partner organisations that have not said yet whether they take part: nobody is told that they do."""
    return [body.name for body in of_kind(session, PILOT) if body.status == "considering"]


def every(session: Session) -> list[Body]:
    """All bodies, kind by kind and by name."""
    return sorted(session.exec(select(Body)), key=lambda body: (KINDS.index(body.kind), body.name))


def groups(session: Session, *, opted_in: bool = False) -> list[Body]:
    """The regional groups a tour must see, nation by nation; Northern Ireland's only when asked for."""
    found = [group for group in of_kind(session, GROUP) if opted_in or group.status != "opt-in"]
    return sorted(found, key=lambda group: (NATIONS.index(group.nation), group.name))


def members(session: Session, group_code: str) -> list[Authority]:
    """The authorities of a regional group, by name."""
    joined = select(Authority).join(Membership, col(Membership.authority_code) == col(Authority.code))
    there = joined.where(Membership.group_code == group_code, authorities.IN_FORCE)
    return list(session.exec(there.order_by(col(Authority.name))))


def met(session: Session, group_code: str) -> set[str]:
    """The codes of those that meet in a regional group, or met in it until they came to an end: who came from one of them came from the group."""
    return set(session.exec(select(Membership.authority_code).where(Membership.group_code == group_code)))


def members_each(session: Session) -> dict[str, set[str]]:
    """The codes of each regional group's authorities, by its own."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    joined = select(Membership.group_code, Authority.code).join(Authority, col(Membership.authority_code) == col(Authority.code))
    for group, code in session.exec(joined.where(authorities.IN_FORCE)):
        found[group].add(code)
    return found


def without_group(session: Session) -> list[Authority]:
    """Enforcing authorities that meet in no regional group, by name: no tour of groups comes to them."""
    nowhere = select(Authority).where(
        authorities.IN_FORCE, col(Authority.enforces), col(Authority.code).not_in(select(Membership.authority_code))
    )
    return list(session.exec(nowhere.order_by(col(Authority.name))))


def group_of(session: Session, authority_code: str) -> Body | None:
    """The regional group an authority meets in; None for counties."""
    membership = session.get(Membership, authority_code)
    return get(session, membership.group_code) if membership else None


def settle(session: Session, authority: Authority) -> None:
    """A new authority joins the group of its region, where it has one and meets in any."""
    here = select(Body).where(Body.kind == GROUP, Body.nation == authority.nation, Body.region == authority.region)
    group = session.exec(here.order_by(Body.code)).first()
    if group is not None and (authority.enforces or group.status == "opt-in"):
        session.add(Membership(authority_code=authority.code, group_code=group.code, amended=True))


def _share(bodies: list[Body], register: list[Authority]) -> list[Membership]:
    places = {(group.nation, group.region): group for group in bodies if group.kind == GROUP}
    shared = []
    for authority in register:
        if not authority.region:
            continue  # it came by a file that does not say where it is: an officer says in which group it meets
        group = places.get((authority.nation, authority.region))
        if group is None:
            raise WrongOrganisations(f"{authority.name} has no regional group")
        if authority.enforces or group.status == "opt-in":
            shared.append(Membership(authority_code=authority.code, group_code=group.code))
    return shared


def _bring(session: Session, rows: list[Row]) -> int:
    standing = {_key(row): row for row in session.exec(select(type(rows[0])))}
    rows = [row for row in rows if _key(row) not in standing or not standing[_key(row)].amended]
    fresh = [row for row in rows if _key(row) not in standing or standing[_key(row)].model_dump() != row.model_dump()]
    for row in fresh:
        if _key(row) in standing:
            standing[_key(row)].sqlmodel_update(row)
        else:
            session.add(row)
    session.flush()
    return len(fresh)


def _key(row: Body | Membership) -> str:
    return row.code if isinstance(row, Body) else row.authority_code

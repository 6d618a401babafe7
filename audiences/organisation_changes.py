"""What officers say of a body beside the shipped table: a new one, another status, sector, lead or enforcing authority, another group.

Source: HELA paper, paras 11 to 15 (status, sectors enforced by HSE and by LAs, premises under both) and Annex 3 (LA regional groups).
"""

import re
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session

from audiences import authorities, organisations
from audiences.authorities import NATIONS, REGISTER, Authority
from audiences.organisations import GROUP, KINDS, PILOT, Body, Membership
from campaigns.agreement import parties
from campaigns.foundation import log, officers, sightings
from campaigns.foundation.errors import Invalid, NotAllowedNow, Problem, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

STATUSES = ("signed", "considering", "withdrawn")
LEADS = ("hse", "lacors")
ENFORCING = ("local authorities", "HSE", "both")
LONGEST = 100


class BodyAdded(Event):
    """A union, a professional body, an organisation or a group was added."""

    body: str
    kind: str


class BodyChanged(Event):
    """Something an officer may change about a body is different now."""

    body: str
    changed: list[str]


class MemberMoved(Event):
    """An authority meets in another regional group now."""

    authority: str
    group: str


@dataclass(frozen=True)
class Facts:
    """What may be said of a partner organisation: where it stands, what it does, who leads for it and who enforces at its premises."""

    status: str = ""
    sector: str = ""
    lead: str = ""
    enforcing_authority: str = ""
    home_authority: str | None = None


def add(session: Session, *, name: str, kind: str, nation: str = "", facts: Facts | None = None, by: Officer, at: datetime) -> str:
    """A body that was not known; gives its code. Refuses an unfit or a known name, and a group without its nation."""
    officers.require_writer(by)
    name, facts = name.strip(), facts or Facts()
    code = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
    problems = _problems(session, kind, facts)
    if not code or len(name) > LONGEST or not name.isprintable():
        problems.append(Problem("name", f"Enter a name of up to {LONGEST} characters, with letters in it"))
    if kind not in KINDS:
        problems.append(Problem("kind", "Choose what kind of body it is"))
    if nation not in (*NATIONS, "") or (kind == GROUP and not nation):
        problems.append(Problem("nation", "Choose the nation the group is in"))
    if problems:
        raise Invalid(problems)
    if session.get(Body, code) is not None:
        raise Refused(f"{name} is in the list already.", field="name")
    session.add(Body(code=code, name=name, kind=kind, nation=nation, amended=True, **asdict(facts)))
    session.flush()
    log.record(session, BodyAdded(body=code, kind=kind), subject=REGISTER, by=by.name, at=at)
    return code


def shown(session: Session, body: Body) -> dict[str, str]:
    """What is said of a body, in words, as an officer who changes it is shown."""
    home = session.get(Authority, body.home_authority) if body.home_authority else None
    return {
        "Status": body.status,
        "Led by": parties.FOUNDING.get(body.lead, ""),
        "Sector": body.sector,
        "Who enforces": body.enforcing_authority,
        "The account manager’s own authority": home.name if home else "",
    }


def change(session: Session, code: str, facts: Facts, *, seen: str | None = None, by: Officer, at: datetime) -> bool:
    """Change a partner organisation; False if nothing changed. Refuses other bodies, unfit values, and `Stale` if it is not as `seen`."""
    officers.require_writer(by)
    body = organisations.get(session, code, lock=True)
    if body.kind != PILOT:
        raise NotAllowedNow(f"{body.name} is no partner organisation: it has no lead, status or sector.")
    if problems := _problems(session, body.kind, facts):
        raise Invalid(problems)
    changed = [field for field, value in asdict(facts).items() if getattr(body, field) != value]
    if changed:
        sightings.require(seen, shown(session, body), "organisation")
        body.sqlmodel_update(asdict(facts) | {"amended": True})
        session.add(body)
        log.record(session, BodyChanged(body=code, changed=changed), subject=REGISTER, by=by.name, at=at)
    return bool(changed)


def where_it_meets(group: Body | None) -> dict[str, str]:
    """What an officer is shown who moves an authority: the group it meets in, if any."""
    return {"Regional group": group.name if group else ""}


def move(session: Session, authority_code: str, group_code: str, *, seen: str | None = None, by: Officer, at: datetime) -> bool:
    """An authority meets in this group from now on; False when it did already. Refuses what is no group, a council that ended, and as `Stale` to
    move it from another group than was `seen`: the sighting of `where_it_meets`, where somebody may have moved it meanwhile.
    """
    officers.require_writer(by)
    authority, group = authorities.get(session, authority_code), organisations.get(session, group_code)
    if group.kind != GROUP:
        raise Refused(f"{group.name} is no regional group.", field="group")
    require_meeting(authority)
    standing = session.get(Membership, authority_code, with_for_update=True, populate_existing=True)
    if standing is not None and standing.group_code == group_code:
        return False
    sightings.require(seen, where_it_meets(organisations.get(session, standing.group_code) if standing else None), "council’s group")
    _put(session, authority, group)
    log.record(session, MemberMoved(authority=authority_code, group=group_code), subject=REGISTER, by=by.name, at=at)
    return True


def require_meeting(authority: Authority) -> None:
    """Refuse a council that came to an end: it meets nowhere."""
    if authority.end_date is not None:
        raise NotAllowedNow(f"{authority.name} has come to an end: it meets in no group.")


def _put(session: Session, authority: Authority, group: Body) -> None:
    session.merge(Membership(authority_code=authority.code, group_code=group.code, amended=True))
    if not authority.region:  # a council that a file brought without saying where it is
        authority.sqlmodel_update({"region": group.region or group.nation, "amended": True})
        session.add(authority)


def _problems(session: Session, kind: str, facts: Facts) -> list[Problem]:
    if kind != PILOT:
        return []
    offered = (("status", STATUSES), ("lead", LEADS), ("enforcing_authority", ("", *ENFORCING)))
    problems = [
        Problem(field, f"Choose the {field.replace('_', ' ')} from the list")
        for field, known in offered
        if getattr(facts, field) not in known
    ]
    if len(facts.sector) > LONGEST or not facts.sector.isprintable():
        problems.append(Problem("sector", f"Enter the sector in up to {LONGEST} characters"))
    home = session.get(Authority, facts.home_authority) if facts.home_authority else None
    if facts.home_authority and (home is None or home.end_date is not None):
        problems.append(Problem("home_authority", "Choose an authority from the list"))
    return problems

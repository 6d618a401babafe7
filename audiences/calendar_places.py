"""The places a calendar rule may be for: everywhere, a nation, a region, a regional group or one authority, each by its code and in words."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences import authorities, calendars, organisations
from audiences.authorities import NATIONS, Authority
from audiences.calendars import Place
from campaigns.foundation.errors import Invalid, Problem
from campaigns.planning.rules import EVERYWHERE, CalendarRule

BETWEEN = ":"


def choices(session: Session) -> list[tuple[str, str]]:
    """What a form offers, as `scope:place` and words; single authorities are typed."""
    wide = [((EVERYWHERE, ""), "Everywhere"), *((("nation", nation), nation) for nation in NATIONS)]
    regions = [(("region", region), f"Region: {region}") for region in authorities.regions(session) if region not in NATIONS]
    groups = [(("group", body.code), f"Group: {body.name}") for body in organisations.groups(session, opted_in=True)]
    return [(BETWEEN.join(place), said) for place, said in [*wide, *regions, *groups]]


def named(session: Session) -> dict[Place, str]:
    """Every place there is, in words."""
    found: dict[Place, str] = {(EVERYWHERE, ""): "Everywhere"}
    found.update({("nation", nation): nation for nation in NATIONS})
    found.update({("region", region): region for region in authorities.regions(session)})
    found.update({("group", body.code): body.name for body in organisations.groups(session, opted_in=True)})
    found.update({("authority", code): name for code, name in session.exec(select(Authority.code, Authority.name))})
    return found


def read(session: Session, chosen: str, authority: str) -> Place:
    """The place chosen in a form, or the authority typed there by code or exact name, which counts first. Refuses what is not in the register."""
    if typed := authority.strip():
        return "authority", _authority(session, typed)
    scope, _, place = chosen.partition(BETWEEN)
    if (scope, place) not in named(session):
        raise Invalid([Problem("where", "Choose what it is for, from the list, or type one authority")])
    return scope, place


def require_within(session: Session, rule: CalendarRule, code: str) -> None:
    """Refuse an authority that a rule is not for in any case, so that it cannot step out of it."""
    if calendars.place(rule) not in calendars.places_of(session, [code]).get(code, ()):
        places = named(session)
        here, there = places.get(("authority", code), code), places.get(calendars.place(rule), rule.place)
        raise Invalid([Problem("authority", f"This rule is for {there}, and {here} is not there: it holds nothing back from it")])


def by_name(session: Session, scope: str, typed: str) -> Place:
    """The place of a scope by its name or code, in any case, as a command gives it. Refuses what is not in the register."""
    if scope == "authority":
        return scope, _authority(session, typed.strip())
    asked = typed.strip().casefold()
    found = [place for place, said in named(session).items() if place[0] == scope and asked in (place[1].casefold(), said.casefold())]
    if len(found) != 1:
        raise Invalid([Problem("where", f"There is no one {scope} “{typed[:60]}” in the register")])
    return found[0]


def _authority(session: Session, typed: str) -> str:
    if "\x00" in typed:
        raise Invalid([Problem("authority", "Type the authority's name or code")])
    chosen = select(Authority.code).where((col(Authority.code) == typed.upper()) | (sa.func.lower(Authority.name) == typed.lower()))
    found = session.exec(chosen.where(col(Authority.end_date).is_(None)).limit(2)).all()
    if len(found) != 1:
        raise Invalid([Problem("authority", f"No one authority is called “{typed[:60]}”. Type its full name or its code")])
    return found[0]

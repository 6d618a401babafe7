"""The first steps: what a new installation lacks before a message can be agreed and sent. They stand on everybody's first page until all are done."""

from dataclasses import dataclass

from flask import url_for
from sqlmodel import Session, select

from audiences.people import Person
from campaigns.agreement import candidates, keyrings, parties, roster_changes, rosters
from campaigns.agreement.rosters import FEWEST
from campaigns.foundation.officers import WRITERS, Officer
from campaigns.foundation.settings import Settings
from campaigns.planning.campaign_plans import Campaign

ADDRESSES = "Addresses that letters come from and are answered to: whoever runs Countersign sets them"


@dataclass(frozen=True)
class Step:
    """One of them: what it is, how far it has got (empty: it is done), and where this officer does it (empty: somebody else does)."""

    sentence: str
    lacks: str
    address: str


def of(session: Session, officer: Officer, settings: Settings) -> list[Step]:
    """All of them, in order; none once a roster stands, there is a campaign and somebody to write to, from an address of our own."""
    founded, anybody, planned, ours = bool(rosters.rows(session)), _any(session, Person), _any(session, Campaign), writes_as_us(settings)
    if founded and anybody and planned and ours:
        return []
    writes = officer.duty in WRITERS
    return [
        Step(
            f"At least {FEWEST} signatories of each party, each with a passkey",
            "" if founded else _keys(session),
            _to_keys(session, officer),
        ),
        Step(
            "A roster that lists them, signed by both parties",
            "" if founded else _roster(session),
            url_for("signatories.show") if writes else "",
        ),
        *([] if ours else [Step(ADDRESSES, f"still {settings.sender_address}", "")]),
        Step("People to write to", "" if anybody else "nobody yet", url_for("imports.choose") if writes else ""),
        Step("A campaign, to which messages belong", "" if planned else "none yet", url_for("campaigns.new") if writes else ""),
    ]


def writes_as_us(settings: Settings) -> bool:
    """Whether letters come from, and are answered to, an address that can be somebody's; on a machine of its own, as the demonstration is, any does."""
    return settings.test_domains_allowed or not any(one.endswith(".test") for one in (settings.sender_address, settings.reply_to))


def _any(session: Session, table: type[Person] | type[Campaign]) -> bool:
    return session.exec(select(table.id).limit(1)).first() is not None


def _keys(session: Session) -> str:
    """How many of each party have one, where that is too few and no roster waits already."""
    able = [member.party for member in candidates.listed(session) if member.keys]
    numbers = {party.name: able.count(party.code) for party in parties.required(session)}
    if rosters.proposed(session) or min(numbers.values()) >= FEWEST:
        return ""
    return ", ".join(f"{party} has {number}" for party, number in numbers.items())


def _to_keys(session: Session, officer: Officer) -> str:
    if officer.duty == "administrator":
        return url_for("officers.invite")
    return url_for("keys.every") if officer.duty == "signatory" and not keyrings.of(session, officer.id) else ""


def _roster(session: Session) -> str:
    row = rosters.proposed(session)
    if row is None:
        return "not put forward yet"
    return f"waiting for {' and '.join(party.name for party in roster_changes.missing(session, row))} to sign"

"""What an office begins with: two councils, a union, both parties with their signatories, and a campaign."""

from datetime import timedelta
from uuid import UUID

from flask import Flask

from audiences import definitions, people
from audiences.authorities import Authority
from audiences.contacts import Given
from audiences.organisations import UNION, Body
from audiences.roles import Place
from campaigns.agreement import parties, software_keys
from campaigns.delivery import heartbeats
from campaigns.foundation.database import Database
from campaigns.foundation.officers import COUNTERSIGN
from campaigns.planning import campaign_plans
from tests.web import visitors
from tests.web.visitors import NOON

COUNCILS = {"E07000001": ("Ashby", "England", "East"), "W06000001": ("Brynmor", "Wales", "Wales")}


def office(app: Flask, database: Database) -> UUID:
    """Set it up; gives the campaign."""
    at = NOON - timedelta(days=1)
    with database.transaction() as session:
        parties.found(session)
        heartbeats.beat(session, "a worker", why="", at=NOON + timedelta(days=1000))
        definitions.found(session, by=COUNTERSIGN, at=at)
        for code, (name, nation, region) in COUNCILS.items():
            place = {"domain": f"{name.lower()}.gov.uk", "latitude": 52.0, "longitude": 0.0, "enforces": True}
            session.add(
                Authority(
                    code=code, name=name, official_name=f"{name} Council", kind="Unitary authority", nation=nation, region=region, **place
                )
            )
        session.add(Body(code="tuc", name="Union of Officers", kind=UNION))
        session.flush()
        people.insert(session, [given.row(source="tests") for given in _everybody()], at=NOON)
        campaign = campaign_plans.begin(session, name="Revitalise LOPP", objective="Every authority knows LOPP.", by=COUNTERSIGN, at=at)
    posts = [(party, name) for party in ("hse", "lacors") for name in (None, f"Second signatory of {party}")]
    signatories = [visitors.appoint(app, "signatory", party, name=name) for party, name in posts]
    with database.transaction() as session:
        software_keys.found_roster(session, signatories, passwords=["hse", "lacors"], at=at)
    return campaign


def _everybody() -> list[Given]:
    posts = {"senior_manager": "Head of Health", "practitioner": "Inspector"}
    found = [
        Given(f"{post}, {name}", role, Place(code, name, None), f"{role}@{code.lower()}.test")
        for code, (name, _, _) in COUNCILS.items()
        for role, post in posts.items()
    ]
    return [*found, Given("Safety Officer", "union_contact", Place("tuc", "Union of Officers", UNION), "safety@union.test")]

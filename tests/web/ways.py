"""Every address of the product, with the ids of what is there: for tests that walk through all pages."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import SQLModel, select

from audiences import authorities
from audiences.calendar_uploads import CalendarUpload
from audiences.legal_holds import LegalHold
from audiences.people import Person
from campaigns.agreement.releases import Release
from campaigns.briefings.actions import Action
from campaigns.briefings.attendance import Attendance
from campaigns.briefings.kit_holders import KitHolder
from campaigns.briefings.questions import Question
from campaigns.briefings.repeats import Repeat
from campaigns.briefings.tours import Briefing, Tour
from campaigns.drafting.messages import Message
from campaigns.foundation.database import Database
from campaigns.foundation.officers import OfficerRecord
from campaigns.planning.campaign_plans import Campaign
from campaigns.planning.milestones import Milestone
from campaigns.planning.plan_rows import PlanRow
from campaigns.planning.rules import CalendarRule

TABLES: dict[str, type[SQLModel]] = {
    "person_id": Person,
    "message_id": Message,
    "release_id": Release,
    "tour_id": Tour,
    "briefing_id": Briefing,
    "officer_id": OfficerRecord,
    "hold_id": LegalHold,
    "campaign_id": Campaign,
    "milestone_id": Milestone,
    "holder_id": KitHolder,
    "attendance_id": Attendance,
    "question_id": Question,
    "action_id": Action,
    "repeat_id": Repeat,
    "plan_row_id": PlanRow,
    "rule_id": CalendarRule,
    "upload_id": CalendarUpload,
}
WORDS = {
    "audience": "practitioners",
    "key": "practitioners",
    "reference": "ABCD-2345",
    "name": "x",
    "digest": "0" * 64,
    "token": "x",
    "filename": "app.css",
}
NOWHERE = UUID(int=9)
ELSEWHERE = {"static", "security.static", "security.logout", "health.metrics"}


def standing(database: Database) -> dict[str, object]:
    """One id of each kind there is, and words for the other places in an address."""
    found: dict[str, object] = dict(WORDS)
    with database.reading() as session:
        for name, table in TABLES.items():
            row = session.exec(select(table.id)).first()  # type: ignore[attr-defined]
            found[name] = row or NOWHERE
        places = authorities.every(session, enforcing_only=False)
        found["code"] = places[0].code if places else "E0"
    return found


def addresses(app: Flask, values: Mapping[str, object], method: str = "GET", *, ending: str = "") -> Iterator[tuple[str, str]]:
    """Endpoint and address of every route that takes this method; of a kind nothing is known of, an id of nobody."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint not in ELSEWHERE and rule.rule.endswith(ending):
            chosen = {name: values.get(name, NOWHERE) for name in rule.arguments}
            if rule.endpoint.startswith("records."):
                chosen = dict.fromkeys(chosen, "notices")
            yield rule.endpoint, adapter.build(rule.endpoint, chosen)


def tables(client: FlaskClient, database: Database) -> dict[str, str]:
    """Every list that can be downloaded, by its address, as it is now."""
    found = {}
    for _, address in addresses(client.application, standing(database), ending=".csv"):
        answer = client.get(address)
        assert answer.status_code in (200, 404), f"{address}: {answer.status}"
        if answer.status_code == 200:  # a list of something that is not there, or that has to be chosen first, is none
            found[address] = answer.get_data(as_text=True)
    return found

"""An officer plans who hears what and when, sees what is missing, and goes from a row to its message."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from campaigns.agreement.releases import Release
from campaigns.planning import campaign_plans
from campaigns.planning.plan_rows import PlanRow
from tests.web import many
from tests.web.conftest import Clock
from tests.web.office import WORDS, Office, open_office
from tests.web.visitors import seen_on, words_on

ROW = {
    "audience": "unions",
    "title": "What LOPP is",
    "message_id": "",
    "channel": "letter",
    "day": ["12", "1", "2027"],
    "hse_owner": "Head of the unit",
    "lacors_owner": "",
    "note": "After the plenary",
}


@pytest.fixture
def office(client: FlaskClient) -> Office:
    """Both parties, five readers and a campaign; an officer of HSE sits there."""
    office = open_office(client)
    office.sit()
    return office


def plan(office: Office) -> str:
    return f"/campaigns/{office.campaign}/plan"


def add(office: Office, **changes: object) -> str:
    return words_on(office.post(f"{plan(office)}/new", **{**ROW, **changes}))


def only_row(office: Office) -> PlanRow:
    with office.database.reading() as session:
        return session.exec(select(PlanRow)).one()


def test_an_empty_plan_says_so_and_what_to_do_next(office: Office) -> None:
    page = office.see(plan(office))

    assert "Nothing is planned yet. Begin with the group you meet face to face: add a row." in page
    assert "Unions: nothing is planned for them in this campaign." in page


def test_a_row_is_planned_shown_with_its_gap_changed_and_taken_out(office: Office) -> None:
    said = add(office)

    assert "12 January 2027 What LOPP is After the plenary Unions Letter Head of the unit Nobody yet proposed Draft the message" in said
    assert "“What LOPP is” has no owner from LACoRS." in said and "Unions: nothing" not in said
    row = only_row(office).id
    seen = seen_on(office.client.get(f"/campaigns/plan/{row}"))
    office.post(f"/campaigns/plan/{row}", **{**ROW, "lacors_owner": "Policy officer", "whole_month": "y", "seen": seen})
    assert "January 2027 What LOPP is" in (said := office.see(plan(office))) and "no owner" not in said
    office.post(f"/campaigns/plan/{row}/drop")
    assert "Nothing is planned yet" in office.see(plan(office))


def test_the_plan_asks_no_more_often_the_more_messages_are_in_it(office: Office) -> None:
    release = office.waiting()
    add(office, message_id=str(office.message_of(release)))
    few = many.asked(office.database, office.client, plan(office)).total()
    with office.database.transaction() as session:
        many.releases(session, session.get_one(Release, release), 4)
        row = session.exec(select(PlanRow)).one()
        for other in session.exec(select(Release).where(Release.id != release)).all():
            many.copy(session, row, id=uuid4(), message_id=other.message_id)

    assert many.asked(office.database, office.client, plan(office)).total() == few
    assert office.see(plan(office)).count("waiting for HSE and LACoRS") == 5


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Enter what it says"),
        ({"day": ["31", "2", "2027"]}, "Enter a real date"),
        ({"day": ["", "", ""]}, "Enter the day"),
        ({"channel": "smoke"}, "Choose how"),
        ({"audience": "nobody"}, "Choose one from the list"),
        ({"message_id": "somebody else’s"}, "Choose one from the list"),
        ({"note": "x" * 1001}, "1,000 characters or fewer"),
    ],
)
def test_what_cannot_be_planned_is_asked_for_again(office: Office, changes: dict[str, object], sentence: str) -> None:
    assert sentence in add(office, **changes)


def test_a_message_is_drafted_from_its_row_and_its_state_shown(office: Office) -> None:
    add(office, lacors_owner="Policy officer")
    row = only_row(office).id
    form = office.client.get(f"/messages/new?row={row}").get_data(as_text=True)

    assert 'value="What LOPP is"' in form and 'value="unions" checked' in form.replace("\n", " ").replace("  ", " ")
    office.post(f"/messages/new?row={row}", **{**WORDS, "campaign": str(office.campaign), "save": "Save"})
    assert only_row(office).message_id is not None
    assert "Policy officer draft Change" in office.see(plan(office))


def test_a_row_that_was_taken_out_or_drafted_is_not_offered_to_be_changed_or_drafted(office: Office) -> None:
    add(office)
    row = only_row(office).id
    new, words = f"/messages/new?row={row}", {**WORDS, "campaign": str(office.campaign), "save": "Save"}
    office.post(new, **words)
    first = only_row(office).message_id

    assert "A message has been drafted for this row of the plan already." in words_on(opened := office.client.get(new))
    assert opened.status_code == 409
    again = words_on(office.post(new, **words))
    assert "Saved as a draft. The row of the plan names another message, or is not there any more: this one stands beside it." in again
    assert only_row(office).message_id == first

    office.post(f"/campaigns/plan/{row}/drop")
    for page in (new, f"/campaigns/plan/{row}"):
        gone = office.client.get(page)
        assert gone.status_code == 409 and "This row was taken out of the plan." in words_on(gone), page
    assert "this one stands beside it" in words_on(office.post(new, **words))


def test_a_message_for_another_campaign_is_not_taken_for_the_one_of_a_row(office: Office) -> None:
    add(office)
    office.post("/campaigns/new", name="Another", objective="All know it")
    with office.database.reading() as session:
        other = next(plan.id for plan in campaign_plans.every(session) if plan.id != office.campaign)

    said = office.post(f"/messages/new?row={only_row(office).id}", **{**WORDS, "campaign": str(other), "save": "Save"})

    assert "this one stands beside it" in words_on(said) and only_row(office).message_id is None


def test_a_passed_date_is_a_gap_until_it_is_done(office: Office, clock: Clock) -> None:
    add(office, channel="call", title="Call them", lacors_owner="X")
    clock.forward(timedelta(days=80))
    office.sit()

    assert "“Call them” was planned for 12 January 2027, which has passed" in office.see(plan(office))
    said = words_on(office.post(f"/campaigns/plan/{only_row(office).id}/done"))
    assert "has passed" not in said and "It is marked as done." in said and "Not done after all" in said
    said = words_on(office.post(f"/campaigns/plan/{only_row(office).id}/reopening"))
    assert "has passed" in said and "It is no longer marked as done." in said


def test_the_plan_is_a_file_too_and_formulas_in_it_are_guarded(office: Office) -> None:
    add(office, title="=1+1", hse_owner="<script>alert(1)</script>")

    assert "'=1+1,proposed,Unions,Letter" in office.client.get(f"{plan(office)}.csv").get_data(as_text=True)
    assert "<script>alert" not in office.client.get(plan(office)).get_data(as_text=True)


def test_an_observer_reads_the_plan(office: Office) -> None:
    add(office)
    office.sit("observer", None)

    assert "What LOPP is" in (said := office.see(plan(office))) and "Add a row" not in said and "Draft the message" not in said

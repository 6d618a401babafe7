"""The demo's people are posts under `.test` that carry their council's code."""

from email_validator import validate_email
from sqlmodel import select

from audiences import authorities, people
from audiences.people import HOLDING, Person
from audiences.pilot import demo
from campaigns.foundation.database import Database
from tests.audiences.posts import NOON, OFFICER


def test_every_demo_address_is_under_test_and_carries_the_code(peopled: Database) -> None:
    with peopled.reading() as session:
        everybody = session.exec(select(Person.address, Person.place).where(HOLDING)).all()

    assert len({address for address, _ in everybody}) == len(everybody) == 350 * 3 + 10 + 12 + 5 + 15
    for address, place in everybody:
        assert address.endswith((f".{place.lower()}.test", f"@{place}.test"))
        validate_email(address, check_deliverability=False, test_environment=True)


def test_every_enforcing_authority_has_all_three_roles(peopled: Database) -> None:
    with peopled.reading() as session:
        held = {(person.authority_code, person.role) for person in session.exec(select(Person).where(HOLDING)) if person.authority_code}
        enforcing = {authority.code for authority in authorities.every(session)}

    assert held == {(code, role) for code in enforcing for role in demo.POSTS}


def test_loading_the_demo_twice_adds_nobody(peopled: Database) -> None:
    with peopled.transaction() as session:
        assert demo.load(session, by=OFFICER, at=NOON) == 0


def test_account_managers_are_posts_with_their_home(peopled: Database) -> None:
    with peopled.reading() as session:
        names = {person.place: person.name for person in session.exec(select(Person).where(Person.role == "account_manager"))}

    assert names["tesco"] == "Account Manager, Tesco (Dundee City)"
    assert names["greggs"] == "Account Manager, Greggs (HSE)"


def test_a_laps_lead_became_account_manager_in_each_partnership_led_by_an_authority(peopled: Database) -> None:
    with peopled.reading() as session:
        leads = session.exec(select(Person).where(Person.role == "laps_lead")).all()
        posts = {lead.place: [one.role for one in people.at_address(session, lead.address)] for lead in leads}

    assert posts.keys() == {"E07000086", "E08000033", "E08000036", "S12000042"}
    assert all(held == ["laps_lead", "account_manager"] for held in posts.values())
    assert not any(lead.active for lead in leads)

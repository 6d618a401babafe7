"""The first page of a new installation: what it lacks before a message can be agreed and sent, and where each officer does their part."""

import re
from datetime import timedelta

from flask.testing import FlaskClient
from sqlmodel import Session

from audiences import people
from audiences.contacts import Given
from audiences.organisations import UNION, Body
from audiences.roles import Place
from campaigns.agreement import keyrings, parties, roster_changes, software_keys
from campaigns.agreement.passkeys import Word
from campaigns.agreement.rosters import Key
from campaigns.foundation import officers
from campaigns.foundation.officers import Officer
from campaigns.planning import campaign_plans
from tests.web import visitors
from tests.web.conftest import Clock
from tests.web.office import Office
from tests.web.visitors import NOON, words_on
from web import first_steps

HEADING = "Before a message can be agreed and sent"
KEYS, ROSTER = "At least 2 signatories of each party, each with a passkey", "A roster that lists them, signed by both parties"


def _signatories(client: FlaskClient) -> list[Officer]:
    posts = [(party, f"{name} signatory of {party}") for party in ("hse", "lacors") for name in ("First", "Second")]
    return [visitors.appoint(client.application, "signatory", party, name=name) for party, name in posts]


def _found(client: FlaskClient) -> None:
    with visitors.desk_of(client.application).database.transaction() as session:
        parties.found(session)


def _seen(client: FlaskClient, duty: str = "officer", party: str | None = "hse", *, name: str | None = None) -> tuple[str, str]:
    """The words and the source of an officer's first page."""
    visitors.sign_in(client, duty, party, name=name)
    answer = client.get("/")
    return words_on(answer), answer.get_data(as_text=True)


def test_each_officer_is_led_to_their_own_part(client: FlaskClient) -> None:
    _found(client)
    leads = {
        "administrator": ["/officers/invite"],
        "signatory": ["/passkeys/", "/signatories/", "/people/import", "/campaigns/new"],
        "officer": ["/signatories/", "/people/import", "/campaigns/new"],
        "observer": [],
    }
    for duty, addresses in leads.items():
        said, source = _seen(client, duty, "hse" if duty in ("signatory", "officer") else None)
        assert f"{HEADING} {KEYS} HSE has 0, LACoRS has 0 {ROSTER} not put forward yet People to write to nobody yet A campaign" in said
        assert re.findall(r'task-list__link" href="([^"]*)"', source) == addresses


def test_the_steps_go_once_a_roster_stands_with_somebody_to_write_to_in_a_campaign(client: FlaskClient) -> None:
    _found(client)
    signatories, database = _signatories(client), visitors.desk_of(client.application).database
    with database.transaction() as session:
        software_keys.enrol(session, signatories[:3], at=NOON)
    assert f"{KEYS} HSE has 2, LACoRS has 1 {ROSTER} not put forward yet" in _seen(client)[0]

    with database.transaction() as session:
        software_keys.enrol(session, signatories[3:], at=NOON)
        _propose(session, signatories)
    assert f"{KEYS} Done {ROSTER} waiting for HSE and LACoRS to sign" in _seen(client)[0]

    with database.transaction() as session:
        software_keys.sign_roster(session, signatories, at=NOON)
        union = Given("Safety Officer", "union_contact", Place("tuc", "Union of Officers", UNION), "safety@union.test")
        session.add(Body(code="tuc", name="Union of Officers", kind=UNION))
        session.flush()
        people.insert(session, [union.row(source="tests")], at=NOON)
    assert f"{ROSTER} Done People to write to Done A campaign, to which messages belong none yet" in _seen(client)[0]

    with database.transaction() as session:
        campaign_plans.begin(session, name="LOPP", objective="Every authority knows LOPP.", by=signatories[0], at=NOON)
    assert HEADING not in _seen(client)[0]


def _propose(session: Session, signatories: list[Officer]) -> None:
    members = [software_keys.member(session, one) for one in signatories]
    roster_changes.propose(session, members=members, passwords=[], site=software_keys.SITE, by=signatories[0], at=NOON)


def test_a_signatory_who_cannot_sign_yet_reads_what_to_do_before_anything_waits(client: FlaskClient) -> None:
    _found(client)
    signatories, database = _signatories(client), visitors.desk_of(client.application).database
    lacks = "You can sign messages once {} For a moment {}"
    listed = "both parties have signed a roster that lists your passkey."

    who = {"duty": "signatory", "party": "hse", "name": signatories[0].name}
    assert lacks.format(f"you have added a passkey and {listed.replace('your passkey', 'it')}", "Add a passkey") in _seen(client, **who)[0]

    with database.transaction() as session:
        software_keys.enrol(session, signatories, at=NOON)
    assert lacks.format(listed, "See the signatories") in _seen(client, **who)[0]

    with database.transaction() as session:
        _propose(session, signatories)
    assert "You can sign messages once" not in _seen(client, **who)[0]


def test_a_suspended_signatory_reads_that_they_need_a_new_passkey(office: Office, clock: Clock) -> None:
    office.sit("signatory", "hse")
    assert "You can sign messages once" not in office.see("/")
    with office.database.transaction() as session:
        theirs = officers.get(session, officers.signatories(session, "hse")[0].id)
        roster_changes.suspend(session, theirs.id, reason="Key stolen", by=theirs, at=office.desk.clock())

    office.sit("signatory", "hse", name=theirs.name)
    assert "You can sign messages once you have added a new passkey and both parties" in office.see("/")

    clock.forward(timedelta(minutes=1))
    with office.database.transaction() as session:
        keyrings.keep(
            session, Key(id="new", cose="key", software=True), name="New", word=Word(0, False, False), by=theirs, at=office.desk.clock()
        )
    assert "You can sign messages once both parties have signed a roster that lists your passkey." in office.see("/")


def test_in_production_letters_come_from_an_address_that_somebody_has(client: FlaskClient) -> None:
    known = visitors.desk_of(client.application).settings
    real = known.model_copy(update={"env": "production"})
    ours = {"sender_address": "lopp@hse.example", "reply_to": "lopp@hse.example"}

    assert first_steps.writes_as_us(known) and first_steps.writes_as_us(real.model_copy(update=ours))
    for name, address in ours.items():
        assert not first_steps.writes_as_us(real.model_copy(update={name: address}))

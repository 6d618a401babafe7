"""Naming a deputy: somebody who is to sign for the party and does not yet; a signatory would lose by it."""

import pytest
from flask.testing import FlaskClient

from campaigns.agreement import rosters
from campaigns.foundation import officers
from tests.web.conftest import Clock
from tests.web.office import Office, open_office
from tests.web.visitors import words_on


@pytest.fixture
def office(client: FlaskClient) -> Office:
    """Both parties, and two signatories of each in the roster."""
    return open_office(client)


def test_nobody_is_offered_who_signs_already_oneself_included(office: Office) -> None:
    office.sit("signatory", "hse")

    said = office.see("/signatories/deputy/")

    assert "Everybody whose duty it is to sign for your party does so already" in said
    assert "Who stands in?" not in said


def test_somebody_invited_to_sign_is_put_forward_as_a_deputy(office: Office, clock: Clock) -> None:
    with office.database.transaction() as session:
        for party in ("hse", "lacors"):
            officers.add(session, name=f"New at {party}", party=party, duty="signatory", by="test", at=clock())
    office.sit("signatory", "hse")
    assert "New at hse" in office.see("/signatories/deputy/") and "New at lacors" not in office.see("/signatories/deputy/")

    with office.database.reading() as session:
        (new,) = [one for one in officers.signatories(session, "hse") if one.name == "New at hse"]
    fields = {"officer": str(new.id), "ends": ["31", "12", "2026"], "campaign": ""}
    said = words_on(office.post("/signatories/deputy/", **fields))

    assert "It stands once a signatory of each party has signed it" in said
    with office.database.reading() as session:
        row = rosters.proposed(session)
        assert row is not None
        assert [one.post for one in row.read().members if one.standing == "deputy"] == ["New at hse"]

"""The signatories' page: what the next roster would change is said so that whoever signs it knows which passkeys come in."""

import pytest
from flask.testing import FlaskClient

from campaigns.agreement import keyrings
from campaigns.agreement.passkeys import Word
from campaigns.agreement.rosters import Key
from campaigns.foundation import clock, officers
from tests.web.office import Office, open_office


@pytest.fixture
def office(client: FlaskClient) -> Office:
    """Both parties, five readers and a campaign."""
    return open_office(client)


def test_a_passkey_that_the_next_roster_lists_is_named_with_its_date(office: Office) -> None:
    office.sit("signatory", "hse")
    at = office.desk.clock()
    with office.database.transaction() as session:
        record = officers.signatories(session, "hse")[0]
        by, key = officers.get(session, record.id), Key(id="another", cose="key", software=True)
        keyrings.keep(session, key, name="Unheard of", word=Word(0, False, False), by=by, at=at)
    office.post("/signatories/next")

    said = office.see("/signatories/")

    assert f"{record.name} gets 1 more passkey: “Unheard of”, added on {clock.say(at)}." in said

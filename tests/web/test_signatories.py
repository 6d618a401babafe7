"""The signatories' page: what the next roster would change is said so that whoever signs it knows which passkeys come in."""

import pytest
from flask.testing import FlaskClient

from campaigns.agreement import keyrings
from campaigns.agreement.passkeys import Word
from campaigns.agreement.rosters import Key
from campaigns.foundation import clock, officers
from tests.campaigns.stories import MINUTE
from tests.web.conftest import Clock
from tests.web.office import Office, open_office
from tests.web.visitors import words_on


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


def test_whoever_is_to_sign_is_told_first_that_somebody_suspended_may_sign_again_and_with_which_passkeys(
    office: Office, clock: Clock
) -> None:
    with office.database.reading() as session:
        record, other = officers.signatories(session, "hse")[0], officers.signatories(session, "lacors")[0]
    office.sit("signatory", "hse")
    office.post("/signatories/next")
    assert "is taken back, as they may have signed it" in office.see(f"/signatories/{record.id}/suspension")
    assert "a roster that waited for signatures is taken back" in words_on(
        office.post(f"/signatories/{record.id}/suspension", reason="Key stolen")
    )
    assert "Waiting for signatures" not in office.see("/signatories/")

    clock.forward(MINUTE)
    office.post("/signatories/next")
    said = f"What would change: {record.name} was suspended (Key stolen) and may sign again"
    assert f"{said}, with a passkey they had then." in office.see("/signatories/")
    with office.database.transaction() as session:
        by, held = officers.get(session, record.id), keyrings.of(session, record.id)
        for one in held:
            keyrings.remove(session, one.id, by=by, at=office.desk.clock())
        key = Key(id="another", cose="key", software=True)
        keyrings.keep(session, key, name="New", word=Word(0, False, False), by=by, at=office.desk.clock())
    clock.forward(MINUTE)
    office.post("/signatories/next")
    office.sit("signatory", "lacors", name=other.name)
    assert f"{said}. {record.name} gets 1 more passkey" in office.see("/signatories/")

"""A release whose stored bytes cannot be read: every page answers, says so, and goes on with the rest."""

from datetime import timedelta
from uuid import UUID

import pytest

from campaigns.agreement import manifest, releases
from tests.campaigns.agreement.removals import lifted
from tests.web.conftest import Clock
from tests.web.office import Office
from tests.web.visitors import words_on

SAID = "What was sealed can no longer be read, so nobody can sign it and nothing is sent."


@pytest.fixture
def garbled(office: Office) -> UUID:
    """A release that waits for both signatures, with other bytes."""
    release = office.waiting()
    with office.database.transaction() as session:
        lifted(session)
        releases.get(session, release).sqlmodel_update({"manifest": b"{}", "digest": manifest.digest(b"{}")})
    return release


def test_every_page_that_speaks_of_it_answers(office: Office, garbled: UUID, clock: Clock) -> None:
    office.sit("signatory", "lacors")
    message = office.message_of(garbled)

    assert SAID in office.see(f"/releases/{garbled}")
    assert SAID in words_on(office.client.get(f"/releases/{garbled}/sign", follow_redirects=True))
    assert SAID in office.see(f"/messages/{message}")
    assert "What LOPP is cannot be read, so nobody can sign it." in office.see("/")
    for address in ("/waiting", "/messages", f"/messages/{message}/edit", f"/releases/{garbled}/readers"):
        assert office.client.get(address, follow_redirects=True).status_code == 200, address
    clock.forward(timedelta(days=3))
    assert "Read and sign" not in office.see("/")


def test_it_is_neither_signed_nor_scheduled_and_can_be_given_up(office: Office, garbled: UUID) -> None:
    office.sit("signatory", "lacors")
    digest = manifest.digest(b"{}")

    asked = office.post(f"/releases/{garbled}/challenge", digest=digest)
    assert (asked.status_code, "Its stored bytes cannot be read." in words_on(asked)) == (409, True)
    office.post(f"/releases/{garbled}/sign", digest=digest, nonce="x", answer="{}")
    assert "cannot be read" in words_on(office.client.get(f"/releases/{garbled}/schedule", follow_redirects=True))
    assert office.state(garbled) == "sealed"

    office.post(f"/releases/{garbled}/withdrawal", reason="It cannot be read.")
    assert office.state(garbled) == "withdrawn"

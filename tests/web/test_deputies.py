"""Naming a deputy: somebody who is to sign for the party and does not yet; a signatory would lose by it."""

import html
import re
from uuid import UUID

import pytest

from campaigns.agreement import rosters, software_keys
from campaigns.foundation import officers
from tests.web.office import Office
from tests.web.visitors import words_on


def test_nobody_is_offered_who_signs_already_oneself_included(office: Office) -> None:
    office.sit("signatory", "hse")

    said = office.see("/signatories/deputy/")

    assert "Everybody whose duty it is to sign for your party can sign already" in said
    assert "Who stands in?" not in said


@pytest.fixture
def new(office: Office) -> UUID:
    """Whoever is invited to sign for HSE besides; for LACoRS there is somebody, too."""
    with office.database.transaction() as session:
        found = [
            officers.add(session, name=f"New at {party}", party=party, duty="signatory", by="test", at=office.desk.clock())
            for party in ("hse", "lacors")
        ]
    return found[0].id


def put_forward(office: Office, new: UUID) -> str:
    return words_on(office.post("/signatories/deputy/", officer=str(new), ends=["31", "12", "2026"], campaign=""))


def deputies(office: Office) -> list[str]:
    with office.database.reading() as session:
        row = rosters.proposed(session)
        assert row is not None
        return [one.post for one in row.read().members if one.standing == "deputy"]


def test_somebody_invited_to_sign_is_put_forward_as_a_deputy(office: Office, new: UUID) -> None:
    office.sit("signatory", "hse")
    assert "New at hse" in office.see("/signatories/deputy/") and "New at lacors" not in office.see("/signatories/deputy/")

    assert "It comes into force once a signatory of each party has signed it" in put_forward(office, new)

    assert deputies(office) == ["New at hse"]


def test_a_deputy_is_a_signatory_again_in_the_next_roster_where_that_is_chosen(office: Office, new: UUID) -> None:
    office.sit("signatory", "hse")
    put_forward(office, new)
    with office.database.transaction() as session:
        signatories = [officers.get(session, one.id) for party in ("hse", "lacors") for one in officers.signatories(session, party)]
        software_keys.sign_roster(session, [one for one in signatories if not one.name.startswith("New")], at=office.desk.clock())
    assert "Which deputies are signatories from then on?" in office.see("/signatories/")

    office.post("/signatories/next", passwords=["hse", "lacors"])
    assert deputies(office) == ["New at hse"]
    office.post("/signatories/next", passwords=["hse", "lacors"], deputies=[str(new)])

    assert deputies(office) == []
    assert "becomes New at hse (signatory)" in office.see("/signatories/")


def test_a_roster_that_somebody_put_forward_meanwhile_is_not_replaced_unseen(office: Office, new: UUID) -> None:
    office.sit("signatory", "lacors")
    office.post("/signatories/next", seen="", passwords=["lacors"])
    office.sit("signatory", "hse")
    typed = {"officer": str(new), "ends": ["31", "12", "2026"], "campaign": "", "seen": ""}

    for address, fields in (("/signatories/deputy/", typed), ("/signatories/next", {"seen": ""})):
        answer = office.post(address, **fields)
        said = words_on(answer)
        assert answer.status_code == 409 and "Somebody else changed this list of signatories" in said
        assert "Waiting for signatures: nothing when you opened the page, “roster 2, which" in said
        assert deputies(office) == []

    assert "Roster 2 waits for signatures" in office.see("/signatories/deputy/")
    seen = next(iter(re.findall(r'name="seen"[^>]*value="([^"]+)"', office.client.get("/signatories/deputy/").text)))
    office.post("/signatories/deputy/", **typed | {"seen": html.unescape(seen)})
    assert deputies(office) == ["New at hse"]

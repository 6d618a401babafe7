"""A release of which no letter went though each has its outcome: nobody reads that it has gone out."""

import pytest

from campaigns.drafting.messages import Message
from tests.web.office import Office


def ended(office: Office, **states: int) -> str:
    """A release whose every letter has its outcome."""
    release = office.going(states=states)
    office.end(release)
    return f"/releases/{release}"


def test_it_is_said_wherever_its_state_is(office: Office) -> None:
    release = ended(office, missed=3, removed=1, rejected=1)
    message = f"/messages/{office.newest(Message)}"
    pages = [office.see(page) for page in ("/messages/", message, release, f"{release}/delivery", "/forward-plan")]

    assert all("nothing went" in page and "gone out" not in page for page in pages)
    assert all("None of its letters went:" in page and "See what became of the letters" in page for page in pages[1:3])


@pytest.mark.parametrize("state", ["accepted", "left", "returned"])
def test_one_letter_that_went_or_may_have_is_enough(office: Office, state: str) -> None:
    release = ended(office, missed=4, **{state: 1})

    assert "gone out" in office.see("/messages/") and "gone out" in office.see(release) and "gone out" in office.see("/forward-plan")


@pytest.mark.parametrize(("state", "is_open"), [("missed", True), ("accepted", False)])
def test_what_was_planned_did_not_come_about(office: Office, state: str, is_open: bool) -> None:
    ended(office, **{state: 5})
    row = {"audience": "unions", "title": "A letter", "channel": "letter", "day": ["12", "1", "2027"], "hse_owner": "Head of the unit"}
    plan = f"/campaigns/{office.campaign}/plan"

    office.post(f"{plan}/new", **row, message_id=str(office.newest(Message)))

    assert ("“A letter” has no owner from LACoRS." in office.see(plan)) == is_open

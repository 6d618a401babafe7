"""What was signed and let go, and then replaced by other words: no page says any more that it goes, and its end is nobody's alarm."""

import re
from datetime import timedelta

import pytest

from campaigns.agreement import schedules
from campaigns.delivery import unsent
from campaigns.drafting.messages import Message
from tests.web.conftest import Clock
from tests.web.office import Office


def scheduled(office: Office) -> str:
    """A release that is to go in four days."""
    release = office.agreed()
    office.post(f"/releases/{release}/schedule", when="later", day=["28", "11", "2026"], hour="10:00")
    return f"/releases/{release}"


def test_what_has_ended_is_not_said_to_wait_for_a_signature(office: Office) -> None:
    release = office.waiting()
    assert "HSE Not signed yet LACoRS Not signed yet" in office.see(f"/releases/{release}")
    office.sit("signatory", "lacors")
    office.post(f"/releases/{release}/return", reason="Say which week")

    page = office.see(f"/releases/{release}")

    assert "HSE Not signed LACoRS Not signed" in page and "Not signed yet" not in page


def test_no_page_says_that_it_goes(office: Office) -> None:
    release = scheduled(office)
    assert "“What LOPP is” goes out to 5 readers" in office.see("/")
    assert "Ashby 1 Practitioner" in office.see("/coverage/load")

    office.change(office.newest(Message), core="Other words for ((name)).")

    assert "Nothing is scheduled in these days." in office.see("/")
    assert "nothing is sealed to come" in office.see("/coverage/load")
    with office.database.reading() as session:
        assert unsent.at_authority(session, office.campaign, "E07000001") == []
    assert "Scheduled for not any more" in (page := office.see(release))
    assert "28 November 2026, 10:00" not in page.partition("History")[0]
    assert "0 waiting" in (page := office.see(f"{release}/delivery"))
    assert "5 not sent it was withdrawn, returned or replaced" in page


@pytest.mark.parametrize("end", ["returned", "withdrawn"])
def test_what_was_given_up_waits_no_more(office: Office, end: str) -> None:
    release = scheduled(office)

    office.post(f"{release}/{'return' if end == 'returned' else 'withdrawal'}", reason="Say which week")

    assert "Scheduled for not any more" in office.see(release)
    assert "0 waiting" in (page := office.see(f"{release}/delivery")) and "5 not sent" in page
    for page in (release, f"/messages/{office.newest(Message)}"):
        assert len(re.findall("(withdrew|returned) it: “Say which week”|withdrew the message", office.see(page))) == 1


def test_its_latest_time_passes_without_a_word(office: Office, clock: Clock) -> None:
    release = scheduled(office)
    office.change(office.newest(Message), core="Other words for ((name)).")

    for days in (5, 23):
        clock.forward(timedelta(days=days))
        with office.database.transaction() as session:
            schedules.begin_due(session, at=office.desk.clock())
            schedules.end_overdue(session, at=office.desk.clock())

        assert "replaced" in (page := office.see(release)).partition("What happens next.")[0]
        assert "closed it" not in page and page.count("stopped it: The release is superseded") == 1
        assert "missed" not in office.see("/forward-plan")

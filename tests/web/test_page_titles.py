"""A page is told from its like by its title: in a browser's tabs, its history, and read aloud."""

from tests.web.office import Office
from tests.web.visitors import title_of


def test_a_message_and_what_was_submitted_of_it_are_told_apart(office: Office) -> None:
    release = office.waiting()
    pages = (f"/messages/{office.message_of(release)}", f"/releases/{release}", f"/releases/{release}/sign")
    assert len({title_of(office.client.get(page)) for page in pages}) == 3


def test_records_of_one_kind_are_told_from_those_of_another(office: Office) -> None:
    office.sit()
    said = [title_of(office.client.get(f"/records/{kind}/days")) for kind in ("letters", "leavers")]
    assert said[0].startswith("How long it is kept: ") and said[0] != said[1]


def test_the_first_page_of_who_only_reads_is_called_what_it_is(office: Office) -> None:
    for duty, party, said in (("officer", "hse", "Waiting for you"), ("observer", None, "Where things stand")):
        office.sit(duty, party)
        assert title_of(office.client.get("/")).startswith(said)


def test_a_calendar_link_says_of_what(office: Office) -> None:
    office.sit()
    assert title_of(office.client.get("/calendar/links")).startswith("Calendar link: ")


def test_what_became_of_the_letters_says_its_state_as_officers_do(office: Office) -> None:
    release = office.going(states={"accepted": 5})
    assert title_of(office.client.get(f"/releases/{release}/delivery")).startswith("What LOPP is: going out")

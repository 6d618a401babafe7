"""A message says the order of its audiences: whoever is in several gets the letter to the first, and the pages say who, and which version."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from audiences import definitions, rules
from campaigns.agreement import releases
from campaigns.drafting import messages
from campaigns.foundation.officers import COUNTERSIGN
from tests.web.office import Office, open_office
from tests.web.visitors import NOON

BOTH = {"audiences": ["practitioners", "wales"], "part-unions": ""}


@pytest.fixture
def office(client: FlaskClient) -> Iterator[Office]:
    """Both parties, five readers, and an audience of everybody in Wales."""
    office = open_office(client)
    with office.database.transaction() as session:
        definitions.define(session, name="Wales", rule=rules.ticked(nations=["Wales"]), by=COUNTERSIGN, at=NOON)
    yield office


def order_on(page: str) -> list[str]:
    """The order a form carries."""
    return re.findall(r'name="order" value="([^"]+)"', page)


def test_an_officer_moves_an_audience_up_and_nothing_is_saved_yet(office: Office) -> None:
    message = office.drafted(**BOTH)

    moved = office.change(message, **BOTH, order=["practitioners", "wales"], **{"raise": "wales"}, subject="Other").get_data(as_text=True)

    assert order_on(moved) == ["wales", "practitioners"] and 'value="Other"' in moved
    assert office.revision(message) == 1
    office.change(message, **BOTH, order=["wales", "practitioners"])
    assert order_on(office.client.get(f"/messages/{message}/edit").get_data(as_text=True)) == ["wales", "practitioners"]
    with office.database.reading() as session:
        words = messages.current(session, messages.get(session, message)).read()
    assert words.audiences == ["wales", "practitioners"]


def test_what_is_ticked_anew_comes_last_and_what_is_unticked_goes(office: Office) -> None:
    message = office.drafted(**BOTH)
    ticked = ["senior-managers", "practitioners", "wales"]

    page = office.change(message, audiences=ticked, order=["wales", "practitioners", "unions"], reorder="1", **{"part-unions": ""})

    assert order_on(page.get_data(as_text=True)) == ["wales", "practitioners", "senior-managers"]


def test_the_page_says_who_gets_which_letter_by_the_order_and_lists_them(office: Office) -> None:
    message = office.drafted(**BOTH)
    page = office.see(f"/messages/{message}")
    assert "1 is in Wales too: they get the letter to Practitioners Inspector, Brynmor, Brynmor Council" in page
    assert "Practitioners 2 1 1 Wales 1 0 1" in page

    table = office.client.get(f"/messages/{message}/left-out.csv").get_data(as_text=True)
    assert "Brynmor Council,Wales,the reader already gets the letter to practitioners" in table

    office.change(message, **BOTH, order=["wales", "practitioners"])

    page = office.see(f"/messages/{message}")
    assert "1 is in Practitioners too: they get the letter to Wales Inspector, Brynmor, Brynmor Council" in page
    assert page.index("Wales, version 1. Everybody in Wales") < page.index("Practitioners, version 1. Practitioners at authorities")


def test_what_was_sealed_says_its_versions_and_that_there_is_a_newer_one(office: Office) -> None:
    release = office.waiting(**BOTH)
    message = office.message_of(release)
    pages = [f"/releases/{release}/sign", f"/releases/{release}", f"/messages/{message}"]
    before = [office.see(page) for page in pages]
    assert all("Practitioners, version 1. Practitioners at authorities that enforce health and safety." in page for page in before)
    assert all("1 is in Wales too: they get the letter to Practitioners Inspector, Brynmor" in page for page in before)
    assert not any("newer version" in page for page in before)
    with office.database.transaction() as session:
        digest = releases.get(session, release).digest
        definitions.redefine(session, "practitioners", rule=rules.ticked(nations=["Scotland"]), by=COUNTERSIGN, at=NOON)

    for page in pages:
        assert "Practitioners, version 1. Practitioners at authorities that enforce health and safety." in office.see(page)
        assert "There is now a newer version (2); the readers here stay those of version 1." in office.see(page)
        assert "Practitioners 2 1 1" in office.see(page)
    with office.database.reading() as session:
        assert releases.get(session, release).digest == digest


def test_a_message_to_an_audience_that_asks_about_what_is_gone_says_so(office: Office) -> None:
    with office.database.transaction() as session:
        wales = definitions.get(session, "wales")
        gone = rules.all_of(rules.Condition(asks="site", of=("shop",)))
        wales.rule = gone.model_dump(mode="json")
        session.add(wales)
    message = office.drafted(**BOTH)

    page = office.see(f"/messages/{message}")

    assert "Nobody can be found. Wales: Who is in it depends on an organisation that no longer exists." in page
    assert "It depends on an organisation that no longer exists" in office.see("/audiences")
    assert "Change who is in it" in office.see("/audiences/wales")

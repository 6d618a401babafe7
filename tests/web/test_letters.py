"""One letter: its state, what came of it, and its words, which are shown as they were sealed and act for nobody."""

import pytest
from flask.testing import FlaskClient

from audiences import erasures
from campaigns.delivery import acknowledgements
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.incoming import IncomingMail
from tests.web import visitors
from tests.web.letters_out import Out, sent
from tests.web.office import Office
from tests.web.visitors import words_on


@pytest.fixture
def out(client: FlaskClient) -> Out:
    """Five letters that went."""
    found = sent(client)
    found.office.sit()
    return found


def page_of(out: Out, position: int) -> str:
    return f"/releases/{out.release}/delivery/letters/{position}"


def test_a_letter_is_shown_with_what_became_of_it_and_its_words_without_the_links_that_act(out: Out) -> None:
    listed = out.office.client.get(f"/releases/{out.release}/delivery/letters?state=sent").get_data(as_text=True)
    assert page_of(out, 0) in listed

    page, words = out.office.see(page_of(out, 0)), out.office.client.get(f"{page_of(out, 0)}/words").get_data(as_text=True)

    assert f"Letter to {out.person(0).name}, Ashby Council" in page
    assert "State Sent: the mail relay took it, or an officer counted it as sent" in page
    assert f"To {out.person(0).address}, senior manager Audience Senior managers" in page
    assert "None yet: its reader has not answered, and no mail has come back." in page
    assert "The letter alone, to print" in page
    assert out.person(0).name in words and "((link))" in words
    assert not any(path in page or path in words for path in out.links[0].values())


def test_what_its_reader_said_and_the_mails_that_came_back_stand_in_their_order(out: Out) -> None:
    now = out.office.desk.clock()
    with out.database.transaction() as session:
        acknowledgements.confirm(session, out.release, 0, at=now)
        acknowledgements.answer(session, out.release, 0, "partly", at=now)
        came = {"kind": "bounce", "state": "done", "status": "4.2.2", "reason": "mailbox full", "done": "the letter came back"}
        for position in (0, 1):
            session.add(IncomingMail(digest=f"{position}", release_id=out.release, position=position, at=now, **came))
        session.get_one(Delivery, (out.release, 0)).sqlmodel_update({"vouched_by": "An officer", "maybe_twice": True})

    page = out.office.see(page_of(out, 0))

    said = (
        "confirmed that they have read it.",
        "Whether they could explain it: partly.",
        "A mail came in (bounce: 4.2.2 mailbox full): the letter",
    )
    assert all(one in page for one in said) and page.count("mailbox full") == 1
    assert "It counts as sent on the word of An officer." in page and "Possibly twice." in page


def test_an_authoritys_page_leads_to_each_letter_to_it(out: Out) -> None:
    html = out.office.client.get(f"/authorities/{out.person(0).place}").get_data(as_text=True)

    assert page_of(out, 0) in html


def test_a_persons_page_lists_their_letters_and_nobody_elses_at_an_authority_or_another_body(out: Out) -> None:
    for position in range(5):
        html = out.office.client.get(f"/people/{out.person(position).id}").get_data(as_text=True)

        assert page_of(out, position) in html and html.count("/delivery/letters/") == 1


def test_once_its_reader_is_erased_the_letter_is_not_shown_any_more(out: Out) -> None:
    person = out.person(0)
    with out.database.transaction() as session:
        erasures.erase(session, person.id, by=visitors.appoint(out.office.client.application), at=out.office.desk.clock())

    page = out.office.see(page_of(out, 0))

    assert "Letter to a reader since erased" in page and "Its reader has been erased, and the letter with them." in page
    assert person.address not in page
    assert out.office.client.get(f"{page_of(out, 0)}/words").status_code == 404


@pytest.mark.parametrize("position", ["99", "2147483648", "-1", "x"])
def test_of_a_letter_that_there_is_not_nothing_is_shown(out: Out, position: str) -> None:
    answer = out.office.client.get(f"/releases/{out.release}/delivery/letters/{position}")

    assert answer.status_code == 404


def test_a_letter_that_nobody_has_queued_says_so(office: Office) -> None:
    release = office.waiting()

    address = f"/releases/{release}/delivery/letters/0"
    page = words_on(office.client.get(address))

    assert f'href="{address}"' in office.client.get(f"/releases/{release}/readers").get_data(as_text=True)
    assert "State Waiting: it is not queued" in page and "What was said –" in page
    office.sit("signatory", "hse")
    office.post(f"/releases/{release}/return", reason="Other words")
    assert "State Not sent: nothing of its release is queued any more" in office.see(address)

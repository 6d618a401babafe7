"""Unions, professional bodies and the rest are counted apart from the authorities: who was written to, who has confirmed, who not yet."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from audiences.people import Person
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import acknowledgements, removals
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.incoming import CONFIRMS, SAID, IncomingMail
from campaigns.foundation import officers
from campaigns.planning import campaign_plans
from tests.web.letters_out import Out, sent

PAGE = "/coverage/bodies"


@pytest.fixture
def out(client: FlaskClient) -> Out:
    """Five letters that went, one of them to a union."""
    found = sent(client)
    found.office.sit()
    return found


def at_the_union(out: Out) -> int:
    """The place of the letter to the union."""
    with out.database.reading() as session:
        theirs = select(SealedLetter.position).join(Person, col(Person.id) == SealedLetter.person_id)
        return session.exec(theirs.where(SealedLetter.release_id == out.release, Person.body_code == "tuc")).one()


def test_a_union_that_was_written_to_is_counted_and_authorities_are_not(out: Out) -> None:
    page = out.office.see(PAGE)

    assert (
        "Kind Bodies Contacted At least confirmed Briefed Not yet Nobody to write to Trade unions 1 1 0 0 0 0 Professional bodies 0" in page
    )
    assert "Union of Officers written to 1 0 0 1" in page


@pytest.mark.parametrize("how", ["link", "reply"])
def test_it_has_confirmed_once_somebody_there_says_so_by_their_link_or_in_a_reply(out: Out, how: str) -> None:
    place, now = at_the_union(out), out.office.desk.clock()
    with out.database.transaction() as session:
        if how == "link":
            acknowledgements.confirm(session, out.release, place, at=now)
        else:
            mail = {"digest": "d", "kind": "reply", "state": "done", "release_id": out.release, "position": place}
            session.add(IncomingMail(**mail, at=now, done=SAID[CONFIRMS]))

    assert "Trade unions 1 1 1 0 0 0" in out.office.see(PAGE)
    assert "Union of Officers confirmed 1 1 0 1" in out.office.see(PAGE)


def test_what_came_back_was_not_written_to(out: Out) -> None:
    with out.database.transaction() as session:
        session.get_one(Delivery, (out.release, at_the_union(out))).state = "returned"

    assert "Trade unions 1 0 0 0 1 0" in out.office.see(PAGE)
    assert "Union of Officers not yet 0 0 0 1" in out.office.see(PAGE)


def test_with_nobody_known_there_the_page_says_so_and_the_file_too(out: Out) -> None:
    with out.database.transaction() as session:
        session.get_one(Delivery, (out.release, at_the_union(out))).state = "returned"
        for person in session.exec(select(Person).where(Person.body_code == "tuc")):
            person.until = out.office.desk.clock()

    assert "Union of Officers nobody to write to 0 0 0 0" in out.office.see(PAGE)
    assert "tuc,Union of Officers,union,0,0,0,0,nobody to write to" in out.office.client.get(f"{PAGE}.csv").get_data(as_text=True)


def test_a_body_whose_only_reader_wants_no_letters_has_nobody_to_write_to(out: Out) -> None:
    with out.database.transaction() as session:
        session.get_one(Delivery, (out.release, at_the_union(out))).state = "returned"
        for person in session.exec(select(Person).where(Person.body_code == "tuc")):
            removals.add(session, person.address, reason="asked", by="Reader", at=out.office.desk.clock())

    assert "Union of Officers nobody to write to 0 0 0 0" in out.office.see(PAGE)


def test_another_campaign_s_letters_do_not_count(out: Out) -> None:
    with out.database.transaction() as session:
        by = officers.add(session, name="A planner", party="hse", duty="officer", by="test", at=out.office.desk.clock())
        other = campaign_plans.begin(session, name="Another", objective="Something else", by=by, at=out.office.desk.clock())

    assert "Union of Officers not yet 0 0 0 1" in out.office.see(f"{PAGE}?campaign={other}")


def test_coverage_leads_there(out: Out) -> None:
    assert f"{PAGE}?campaign={out.campaign()}" in out.office.client.get("/coverage").get_data(as_text=True)

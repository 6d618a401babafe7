"""What pages that list everything cost: they ask no more often, and read no more, the more there is."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import col, select

from campaigns.agreement.releases import Release
from campaigns.delivery import removals
from campaigns.delivery.deliveries import Chunk
from campaigns.drafting.messages import Message
from tests.web import many
from tests.web.grounds import ADUR, Ground
from tests.web.office import Office
from tests.web.visitors import NOON, words_on


@pytest.mark.long
def test_pages_ask_no_more_often_for_more_releases(office: Office) -> None:
    waits, going = office.waiting(), office.going(states={"held": 1})
    numbers = []
    for more in (3, 20):
        with office.database.transaction() as session:
            many.releases(session, session.get_one(Release, going), more)
            many.releases(session, session.get_one(Release, going), more, state="missed", ended_at=office.desk.clock() - timedelta(days=99))
        numbers.append([many.asked(office.database, office.client, page).total() for page in ("/", "/messages/", "/audiences/unions")])

    assert numbers[0] == numbers[1]
    assert office.see("/").count("of “What LOPP is” needs you") == 1 + 2 * 23
    with office.database.transaction() as session:
        many.releases(session, session.get_one(Release, waits), 20)
    assert many.asked(office.database, office.client, "/").total() == numbers[1][0]
    assert office.see("/").count("What LOPP is is waiting for HSE and LACoRS to sign.") == 21


def test_pages_ask_no_more_often_the_more_there_is_to_sign(office: Office) -> None:
    release, pages = office.waiting(), ("/", "/waiting", "/messages/", "/forward-plan", "/coverage/load")
    office.sit("signatory", "lacors")
    few = [many.asked(office.database, office.client, page).total() for page in pages]
    with office.database.transaction() as session:
        many.releases(session, session.get_one(Release, release), 5)

    assert [many.asked(office.database, office.client, page).total() for page in pages] == few
    assert office.see("/").count("“What LOPP is” is waiting for LACoRS to sign.") == 6
    assert office.see("/waiting").count("has waited for LACoRS") == 6


def test_an_authority_s_page_asks_no_more_often_the_more_people_are_there(ground: Ground, client: FlaskClient) -> None:
    numbers = []
    for more in (1, 4):
        for number in range(more):
            ground.person(address=f"p{more}{number}@adur.test")
        numbers.append(many.asked(ground.database, client, f"/authorities/{ADUR}").total())
    with ground.database.transaction() as session:
        removals.add(session, "p41@adur.test", reason="asked for none", by="x", at=NOON, campaign_id=ground.campaign)

    assert numbers[0] == numbers[1]
    assert words_on(client.get(f"/authorities/{ADUR}")).count("not written to about") == 1


def test_the_first_page_asks_no_more_often_the_more_an_officer_has_to_do(office: Office) -> None:
    release, numbers = office.agreed(), []
    for more in (1, 4):
        with office.database.transaction() as session:
            agreed = session.get_one(Release, release)
            many.releases(session, agreed, more)
            many.releases(session, agreed, more, state="stopped", stopped_by="hse", reason="Wait")
            many.releases(session, agreed, more, state="returned", reason="Say which week")
            given_back = select(Release.message_id).where(Release.state == "returned")
            session.exec(sa.update(Message).where(col(Message.id).in_(given_back)).values(state="draft"))
        office.drafted(title=f"The {more} newest")
        numbers.append(many.asked(office.database, office.client, "/").total())

    assert numbers[0] == numbers[1]
    page = office.see("/")
    counted = [page.count(said) for said in ("is agreed by both parties", "can resume it", "was returned:", "is your draft")]
    assert counted == [6, 5, 5, 2]


def test_the_first_page_reads_no_release_that_was_over_long_ago(office: Office) -> None:
    release = office.going()
    few = many.read(office.database, office.client, "/", Release), many.read(office.database, office.client, "/", Message)
    with office.database.transaction() as session:
        over = {"state": "sent", "ended_at": office.desk.clock() - timedelta(days=99)}
        many.releases(session, session.get_one(Release, release), 5, **over)
    assert (many.read(office.database, office.client, "/", Release), many.read(office.database, office.client, "/", Message)) == few

    with office.database.transaction() as session:
        session.exec(sa.update(Chunk).values(tally={"held": 2}))
    assert office.see("/").count("2 letters of “What LOPP is” need you") == 6

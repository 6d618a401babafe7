"""An authority's page: every letter with what became of it, what people there showed, who held its posts before, and what waits."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from audiences import authorities, people, preferences, reports
from audiences.reports import Told
from campaigns.agreement import schedules
from campaigns.agreement.releases import Release
from campaigns.delivery import plans, removals
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation.database import Database
from campaigns.foundation.officers import COUNTERSIGN
from campaigns.planning.campaign_plans import Campaign
from campaigns.reach import touches
from campaigns.reach.touches import CONFIRMED, Fact
from tests.campaigns import posting, stories
from tests.campaigns.stories import DAY
from tests.web import grounds, many, office
from tests.web.grounds import ADUR, Ground
from tests.web.office import Office
from tests.web.visitors import NOON, SignIn, seen_on, words_on

ASHBY = "E07000001"


@pytest.fixture
def desk(client: FlaskClient) -> Office:
    return office.open_office(client)


@pytest.fixture
def ground(sqlite: Database, sign_in: SignIn) -> Ground:
    """Somebody at Adur; an observer looks."""
    ground = grounds.found(sqlite)
    ground.person(name="Old Post")
    sign_in("observer", None)
    return ground


def test_every_letter_is_there_with_what_became_of_it_in_words(desk: Office) -> None:
    desk.going(states={"accepted": 2, "rejected": 2})

    page = desk.see(f"/authorities/{ASHBY}")
    rows = desk.client.get(f"/authorities/{ASHBY}/history.csv").get_data(as_text=True).splitlines()

    assert "What LOPP is Revitalise LOPP Head of Health, Ashby , “What LOPP is” Senior manager Sent" in page
    assert "Inspector, Ashby , “What LOPP is” Practitioner Refused" in page
    assert len(rows) == 3 and any(",letter,refused,What LOPP is," in row for row in rows)


def test_of_a_letter_that_counts_as_sent_by_an_officers_word_it_says_whose(desk: Office) -> None:
    release = desk.going(states={"held": 5})
    desk.post(f"/releases/{release}/delivery/decisions", verdict="count as sent", position="0")

    page = desk.see(f"/authorities/{ASHBY}")
    file = desk.client.get(f"/authorities/{ASHBY}/history.csv").get_data(as_text=True)

    assert "Sent, on the word of officer of hse" in page and "Needs you" in page
    assert ',letter,"sent, on the word of officer of hse",What LOPP is,' in file


def test_what_may_still_go_waits_with_its_state(desk: Office) -> None:
    desk.waiting()
    assert "What LOPP is Waiting for HSE and LACoRS 2 By Sunday 20 December 2026, 17:00" in desk.see(f"/authorities/{ASHBY}")
    desk.going(states={"accepted": 5})
    assert "Nothing is on its way to anybody here" not in desk.see(f"/authorities/{ASHBY}")  # the first still waits


def test_what_is_going_out_or_stopped_may_go_until_its_latest_time_and_letters_in_hand_wait_too(desk: Office) -> None:
    release = desk.going(states={"attempting": 5})
    latest = "By Sunday 20 December 2026, 17:00"

    assert f"What LOPP is Going out 2 {latest}" in desk.see(f"/authorities/{ASHBY}")
    desk.post(f"/releases/{release}/stop")
    assert f"What LOPP is Stopped 2 {latest}" in desk.see(f"/authorities/{ASHBY}")


def test_what_goes_in_its_turn_is_said_to_wait_from_the_chosen_moment_and_not_to_go_on_it(desk: Office) -> None:
    release, sunday = desk.agreed(not_before=["29", "11", "2026"]), "Sunday 29 November 2026, 09:00"
    desk.sit()

    desk.post(f"/releases/{release}/schedule", when="windows")
    assert f"What LOPP is Scheduled 2 From {sunday}" in desk.see(f"/authorities/{ASHBY}")
    seen = seen_on(desk.client.get(f"/releases/{release}/schedule"))
    desk.post(f"/releases/{release}/schedule", when="now", seen=seen)
    assert f"What LOPP is Scheduled 2 On {sunday}" in desk.see(f"/authorities/{ASHBY}")


def test_of_several_letters_sealed_for_each_reader_none_waits_once_the_one_that_was_chosen_is_gone(
    ground: Ground, client: FlaskClient
) -> None:
    words = stories.words(core="At ((place)).", parts={}, holding_line=True, closed={"place": ["Leeds", "York"]}, latest_send=NOON + DAY)
    readers = [stories.reader(number, authority_code=ADUR) for number in range(2)]
    story = stories.agreed_release(ground.house, words, readers)
    story.schedule(case={"place": "Leeds"}, at=NOON)
    with ground.database.transaction() as session:
        schedules.begin_due(session, at=NOON)
        plans.plan_next(session, story.release, size=9, at=NOON)
        first = session.exec(select(Delivery).order_by(col(Delivery.position))).first()
        assert first is not None
        first.state = "accepted"
        posting.recount(session, story.release)

    assert "What LOPP is Going out 1 By " in words_on(client.get(f"/authorities/{ADUR}"))


def test_a_letter_gone_waits_no_more(desk: Office) -> None:
    desk.going(states={"accepted": 5})
    assert "Nothing is on its way to anybody here" in desk.see(f"/authorities/{ASHBY}")


def test_the_page_asks_no_more_often_the_more_was_written_and_read(desk: Office) -> None:
    release, page = desk.waiting(), f"/authorities/{ASHBY}"
    few = many.asked(desk.database, desk.client, page).total()
    with desk.database.transaction() as session:
        waits = session.get_one(Release, release)
        many.releases(session, waits, 4)
        others = session.exec(select(Release).where(Release.id != release)).all()
        for other in others:
            read = Fact(other.campaign_id, ASHBY, "practitioner", CONFIRMED, f"read:{other.id}:0", NOON, "the reader")
            touches.put(session, [read])

    assert many.asked(desk.database, desk.client, page).total() == few
    shown = desk.see(page)
    assert [shown.count(said) for said in ("Waiting for HSE and LACoRS", *(f"letter {one.reference}, What LOPP is" for one in others))] == [
        5,
        1,
        1,
        1,
        1,
    ]


def test_what_was_recorded_by_hand_says_how_and_what_shows_it(ground: Ground, client: FlaskClient) -> None:
    with ground.database.transaction() as session:
        told = Told("call", "confirmed", (ADUR,), NOON.date(), "Note of a call", role="practitioner")
        reports.record(session, ground.campaign, told, by=ground.house.drafter, at=NOON)

        passed_on = Told("relay", "written", (ADUR,), NOON.date(), "Minutes of HELA")
        reports.record(session, ground.campaign, passed_on, by=ground.house.drafter, at=NOON)

    page = words_on(client.get(f"/authorities/{ADUR}"))
    assert "Written to: passed on by HELA Minutes of HELA The whole authority" in page
    assert "Confirmed: confirmed on the telephone Note of a call Practitioner" in page
    assert ",evidence,confirmed: confirmed on the telephone,Note of a call," in client.get(f"/authorities/{ADUR}/history.csv").get_data(
        as_text=True
    )


def test_who_held_a_post_before_is_kept(ground: Ground, client: FlaskClient) -> None:
    with ground.database.transaction() as session:
        people.leave(session, people.at_place(session, ADUR)[0].id, by=COUNTERSIGN, at=NOON + timedelta(days=1))

    page = words_on(client.get(f"/authorities/{ADUR}"))
    assert "Who held these posts before (1)" in page and "Old Post , practitioner, until 25 November 2026" in page


def test_an_authority_nobody_wrote_to_says_so(ground: Ground, client: FlaskClient) -> None:
    page = words_on(client.get(f"/authorities/{ADUR}"))
    assert "No letter has been sent to it yet" in page and "Nothing is on its way" in page


def test_it_says_of_which_posts_nobody_can_be_written_to_and_somebody_who_stopped_letters_fills_none(
    ground: Ground, sign_in: SignIn, client: FlaskClient
) -> None:
    sign_in("officer", "hse")
    address = f"/authorities/{ADUR}"
    wanted = (
        "Find out who is the elected member and the senior manager here. No letter goes to these posts until there is somebody to write to."
    )
    assert wanted in words_on(client.get(address))

    with ground.database.transaction() as session:
        (practitioner,) = people.at_place(session, ADUR)
        removals.add(session, practitioner.address, reason=removals.GONE, by="tests", at=NOON)
    assert "the elected member, the practitioner and the senior manager here." in words_on(client.get(address))

    for role in ("elected_member", "senior_manager"):
        ground.person(role=role, address=f"{role}@adur.test")
    assert "Find out who is the practitioner here. No letter goes to that post until there is somebody to write to." in words_on(
        client.get(address)
    )


def test_it_says_who_wants_no_letters_about_one_campaign(ground: Ground, client: FlaskClient) -> None:
    with ground.database.transaction() as session:
        campaign = session.exec(select(Campaign)).one()
        preferences.stop(session, people.at_place(session, ADUR)[0].id, by="the reader", at=NOON, about=campaign.id)

    assert f"someone@adur.test not written to about {campaign.name}" in words_on(client.get(f"/authorities/{ADUR}"))


def test_a_county_takes_somebody_too_and_a_council_that_ended_nobody(ground: Ground, sign_in: SignIn, client: FlaskClient) -> None:
    sign_in("officer", "hse")
    assert "Add somebody here" in words_on(client.get("/authorities/E10000011"))

    with ground.database.reading() as session:
        ended = authorities.past(session)[0].code
    assert "Add somebody here" not in words_on(client.get(f"/authorities/{ended}"))


def test_of_a_council_that_ended_it_is_not_said_that_it_enforces_or_lacks_somebody_to_write_to(
    ground: Ground, sign_in: SignIn, client: FlaskClient
) -> None:
    sign_in("officer", "hse")
    with ground.database.reading() as session:
        ended = authorities.past(session)[0].code

    said = words_on(client.get(f"/authorities/{ended}"))

    assert "nobody to write to" not in said and "Nobody holds a post there any more." in said
    assert "Enforces health and safety no: it has come to an end" in said

"""The organiser's list: who was invited, by authority, what they answered, the others reminded once, and what was said by telephone."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import col

from audiences import people
from campaigns.agreement import schedules
from campaigns.briefings import cancellations
from campaigns.delivery import removals
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation.database import Database
from tests.audiences import invited
from tests.audiences.answers_given import says, told
from tests.audiences.invited import INVITED, WALES, YORKSHIRE, Invited
from tests.campaigns.stories import DAY, MINUTE, NOON, Story
from tests.web import many
from tests.web.conftest import Clock
from tests.web.visitors import SignIn, words_on


@pytest.fixture
def out(sqlite: Database, clock: Clock, sign_in: SignIn) -> tuple[Invited, Story]:
    """Invitations that went, and an officer of HSE signed in."""
    clock.at = NOON + MINUTE
    found = invited.gone(sqlite)
    sign_in("officer", "hse")
    return found


@pytest.fixture
def tour(out: tuple[Invited, Story]) -> Invited:
    """The tour of these."""
    return out[0]


def page(client: FlaskClient, tour: Invited) -> str:
    return words_on(client.get(f"/briefings/{tour.briefing().id}/invited"))


def enter(client: FlaskClient, tour: Invited, address: str, answer: str) -> str:
    link = f"/briefings/{tour.briefing().id}/invited/{tour.person(address)}"
    return words_on(client.post(link, data={"answer": answer}, follow_redirects=True))


def test_the_list_says_who_was_invited_by_authority_and_what_they_said(client: FlaskClient, tour: Invited) -> None:
    said = page(client, tour)
    assert "3 invited 0 coming 0 not coming 0 perhaps 0 sends somebody 3 not answered" in said
    assert said.index("Cardiff") < said.index("Swansea") and "Leeds" not in said

    said = enter(client, tour, "head@cardiff.test", "coming")
    assert "The answer is saved" in said and "3 invited 1 coming" in said and "by telephone" in said
    assert told(tour)[-1][1] == {"answer": "coming", "via": "officer"}
    assert "So far: coming" in words_on(client.get(f"/briefings/{tour.briefing().id}/invited/{tour.person('head@cardiff.test')}"))


def test_whose_invitation_came_back_is_said_and_what_they_say_by_telephone_is_entered(
    client: FlaskClient, out: tuple[Invited, Story]
) -> None:
    tour, story = out
    with tour.database.transaction() as session:
        session.exec(sa.update(Delivery).where(col(Delivery.release_id) == story.release).values(state="returned"))
    assert "Every invitation came back. Ring them" in page(client, tour)
    link = f"/briefings/{tour.briefing().id}/invited/{tour.person('head@cardiff.test')}"
    assert "Their invitation came back" in words_on(client.get(link))

    said = enter(client, tour, "head@cardiff.test", "coming")

    assert "1 invited 1 coming" in said and "2 whose invitation came back" in said and "Everybody else has answered." in said
    file = client.get(f"/briefings/{tour.briefing().id}/invited.csv").text
    assert [line["Answer"] for line in csv.DictReader(io.StringIO(file.lstrip("\ufeff")))].count("the invitation came back") == 2


def test_the_tour_and_the_briefing_say_how_many_come_and_home_looks_through_no_invitation(client: FlaskClient, tour: Invited) -> None:
    enter(client, tour, "head@cardiff.test", "coming")

    shown = words_on(client.get(f"/tours/{tour.tour}"))
    assert "coming 1 of 3 invited" in shown and "coming 0 of 1 invited" in shown
    assert "Coming: 1 of 3 invited" in words_on(client.get(f"/briefings/{tour.briefing().id}"))
    assert not [said for said in many.asked(tour.database, client, "/") if "sealed_occasions" in said]


def test_the_list_leaves_as_csv(client: FlaskClient, tour: Invited) -> None:
    enter(client, tour, "head@cardiff.test", "sends somebody")

    answer = client.get(f"/briefings/{tour.briefing().id}/invited.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row[0] for row in rows[1:]] == ["Cardiff", "Cardiff", "Swansea"]
    assert [row[4] for row in rows[1:]].count("not answered") == 2 and "sends somebody" in {row[4] for row in rows}


def test_those_who_have_not_answered_are_reminded_once(client: FlaskClient, out: tuple[Invited, Story]) -> None:
    tour, story = out
    enter(client, tour, "head@cardiff.test", "not coming")
    assert "Remind the 2 who have not answered" in page(client, tour)
    button = f"/briefings/{tour.briefing().id}/invited/reminders"

    assert "2 reminders will be sent" in words_on(client.post(button, follow_redirects=True))
    assert "Nobody is reminded" in words_on(client.post(button, follow_redirects=True))
    before = len(tour.transport.sent)
    tour.send(story.release, at=NOON + MINUTE)
    reminded = tour.transport.sent[before:]
    assert {one.recipient for one in reminded} == {"inspector@cardiff.test", "inspector@swansea.test"}
    assert all(INVITED[1].encode() in one.message.replace(b"=\r\n", b"") for one in reminded)


@pytest.mark.parametrize("gone", [False, True])
def test_who_was_invited_and_reminded_is_one_reader_of_what_is_stopped(gone: bool, client: FlaskClient, out: tuple[Invited, Story]) -> None:
    tour, story = out
    client.post(f"/briefings/{tour.briefing().id}/invited/reminders")
    if gone:
        tour.send(story.release, at=NOON + MINUTE)
        assert len(tour.transport.sent) == 4 + 3
        client.post(f"/briefings/{tour.briefing(YORKSHIRE).id}/invited/reminders")
    with tour.database.transaction() as session:
        schedules.stop(session, story.release, by=tour.house.hse, at=NOON + MINUTE)

    assert "It went, or may have gone, to 4 of 4 readers; letters" in words_on(client.get(f"/releases/{story.release}"))


def test_who_gets_no_more_letters_is_not_counted_among_those_to_remind(client: FlaskClient, out: tuple[Invited, Story]) -> None:
    tour, story = out
    by = {"by": tour.house.drafter, "at": NOON + MINUTE}
    with tour.database.transaction() as session:
        people.leave(session, tour.person("head@cardiff.test"), **by)
        removals.add(session, "inspector@swansea.test", reason="asked for none", by="the reader", at=NOON)
    assert "Remind 1 of the 3 who have not answered" in page(client, tour)

    answer = client.post(f"/briefings/{tour.briefing().id}/invited/reminders", follow_redirects=True)
    assert "1 reminder will be sent" in words_on(answer) and "whoever has not answered was reminded before" in words_on(answer)
    tour.transport.sent.clear()
    tour.send(story.release, at=NOON + MINUTE)
    assert [one.recipient for one in tour.transport.sent] == ["inspector@cardiff.test"]


def test_an_answer_to_the_earlier_date_is_marked_and_no_answer_any_more(client: FlaskClient, tour: Invited) -> None:
    enter(client, tour, "head@cardiff.test", "coming")
    tour.arrange(WALES, NOON + 8 * DAY)
    said, reminders = page(client, tour), f"/briefings/{tour.briefing().id}/invited/reminders"
    assert "nobody can be reminded in its words" in said and "Remind the" not in said
    assert client.post(reminders).status_code == 409, "no reminder would go: it says the day before"
    tour.invite(WALES, subject="Come on another day")

    said = page(client, tour)
    assert "answered “coming” before the briefing was changed" in said and "Remind the 3" in said
    assert "coming 0 of 3 invited" in words_on(client.get(f"/tours/{tour.tour}"))
    rows = client.get(f"/briefings/{tour.briefing().id}/invited.csv").get_data(as_text=True)
    assert ",not answered,coming,by telephone," in rows


def test_an_observer_looks_and_finds_nothing_to_enter(client: FlaskClient, tour: Invited, sign_in: SignIn) -> None:
    sign_in("observer", None)

    said = page(client, tour)
    assert "3 invited" in said and "Enter an answer" not in said and "Remind the" not in said


def test_nobody_invited_says_so_and_a_stranger_is_refused(client: FlaskClient, tour: Invited, clock: Clock) -> None:
    stranger = f"/briefings/{tour.briefing().id}/invited/{tour.person('head@leeds.test')}"
    assert client.get(stranger).status_code == client.post(stranger, data={"answer": "coming"}).status_code == 404
    assert "Choose what they said" in enter(client, tour, "head@cardiff.test", "x")

    clock.at = NOON + 7 * DAY + timedelta(hours=1)
    late = client.get(f"/briefings/{tour.briefing().id}/invited/{tour.person('head@cardiff.test')}")
    assert late.status_code == 409 and "has no date or has begun" in words_on(late), "before anything is chosen"
    assert "no more answers are taken" in page(client, tour) and set(says(tour).values()) == {"not answered"}
    tour.arrange(WALES, NOON + 9 * DAY)
    with tour.database.transaction() as session:
        cancellations.call_off(session, tour.briefing().id, reason="Flooded", by=tour.house.drafter, at=NOON)
    assert "Nobody has been invited yet" in page(client, tour)

"""The next fourteen days on the first page: a box each, with what comes and whose bank holiday or quiet period it is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import col

from campaigns.delivery.deliveries import Delivery
from campaigns.planning import rules
from campaigns.planning.rules import Typed
from tests.campaigns import posting, stories
from tests.web.grounds import CARDIFF, Ground
from tests.web.office import open_office
from tests.web.visitors import NOON, words_on

POLL = Typed("nation", "Wales", "pre-election", "pre-election period", date(2026, 11, 1), date(2026, 12, 3), "the returning officer")


def rule(ground: Ground, typed: Typed) -> None:
    with ground.database.transaction() as session:
        rules.add(session, typed, by=ground.house.drafter, at=NOON)


def test_copy_dates_bank_holidays_and_quiet_periods_stand_on_their_days(ground: Ground, client: FlaskClient) -> None:
    rule(ground, POLL)
    rule(
        ground,
        replace(POLL, scope="everywhere", place="", kind="copy date", title="Extranet", first=date(2026, 12, 1), last=date(2026, 12, 1)),
    )

    said = words_on(client.get("/"))

    assert "Tue 24 November pre-election period to 3 December: Wales Wed 25 November" in said
    assert "Mon 30 November Bank holiday in Scotland: Saint Andrew's Day" in said
    assert "Tue 1 December Copy date: Extranet" in said
    assert "Mon 7 December" in said and "Tue 8 December" not in said


def test_a_letter_goes_out_on_its_day_and_hour_and_is_blocked_where_a_poll_is_near(ground: Ground, client: FlaskClient) -> None:
    words, readers = stories.words(latest_send=NOON + timedelta(days=20)), [stories.reader(1, authority_code=CARDIFF)]
    story = stories.agreed_release(ground.house, words, readers=readers)
    story.schedule(when=NOON + timedelta(days=2), at=NOON)
    rule(ground, POLL)

    said = words_on(client.get("/"))

    assert "Thu 26 November 12:00 “What LOPP is” goes out to 1 reader" in said
    assert "What LOPP is is held back: 1 Welsh authority is held to 3 December: pre-election period." in said
    assert "Nothing is scheduled in these days." not in said


def test_what_goes_within_windows_or_before_briefings_is_not_said_to_go_out_at_that_hour(ground: Ground, client: FlaskClient) -> None:
    words, readers = stories.words(latest_send=NOON + timedelta(days=20)), [stories.reader(1, authority_code=CARDIFF)]
    story, sunday = stories.agreed_release(ground.house, words, readers=readers), NOON + timedelta(days=5)
    said = "Sun 29 November 12:00 “What LOPP is” begins to go out to 1 reader, as each reader’s own turn comes"

    for how in ({"in_windows": True}, {"tour": ground.tour(), "days": 3}):
        story.schedule(when=sunday, at=NOON, **how)

        assert said in words_on(client.get("/"))


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (timedelta(), "Tue 24 November “What LOPP is” is going out: 3 letters not gone yet"),
        (timedelta(minutes=10), "Tue 24 November “What LOPP is” is going out: 3 letters not gone yet"),
        (timedelta(days=3), "Fri 27 November 12:00 “What LOPP is” goes on: 3 letters wait for their turns"),
        (timedelta(days=30), "Nothing is scheduled in these days."),
    ],
)
def test_what_is_going_out_says_when_its_next_letters_turn_comes(client: FlaskClient, due: timedelta, said: str) -> None:
    office = open_office(client)
    release = office.going(states={"accepted": 1, "held": 1})
    with office.database.transaction() as session:
        theirs = col(Delivery.release_id) == release
        session.exec(sa.update(Delivery).where(theirs, col(Delivery.state) == "queued").values(due_at=office.desk.clock() + due))
        posting.recount(session, release)

    page = office.see("/")

    assert said in page and ("Nothing is scheduled in these days." in page) == (due.days == 30)
    office.put_in_state(release, {"accepted": 4, "attempting": 1})
    assert "is going out: 1 letter not gone yet" in office.see("/")
    office.put_in_state(release, {"accepted": 5})
    assert "Nothing is scheduled in these days." in office.see("/")

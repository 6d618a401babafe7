"""Answers to an invitation, by whichever way: the newest stands, nobody else's is taken, and none of them is evidence of reach."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from audiences import answering, comings, dossiers, erasures, invitees
from campaigns.agreement.bearers import Bearer
from campaigns.briefings import cancellations
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotFound, NotYours, Refused
from campaigns.reach.touches import Touch
from tests.audiences import invited
from tests.audiences.answers_given import HEAD, INSPECTOR, LEEDS, bearer, click, coming, mail, phone, rows, says, take, told
from tests.audiences.invited import WALES, YORKSHIRE, Invited
from tests.campaigns import stories
from tests.campaigns.stories import DAY, HOUR, MINUTE, NOON, Story
from tests.crossings import at_once

pytestmark = pytest.mark.long  # `make test` stays within five minutes


@pytest.fixture
def each(founded: Database) -> Invited:
    """Two dated briefings, and nobody invited yet, on each engine."""
    return invited.toured(stories.house(founded))


def test_whoever_is_invited_is_on_the_list_of_their_own_group_and_has_not_answered(each: Invited) -> None:
    assert coming(each).lines == []
    each.invite()

    assert says(each) == dict.fromkeys([HEAD, INSPECTOR, "inspector@swansea.test"], "not answered")
    assert says(each, YORKSHIRE) == {LEEDS: "not answered"}
    with each.database.reading() as session:
        counted = comings.of_tour(session, [each.briefing(), each.briefing(YORKSHIRE)])
    assert sorted(len(one.lines) for one in counted.values()) == [1, 3]


def test_an_answer_by_link_replaces_the_one_before_and_is_told_once_each(each: Invited) -> None:
    story = each.invite()

    assert [click(each, story, said, at=NOON + n * MINUTE) for n, said in enumerate(["perhaps", "coming", "coming"])] == [True, True, False]
    assert says(each)[HEAD] == "coming" and coming(each).tally["coming"] == 1 and len(rows(each)) == 1
    assert told(each) == [("the reader", {"answer": said, "via": "link"}) for said in ("perhaps", "coming")]


def test_whoever_answers_in_many_ways_at_once_has_one_answer(each: Invited) -> None:
    story = each.invite(WALES)
    ways: list[Callable[[], object]] = [
        lambda: click(each, story, "coming"),
        lambda: phone(each, "perhaps"),
        lambda: take(each, mail(each, "DECLINED")),
        lambda: click(each, story, "sends somebody"),
    ]
    with ThreadPoolExecutor(len(ways)) as crowd:
        done = [crowd.submit(way) for way in ways]

    assert [one.exception() for one in done] == [None] * 4
    assert len(rows(each)) == 1 and len(told(each)) == 4
    assert says(each)[HEAD] == told(each)[-1][1]["answer"]


def test_whoever_answers_while_the_others_are_reminded_is_not_reminded(on_postgres: Database) -> None:
    made = invited.toured(invited.founded(on_postgres))
    story, queued = made.invite(WALES), list[int]()

    at_once(
        on_postgres,
        lambda session: answering.by_link(session, bearer(made, story, HEAD), "coming", at=NOON),
        lambda session: queued.append(comings.remind(session, made.briefing().id, by=made.house.drafter, at=NOON)),
    )

    assert queued == [2]


def test_whoever_answers_a_letter_that_is_said_to_have_come_back_has_it_and_is_on_the_list(tour: Invited, story: Story) -> None:
    with tour.database.transaction() as session:
        session.exec(sa.update(Delivery).where(col(Delivery.release_id) == story.release).values(state="returned"))
    assert says(tour) == {} and click(tour, story, "coming")

    assert says(tour) == {HEAD: "coming"}
    with tour.database.transaction() as session:
        assert invitees.of_a_cancellation(session, tour.briefing(), at=NOON) == (1, 0)
        cancellations.call_off(session, tour.briefing().id, reason="Flooded", by=tour.house.drafter, at=NOON)
        assert invitees.cancel(session, tour.briefing().id, at=NOON) == 1


def test_whoever_rings_though_their_invitation_came_back_is_entered_and_is_on_the_list_from_then_on(tour: Invited, story: Story) -> None:
    with tour.database.transaction() as session:
        session.exec(sa.update(Delivery).where(col(Delivery.release_id) == story.release).values(state="returned"))
    with tour.database.reading() as session:
        back = {one.invitee.address: one.says for one in comings.not_told(session, tour.briefing())}
    assert back == dict.fromkeys([HEAD, INSPECTOR, "inspector@swansea.test"], "the invitation came back")

    assert phone(tour, "not coming")

    assert says(tour) == {HEAD: "not coming"}
    with tour.database.reading() as session:
        assert {one.invitee.address for one in comings.not_told(session, tour.briefing())} == back.keys() - {HEAD}


def test_no_answer_touches_anybody(tour: Invited, story: Story) -> None:
    with tour.database.reading() as session:
        before = len(session.exec(select(Touch)).all())
    click(tour, story, "coming")
    take(tour, mail(tour, "ACCEPTED", address=INSPECTOR))

    with tour.database.reading() as session:
        assert len(session.exec(select(Touch)).all()) == before
    assert coming(tour).coming == 2


def test_an_answer_to_what_was_called_off_waits_for_an_officer(tour: Invited, story: Story) -> None:
    late = mail(tour, "ACCEPTED")
    with tour.database.transaction() as session:
        cancellations.call_off(session, tour.briefing().id, reason="Flooded", by=tour.house.drafter, at=NOON)

    assert take(tour, late).state == "waiting"
    for way in (click, lambda tour, _, said: phone(tour, said)):
        with pytest.raises(NotAllowedNow):
            way(tour, story, "coming")  # type: ignore[operator]
    assert rows(tour) == [] and coming(tour).lines == []


def test_an_answer_to_the_earlier_date_is_shown_and_counts_no_more(each: Invited) -> None:
    story = each.invite(WALES)
    click(each, story, "coming")
    each.arrange(WALES, NOON + 8 * DAY)

    with each.database.reading() as session:
        asked = answering.invitation(session, bearer(each, story, HEAD), at=NOON)
    assert asked.closed == answering.MOVED and "Tuesday 19 May 2026" in asked.when and "Wednesday 20 May 2026" in asked.now.when
    with pytest.raises(NotAllowedNow, match="has been changed"):
        click(each, story, "perhaps")

    again = each.invite(WALES, subject="Come on another day")
    (line,) = [one for one in coming(each).lines if one.invitee.address.lower() == HEAD]
    assert line.earlier and line.says == "not answered" and line.answer is not None and line.answer.answer == "coming"
    assert each.person(HEAD) not in coming(each).answered
    assert take(each, mail(each, "ACCEPTED", stamped=NOON + HOUR), at=NOON + HOUR).state == "done"
    assert says(each)[HEAD] == "not answered", "their calendar still answers the earlier date"
    assert click(each, again, "coming", at=NOON + 2 * HOUR) and says(each)[HEAD] == "coming"
    assert take(each, mail(each, "DECLINED", stamped=NOON + 3 * HOUR), at=NOON + 3 * HOUR).done == answering.STANDS


def test_an_officer_enters_what_was_said_by_telephone_of_those_invited(tour: Invited) -> None:

    assert phone(tour, "sends somebody") and says(tour)[HEAD] == "sends somebody"
    assert told(tour) == [(tour.house.drafter.name, {"answer": "sends somebody", "via": "officer"})]
    with pytest.raises(NotFound):
        phone(tour, "coming", address=LEEDS)
    with pytest.raises(Refused):
        phone(tour, "of course")
    with tour.database.transaction() as session, pytest.raises(NotYours):
        answering.by_officer(session, tour.briefing().id, tour.person(HEAD), "coming", by=tour.house.observer, at=NOON)


def test_no_answer_is_taken_before_a_letter_goes_or_once_the_briefing_begins(each: Invited) -> None:
    story = each.agreed(WALES)
    with pytest.raises(NotAllowedNow, match="has not been sent"):
        click(each, story, "coming")
    story.schedule()
    gone = each.invite(WALES)

    with pytest.raises(NotAllowedNow, match="has begun"):
        click(each, gone, "coming", at=NOON + 7 * DAY)
    with pytest.raises(NotAllowedNow, match="has begun"):
        phone(each, "coming", at=NOON + 7 * DAY)
    assert take(each, mail(each, "DECLINED"), at=NOON + 7 * DAY).state == "waiting" and rows(each) == []
    assert click(each, gone, "coming", at=NOON + 7 * DAY - timedelta(seconds=1))


def test_a_person_s_dossier_says_what_they_answered_and_once_erased_no_link_answers_for_them(tour: Invited, story: Story) -> None:
    click(tour, story, "coming")
    with tour.database.transaction() as session:
        chapters = dossiers.make(session, HEAD, by=tour.house.drafter, at=NOON).chapters
        assert [(row["answer"], row["via"]) for row in chapters["what they answered to invitations"]] == [("coming", "link")]
        person = tour.person(HEAD)
        erasures.erase(session, person, by=tour.house.drafter, at=NOON)

    with tour.database.transaction() as session, pytest.raises(NotFound):
        answering.by_link(session, Bearer(story.release, rows(tour)[0].position, person, UUID(int=0)), "perhaps", at=NOON)
    assert take(tour, mail(tour, "DECLINED")).state == "waiting"

"""A release of which too much is refused, or nothing is heard, pauses itself; a letter that was put off for 72 hours is given up; both parties are told of either."""

from datetime import timedelta

import pytest
from sqlmodel import select

from campaigns.agreement import releases, schedules
from campaigns.agreement.schedules import SendingStopped
from campaigns.delivery import deliveries, pauses
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.retries import USUAL
from campaigns.delivery.settling import LettersGivenUp
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.log import Event
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import HOUR, LATEST, NOON, Story

BLOCKED = Outcome("rejected", "dot", "554 5.7.1 blocked by a rule, ann@la.test")
NOBODY = Outcome("rejected", "RCPT", "550 5.1.1 nobody here")
TAKEN = Outcome("accepted", "dot", "250 ok")
LATER = Outcome("deferred", "RCPT", "450 4.2.0 later")


def story_of(database: Database, letters: int) -> Story:
    return stories.sending_release(stories.house(database), readers=[stories.reader(number) for number in range(letters)], size=1000)


def facts(story: Story, kind: type[Event]) -> list[Event]:
    with story.database.reading() as session:
        return [log.read(entry) for entry in log.history(session, story.release) if entry.kind == kind.__name__]


@pytest.mark.parametrize(
    ("settled", "refused", "is_too_much"),
    [(20, 20, True), (19, 19, False), (59, 20, True), (60, 20, False), (500, 166, False), (500, 167, True), (0, 0, False)],
)
def test_twenty_refusals_that_are_more_than_a_third_are_too_much(settled: int, refused: int, is_too_much: bool) -> None:
    assert pauses.is_too_much(settled, refused) is is_too_much


@pytest.mark.long
def test_a_release_of_which_too_much_is_refused_pauses_itself_and_may_do_so_again(database: Database) -> None:
    story = story_of(database, 100)
    relay = RecordingTransport(outcomes=[TAKEN] * 10 + [BLOCKED] * 15 + [NOBODY] * 75)

    posting.send(story, relay)

    assert story.state() == "stopped" and story.tally()["rejected"] in {20, 21}  # one may be in hand when it is held
    (stopped,) = facts(story, SendingStopped)
    assert isinstance(stopped, SendingStopped) and "20 were refused, 15 of them by a rule of the mail servers" in stopped.reason
    assert "ann@" not in stopped.reason

    with database.transaction() as session:
        schedules.resume(session, story.release, by=story.house.hse, at=NOON)
    posting.send(story, relay)
    assert story.state() == "stopped" and len(facts(story, SendingStopped)) == 2 and story.tally()["rejected"] in range(40, 43)


@pytest.mark.long
def test_a_few_refusals_among_many_stop_nothing_and_neither_do_letters_put_off_or_unclear(database: Database) -> None:
    story = story_of(database, 100)
    unclear = Outcome("unknown", "dot", "cut")

    posting.send(story, RecordingTransport(outcomes=[NOBODY, TAKEN, TAKEN, TAKEN, LATER, unclear, TAKEN] * 14))

    assert story.state() == "sending" and story.tally()["rejected"] == 14


def test_a_release_of_which_nothing_is_heard_for_more_than_five_hundred_letters_pauses_itself_and_may_do_so_again(
    database: Database,
) -> None:
    story, cut = story_of(database, 3), Outcome("unknown", "dot", "The mail server closed the connection")

    def said(*heard: list[Outcome]) -> list[bool]:
        with database.transaction() as session:
            return [pauses.heard(session, story.release, outcomes, at=NOON) for outcomes in heard]

    assert said([cut] * 499, [cut, TAKEN], [cut] * 300, [LATER], [cut] * 500) == [False] * 5  # any answer begins the row anew
    assert said([cut]) == [True] and story.state() == "stopped"
    (stopped,) = facts(story, SendingStopped)
    assert isinstance(stopped, SendingStopped) and "Of 501 letters in a row it is not known whether they were taken" in stopped.reason

    with database.transaction() as session:
        schedules.resume(session, story.release, by=story.house.hse, at=NOON)
    assert said([cut] * 500, [cut]) == [False, True] and story.state() == "stopped"


def test_older_outcomes_count_less_and_less(database: Database) -> None:
    story = story_of(database, 3)
    with database.transaction() as session:
        pauses.heard(session, story.release, [NOBODY], at=NOON)
        for _ in range(10):
            pauses.heard(session, story.release, [TAKEN] * 1000, at=NOON)
        count = session.get_one(pauses.RefusalCount, story.release)
        assert count.settled <= pauses.WINDOW and count.refused == 0
        assert pauses.heard(session, story.release, [BLOCKED] * 600, at=NOON)
    assert story.state() == "stopped"


def test_a_release_without_refusals_has_no_count(database: Database) -> None:
    story = story_of(database, 3)

    posting.sent(story)

    with database.reading() as session:
        assert session.exec(select(pauses.RefusalCount)).all() == []


def letter(story: Story) -> Delivery:
    with story.database.reading() as session:
        return session.get_one(Delivery, (story.release, 0))


@pytest.mark.long
def test_a_letter_put_off_again_and_again_is_given_up_after_72_hours_from_its_first_try(database: Database) -> None:
    story, at, tries = story_of(database, 1), NOON, 0
    relay = RecordingTransport(outcomes=[LATER] * 200)

    while story.tally()["queued"] and at < LATEST:
        posting.send(story, relay, Clock(at))
        tries, at = tries + 1, max(letter(story).due_at, at + timedelta(seconds=1))

    row = letter(story)
    assert (row.state, row.reply) == ("rejected", "Given up after 72 hours; the last answer: 450 4.2.0 later")
    assert row.at - NOON == 72 * HOUR and row.attempts == tries <= posting.most_tries(USUAL)
    assert facts(story, LettersGivenUp) == [LettersGivenUp(letters=1)]
    with database.reading() as session:
        assert deliveries.is_done(session, releases.get(session, story.release))


def test_a_relay_that_cannot_be_reached_counts_as_no_try(database: Database) -> None:
    story = story_of(database, 1)

    posting.send(story, RecordingTransport(outcomes=[Outcome("unsent", "connection", "nobody answers")]))

    row = letter(story)
    assert (row.state, row.attempts, row.first_at) == ("queued", 0, None)


def test_a_refusal_whose_status_says_not_for_good_is_tried_again(database: Database) -> None:
    story = story_of(database, 2)

    posting.send(story, RecordingTransport(outcomes=[Outcome("rejected", "RCPT", "550 4.7.1 greylisted"), NOBODY]))

    assert story.tally()["queued"] == 1 and story.tally()["rejected"] == 1

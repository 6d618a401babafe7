"""What is to come is read from a release's census until a letter of it has its outcome, and then from the letters that have none."""

from uuid import UUID

from audiences import to_come
from audiences.to_come import Place
from campaigns.agreement import releases, schedules
from campaigns.agreement.censuses import Census
from campaigns.delivery import plans
from campaigns.delivery.deliveries import Delivery
from campaigns.drafting import messages
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.stories import LATEST, NOON, READERS, Story

PLACES = [("E07000000", "senior_manager"), ("E07000001", "senior_manager"), ("E07000002", "practitioner")]
HOLDING = {"core": "Dear ((name)), ((date))\n\n((your part))", "holding_line": True, "closed": {"date": ["12 May", "14 May"]}}


def coming(story: Story, *, but: UUID | None = None) -> dict[Place, int]:
    with story.database.reading() as session:
        return to_come.of(session, but=but, at=NOON)


def begin(story: Story, *, chunks: int, case: dict[str, str] | None = None) -> None:
    """The release begins, and so many of its letters are queued."""
    story.schedule(case=case)
    with story.database.transaction() as session:
        schedules.begin_due(session, at=NOON)
    queue(story, chunks)


def queue(story: Story, chunks: int) -> None:
    """So many letters more, each a chunk."""
    with story.database.transaction() as session:
        for _ in range(chunks):
            plans.plan_next(session, story.release, size=1, at=NOON)


def test_every_place_of_what_waits_is_to_come_once_for_each_message(database: Database) -> None:
    house = stories.house(database)
    story, other = stories.waiting_release(house), stories.agreed_release(house, readers=READERS[:1])
    stories.agreed_release(house, stories.words(**HOLDING))  # whose case is not chosen

    assert coming(story) == {**dict.fromkeys(PLACES, 1), PLACES[0]: 2}
    assert coming(story, but=story.message) == {PLACES[0]: 1}
    assert coming(story, but=other.message) == dict.fromkeys(PLACES, 1)
    with database.reading() as session:
        assert to_come.of(session, at=LATEST) == {}


def test_what_is_stopped_may_go_yet_and_what_was_given_up_or_has_other_words_goes_no_more(sqlite: Database) -> None:
    house = stories.house(sqlite)
    stopped, given_up, replaced = (stories.agreed_release(house, readers=READERS[:1]) for _ in range(3))
    stopped.schedule()
    with sqlite.transaction() as session:
        schedules.stop(session, stopped.release, by=house.hse, at=NOON)
        releases.withdraw(session, given_up.release, reason="Wrong.", by=house.hse, at=NOON)
        messages.revise(session, replaced.message, stories.words(title="Newer"), by=house.drafter, at=NOON)

    assert coming(stopped) == {PLACES[0]: 1}


def test_until_a_letter_has_its_outcome_the_census_is_read_and_no_letter(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    with database.transaction() as session:
        session.add(
            Census(release_id=story.release, audiences={"all": 1}, roles={}, nations={}, places=[("E1", "known_by_the_census_alone")])
        )

    assert coming(story) == {("E1", "known_by_the_census_alone"): 1}
    begin(story, chunks=2)
    assert coming(story) == {("E1", "known_by_the_census_alone"): 1}


def test_of_a_release_that_goes_what_is_queued_and_what_is_still_to_be_is_to_come(database: Database) -> None:
    story = stories.agreed_release(house := stories.house(database))
    stories.waiting_release(house, readers=[stories.reader(9, authority_code="beside")])
    begin(story, chunks=1)
    posting.sent(story)

    still = [*PLACES[1:], ("beside", "senior_manager")]
    assert coming(story) == dict.fromkeys(still, 1)
    queue(story, 1)
    assert coming(story) == dict.fromkeys(still, 1)
    posting.sent(story)
    assert coming(story) == dict.fromkeys(still[1:], 1)


def test_of_letters_queued_together_those_that_have_gone_are_no_more_to_come_and_of_an_authority_alone(database: Database) -> None:
    readers = [*READERS, stories.reader(7, authority_code=None)]
    story = stories.agreed_release(stories.house(database), readers=readers)
    begin(story, chunks=0)
    with database.transaction() as session:
        plans.plan_next(session, story.release, size=len(readers), at=NOON)
        session.get_one(Delivery, (story.release, 0)).state = "accepted"
        posting.recount(session, story.release)

    assert coming(story) == dict.fromkeys(PLACES[1:], 1)


def test_of_a_holding_line_only_the_case_that_was_chosen_is_to_come(database: Database) -> None:
    story = stories.agreed_release(stories.house(database), stories.words(**HOLDING))
    assert coming(story) == {}

    begin(story, chunks=0, case={"date": "14 May"})
    assert coming(story) == dict.fromkeys(PLACES, 1)
    queue(story, 2)
    posting.sent(story)
    assert coming(story) == dict.fromkeys(PLACES[2:], 1)

"""What an officer decides of an unclear letter: once, by a verdict that is known, whatever became of its release since."""

import pytest

from campaigns.agreement.releases import Release
from campaigns.delivery import decisions, deliveries
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotFound, NotYours
from tests.campaigns import posting, stories
from tests.campaigns.stories import DAY, NOON, Story


def unknown(database: Database) -> Story:
    story = stories.sending_release(stories.house(database))
    posting.send(story, RecordingTransport(outcomes=[Outcome("unknown", "dot", "cut")]))
    return story


def put(story: Story, state: str) -> None:
    with story.database.transaction() as session:
        session.get_one(deliveries.Delivery, (story.release, 0)).state = state
        posting.recount(session, story.release)


def decide(story: Story, verdict: str, *, position: int = 0, by: str = "drafter") -> None:
    with story.database.transaction() as session:
        decisions.decide(session, story.release, position, verdict=verdict, by=getattr(story.house, by), at=NOON)


@pytest.mark.parametrize(("verdict", "state"), [("count as sent", "accepted"), ("leave", "left"), ("send again", "queued")])
@pytest.mark.parametrize("unclear", ["unknown", "held"])
def test_an_officer_decides_what_becomes_of_an_unclear_letter(database: Database, unclear: str, verdict: str, state: str) -> None:
    story = unknown(database)
    put(story, unclear)

    decide(story, verdict)

    assert story.tally()[state] == (3 if state == "accepted" else 1) and sum(story.tally().values()) == 3


def test_a_letter_left_unclear_is_decided_no_more(database: Database) -> None:
    story = unknown(database)
    decide(story, "leave")

    with pytest.raises(NotAllowedNow, match="the letter was left as it is"):
        decide(story, "count as sent")


def test_a_letter_sent_again_by_an_officer_s_word_goes(database: Database) -> None:
    story = unknown(database)
    decide(story, "send again")

    transport = posting.sent(story)

    assert len(transport.sent) == 1 and story.tally()["accepted"] == 3


@pytest.mark.parametrize("verdict", ["send again", "leave", "count as sent", "accept", ""])
def test_only_an_unclear_letter_is_decided_and_by_a_known_verdict(database: Database, verdict: str) -> None:
    story = unknown(database)

    with pytest.raises(NotAllowedNow):
        decide(story, verdict, position=1)
    with pytest.raises(NotFound):
        decide(story, verdict, position=9)
    with pytest.raises(NotYours):
        decide(story, verdict, by="observer")


def test_what_never_left_does_not_count_as_sent_and_sent_again_goes_once(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    with database.transaction() as session:
        session.get_one(Delivery, (story.release, 0)).sqlmodel_update(
            {"state": "held", "stage": "here", "reply": "It cannot be put together"}
        )
        posting.recount(session, story.release)

    with pytest.raises(NotAllowedNow, match="never handed to the mail relay"):
        decide(story, "count as sent")
    decide(story, "send again")

    assert story.tally()["queued"] == 3
    with database.reading() as session:
        assert not session.get_one(Delivery, (story.release, 0)).maybe_twice


def test_what_an_officer_sends_again_begins_anew_and_nothing_of_a_release_that_ended_goes(database: Database) -> None:
    story = unknown(database)
    with database.transaction() as session:
        letter = session.get_one(Delivery, (story.release, 0))
        letter.sqlmodel_update({"first_at": NOON - DAY, "due_at": NOON + DAY, "way": "here", "vouched_by": "somebody"})
    decide(story, "send again")

    with database.transaction() as session:
        row = session.get_one(Delivery, (story.release, 0))
        assert (row.due_at, row.first_at, row.claim, row.way, row.vouched_by) == (NOON, None, None, None, None)
        row.state, session.get_one(Release, story.release).state = "held", "missed"
    with pytest.raises(NotAllowedNow, match="release has ended"):
        decide(story, "send again")


@pytest.mark.parametrize(("verdict", "state"), [("count as sent", "accepted"), ("leave", "left")])
def test_what_became_of_a_letter_is_said_once_its_release_has_ended_too(database: Database, verdict: str, state: str) -> None:
    story = unknown(database)
    with database.transaction() as session:
        session.get_one(Release, story.release).state = "missed"

    decide(story, verdict)

    with database.reading() as session:
        assert session.get_one(Delivery, (story.release, 0)).state == state
        decided = log.of_kinds(session, story.release, decisions.LetterDecided.__name__)
    assert [(entry.by, entry.payload["position"], entry.payload["verdict"]) for entry in decided] == [("HSE drafter", 0, verdict)]


def test_what_may_have_left_before_it_failed_here_may_count_as_sent_and_goes_as_possibly_twice(database: Database) -> None:
    story = unknown(database)
    decide(story, "send again")
    for verdict in ("send again", "count as sent"):
        with database.transaction() as session:
            session.get_one(Delivery, (story.release, 0)).sqlmodel_update({"state": "held", "stage": "here"})
            posting.recount(session, story.release)
        decide(story, verdict)
        with database.reading() as session:
            assert session.get_one(Delivery, (story.release, 0)).maybe_twice

    assert story.tally()["accepted"] == 3


def test_a_verdict_nobody_knows_is_refused(database: Database) -> None:
    with pytest.raises(NotAllowedNow, match="Choose what to do with this letter"):
        decide(unknown(database), "lose")

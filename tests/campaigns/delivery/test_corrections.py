"""A correction goes to exactly the readers the original may have reached, and copies no approval."""

import pytest

from campaigns.agreement import releases, signatures
from campaigns.delivery import corrections
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.drafting import messages
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON


def test_its_readers_are_those_whose_letter_went_or_may_have_gone(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    outcomes = [Outcome("accepted", "dot", "250"), Outcome("rejected", "RCPT", "550"), Outcome("unknown", "dot", "?")]
    posting.send(story, RecordingTransport(outcomes=outcomes))

    with database.reading() as session:
        found = corrections.recipients(session, story.release)

    assert found == [stories.READERS[0], stories.READERS[2]]


def test_what_has_reached_nobody_needs_no_correction(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    with pytest.raises(NotAllowedNow, match="nothing to correct"), database.transaction() as session:
        corrections.begin(session, story.release, by=story.house.drafter, at=NOON)


def test_it_is_a_draft_of_its_own_that_nobody_has_signed_and_names_what_it_corrects(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    posting.send(story, RecordingTransport())

    with database.transaction() as session:
        message = corrections.begin(session, story.release, by=story.house.drafter, at=NOON)

    release = stories.submitted(story.house, message)
    stories.seal(story.house, release)
    with database.reading() as session:
        said = releases.said(releases.get(session, release))
        original = releases.get(session, story.release)
        assert said and said.purpose == "correction" and said.corrects
        assert (said.corrects.release, said.corrects.reference) == (str(story.release), original.reference)
        assert signatures.given(session, release) == [] and messages.get(session, message).reference != original.reference

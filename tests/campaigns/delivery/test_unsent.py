"""What of a campaign waits for one authority: of a holding line the case that was chosen, and nothing whose words were changed since."""

from uuid import UUID

from campaigns.delivery import plans, unsent
from campaigns.delivery.unsent import Unsent
from campaigns.drafting import messages
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON, Story

AT = stories.reader(0).authority_code


def waiting(story: Story, campaign: UUID | None = None) -> list[Unsent]:
    with story.database.reading() as session:
        return unsent.at_authority(session, campaign or story.house.campaign, AT or "")


def test_letters_to_one_authority_wait_from_the_moment_they_are_let_go_until_they_are_tried(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    assert waiting(story) == []

    story.schedule(when=NOON)
    (found,) = waiting(story)
    assert (found.title, found.state, found.letters, found.since) == ("What LOPP is", "scheduled", 1, NOON)
    assert waiting(story, UUID(int=1)) == []

    stories.begin(story)
    assert [(one.state, one.letters) for one in waiting(story)] == [("sending", 1)]
    posting.sent(story)
    assert waiting(story) == []


def test_of_a_holding_line_one_letter_waits_for_a_reader_that_of_the_chosen_case(database: Database) -> None:
    said = {"core": "Dear ((name)),\n\nIt is on ((date)).", "parts": {}, "holding_line": True, "let_go_by": ["hse"]}
    story = stories.agreed_release(stories.house(database), stories.words(**said, closed={"date": ["12 May", "14 May"]}))
    assert waiting(story) == []

    story.schedule(case={"date": "14 May"})

    assert [one.letters for one in waiting(story)] == [1]


def test_what_has_other_words_now_waits_no_more_and_goes_no_more(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    story.schedule(when=NOON)
    with database.transaction() as session:
        messages.revise(session, story.message, stories.words(subject="Other words"), by=story.house.drafter, at=NOON)

    assert waiting(story) == []
    with database.transaction() as session:
        assert not plans.plan_next(session, story.release, size=9, at=NOON)

"""Whoever was asked to sign words that are changed before they sign hears that there is nothing to sign now."""

import pytest

from campaigns.agreement.seals import ReleaseSealed
from campaigns.drafting import messages
from campaigns.drafting.messages import MessageRevised
from tests.campaigns import stories
from tests.campaigns.agreement.test_reminders import deputy
from tests.campaigns.posting import Clock, reachable
from tests.campaigns.stories import DAY, NOON, House, Story
from tests.workers.facts import every, fact
from workers import notifying, reminding, telling
from workers.tools import Tools

ASKED = ["hse-deputy@posts.test", "hse-director@posts.test", "lacors-chair@posts.test", "lacors-deputy@posts.test"]


def revised(story: Story, tools: Tools, *, by: str = "drafter", subject: str = "Other") -> None:
    with story.database.transaction() as session:
        messages.revise(session, story.message, stories.words(subject=subject), by=getattr(story.house, by), at=NOON)
    for _ in range(2):
        telling.tell_signers_theirs_is_void(fact(story.database, MessageRevised), tools)


def told(story: Story) -> dict[str, str]:
    """Who had which notice since they were asked."""
    return {
        one.to: " ".join((one.text or "").split()) for one in every(story.database) if "to sign now" in one.subject or "void" in one.subject
    }


@pytest.mark.parametrize("by", ["drafter", "lacors"])
def test_whoever_was_asked_and_had_not_signed_is_told_once_that_the_words_changed(house: House, tools: Tools, by: str) -> None:
    story = stories.waiting_release(reachable(house))
    notifying.ask_for_signatures(fact(house.database, ReleaseSealed), tools)

    revised(story, tools, by=by)
    revised(story, tools, subject="Another")

    found = told(story)
    assert sorted(found) == [one for one in ASKED if by == "drafter" or one != "lacors-chair@posts.test"]
    assert len(every(house.database)) == len(ASKED) + len(found)
    said = (
        "changed the subject. The words you were asked to sign will not be sent. You will be asked again once the new ones are submitted."
    )
    assert all(text.startswith("Nothing to sign now:") and said in text for text in found.values())


def test_of_a_half_signed_release_each_is_told_what_is_theirs(house: House, tools: Tools) -> None:
    story = stories.waiting_release(reachable(house))
    notifying.ask_for_signatures(fact(house.database, ReleaseSealed), tools)
    story.sign(house.hse)

    revised(story, tools)

    found = told(story)
    assert {one: text.split(":")[0] for one, text in found.items()} == {
        "hse-director@posts.test": "Your signature is void",
        "lacors-chair@posts.test": "Nothing to sign now",
        "lacors-deputy@posts.test": "Nothing to sign now",
    }


def test_deputies_who_were_asked_by_the_third_reminder_are_told_too(house: House, tools: Tools, clock: Clock) -> None:
    deputy(reachable(house), "lacors", ends=NOON + 30 * DAY)
    story = stories.waiting_release(house)
    notifying.ask_for_signatures(fact(house.database, ReleaseSealed), tools)
    for _ in range(3):
        clock.at += 2 * DAY
        reminding.remind(tools)

    revised(story, tools)

    assert sorted(told(story)) == [*ASKED, "stand-in-lacors@posts.test"]


def test_nobody_is_told_where_nobody_was_asked_or_newer_words_are_submitted_by_now(house: House, tools: Tools) -> None:
    revised(story := stories.waiting_release(reachable(house)), tools)
    assert told(story) == {}

    other = stories.waiting_release(house)
    notifying.ask_for_signatures(fact(house.database, ReleaseSealed), tools)
    with house.database.transaction() as session:
        messages.revise(session, other.message, stories.words(subject="Other"), by=house.drafter, at=NOON)
    stories.submitted(house, other.message)
    telling.tell_signers_theirs_is_void(fact(house.database, MessageRevised), tools)

    assert told(other) == {}

"""Briefings with a kit: a dated one, read from an agreed release, and newer words of the same message."""

from dataclasses import replace
from uuid import UUID

from campaigns.agreement import releases
from campaigns.briefings import arranging, kit_holders, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.tours import Group
from campaigns.drafting import messages
from campaigns.drafting.words import Words
from tests.campaigns import stories
from tests.campaigns.stories import DAY, NOON, House, Story

GROUPS = [Group("wales", "Wales", "Wales"), Group("nw", "North West", "England"), Group("ne", "North East", "England")]
POST, ADDRESS = "Liaison officer, Cardiff", "liaison@cardiff.test"


def dated(story: Story, number: int = 0) -> UUID:
    """A briefing of a new tour that is read from the story's release."""
    house = story.house
    with house.database.transaction() as session:
        tour = tours.open_tour(session, house.campaign, name=f"Spring {number}", groups=GROUPS, by=house.drafter, at=NOON)
        briefing = tours.briefings(session, tour)[number].id
        arrangement = Arrangement(NOON + DAY, "Town hall", "A director", "A chair", story.release)
        arranging.arrange(session, briefing, arrangement, by=house.drafter, at=NOON)
    return briefing


def newer(story: Story, said: Words | None = None, *, signed: bool = True) -> Story:
    """Other words of the same message, agreed a day later."""
    house, words = story.house, said or stories.words(core="Dear ((name)),\n\nOther words. ((your part))")
    with house.database.transaction() as session:
        messages.revise(session, story.message, words, by=house.drafter, at=NOON)
    other = replace(story, release=stories.submitted(house, story.message))
    stories.seal(house, other.release)
    if signed:
        other.sign(house.hse, at=NOON + DAY)
        other.sign(house.lacors, at=NOON + DAY)
    return other


def withdraw(story: Story) -> None:
    """Both parties' words are taken back."""
    with story.database.transaction() as session:
        releases.withdraw(session, story.release, reason="No", by=story.house.hse, at=NOON + DAY)


def give(house: House, briefing: UUID, *, post: str = POST, address: str = ADDRESS) -> None:
    """Somebody without an account is given the kit."""
    with house.database.transaction() as session:
        kit_holders.give(session, briefing, post=post, address=address, by=house.drafter, at=NOON)

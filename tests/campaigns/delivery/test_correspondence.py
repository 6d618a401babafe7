"""Somebody's correspondence holds exactly the letters that were queued for them; before any is, what they may get is one line."""

from email import message_from_string
from uuid import UUID

import pytest
from sqlmodel import select

from audiences import invitees
from campaigns.agreement import readers, releases, schedules
from campaigns.agreement.addressees import LeftOut
from campaigns.agreement.releases import Release
from campaigns.briefings import cancellations
from campaigns.delivery import correspondence, plans
from campaigns.delivery.correspondence import Row
from campaigns.delivery.deliveries import Delivery
from campaigns.drafting.terms import Terms
from campaigns.foundation.database import Database
from tests import snapshots
from tests.audiences import invited
from tests.campaigns import posting, stories
from tests.campaigns.stories import MINUTE, NOON, READERS, House, Story

LINES = ["Thank you for coming.", "We did not see you there.", "Thank you for telling us that you could not come."]
ME = READERS[0].person_id


def about(database: Database, person: UUID) -> list[Row]:
    with database.reading() as session:
        return correspondence.about(session, [person], "")


def letters(story: Story, person: UUID) -> list[str]:
    with story.database.reading() as session:
        release = releases.get(session, story.release)
        return [readers.letter(session, release, one).decode() for one in readers.as_person(session, story.release, person)]


@pytest.fixture
def house(sqlite: Database) -> House:
    """Two signatories a party."""
    return stories.house(sqlite)


@pytest.fixture
@snapshots.once
def follow_up(house: House) -> Story:
    """A follow-up that is going, of which nobody was sent a letter yet."""
    core, terms = "Dear ((name)),\n\n((attendance))\n\n((your part))", Terms(follows_up=str(UUID(int=9)))
    story = stories.agreed_release(house, stories.words(core=core, terms=terms, closed={"attendance": LINES}))
    story.schedule()
    stories.begin(story)
    return story


def test_reminder_and_cancellation_are_in_it_beside_the_invitation(sqlite: Database) -> None:
    tour, story = invited.gone(sqlite)
    person, briefing = tour.person("inspector@swansea.test"), tour.briefing().id
    (first,) = about(sqlite, person)
    with sqlite.transaction() as session:
        invitees.remind(session, briefing, [], by=tour.house.drafter, at=NOON)
    tour.send(story.release)
    with sqlite.transaction() as session:
        cancellations.call_off(session, briefing, reason="Flooded", by=tour.house.drafter, at=NOON)
        invitees.cancel(session, briefing, at=NOON)
    tour.send(story.release)

    found = about(sqlite, person)

    assert found[0] == first
    assert [(row["case"], row["letter"]) for row in found] == list(
        zip((f"invitation: {said}" for said in invited.INVITED), letters(story, person), strict=True)
    )
    assert {row["outcome"] for row in found} == {"accepted"}


def test_of_a_follow_up_only_the_letter_that_was_queued_is_in_it(follow_up: Story) -> None:
    with follow_up.database.transaction() as session:
        assert plans.plan_these(session, follow_up.release, f"attendance: {LINES[1]}", [ME], at=NOON) == 1

    (letter,) = about(follow_up.database, ME)

    assert (letter["case"], letter["outcome"]) == (f"attendance: {LINES[1]}", "queued")
    assert letter["letter"] == letters(follow_up, ME)[1]


def test_what_somebody_may_get_one_of_is_one_line_that_names_every_case(follow_up: Story) -> None:
    (line,) = about(follow_up.database, ME)

    assert line["outcome"] == "not sent: the release is going out"
    assert line["case"] == ", or ".join(f"attendance: {said}" for said in LINES)
    assert message_from_string(line["letter"])["To"] == READERS[0].address


def test_whoever_got_none_of_a_release_that_went_out_reads_so(follow_up: Story) -> None:
    with follow_up.database.transaction() as session:
        plans.plan_these(session, follow_up.release, f"attendance: {LINES[1]}", [READERS[1].person_id], at=NOON)
    posting.sent(follow_up)
    with follow_up.database.transaction() as session:
        assert schedules.finish(session, follow_up.release, at=NOON)

    (line,) = about(follow_up.database, ME)

    assert line["outcome"] == "not sent: the release has gone out"


def test_two_people_at_one_address_have_a_line_each(follow_up: Story) -> None:
    with follow_up.database.reading() as session:
        assert len(correspondence.about(session, [ME, READERS[1].person_id], "")) == 2


def test_of_a_holding_line_that_goes_the_case_that_was_chosen_is_in_it_and_before_all_are_one_line(house: House) -> None:
    said = stories.words(core="We meet at ((place)).\n\n((your part))", holding_line=True, closed={"place": ["Leeds", "York"]})
    story = stories.agreed_release(house, said)
    (before,) = about(house.database, ME)
    story.schedule(case={"place": "York"})
    (chosen,) = about(house.database, ME)
    stories.begin(story)
    (going,) = about(house.database, ME)

    assert (before["case"], before["outcome"]) == ("place: Leeds, or place: York", "not sent: the release is sealed")
    assert before["letter"] == letters(story, ME)[0]
    assert (chosen["case"], chosen["outcome"]) == ("place: York", "not sent: the release is scheduled")
    assert (going["case"], going["outcome"]) == ("place: York", "queued")


def test_the_oldest_stands_first_and_what_was_submitted_at_one_moment_is_kept_apart(house: House) -> None:
    said = stories.words(core="We meet at ((place)).\n\n((your part))", holding_line=True, closed={"place": ["Leeds", "York"]})
    both = {stories.agreed_release(house, said).release for _ in range(2)}
    newer, older = (stories.submitted(house, stories.drafted(house, said), at=NOON + after * MINUTE) for after in (1, -1))
    for release in (newer, older):
        stories.seal(house, release, READERS[:2], [LeftOut(READERS[2], "they asked us to stop")])

    with house.database.reading() as session:
        named = {release.id: release.reference for release in session.exec(select(Release))}
        left_out = correspondence.left_out(session, [READERS[2].person_id], "")
    first, *two, last = (line["reference"] for line in about(house.database, ME))
    assert (first, set(two), last) == (named[older], {named[one] for one in both}, named[newer]) and len(two) == 2
    assert [line["reference"] for line in left_out] == [named[older], named[newer]]


def test_what_they_were_left_out_of_is_told_and_which_letter_may_have_come_twice(house: House) -> None:
    for leaves_out in (ME, READERS[1].person_id):
        release = stories.submitted(house, stories.drafted(house))
        stories.seal(house, release, READERS[2:], [LeftOut(one, "they asked us to stop") for one in READERS if one.person_id == leaves_out])
    going = stories.sending_release(house)
    with house.database.transaction() as session:
        session.get_one(Delivery, (going.release, 0)).maybe_twice = True

    with house.database.reading() as session:
        (left_out,) = correspondence.left_out(session, [ME], "")
    said = [row.get("possibly twice") for person in (ME, READERS[1].person_id) for row in about(house.database, person)]

    assert (left_out["audience"], left_out["reason"]) == (READERS[0].variant, "they asked us to stop")
    assert said == ["yes", None]

"""Contacts are counted over all channels and campaigns, a letter once for a role; what is sealed to come counts too; nothing is stopped."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from audiences import contact_load
from audiences.contact_load import Limit, Load, Overload
from campaigns.agreement import censuses, manifest, releases
from campaigns.foundation.database import Database
from campaigns.reach import touches
from campaigns.reach.touches import ARTICLE, BRIEFED, BRIEFING, CALL, CHANNELS, CONFIRMED, DELIVERED, LETTER, UNRETURNED, WRITTEN, Fact
from tests.audiences.posts import CAMPAIGN, NOON
from tests.campaigns import posting, stories
from tests.campaigns.stories import DAY, HOUR

LIMIT = Limit(days=30, most=4)
HEAD = "senior_manager"


def touch(
    database: Database,
    *,
    channel: str = LETTER,
    grade: str = WRITTEN,
    role: str = HEAD,
    code: str = "E1",
    message: int | None = None,
    at: datetime = NOON,
) -> None:
    """One piece of evidence more."""
    touch.number += 1  # type: ignore[attr-defined]
    evidence = f"x:{touch.number}"  # type: ignore[attr-defined]
    message_id = UUID(int=message) if message else None
    with database.transaction() as session:
        touches.put(session, [Fact(CAMPAIGN, code, role, grade, evidence, at, "test", channel=channel, message_id=message_id)])


touch.number = 0  # type: ignore[attr-defined]


def loads(database: Database, *, at: datetime = NOON) -> dict[tuple[str, str], Load]:
    with database.reading() as session:
        return {(load.code, load.role): load for load in contact_load.everywhere(session, LIMIT, at=at)}


def over(database: Database, *places: tuple[str, str], message: UUID | None = None) -> Overload | None:
    with database.reading() as session:
        return contact_load.over(session, places, LIMIT, message_id=message, at=NOON)


def test_a_letter_counts_once_for_a_role_and_an_answer_is_no_contact(database: Database) -> None:
    for _ in range(3):
        touch(database, message=1)  # three people in one role
    touch(database, message=2)
    touch(database, message=3, grade=CONFIRMED)
    for grade in (DELIVERED, UNRETURNED):  # whose being written has been taken back
        touch(database, grade=grade)
    touch(database, channel=CALL, grade=CONFIRMED)
    touch(database, channel=ARTICLE, message=1)
    touch(database, channel=ARTICLE, message=1)

    (load,) = loads(database).values()
    assert {channel: number for channel, number in load.channels.items() if number} == {LETTER: 4, CALL: 1, ARTICLE: 2}
    assert (load.past, load.coming, load.total) == (7, 0, 7)


def test_what_touched_a_whole_authority_counts_for_every_role_there(database: Database) -> None:
    touch(database, message=1)
    touch(database, channel=BRIEFING, grade=BRIEFED, role="")

    found = loads(database)
    assert (found["E1", HEAD].total, found["E1", ""].channels) == (2, dict.fromkeys(CHANNELS, 0) | {BRIEFING: 1})
    for number in range(2, 5):
        touch(database, message=number, role="practitioner")
    assert over(database, ("E1", "practitioner")) == Overload(LIMIT, 1, 5, 5)
    assert over(database, ("E1", "elected_member")) is None
    for _ in range(3):
        touch(database, channel=BRIEFING, grade=BRIEFED, role="")
    assert over(database, ("E1", "elected_member"), ("E2", "elected_member")) == Overload(LIMIT, 1, 5, 5)


def test_only_the_last_days_count_and_only_evidence_that_stands(database: Database) -> None:
    touch(database, message=1, at=NOON - 31 * DAY)
    touch(database, message=2, at=NOON - 30 * DAY)
    touch(database, message=4, at=NOON + 3 * DAY)
    touch(database, message=3)
    with database.transaction() as session:
        touches.take_back(session, [f"x:{touch.number}"], at=NOON)  # type: ignore[attr-defined]

    assert [load.total for load in loads(database).values()] == [1]
    assert loads(database, at=NOON + 2 * DAY) == {}


def test_the_warning_says_for_how_many_and_the_how_manieth_it_would_be(database: Database) -> None:
    for code, number in (("E1", 4), ("E2", 4), ("E3", 3), ("E4", 5)):
        for message in range(1, number + 1):
            touch(database, code=code, message=message)
    for _ in range(4):
        touch(database, code="E5", channel=CALL)
    with database.reading() as session:
        assert [load.code for load in contact_load.everywhere(session, LIMIT, at=NOON)] == ["E4", "E1", "E2", "E5", "E3"]
    places = [(code, HEAD) for code in ("E1", "E2", "E3", "E4", "E9")]

    alike, differing = over(database, *places[:3], ("E1", "practitioner")), over(database, *places)
    assert alike and alike.sentence() == "This would be the 5th contact in 30 days for 2 authorities."
    assert replace(alike, limit=Limit(1, 4)).sentence() == "This would be the 5th contact in 1 day for 2 authorities."
    assert differing and differing.sentence() == "This would be the 5th to 6th contact in 30 days for 3 authorities."
    assert over(database, *places[2:3]) is None and over(database) is None
    assert over(database, places[0], message=UUID(int=1)) is None, "a message does not count against itself"
    assert over(database, ("E4", HEAD), message=UUID(int=1)) == Overload(LIMIT, 1, 5, 5), "and another does"
    assert over(database, ("E5", HEAD), message=UUID(int=1)) == Overload(LIMIT, 1, 5, 5)


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th"), (21, "21st"), (112, "112th")]
)
def test_ordinals_are_as_people_say_them(number: int, said: str) -> None:
    assert contact_load.ordinal(number) == said


def test_what_is_sealed_and_scheduled_counts_until_it_has_gone_or_cannot_go(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    place = ("E07000000", HEAD)
    sealed = loads(database)[place]
    with database.reading() as session:
        places = contact_load.places_of(censuses.of(session, story.release))
        mine = contact_load.over(session, places, Limit(30, 0), message_id=story.message, at=NOON)
    assert (sealed.past, sealed.coming) == (0, 1)
    assert mine and mine.sentence() == "This would be the 1st contact in 30 days for 3 authorities."

    story.schedule()
    stories.begin(story)
    assert loads(database)[place].coming == 1
    posting.sent(story)

    assert place not in loads(database), "what has gone is a touch, which the worker puts"
    assert loads(database, at=stories.LATEST + HOUR) == {}


def test_a_holding_line_that_waits_for_its_case_is_not_to_come(sqlite: Database) -> None:
    said = stories.words(core="Dear ((name)), ((date))\n\n((your part))", holding_line=True, closed={"date": ["12 May", "14 May"]})
    story = stories.agreed_release(stories.house(sqlite), said)

    assert loads(sqlite) == {}
    with sqlite.reading() as session:
        assert (
            "contact"
            not in manifest.canonical(manifest.read(releases.get(session, story.release).manifest or b"").model_dump(mode="json")).decode()
        )

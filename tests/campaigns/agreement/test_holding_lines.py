"""A holding line is signed for every case in advance; a duty officer picks one case, and only its letters go."""

from typing import Any

import pytest

from campaigns.agreement import releases, schedules, sealed
from campaigns.delivery.transport import RecordingTransport
from campaigns.drafting import holding_lines, letters
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, Invalid, NotYours
from tests.campaigns import posting, stories
from tests.campaigns.agreement import removals
from tests.campaigns.stories import MINUTE, NOON, House, Story

CLOSED = {"date": ["12 May", "14 May"], "place": ["Leeds"]}
CORE = "Dear ((name)),\n\nThe briefing moves to ((date)) in ((place)).\n\n((your part))"


def holding_line(house: House, **changes: Any) -> Story:
    return stories.agreed_release(house, stories.words(core=CORE, holding_line=True, closed=CLOSED, **changes))


def send(story: Story, case: dict[str, str]) -> RecordingTransport:
    with story.database.transaction() as session:
        schedules.schedule(session, story.release, when=None, case=case, by=story.house.drafter, at=NOON)
    stories.begin(story)
    return posting.sent(story)


def test_only_the_letters_of_the_case_that_was_chosen_go(database: Database) -> None:
    story = holding_line(stories.house(database))
    assert story.tally()["queued"] == 6

    transport = send(story, {"date": "14 May", "place": "Leeds"})

    assert [envelope.recipient for envelope in transport.sent] == [reader.address for reader in stories.READERS]
    texts = [letters.open_letter(envelope.message).text for envelope in transport.sent]  # a line of the raw message may break inside a date
    assert all("14 May" in text and "12 May" not in text for text in texts)
    assert story.tally()["accepted"] == 3 == sum(story.tally().values())


@pytest.mark.parametrize(
    "case", [{}, {"date": "13 May", "place": "Leeds"}, {"date": "12 May"}, {"date": "12 May", "place": "Leeds", "time": "10"}]
)
def test_a_case_that_nobody_signed_cannot_be_chosen(database: Database, case: dict[str, str]) -> None:
    story = holding_line(stories.house(database))

    with pytest.raises(Invalid, match="agreed choices"), database.transaction() as session:
        schedules.schedule(session, story.release, when=None, case=case, by=story.house.drafter, at=NOON)


def test_only_a_party_that_both_signed_for_lets_it_go(database: Database) -> None:
    house = stories.house(database)
    one, either = holding_line(house, let_go_by=["lacors"]), holding_line(house, title="Another")
    case = {"date": "12 May", "place": "Leeds"}

    with pytest.raises(NotYours, match="only an officer of LACoRS may let this go"), database.transaction() as session:
        schedules.schedule(session, one.release, when=None, case=case, by=house.drafter, at=NOON)
    with database.transaction() as session:
        schedules.schedule(session, one.release, when=None, case=case, by=house.lacors, at=NOON)
        schedules.schedule(session, either.release, when=None, case=case, by=house.drafter, at=NOON)

    assert (one.state(), either.state()) == ("scheduled", "scheduled")


def test_a_letter_of_another_case_is_refused_even_when_it_is_queued(sqlite: Database) -> None:
    story = holding_line(stories.house(sqlite))
    with sqlite.transaction() as session:
        schedules.schedule(session, story.release, when=None, case={"date": "12 May", "place": "Leeds"}, by=story.house.drafter, at=NOON)
    stories.begin(story)
    with sqlite.transaction() as session:
        removals.lifted(session)
        releases.get(session, story.release).choice = holding_lines.key({"date": "14 May", "place": "Leeds"})

    transport = RecordingTransport()
    with pytest.raises(GateClosed, match="another case"):
        posting.send(story, transport)

    assert transport.sent == []


def test_an_ordinary_release_takes_no_case(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    with pytest.raises(Invalid, match="agreed choices"), database.transaction() as session:
        schedules.schedule(session, story.release, when=None, case={"date": "12 May"}, by=story.house.drafter, at=NOON + MINUTE)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"core": CORE}, "Give the choices for ((date))"),
        ({"closed": CLOSED, "holding_line": True}, "does not stand in the words"),
        ({"core": CORE, "closed": CLOSED}, "Only a holding line"),
        ({"core": CORE, "closed": {**CLOSED, "date": ["12 May", "12 May"]}, "holding_line": True}, "given once"),
        ({"core": CORE, "closed": {**CLOSED, "date": ["x" * 81]}, "holding_line": True}, "up to 80 characters"),
        ({"core": CORE, "closed": {"date": [str(day) for day in range(5)], "place": list("abcde")}, "holding_line": True}, "25 cases"),
    ],
)
def test_words_whose_choices_cannot_be_sealed_are_refused(sqlite: Database, changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        stories.drafted(stories.house(sqlite), stories.words(**changes))

    assert any(sentence in problem.sentence for problem in refusal.value.problems)


def test_every_case_of_every_reader_is_a_leaf_of_its_own(sqlite: Database) -> None:
    story = holding_line(stories.house(sqlite))

    with sqlite.reading() as session:
        said = releases.said(releases.get(session, story.release))
        assert said and (said.purpose, said.letters, said.readers, said.cases, said.closed) == ("holding line", 6, 3, 2, CLOSED)
        assert [sealed.count(session, story.release, holding_lines.key(case)) for case in holding_lines.cases(CLOSED)] == [3, 3]

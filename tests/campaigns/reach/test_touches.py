"""Evidence is put once, brought up to date, and taken back; never added up."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlmodel import select

from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from campaigns.reach import touches
from campaigns.reach.touches import Fact, Touch
from tests import touch_log
from tests.campaigns.stories import MINUTE, NOON

CAMPAIGN = UUID(int=1)
FACT = Fact(CAMPAIGN, "E07000001", "practitioner", "written", "letter:1", NOON, "Countersign")


def standing(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(touch.evidence, touch.grade) for touch in touch_log.of_campaign(session, CAMPAIGN)]


def put(database: Database, *facts: Fact) -> None:
    with database.transaction() as session:
        touches.put(session, facts)


def test_evidence_heard_twice_counts_once(database: Database) -> None:
    put(database, FACT)
    put(database, FACT, replace(FACT, evidence="letter:2", at=NOON + MINUTE))

    assert standing(database) == [("letter:1", "written"), ("letter:2", "written")]


def test_the_same_evidence_twice_in_one_telling_counts_once(database: Database) -> None:
    put(database, FACT, replace(FACT, role="elected_member"))

    assert standing(database) == [("letter:1", "written")]


def test_more_touches_than_fit_one_statement_are_all_put(database: Database) -> None:
    put(database, *(replace(FACT, evidence=f"letter:{number}") for number in range(1201)))

    assert len(standing(database)) == 1201


def test_evidence_taken_back_counts_no_more_until_it_is_put_again(database: Database) -> None:
    put(database, FACT)
    with database.transaction() as session:
        touches.take_back(session, ["letter:1", "letter:unheard-of"], at=NOON)
    assert standing(database) == []

    put(database, FACT)

    assert standing(database) == [("letter:1", "written")]


def test_only_what_is_named_is_taken_back_and_it_stays_taken_back_since_then(database: Database) -> None:
    put(database, FACT, replace(FACT, evidence="letter:2"))

    for moment in (NOON, NOON + MINUTE):
        with database.transaction() as session:
            touches.take_back(session, ["letter:1"], at=moment)

    assert standing(database) == [("letter:2", "written")]
    with database.reading() as session:
        assert session.exec(select(Touch.withdrawn_at).where(Touch.evidence == "letter:1")).one() == NOON


def test_touches_are_of_their_campaign(database: Database) -> None:
    other = UUID(int=2)
    put(database, FACT, replace(FACT, evidence="letter:2", campaign_id=other))

    assert standing(database) == [("letter:1", "written")]


def test_who_had_the_basics_had_one_of_those_letters_or_was_briefed_in_this_campaign(database: Database) -> None:
    basics, news, other = UUID(int=3), UUID(int=4), UUID(int=2)
    put(
        database,
        replace(FACT, authority_code="had it", message_id=basics),
        replace(FACT, authority_code="had the news", evidence="letter:2", message_id=news),
        replace(FACT, authority_code="was briefed", evidence="attendance:1", grade="briefed"),
        replace(FACT, authority_code="elsewhere", evidence="letter:3", campaign_id=other, message_id=basics),
        replace(FACT, authority_code="not any more", evidence="letter:4", message_id=basics),
    )
    with database.transaction() as session:
        touches.take_back(session, ["letter:4"], at=NOON)

    with database.reading() as session:
        assert touches.had(session, CAMPAIGN, [basics]) == {"had it", "was briefed"}


def test_what_touched_an_authority_is_its_own_in_the_campaigns_looked_at_and_stands(database: Database) -> None:
    other = UUID(int=2)
    put(
        database,
        replace(FACT, evidence="letter:2", at=NOON + MINUTE),
        FACT,
        replace(FACT, evidence="letter:3", authority_code="E07000002"),
        replace(FACT, evidence="letter:4", campaign_id=other),
        replace(FACT, evidence="letter:5"),
    )
    with database.transaction() as session:
        touches.take_back(session, ["letter:5"], at=NOON)

    with database.reading() as session:
        assert [one.evidence for one in touches.of_authority(session, FACT.authority_code, [CAMPAIGN])] == ["letter:1", "letter:2"]


@pytest.mark.parametrize("grade", ["opened", "clicked", "reached", ""])
def test_an_open_or_a_click_is_no_evidence(database: Database, grade: str) -> None:
    with pytest.raises(Refused, match="not a grade of reach"):
        put(database, FACT, replace(FACT, grade=grade, evidence="pixel:1"))

    assert standing(database) == []


def test_nothing_to_put_puts_nothing(database: Database) -> None:
    put(database)

    assert standing(database) == []

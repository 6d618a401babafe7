"""Evidence is put once, brought up to date, and taken back; never added up."""

from dataclasses import replace
from uuid import UUID

import pytest

from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from campaigns.reach import touches
from campaigns.reach.touches import Fact
from tests.campaigns.stories import MINUTE, NOON

CAMPAIGN = UUID(int=1)
FACT = Fact(CAMPAIGN, "E07000001", "practitioner", "written", "letter:1", NOON, "Countersign")


def standing(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(touch.evidence, touch.grade) for touch in touches.of_campaign(session, CAMPAIGN)]


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


@pytest.mark.parametrize("grade", ["opened", "clicked", "reached", ""])
def test_an_open_or_a_click_is_no_evidence(database: Database, grade: str) -> None:
    with pytest.raises(Refused, match="not a grade of reach"):
        put(database, FACT, replace(FACT, grade=grade, evidence="pixel:1"))

    assert standing(database) == []


def test_nothing_to_put_puts_nothing(database: Database) -> None:
    put(database)

    assert standing(database) == []

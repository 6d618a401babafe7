"""What was asked at a briefing and what came of it; what is to be done, by whom and by when."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from campaigns.briefings import actions, attendance, questions
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from campaigns.foundation.officers import Officer
from tests.campaigns.briefings.test_attendance import held
from tests.campaigns.briefings.test_sign_ins import ADUR, JANE, Line, enter, rows
from tests.campaigns.stories import NOON, Story

DUE = date(2026, 6, 1)


def ask(story: Story, briefing: UUID, question: str = "Who pays?", code: str | None = ADUR) -> UUID:
    with story.database.transaction() as session:
        return questions.raise_one(session, briefing, question=question, authority_code=code, by=story.house.drafter, at=NOON)


def plan(story: Story, briefing: UUID, what: str = "Send the note", party: str = "hse", owner: str = "LOPP lead") -> UUID:
    with story.database.transaction() as session:
        return actions.add(session, briefing, what=what, party=party, owner=owner, due=DUE, by=story.house.drafter, at=NOON)


def test_a_question_is_kept_with_what_came_of_it(database: Database) -> None:
    story, briefing = held(database)
    question = ask(story, briefing, " Who pays? ")
    ask(story, briefing, "When?\nAnd where?", None)

    with database.transaction() as session:
        assert questions.settle(session, question, outcome="HSE does", by=story.house.drafter, at=NOON)
        assert not questions.settle(session, question, outcome=" HSE does ", by=story.house.drafter, at=NOON)

    with database.reading() as session:
        found = {(row.question, row.authority_code, row.outcome) for row in questions.of_briefing(session, briefing)}
        kinds = [entry.kind for entry in log.history(session, briefing)]
    assert found == {("Who pays?", ADUR, "HSE does"), ("When?\nAnd where?", None, None)}
    assert kinds[-3:] == ["QuestionRaised", "QuestionRaised", "QuestionSettled"]


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001, "a\x00b"])
def test_words_that_cannot_be_kept_are_refused(database: Database, text: str) -> None:
    story, briefing = held(database)
    question = ask(story, briefing)

    with pytest.raises(Invalid):
        ask(story, briefing, text)
    with pytest.raises(Invalid), database.transaction() as session:
        questions.settle(session, question, outcome=text, by=story.house.drafter, at=NOON)
    with pytest.raises(Invalid) as refusal:
        plan(story, briefing, what=text, owner=text, party="nobody")

    assert [problem.field for problem in refusal.value.problems] == ["what", "owner", "party"]


def test_a_next_action_is_done_once(database: Database) -> None:
    story, briefing = held(database)
    action = plan(story, briefing)

    with database.transaction() as session:
        actions.finish(session, action, by=story.house.drafter, at=NOON)
    with database.transaction() as session, pytest.raises(NotAllowedNow, match="already"):
        actions.finish(session, action, by=story.house.drafter, at=NOON)

    with database.reading() as session:
        (row,) = actions.of_briefing(session, briefing)
    assert (row.what, row.party, row.owner, row.due, row.done_by) == ("Send the note", "hse", "LOPP lead", DUE, story.house.drafter.name)


def test_an_action_marked_as_done_by_mistake_is_still_to_be_done(database: Database) -> None:
    story, briefing = held(database)
    action = plan(story, briefing)
    with database.transaction() as session, pytest.raises(NotAllowedNow, match="is not marked as done"):
        actions.reopen(session, action, by=story.house.drafter, at=NOON)
    with database.transaction() as session:
        actions.finish(session, action, by=story.house.drafter, at=NOON)

    with database.transaction() as session:
        actions.reopen(session, action, by=story.house.drafter, at=NOON)

    with database.reading() as session:
        assert actions.due(session, [briefing]) == {briefing: DUE}


def test_only_a_writer_writes_and_only_about_what_is_there(database: Database) -> None:
    story, briefing = held(database)
    for by, refused, where in ((story.house.observer, NotYours, briefing), (story.house.drafter, NotFound, uuid4())):
        for step in steps(where, by):
            with pytest.raises(refused), database.transaction() as session:
                step(session)


def steps(briefing: UUID, by: Officer) -> list[Callable[[Session], object]]:
    return [
        lambda session: questions.raise_one(session, briefing, question="x", authority_code=None, by=by, at=NOON),
        lambda session: questions.settle(session, uuid4(), outcome="x", by=by, at=NOON),
        lambda session: actions.add(session, briefing, what="x", party="hse", owner="x", due=DUE, by=by, at=NOON),
        lambda session: actions.finish(session, uuid4(), by=by, at=NOON),
        lambda session: actions.reopen(session, uuid4(), by=by, at=NOON),
    ]


def test_a_line_that_names_somebody_is_blanked_and_nothing_beside_it(database: Database) -> None:
    story, briefing = held(database)
    question, action = ask(story, briefing, "Jane Fields asked: who pays?"), plan(story, briefing, owner="Jane Fields")
    ask(story, briefing, "When?")
    enter(story, briefing, Line(JANE))
    (row,) = rows(story, briefing)

    with database.transaction() as session:
        attendance.erase(session, row.id, ["name"])
        questions.erase(session, question, ["question"])
        actions.erase(session, action, ["owner"])

    with database.reading() as session:
        assert {(row.question, row.outcome) for row in questions.of_briefing(session, briefing)} == {("erased", None), ("When?", None)}
        assert [(row.what, row.owner) for row in actions.of_briefing(session, briefing)] == [("Send the note", "erased")]
    assert [(row.name, row.authority_code, row.role) for row in rows(story, briefing)] == [("", ADUR, "practitioner")]

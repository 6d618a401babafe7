"""Local repeats: told through a link, evidence once an officer accepts them and no longer than that."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from campaigns.briefings import repeats, tours
from campaigns.briefings.repeats import ACCEPTED, NOT_COUNTED, WAITING, Repeat, Told
from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from campaigns.reach import touches
from campaigns.reach.touches import Touch
from tests.campaigns.briefings.test_sign_ins import ADUR, START, dated
from tests.campaigns.briefings.test_tours import opened
from tests.campaigns.stories import DAY, Story

pytestmark = pytest.mark.long

TOLD = Told(
    ADUR,
    START.date(),
    "The depot",
    {"practitioner": 14, "elected_member": 2, "senior_manager": 0},
    "Who pays?",
    "Jo Reed",
    "Liaison officer",
)


def report(story: Story, briefing: UUID, *, at: timedelta = timedelta(hours=3), **changes: Any) -> bool:
    with story.database.transaction() as session:
        return repeats.report(session, briefing, replace(TOLD, **changes), at=START + at)


def only(database: Database, briefing: UUID) -> Repeat:
    with database.reading() as session:
        (row,) = repeats.of_briefing(session, briefing)
    return row


def roles(database: Database, repeat: UUID) -> tuple[list[str], int]:
    with database.reading() as session:
        facts, gone = repeats.shown(session, repeat)
    return [fact.role for fact in facts], len(gone)


def test_what_a_link_says_is_no_evidence_until_an_officer_accepts_it(database: Database) -> None:
    story, briefing = dated(database)
    assert report(story, briefing)
    row = only(database, briefing)
    assert (row.state, row.heads, roles(database, row.id)) == (WAITING, {"practitioner": 14, "elected_member": 2}, ([], 2))

    with database.transaction() as session:
        repeats.accept(session, row.id, by=story.house.drafter, at=START)

    with database.reading() as session:
        (fact, other), gone = repeats.shown(session, row.id)
    assert (fact.authority_code, fact.grade, fact.by, fact.at) == (
        ADUR,
        "briefed",
        "Jo Reed, Liaison officer",
        clock.from_london(TOLD.day, clock.time(12)),
    )
    assert fact.evidence == f"repeat:{row.id}:{fact.role}" and {fact.role, other.role} == {"practitioner", "elected_member"} and gone == []


def test_what_was_accepted_may_be_let_go_again_and_nothing_is_settled_twice(database: Database) -> None:
    story, briefing = dated(database)
    report(story, briefing)
    row, by = only(database, briefing), story.house.drafter

    for step, state in ((repeats.accept, ACCEPTED), (repeats.refuse, NOT_COUNTED), (repeats.accept, ACCEPTED)):
        with database.transaction() as session:
            step(session, row.id, by=by, at=START)
        with database.transaction() as session, pytest.raises(NotAllowedNow, match="already"):
            step(session, row.id, by=by, at=START)
        assert only(database, briefing).state == state
    with database.transaction() as session:
        with pytest.raises(NotYours):
            repeats.refuse(session, row.id, by=story.house.observer, at=START)
        with pytest.raises(NotFound):
            repeats.accept(session, uuid4(), by=by, at=START)


def test_the_same_told_twice_waits_once_and_no_more_wait_than_can_be_looked_at(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    story, briefing = dated(database)
    assert report(story, briefing)
    assert not report(story, briefing, venue=" The depot ")
    monkeypatch.setattr(repeats, "MOST_WAITING", 1)

    with pytest.raises(NotAllowedNow, match="Write to us"):
        report(story, briefing, venue="Town hall")

    assert only(database, briefing).venue == "The depot"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("venue", {"venue": ""}),
        ("venue", {"venue": "Two\nlines"}),
        ("reporter", {"reporter": "x" * 201}),
        ("post", {"post": "\u202ereversed"}),
        ("asked", {"asked": "\x00"}),
        ("day", {"day": (START + 2 * DAY).date()}),
        ("day", {"day": (START - DAY).date()}),
        ("heads", {"heads": {"practitioner": 0}}),
        ("heads", {"heads": {"practitioner": 501}}),
        ("heads", {"heads": {"practitioner": -1}}),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(database: Database, field: str, changes: dict[str, Any]) -> None:
    story, briefing = dated(database)

    with pytest.raises(Invalid) as refusal:
        report(story, briefing, **changes)

    assert [problem.field for problem in refusal.value.problems] == [field]


def test_repeats_are_told_of_from_its_day_on_for_a_year(database: Database) -> None:
    story, briefing = dated(database)
    undated = opened(story.house, "Autumn")[1].id

    for asked, at in ((briefing, -DAY), (briefing, 366 * DAY), (undated, 0 * DAY)):
        with pytest.raises(NotFound):
            report(story, asked, at=at, day=(START + at).date())
    assert report(story, briefing, at=364 * DAY, day=(START + 364 * DAY).date(), asked="")


def test_who_reported_is_forgotten_beside_the_evidence_too(database: Database) -> None:
    story, briefing = dated(database)
    report(story, briefing)
    row = only(database, briefing)
    with database.transaction() as session:
        repeats.accept(session, row.id, by=story.house.drafter, at=START)
        touches.put(session, repeats.shown(session, row.id)[0])
    with database.transaction() as session:
        repeats.refuse(session, row.id, by=story.house.drafter, at=START)
        touches.take_back(session, repeats.shown(session, row.id)[1], at=START)

    with database.transaction() as session:
        repeats.erase(session, row.id, ["reporter"])

    with database.reading() as session:
        assert {touch.by for touch in session.exec(select(Touch))} == {"erased, Liaison officer"}
    assert only(database, briefing).reporter == "erased"


def test_the_page_opens_as_its_day_begins_in_london(database: Database) -> None:
    _, briefing = dated(database)
    with database.reading() as session:
        row = tours.get(session, briefing)
    opens = clock.from_london(clock.london(START).date(), time(0))

    assert repeats.window(row) == (opens, START + repeats.OPEN_FOR)

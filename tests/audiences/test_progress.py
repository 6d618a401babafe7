"""Targets are held against coverage; steps over time go up and down with the evidence; each channel is credited with what came after it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from audiences import coverage, progress, targets
from audiences.coverage_views import View
from audiences.targets import Progress, TargetSet
from campaigns.foundation import log
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from campaigns.planning import campaign_plans
from campaigns.reach import touches
from campaigns.reach.touches import Fact
from tests.web import grounds
from tests.web.grounds import ADUR, BARNET, CARDIFF, Ground
from tests.web.visitors import NOON

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.fixture
def ground(sqlite: Any) -> Ground:
    return grounds.found(sqlite)


def touch(ground: Ground, code: str, grade: str, at: datetime, channel: str = "letter", role: str = "practitioner") -> str:
    key = f"{grade}:{code}:{channel}:{role}:{at}"
    with ground.database.transaction() as session:
        touches.put(session, [Fact(ground.campaign, code, role, grade, key, at, "Post", channel=channel)])
    return key


def steps(ground: Ground, view: View | None = None) -> list[tuple[int, int, int]]:
    """Days from today, written to by own evidence, confirmed or more."""
    with ground.database.reading() as session:
        found = progress.over_time(session, ground.campaign, view)
    return [((step.day - TODAY).days, step.own["written"], step.least["confirmed"]) for step in found]


def set_target(ground: Ground, **changes: Any) -> UUID:
    values = {
        "role": "",
        "grade": "confirmed",
        "measure": "share",
        "wanted": 50,
        "by_day": TODAY + DAY,
        "by": ground.house.drafter,
        "at": NOON,
    }
    with ground.database.transaction() as session:
        return targets.set_target(session, ground.campaign, **(values | changes))


def held(ground: Ground, today: date = TODAY) -> list[Progress]:
    with ground.database.reading() as session:
        return targets.progress(session, ground.campaign, today=today)


def test_steps_go_up_when_evidence_comes_and_down_when_it_is_taken_back(ground: Ground) -> None:
    key = touch(ground, ADUR, "written", NOON - 5 * DAY)
    touch(ground, BARNET, "written", NOON - 4 * DAY)
    touch(ground, BARNET, "briefed", NOON - 2 * DAY, "visit", "")
    with ground.database.transaction() as session:
        touches.take_back(session, [key], at=NOON - DAY)

    assert steps(ground) == [(-5, 1, 0), (-4, 2, 0), (-2, 2, 1), (-1, 1, 1)]
    assert steps(ground, View(on=TODAY - 3 * DAY)) == [(-5, 1, 0), (-4, 2, 0)]
    assert steps(ground, View(role="practitioner", nation="England", region="London")) == [(-4, 1, 0)]
    with ground.database.reading() as session:
        for day in range(-6, 1):
            grid = coverage.grid(session, ground.campaign, View(on=TODAY + day * DAY))
            assert [(grid.totals.written, grid.totals.least("confirmed"))] == [
                next((step[1:] for step in steps(ground)[::-1] if step[0] <= day), (0, 0))
            ]


def test_the_day_ends_at_midnight_in_london(ground: Ground) -> None:
    touch(ground, ADUR, "written", datetime(2026, 7, 1, 22, 59, tzinfo=UTC))  # 23:59 on 1 July
    touch(ground, BARNET, "written", datetime(2026, 7, 1, 23, 1, tzinfo=UTC))  # 00:01 on 2 July

    with ground.database.reading() as session:
        on = [coverage.grid(session, ground.campaign, View(on=date(2026, 7, day))).totals.written for day in (1, 2)]
        assert [step.day for step in progress.over_time(session, ground.campaign)] == [date(2026, 7, 1), date(2026, 7, 2)]
    assert on == [1, 2]


def test_the_past_shows_who_held_the_post_then(ground: Ground) -> None:
    ground.person(ADUR)

    with ground.database.reading() as session:
        then, now = (coverage.grid(session, ground.campaign, View(on=on)) for on in (TODAY - DAY, None))
    assert (then.totals.nobody, now.totals.nobody) == (350, 349)
    assert then.denominator == "350 authorities that enforce health and safety on 23 November 2026"


def test_a_channel_is_credited_with_what_it_touched_first_and_what_came_only_after_it(ground: Ground) -> None:
    touch(ground, ADUR, "written", NOON)
    touch(ground, ADUR, "confirmed", NOON + DAY, "call")
    touch(ground, BARNET, "briefed", NOON, "briefing")
    touch(ground, BARNET, "written", NOON + DAY)
    touch(ground, CARDIFF, "written", NOON, "article", "")

    with ground.database.reading() as session:
        found = {one.channel: one for one in progress.yields(session, ground.campaign)}
        members = {one.channel: one.touches for one in progress.yields(session, ground.campaign, View(role="elected_member"))}

    letter, call, article = found["letter"], found["call"], found["article"]
    assert (letter.touches, letter.authorities, letter.first, letter.confirmed_after) == (2, 2, 1, 1)
    assert (call.touches, call.first, call.confirmed_after) == (1, 0, 0)
    assert (article.authorities, article.first, article.confirmed_after) == (1, 1, 0)
    assert set(found) == set(touches.CHANNELS) and set(members.values()) == {0}


def test_a_target_is_held_against_its_grade_or_a_higher_one(ground: Ground) -> None:
    set_target(ground, measure="number", wanted=2)
    set_target(ground, wanted=1, role="practitioner", by_day=TODAY + 2 * DAY)
    touch(ground, ADUR, "confirmed", NOON)
    touch(ground, BARNET, "understands", NOON, "call", "elected_member")
    touch(ground, CARDIFF, "unreturned", NOON)

    number, share = held(ground)

    assert (number.have, number.need, number.of, number.state) == (2, 2, 350, "met")
    assert (share.have, share.need, share.state) == (1, 4, "open")


def test_a_target_of_briefed_authorities_counts_only_those_briefed_face_to_face(ground: Ground) -> None:
    set_target(ground, grade="briefed", measure="number", wanted=2)
    touch(ground, ADUR, "briefed", NOON, "visit")
    touch(ground, BARNET, "understands", NOON, "call")

    assert [(one.have, one.state) for one in held(ground)] == [(1, "open")]


def test_a_target_whose_day_is_over_is_judged_by_that_day(ground: Ground) -> None:
    set_target(ground, measure="number", wanted=1)
    touch(ground, ADUR, "confirmed", NOON + 3 * DAY)

    assert [one.state for one in held(ground, TODAY + DAY)] == ["met"]  # what is recorded as later cannot be looked at before
    assert [(one.have, one.state) for one in held(ground, TODAY + 4 * DAY)] == [(0, "missed")]


@pytest.mark.parametrize(
    "changes",
    [
        {"role": "emperor"}, {"grade": "opened"}, {"measure": "feeling"}, {"wanted": 0}, {"wanted": 101}, {"by_day": TODAY - DAY},
        {"measure": "number", "wanted": 1001},
    ],
)  # fmt: skip
def test_a_target_that_can_be_held_against_nothing_is_refused(ground: Ground, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        set_target(ground, **changes)
    assert held(ground) == []


def test_targets_of_a_campaign_stand_by_their_days_and_are_open_until_theirs_is_over(ground: Ground) -> None:
    by = ground.house.drafter
    with ground.database.transaction() as session:
        other = campaign_plans.begin(session, name="Another", objective="Something else", by=by, at=NOON)
        own = {"grade": "confirmed", "measure": "number", "wanted": 1, "by_day": TODAY, "by": by, "at": NOON}
        targets.set_target(session, other, role="", **own)
    later = set_target(ground, wanted=100, by_day=TODAY + DAY, at=NOON - DAY)
    second, first = (set_target(ground, measure="number", wanted=1000, by_day=TODAY, at=NOON + hours * DAY / 24) for hours in (1, 0))

    assert [(one.target.id, one.need, one.state) for one in held(ground)] == [
        (first, 1000, "open"),
        (second, 1000, "open"),
        (later, 350, "open"),
    ]
    assert [one.state for one in held(ground, TODAY + DAY)] == ["missed", "missed", "open"]
    with ground.database.reading() as session:
        assert [entry.payload["grade"] for entry in log.of_kinds(session, first, TargetSet.__name__)] == ["confirmed"]


def test_a_target_dropped_is_held_against_nobody(ground: Ground) -> None:
    target = set_target(ground)
    with ground.database.transaction() as session:
        targets.drop(session, target, by=ground.house.drafter, at=NOON)

    assert held(ground) == []
    with ground.database.transaction() as session:
        with pytest.raises(NotAllowedNow):
            targets.drop(session, target, by=ground.house.drafter, at=NOON)
        with pytest.raises(NotFound):
            targets.drop(session, UUID(int=1), by=ground.house.drafter, at=NOON)
        with pytest.raises(NotYours):
            targets.drop(session, target, by=ground.house.observer, at=NOON)

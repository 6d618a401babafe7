"""`countersign coverage`, as an operator or a script runs it."""

import json
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound, Refused
from campaigns.planning.campaign_plans import Campaign
from campaigns.reach import cells, touches
from campaigns.reach.touches import Fact
from tests.web import grounds
from tests.web.grounds import ADUR, BARNET, Ground
from web.cli.main import countersign


@pytest.fixture
def ground(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """Adur was written to on 1 May, Barnet confirmed on 2 May."""
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", sqlite.url)
    monkeypatch.setenv("COUNTERSIGN_ENV", "test")
    ground = grounds.found(sqlite)
    for number, (code, grade) in enumerate([(ADUR, "written"), (BARNET, "confirmed")], 1):
        at = clock.from_london(date(2026, 5, number), time(23, 59))
        with sqlite.transaction() as session:
            touches.put(session, [Fact(ground.campaign, code, "practitioner", grade, f"letter:{number}", at, "Post")])
    return ground


def run(*words: str) -> Result:
    return CliRunner().invoke(countersign, ["coverage", *words])


def told(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_a_campaign_is_named_by_its_name_or_its_id(ground: Ground) -> None:
    by_name, by_id = told("--campaign", "lopp"), told("--campaign", str(ground.campaign))

    assert by_name == by_id
    assert by_name["denominator"] == {"authorities": 350, "said": "350 authorities that enforce health and safety"}
    assert by_name["totals"] == by_name["by_role"]["practitioner"]
    assert by_name["totals"] == {
        "written": 1, "delivered": 0, "unreturned": 0, "confirmed": 1, "briefed": 0, "understands": 0, "none": 348, "nobody": 350,
    }  # fmt: skip
    [adur] = [one for one in by_name["authorities"] if one["code"] == ADUR]
    assert (adur["grade"], adur["grades"], adur["roles"]["practitioner"]) == ("written", ["written"], {"grade": "written", "people": 0})


def test_as_at_a_day_it_says_what_stood_at_the_end_of_it(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: clock.from_london(date(2026, 5, 3), time(12)))
    totals = [told("--campaign", "LOPP", "--as-at", f"2026-05-0{day}")["totals"] for day in (1, 2)]
    april = run("--campaign", "LOPP", "--as-at", "2026-04-30")

    assert [(one["written"], one["confirmed"]) for one in totals] == [(1, 0), (1, 1)]
    assert april.output.startswith("LOPP: 350 authorities that enforce health and safety on 30 April 2026\n")
    assert "written to 0 · confirmed 0 · briefed 0 of 350 · not yet 350" in april.output


def test_a_day_to_come_is_refused_and_today_is_now(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: clock.from_london(date(2026, 5, 2), time(23)))
    to_come = run("--campaign", "LOPP", "--as-at", "2026-05-03")

    assert to_come.exit_code == 2 and "2026-05-03 is still to come: name a day gone by, or leave it out for today." in to_come.output
    assert run("--campaign", "LOPP", "--as-at", "9999-12-31").exit_code == 2
    assert told("--campaign", "LOPP", "--as-at", "2026-05-02") == told("--campaign", "LOPP")


def test_one_role_can_be_looked_at(ground: Ground) -> None:
    assert told("--campaign", "LOPP", "--role", "elected_member")["totals"]["none"] == 350
    assert run("--campaign", "LOPP", "--role", "emperor").exit_code == 2


def test_counting_it_anew_gives_the_same(ground: Ground) -> None:
    before = told("--campaign", "LOPP")
    with ground.database.transaction() as session:
        cells.recount_stale(session, limit=10)
        session.execute(sa.update(cells.Sum).values(grade="briefed"))  # somebody meddled

    assert told("--campaign", "LOPP") != before
    assert told("--campaign", "LOPP", "--rebuild") == told("--campaign", "LOPP") == before


def test_a_campaign_that_is_not_there_or_is_two_is_refused(ground: Ground) -> None:
    with ground.database.transaction() as session:
        session.add(Campaign(name="Lopp", objective="x", begun_at=datetime(2026, 1, 1, tzinfo=clock.LONDON)))  # as older data may hold

    assert isinstance(run("--campaign", "Other").exception, NotFound)
    assert isinstance(run("--campaign", str(UUID(int=1))).exception, NotFound)
    twice = run("--campaign", "LOPP").exception
    assert isinstance(twice, Refused) and str(ground.campaign) in str(twice)

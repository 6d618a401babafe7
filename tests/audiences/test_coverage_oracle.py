"""Whatever happens, in whatever order it is heard and however often: coverage is what an independent count says, today and at any past day."""

import os
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from audiences import coverage, progress
from audiences.coverage import Grid
from audiences.coverage_views import View
from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from campaigns.reach import cells
from tests import snapshots
from tests.audiences import oracle
from tests.audiences.ledgers import Ledger
from tests.audiences.oracle import GRADES, Said
from tests.campaigns.stories import NOON

EVENTS = int(os.environ.get("COUNTERSIGN_TEST_LEDGER_EVENTS", "400"))
# The processes of one run must agree on the seed, and the next run have another.
SEEDS = [int(seed) for seed in os.environ.get("COUNTERSIGN_TEST_LEDGER_SEEDS", "").split()] or [
    random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID")).randrange(10**6)
]


def said(campaign: str, grid: Grid) -> Said:
    """What a grid says, in the oracle's words."""
    cell = {(campaign, row.authority.code, role): set(found.grades) for row in grid.rows for role, found in row.cells.items()}
    whole = {(campaign, row.authority.code, ""): {mark.grade for mark in row.whole} for row in grid.rows}
    return {place: grades for place, grades in {**cell, **whole}.items() if grades}


def counts(found: Said) -> dict[str, int]:
    """Authorities for each grade, by its own evidence."""
    return {grade: len({code for (_, code, _), grades in found.items() if grade in grades}) for grade in GRADES}


def of(campaign: str, found: Said) -> Said:
    return {place: grades for place, grades in found.items() if place[0] == campaign}


def compare(ledger: Ledger, expected: Said, view: View) -> int:
    """Every campaign's grid and numbers are as expected; gives how many cells were looked at."""
    looked = 0
    with ledger.database.reading() as session:
        for campaign in ledger.campaigns:
            grid, mine = coverage.grid(session, campaign, view), of(campaign.hex, expected)
            assert said(campaign.hex, grid) == mine
            assert grid.totals.own == counts(mine)
            assert grid.totals.nothing == len(grid.rows) - len({code for _, code, _ in mine})
            steps = progress.over_time(session, campaign, view)
            assert (steps[-1].own if steps else dict.fromkeys(GRADES, 0)) == counts(mine)
            looked += len(grid.rows) * 4
    return looked


def counted(database: Database) -> list[list[object]]:
    """Both projections, whole."""
    with database.reading() as session:
        return [sorted(map(str, session.execute(sa.select(*sa.inspect(kept).columns)))) for kept in (cells.Cell, cells.Sum)]


def storm(database: Database, settings: Settings, seed: int) -> tuple[Ledger, int]:
    """Weather it, and compare today before, during and after the recount."""
    ledger = Ledger(database, settings, random.Random(seed))
    ledger.storm(EVENTS)
    today = oracle.today(ledger.happened)
    looked = compare(ledger, today, View(opted_in=True))
    with database.transaction() as session:
        while cells.recount_stale(session, limit=5):
            pass
    looked += compare(ledger, today, View(opted_in=True))
    live = counted(database)
    with database.transaction() as session:
        for campaign in ledger.campaigns:
            cells.recount(session, campaign)
    assert counted(database) == live
    assert sum(map(len, live)) > 100
    return ledger, looked


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_coverage_is_what_an_independent_count_says(
    sqlite: Database, settings: Settings, seed: int, record_property: Callable[[str, object], None]
) -> None:
    print(f"seed {seed}")
    ledger, looked = storm(sqlite, settings, seed)

    days = (ledger.at - NOON).days
    for ago in (1, days // 3, days // 2, days):
        day = clock.london(ledger.at - timedelta(days=ago)).date()
        moment = f"{clock.end_of(day).replace(tzinfo=None)}"
        looked += compare(ledger, oracle.as_at(str(snapshots.file_of(sqlite)), moment), View(opted_in=True, on=day))
    record_property("figure", f"seed {seed}: {EVENTS:,} events, {len(ledger.happened):,} facts; {looked:,} cells compared, 0 differ")


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_on_postgresql(on_postgres: Database, settings: Settings, seed: int) -> None:
    print(f"seed {seed}")
    storm(on_postgres, settings, seed)

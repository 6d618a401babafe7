"""A schedule fires once, whoever is killed, whoever's clock jumps, and never outside what was signed: the drill, in short."""

from collections.abc import Callable

import pytest

from campaigns.foundation.database import Database
from tests.processes import schedule_drill

pytestmark = pytest.mark.long
COUNT = 12


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    if request.param == "sqlite":
        return None
    empty: Database = request.getfixturevalue("on_postgres")
    return empty.url


def test_twelve_schedules_fire_once_each_while_workers_are_killed(url: str | None, record_property: Callable[[str, object], None]) -> None:
    found = schedule_drill.play(url, count=COUNT, seconds=15, kill_every=4)

    record_property("figure", f"schedules under kills: {found}")
    assert (found["fired once"], schedule_drill.wrong(found)) == (COUNT, {})


@pytest.mark.skipif(schedule_drill.FAKETIME is None, reason="libfaketime is not installed (Debian: faketime)")
@pytest.mark.parametrize("jump", ["+1 hour"])  # `make storms` plays the others
def test_one_worker_whose_clock_jumps_sends_nothing_early_and_loses_nothing(
    url: str | None, jump: str, record_property: Callable[[str, object], None]
) -> None:
    found = schedule_drill.play(url, count=COUNT, seconds=15, jump=schedule_drill.JUMPS[jump])

    record_property("figure", f"one clock {jump}: {found}")
    assert (found["fired once"], schedule_drill.wrong(found)) == (COUNT, {})


def test_what_an_outage_kept_beyond_its_latest_time_does_not_go_and_both_parties_hear_of_it(
    url: str | None, record_property: Callable[[str, object], None]
) -> None:
    found = schedule_drill.outage(url)

    record_property("figure", f"outage: {found}")
    assert schedule_drill.outage_is_well(found | {"told within": 0}), found  # how long it took, a busy machine decides

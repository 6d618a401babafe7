"""A worker that starts under a clock that goes slow, or after one that went fast, says so."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from campaigns.planning import campaign_plans
from tests.campaigns import stories
from workers import tools


@pytest.mark.parametrize(("ahead", "said"), [(timedelta(), 0), (timedelta(seconds=60), 1), (timedelta(days=1), 1)])
def test_a_fact_that_is_later_than_the_clock_is_spoken_of(database: Database, settings: Settings, ahead: timedelta, said: int) -> None:
    house = stories.house(database)
    with database.transaction() as session:
        campaign_plans.begin(session, name="Another", objective="Told later", by=house.drafter, at=clock.now() + ahead)

    with capture_logs() as lines:
        tools.gather(
            settings.model_copy(update={"database_url": database.engine.url.render_as_string(hide_password=False)})
        ).database.dispose()

    assert [line["log_level"] for line in lines] == ["error"] * said

"""A campaign and its objective."""

from uuid import uuid4

import pytest

from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotFound, NotYours
from campaigns.planning import campaign_plans
from tests.campaigns.stories import MINUTE, NOON, house


@pytest.mark.parametrize(
    ("name", "objective", "fields"),
    [("", "", ["name", "objective"]), ("Two\r\nlines", "x", ["name"]), ("x" * 121, "x", ["name"]), ("x", "x" * 601, ["objective"])],
)
def test_a_campaign_needs_a_name_on_one_line_and_an_objective(database: Database, name: str, objective: str, fields: list[str]) -> None:
    lopp = house(database)

    with database.transaction() as session, pytest.raises(Invalid) as refusal:
        campaign_plans.begin(session, name=name, objective=objective, by=lopp.drafter, at=NOON)

    assert [problem.field for problem in refusal.value.problems] == fields


def test_campaigns_come_the_newest_first(database: Database) -> None:
    lopp = house(database)

    with database.transaction() as session:
        newer = campaign_plans.begin(session, name=" Newer ", objective="Reach them all.", by=lopp.lacors, at=NOON + MINUTE)

    with database.reading() as session:
        assert [campaign.id for campaign in campaign_plans.every(session)] == [newer, lopp.campaign]
        assert campaign_plans.get(session, newer).name == "Newer"


def test_an_observer_begins_no_campaign_and_an_unknown_one_is_refused(database: Database) -> None:
    lopp = house(database)

    with database.transaction() as session:
        with pytest.raises(NotYours):
            campaign_plans.begin(session, name="x", objective="x", by=lopp.observer, at=NOON)
        with pytest.raises(NotFound):
            campaign_plans.get(session, uuid4())

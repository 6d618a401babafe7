"""A briefing of another body, as a panel or a union: whoever comes is from that body, and is known there by their post."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from campaigns.briefings import additions, arranging, attendance, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.tours import Group
from campaigns.foundation.database import Database
from tests.web import grounds
from tests.web.grounds import Ground
from tests.web.test_arrivals import door, rows
from tests.web.visitors import NOON, SignIn, words_on

PANEL = Group("lgp", "Local Government Panel (LGP)", "")


@pytest.fixture
def ground(sqlite: Database) -> Ground:
    """A founded installation."""
    return grounds.found(sqlite)


@pytest.fixture
def panel(ground: Ground) -> UUID:
    """The panel's briefing, which has begun."""
    by = {"by": ground.house.drafter, "at": NOON}
    with ground.database.transaction() as session:
        briefing = additions.add(session, ground.tour(), PANEL, **by)
        arranging.arrange(session, briefing, Arrangement(NOON - timedelta(hours=1), "Smith Square", "Head", "Officer"), **by)
    return briefing


def test_at_the_door_the_body_itself_is_offered_first(ground: Ground, client: FlaskClient, panel: UUID) -> None:
    address, here = door(client, panel), {"place": PANEL.code, "role": "committee_member"}
    assert 'value="lgp"' in client.get(address).get_data(as_text=True)
    client.post(address, query_string=here, data={"name": "A councillor"})

    (row,) = rows(ground, panel)
    assert (row.seat, row.name) == (("lgp", "committee_member"), "A councillor")


def test_the_paper_sheet_knows_its_posts_and_takes_more_names_and_numbers(
    ground: Ground, client: FlaskClient, panel: UUID, sign_in: SignIn
) -> None:
    member = ground.person(PANEL.code, "committee_member", "chair@lgp.test", "The chair")
    with ground.database.transaction() as session:
        tours.hold(session, panel, why="The note came late", by=ground.house.drafter, at=NOON)
    sign_in("officer", "hse")
    assert "The chair, committee member" in words_on(client.get(f"/briefings/{panel}/paper"))

    name = {"line-0-place": PANEL.code, "line-0-role": "committee_member", "line-0-name": "A councillor", "line-0-status": "present"}
    number = {"count-0-place": PANEL.code, "count-0-role": "directorate_contact", "count-0-number": "3"}
    said = words_on(client.post(f"/briefings/{panel}/paper", data={"posts": str(member), **name, **number}, follow_redirects=True))

    assert "3 new lines" in said
    with ground.database.reading() as session:
        assert attendance.heads(attendance.standing(session, panel)) == 5

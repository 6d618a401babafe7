"""Two officers move one council to another group, from pages opened before."""

from typing import Any

from flask.testing import FlaskClient

from audiences import organisation_changes, organisations
from tests.web.grounds import CARDIFF, Ground
from tests.web.test_two_who_change import NOTHING_SAVED
from tests.web.visitors import NOON, seen_on, words_on


def test_a_page_opened_before_a_council_was_moved_to_another_group_does_not_move_it_on(ground: Ground, client: FlaskClient) -> None:
    address = f"/authorities/{CARDIFF}/group"
    acting: dict[str, Any] = {"by": ground.house.drafter, "at": NOON}
    with ground.database.transaction() as session:
        for name in ("North Wales", "South Wales"):
            organisation_changes.add(session, name=name, kind=organisations.GROUP, nation="Wales", **acting)
    stale = seen_on(client.get(address))
    client.post(address, data={"group": "north-wales", "seen": stale})

    answer = client.post(address, data={"group": "south-wales", "seen": stale})

    assert f"Somebody else changed this council’s group {NOTHING_SAVED}" in (page := words_on(answer)) and answer.status_code == 409
    assert "“North Wales” now." in page
    client.post(address, data={"group": "south-wales", "seen": seen_on(answer)})
    with ground.database.reading() as session:
        assert organisations.group_of(session, CARDIFF).code == "south-wales"  # type: ignore[union-attr]

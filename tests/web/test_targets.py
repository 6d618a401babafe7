"""An officer sets a target, sees how far it is, step by step and channel by channel, drops it, and takes each table along."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.grounds import ADUR, BARNET, Ground
from tests.web.visitors import SignIn, words_on


@pytest.fixture
def ground(ground: Ground) -> Ground:
    """Adur was briefed and Barnet written to; an officer looks."""
    ground.touch(ADUR, "practitioner", "briefed", "attendance:1")
    ground.touch(BARNET, "senior_manager", "written", "letter:2")
    return ground


def set_target(client: FlaskClient, **changes: Any) -> str:
    typed = {"grade": "confirmed", "role": "practitioner", "wanted": "1 %", "measure": "share", "by_day": ["1", "2", "2027"]}
    return words_on(client.post("/coverage/targets/new", data=typed | changes, follow_redirects=True))


def test_a_target_is_set_seen_and_dropped(ground: Ground, client: FlaskClient) -> None:
    said = set_target(client)
    page = client.get("/coverage/progress").get_data(as_text=True)
    drop = page.partition('action="/coverage/targets/')[2].partition('"')[0]

    assert "1 % at least confirmed, practitioner 1 February 2027" in said and "1 of 4 Open" in said
    assert "This campaign has no target yet" in words_on(client.post(f"/coverage/targets/{drop}", follow_redirects=True))
    assert client.post(f"/coverage/targets/{drop}").status_code == 409


def test_all_that_is_wrong_with_a_target_is_told_at_once(ground: Ground, client: FlaskClient) -> None:
    said = set_target(client, wanted="most", by_day=["", "", ""])

    assert "Enter how many in figures" in said and "Enter the day by which it is wanted" in said
    said = set_target(client, grade="", wanted="101", by_day=["1", "2", "2020"])
    assert all(sentence in said for sentence in ("Choose a grade", "1 to 100 per cent", "Enter a day that is still to come"))
    assert "Choose per cent or a number" in set_target(client, measure="") and "1 to 100" not in set_target(
        client, measure="", wanted="101"
    )


def test_a_target_for_each_role_counts_an_authority_once_all_its_roles_are_there(ground: Ground, client: FlaskClient) -> None:
    assert "1 % at least confirmed, each role 1 February 2027 0 of 4" in set_target(client, role="each role")

    ground.touch(ADUR, "senior_manager", "confirmed", "reply:3")
    assert "each role 1 February 2027 0 of 4" in words_on(client.get("/coverage/progress"))

    ground.touch(ADUR, "elected_member", "understands", "pulse:4")
    assert "each role 1 February 2027 1 of 4" in words_on(client.get("/coverage/progress"))
    assert "each role,at least confirmed,1 %,2027-02-01,4,1," in client.get("/coverage/targets.csv").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"wanted": "most"}, "Enter how many in figures"),
        ({"wanted": "٣"}, "Enter how many in figures"),
        ({"wanted": "101"}, "1 to 100 per cent"),
        ({"by_day": ["1", "2", "2020"]}, "Enter a day that is still to come"),
        ({"by_day": ["", "", ""]}, "Enter the day by which it is wanted"),
        ({"grade": "reached"}, "Choose a grade"),
    ],
)
def test_a_target_that_cannot_be_is_asked_for_again(ground: Ground, client: FlaskClient, changes: dict[str, Any], sentence: str) -> None:
    assert sentence in set_target(client, **changes)


def test_steps_and_channels_are_tables_with_their_denominator(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.get("/coverage/progress"))

    assert "Each grade is counted by its own evidence at the end of the day, of 350 authorities that enforce health and safety." in said
    assert "24 November 2026 1 0 0 0 1 0" in said
    assert "Letter 1 1 1 0 Not recorded Briefing 1 1 1 0 Not recorded Call 0 0 0 0" in said
    assert "Channel Pieces of evidence Authorities Where it was first Confirmed or more only after it" in said
    assert "reached" not in said.lower() and "touch" not in said.lower()


def test_each_table_can_be_downloaded(ground: Ground, client: FlaskClient) -> None:
    set_target(client, measure="number", wanted="7", role="")
    heads = client.get("/coverage/over-time.csv").get_data(as_text=True).splitlines()[0]
    targets, steps, channels = (
        client.get(f"/coverage/{name}.csv?role=practitioner").get_data(as_text=True).splitlines()[1:]
        for name in ("targets", "over-time", "channels")
    )

    assert targets[0].startswith("anybody there,at least confirmed,7 authorities,2027-02-01,7,1,350,open,")
    assert heads.count(",Briefed") == 1 and ',"Briefed, by its own evidence"' in heads
    assert steps == ["2026-11-24,0,0,0,0,1,0,1,1,1,1,1,0"]
    assert channels[:2] == ["letter,0,0,0,0,not recorded", "briefing,1,1,1,0,not recorded"]


def test_an_observer_is_offered_no_target_to_set(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in("observer", None)

    assert "Set a target" not in words_on(client.get("/coverage/progress"))

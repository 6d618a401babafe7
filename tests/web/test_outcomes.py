"""The letters of a release as a file: those of one outcome, or all of them outcome by outcome."""

import csv
import io

import pytest

from campaigns.delivery.deliveries import Delivery
from tests.web.office import Office
from web import outcomes


def rows(office: Office, address: str) -> list[dict[str, str]]:
    """What a file says, row by row."""
    text = office.client.get(address).get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("at_once", [1000, 1])
def test_all_letters_are_listed_outcome_by_outcome_and_those_of_one_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(outcomes, "AT_ONCE", at_once)
    release = office.going(states={"accepted": 2, "rejected": 1})
    file = f"/releases/{release}/delivery/letters.csv"

    assert [row["State"] for row in rows(office, file)] == ["sent", "sent", "waiting", "waiting", "refused"]
    (refused,) = rows(office, f"{file}?state=refused")
    assert refused["Address"].count("@") == 1 and refused["Role"] and refused["Audience"] and refused["Reader"]
    assert rows(office, f"{file}?state=needs+you") == []
    assert office.client.get(f"{file}?state=nonsense").status_code == 404


def test_the_page_of_letters_leads_to_the_file_of_its_outcome(office: Office) -> None:
    release = office.going(states={"held": 1})
    page = f"/releases/{release}/delivery/letters"

    held = office.client.get(f"{page}?state=needs you").get_data(as_text=True)
    assert f'"{page}.csv?state=needs+you"' in held and f'"{page}.csv"' in held
    assert f'"{page}.csv?state=sent"' not in office.client.get(page).get_data(as_text=True)


def test_a_letter_that_may_have_come_twice_says_so_and_no_cell_begins_a_formula(office: Office) -> None:
    release = office.going(states={"accepted": 1})
    with office.database.transaction() as session:
        row = session.get_one(Delivery, (release, 0))
        row.sqlmodel_update({"maybe_twice": True, "reply": "=1+1"})

    (sent,) = rows(office, f"/releases/{release}/delivery/letters.csv?state=sent")
    assert (sent["Possibly twice"], sent["What was said"]) == ("yes", "'=1+1")

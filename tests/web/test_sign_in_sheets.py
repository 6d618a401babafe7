"""The officer's side of the day: the paper sheet typed in beside what was scanned, the list with its gaps, and a list that is complete."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from campaigns.briefings import attendance, sign_ins, tours
from campaigns.briefings.attendance import Attendance, AttendanceCompleted
from campaigns.briefings.sign_ins import Attendee
from campaigns.foundation import log
from campaigns.reach.touches import BRIEFED, STANDING, Touch
from tests import armed
from tests.web.grounds import ADUR, BARNET, CARDIFF, Ground
from tests.web.visitors import NOON, words_on
from workers import projecting
from workers.subscriptions import SUBSCRIPTIONS
from workers.tools import Tools

SWANSEA = "W06000011"
JANE = Attendee("practitioner", CARDIFF, name="Jane Fields")


def scan(ground: Ground, briefing: UUID, who: Attendee = JANE) -> None:
    with ground.database.transaction() as session:
        sign_ins.sign_in(session, briefing, who, at=NOON)


def line(
    number: int, name: str, *, code: str = CARDIFF, role: str = "practitioner", status: str = "present", kind: str = "line"
) -> dict[str, str]:
    said = {"place": code, "role": role, "name": name, "status": status}
    return {f"{kind}-{number}-{field}": value for field, value in said.items()}


def type_in(client: FlaskClient, briefing: UUID, *lines: dict[str, Any]) -> str:
    answer = client.post(
        f"/briefings/{briefing}/paper", data={name: value for one in lines for name, value in one.items()}, follow_redirects=True
    )
    assert answer.status_code == 200
    return words_on(answer)


def briefed(ground: Ground, briefing: UUID) -> list[str]:
    """The authorities that coverage says were briefed, once a worker has heard of the sheet."""
    with ground.database.reading() as session:
        entry = log.history(session, briefing)[-1]
    projecting.recount_briefed(entry, Tools(None, ground.database, None, lambda: NOON, arming=armed.ALWAYS))  # type: ignore[arg-type]
    with ground.database.reading() as session:
        return sorted(session.exec(select(Touch.authority_code).where(STANDING, Touch.grade == BRIEFED)))


def rows(ground: Ground, briefing: UUID) -> list[Attendance]:
    with ground.database.reading() as session:
        return attendance.standing(session, briefing)


def test_whoever_was_scanned_is_shown_and_typed_in_without_a_double(ground: Ground, client: FlaskClient) -> None:
    head = ground.person(CARDIFF, "senior_manager", "head@cardiff.test", "Head of Health")
    ground.person(SWANSEA, "practitioner", "someone@swansea.test", "Health Officer")
    briefing = ground.held()
    scan(ground, briefing)
    scan(ground, briefing, Attendee("senior_manager", CARDIFF, name="Head of Health", person_id=head))
    page = words_on(client.get(f"/briefings/{briefing}/paper"))
    assert "Head of Health, senior manager: on the list already" in page and "Health Officer, practitioner" in page

    said = type_in(
        client,
        briefing,
        {"posts": [str(head)]},
        line(0, "JANE  Fields"),
        line(1, "Head of Health", role="senior_manager"),
        line(2, "Jon Reed"),
    )

    assert "Saved: 1 new line, 3 known already and counted once." in said
    assert "3 people" in said and "1 of 22 authorities" in said
    assert "Swansea" in said.partition("Nobody came from")[2] and "Cardiff" not in said.partition("Nobody came from")[2]
    assert sorted((row.name, row.how) for row in rows(ground, briefing)) == [
        ("Head of Health", "scan"),
        ("Jane Fields", "scan"),
        ("Jon Reed", "paper"),
    ]


def test_numbers_apologies_and_ticks_without_a_name_are_typed_in_too(ground: Ground, client: FlaskClient) -> None:
    post, briefing = ground.person(SWANSEA, "practitioner", "someone@swansea.test", "Health Officer"), ground.held()
    count = {"count-0-place": CARDIFF, "count-0-role": "elected_member", "count-0-number": "7"}

    said = type_in(
        client,
        briefing,
        {"posts": str(post)},
        line(0, "Cllr Gone", status="apologies"),
        line(1, ""),
        line(0, "Ann", code=ADUR, kind="other"),
        count,
    )

    assert "Saved: 5 new lines." in said and "10 people" in said and "1 sent apologies" in said
    assert "7 people" in said and "Somebody, not named" in said and "Adur" in said and "Health Officer" in said
    with ground.database.reading() as session:
        assert attendance.present(session, briefing) == {
            (CARDIFF, "elected_member"), (CARDIFF, "practitioner"), (SWANSEA, "practitioner"), (ADUR, "practitioner"),
        }  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Nothing was typed in yet"),
        ({"line-0-name": "Jane"}, "Choose the authority of whoever is named here"),
        ({"line-0-role": "practitioner"}, "Choose the authority of this line"),
        (line(0, "Jane", role=""), "Choose a role held at Cardiff"),
        (line(0, "Jane", code=ADUR), "Choose one from the list"),
        (line(0, "Jane", code="gmb", kind="other"), "Choose a role held at"),
        (line(0, "Jane", status="perhaps"), "Choose one from the list"),
        (line(0, "\u202eenaJ"), "Enter a name or a post"),
        (line(0, "a\x00b"), "invisible character"),
        (line(0, "x" * 201), "200 characters or fewer"),
        ({"posts": "nobody"}, "Choose from the list"),
        ({"count-0-place": CARDIFF, "count-0-role": "practitioner", "count-0-number": "-1"}, "from 0 to 500"),
        ({"count-0-place": CARDIFF, "count-0-role": "practitioner", "count-0-number": "٣"}, "from 0 to 500"),
        ({"count-0-place": CARDIFF, "count-0-role": "practitioner", "count-0-number": "9" * 5000}, "from 0 to 500"),
        ({"count-0-place": CARDIFF, "count-0-role": "practitioner"}, "leave all three empty"),
    ],
)
def test_what_cannot_be_typed_in_is_said_and_nothing_is_saved(
    ground: Ground, client: FlaskClient, data: dict[str, str], sentence: str
) -> None:
    briefing = ground.held()

    said = type_in(client, briefing, data, {"line-1-place": "", "line-1-role": "", "line-1-name": ""})

    assert sentence in said and "There is a problem" in said
    assert rows(ground, briefing) == []


def test_names_nearly_alike_are_shown_and_taken_back_by_hand(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    scan(ground, briefing)
    said = type_in(client, briefing, line(0, "Jane Fieldes"))
    assert (
        "Nearly the same name" in said
        and "Cardiff, practitioner: Jane Fieldes (typed in from paper) and Jane Fields (signed in by link)" in said
    )
    wrong = next(row for row in rows(ground, briefing) if row.how == "paper")

    answer = client.post(f"/briefings/attendances/{wrong.id}/taking-back", follow_redirects=True)

    assert "Taken back" in words_on(answer) and "Nearly the same name" not in words_on(answer)
    assert [row.name for row in rows(ground, briefing)] == ["Jane Fields"]
    assert client.post(f"/briefings/attendances/{wrong.id}/taking-back").status_code == 409


def test_nobody_is_asked_to_say_that_a_list_is_complete_while_the_briefing_goes_on(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    scan(ground, briefing)
    with ground.database.transaction() as session:
        tours.get(session, briefing).ends_at = NOON + timedelta(minutes=1)

    page = client.get(f"/briefings/{briefing}/who-was-there")
    assert "The briefing lasts until" in words_on(page) and "who-was-there/complete" not in page.get_data(as_text=True)
    answer = client.post(f"/briefings/{briefing}/who-was-there/complete")
    assert answer.status_code == 409 and "somebody may still come" in words_on(answer)


def test_a_list_is_said_to_be_complete_and_corrected_afterwards(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    assert client.post(f"/briefings/{briefing}/who-was-there/complete").status_code == 409
    scan(ground, briefing)
    assert "The list is complete" in words_on(client.get(f"/briefings/{briefing}/who-was-there"))

    answer = client.post(f"/briefings/{briefing}/who-was-there/complete", follow_redirects=True)

    assert "the list has been complete since" in words_on(answer)
    assert "The list has been complete since" in words_on(client.get(f"/briefings/{briefing}"))
    assert "Saved: 1 new line." in type_in(client, briefing, line(0, "Late"))
    with ground.database.reading() as session:
        assert tours.get(session, briefing).list_completed_at == NOON


def test_signed_in_for_authorities_outside_the_group_they_count_once_an_officer_has_said_that_the_list_is_complete(
    ground: Ground, client: FlaskClient
) -> None:
    briefing = ground.held()
    for number, code in enumerate((CARDIFF, ADUR, BARNET)):
        scan(ground, briefing, Attendee("practitioner", code, name=f"Somebody {number}"))
    assert briefed(ground, briefing) == [CARDIFF]

    page = words_on(client.get(f"/briefings/{briefing}/who-was-there"))
    assert "2 lines count only once the list is complete: signed in by the link, from outside the group." in page
    assert page.count("signed in by link; from outside the group, so it counts once the list is complete") == 2
    barnet = next(row for row in rows(ground, briefing) if row.authority_code == BARNET)
    client.post(f"/briefings/attendances/{barnet.id}/taking-back")
    assert briefed(ground, briefing) == [CARDIFF]

    client.post(f"/briefings/{briefing}/who-was-there/complete")

    assert projecting.recount_briefed in SUBSCRIPTIONS[AttendanceCompleted]
    assert briefed(ground, briefing) == [ADUR, CARDIFF]
    assert "once the list is complete" not in words_on(client.get(f"/briefings/{briefing}/who-was-there"))


def test_whom_an_officer_enters_from_outside_the_group_counts_at_once(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    type_in(client, briefing, line(0, "Jon Reed", code=ADUR, kind="other"))

    assert briefed(ground, briefing) == [ADUR]


def test_the_list_is_a_file_with_its_gaps_and_no_formula(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    scan(ground, briefing, Attendee("practitioner", CARDIFF, name="=1234*4321"))

    lines = client.get(f"/briefings/{briefing}/who-was-there.csv").get_data(as_text=True).splitlines()

    assert len(lines) == 1 + 1 + 21
    (cardiff,) = [one for one in lines if "Cardiff" in one]
    assert "'=1234*4321" in cardiff and "present,1,signed in by link,the sign-in page" in cardiff
    assert [one for one in lines if "Swansea" in one] == [f"Swansea,{SWANSEA},,,nobody came,0,,,"]


def test_marking_as_held_leads_to_the_list_where_somebody_has_signed_in(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.held()
    client.post(f"/briefings/{briefing}/reopening")
    assert "Now tick who was there" in words_on(client.post(f"/briefings/{briefing}/held", follow_redirects=True))

    client.post(f"/briefings/{briefing}/reopening")
    scan(ground, briefing)
    said = words_on(client.post(f"/briefings/{briefing}/held", follow_redirects=True))

    assert "Type in the paper sheet, then say that the list is complete" in said and "Jane Fields" in said

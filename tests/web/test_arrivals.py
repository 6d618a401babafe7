"""Signing in to a briefing without an account: one question a page, recorded once, and only through its own link."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaigns.briefings import arranging, attendance
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.attendance import Attendance
from campaigns.foundation import log, tokens
from campaigns.foundation.database import Database
from tests.web import grounds
from tests.web.conftest import Clock
from tests.web.grounds import ADUR, CARDIFF, Ground
from tests.web.visitors import NOON, under_a_new_secret, words_on
from web import briefing_links
from web.briefing_links import REPEAT, SIGN_IN


@pytest.fixture
def ground(sqlite: Database) -> Ground:
    """A founded installation."""
    return grounds.found(sqlite)


def dated(ground: Ground, hours: int = 2) -> UUID:
    """A briefing in Wales, so many hours from now."""
    briefing = ground.briefing(ground.tour())
    arrangement = Arrangement(NOON + timedelta(hours=hours), "County Hall", "Head of the unit", "Policy officer", note=ground.agreed())
    with ground.database.transaction() as session:
        arranging.arrange(session, briefing, arrangement, by=ground.house.drafter, at=NOON)
    return briefing


def door(client: FlaskClient, briefing: UUID, purpose: str = SIGN_IN) -> str:
    """The page's address."""
    with client.application.test_request_context():
        return "/sign-in/" + briefing_links.token(purpose, briefing)


def rows(ground: Ground, briefing: UUID) -> list[Attendance]:
    with ground.database.reading() as session:
        return attendance.standing(session, briefing)


def sign_in(
    client: FlaskClient, address: str, name: str = "Jane Fields", code: str = CARDIFF, role: str = "practitioner", **more: str
) -> TestResponse:
    return client.post(address, query_string={"place": code, "role": role, **more}, data={"name": name})


def test_one_question_leads_to_the_next_and_looking_records_nothing(ground: Ground, client: FlaskClient) -> None:
    briefing = dated(ground)
    address = door(client, briefing)

    first = client.get(address)
    assert "Which authority are you from?" in words_on(first) and "Cardiff" in words_on(first) and "County Hall" in words_on(first)
    assert "Choose your authority. Nothing has been recorded" in words_on(client.get(address, query_string={"asked": "place"}))
    second = client.get(address, query_string={"asked": "place", "place": CARDIFF})
    assert "What is your role there?" in words_on(second) and f'value="{CARDIFF}"' in second.get_data(as_text=True)
    assert "Choose your role" in words_on(client.get(address, query_string={"place": CARDIFF, "asked": "role"}))
    third = client.get(address, query_string={"place": CARDIFF, "role": "practitioner", "asked": "role"})
    assert "Your name, or your post" in words_on(third) and "Cardiff, practitioner" in words_on(third)
    assert rows(ground, briefing) == []

    last = sign_in(client, address)

    assert "You are signed in" in words_on(last) and "already" not in words_on(last)
    (row,) = rows(ground, briefing)
    assert (row.seat, row.name, row.how, row.status) == ((CARDIFF, "practitioner"), "Jane Fields", "scan", "present")
    assert not any("Set-Cookie" in answer.headers for answer in (first, second, third, last))
    assert first.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive" and "<nav" not in first.get_data(as_text=True)


def test_a_second_sign_in_says_so_and_records_nothing(ground: Ground, client: FlaskClient) -> None:
    briefing = dated(ground)
    address = door(client, briefing)
    sign_in(client, address)

    answer = sign_in(client, address, "jane  FIELDS")

    assert "You are signed in already" in words_on(answer)
    assert len(rows(ground, briefing)) == 1
    with ground.database.reading() as session:
        assert [entry.kind for entry in log.history(session, briefing)].count("SignedIn") == 1


def test_a_name_that_the_register_knows_is_known_by_its_post_and_no_name_is_shown(ground: Ground, client: FlaskClient) -> None:
    person = ground.person(CARDIFF, "practitioner", "jf@cardiff.test", "Jane Fields")
    briefing = dated(ground)
    address = door(client, briefing)
    pages = [client.get(address, query_string=asked) for asked in ({}, {"place": CARDIFF}, {"place": CARDIFF, "role": "practitioner"})]
    assert not any("Jane" in words_on(page) for page in pages)

    sign_in(client, address, "JANE FIELDS")

    assert [row.person_id for row in rows(ground, briefing)] == [person]


def test_somebody_from_elsewhere_chooses_from_all_the_others(ground: Ground, client: FlaskClient) -> None:
    briefing = dated(ground)
    address = door(client, briefing)

    page = client.get(address, query_string={"asked": "place", "place": "another"})
    again = client.get(address, query_string={"asked": "elsewhere", "place": ""})
    of_adur = client.get(address, query_string={"asked": "elsewhere", "place": ADUR})
    of_a_union = client.get(address, query_string={"asked": "elsewhere", "place": "gmb"})

    assert "Which authority or body are you from?" in words_on(page) and "Adur" in words_on(page) and "Cardiff" not in words_on(page)
    assert "Nothing has been recorded" in words_on(again)
    assert "What is your role there?" in words_on(of_adur)
    assert "Your name, or your post" in words_on(of_a_union)  # there is but one role at a union
    sign_in(client, address, code="gmb", role="")
    assert [row.seat for row in rows(ground, briefing)] == [("gmb", "union_contact")]


def test_apologies_are_sent_by_the_same_page_before_the_briefing(ground: Ground, client: FlaskClient, clock: Clock) -> None:
    briefing = dated(ground)
    address = door(client, briefing)
    assert "Send apologies" in words_on(client.get(address))

    sent = sign_in(client, address, status="apologies")
    clock.forward(timedelta(hours=3))
    late = sign_in(client, address, "Somebody else", status="apologies")

    assert "Your apologies are with us" in words_on(sent)
    assert late.status_code == 409 and "has begun" in words_on(late)
    assert "Send apologies" not in words_on(client.get(address))
    assert "has begun" in words_on(client.get(address, query_string={"status": "apologies"}))
    assert [(row.name, row.status) for row in rows(ground, briefing)] == [("Jane Fields", "apologies")]


def test_a_bent_token_gets_the_same_page_and_records_nothing(ground: Ground, client: FlaskClient) -> None:
    briefing = dated(ground)
    good = door(client, briefing).removeprefix("/sign-in/")
    with client.application.test_request_context():
        bent = [
            briefing_links.token(REPEAT, briefing),
            tokens.make("a secret that was never ours", SIGN_IN, "x" * 22),
            good[:-1],
            good + "A",
            good + "=",
            good[:10] + ("A" if good[10] != "A" else "B") + good[11:],
            "null",
            "é" * 20,
            "A" * 4000,
            "a/b",
        ]

    answers = {
        (answer.status_code, words_on(answer))
        for token in bent
        for answer in (client.get(f"/sign-in/{token}"), sign_in(client, f"/sign-in/{token}"))
    }

    assert len(answers) == 1 and answers.pop()[0] == 404
    assert rows(ground, briefing) == []
    unknown = client.get(door(client, uuid4()))
    assert unknown.status_code == 404


def test_the_link_works_from_the_day_before_until_two_days_after(ground: Ground, client: FlaskClient, clock: Clock) -> None:
    briefing = dated(ground, hours=5 * 24)
    address = door(client, briefing)

    early, too_soon = client.get(address), sign_in(client, address)
    repeat = client.get(door(client, briefing, REPEAT).replace("/sign-in/", "/repeat/"))
    clock.forward(timedelta(days=4))
    at_last = client.get(address)
    clock.forward(timedelta(days=4))
    late, posted = client.get(address), sign_in(client, address)

    for page in (early, too_soon):
        assert page.status_code == 200 and "Not open yet You can sign in to this briefing from Saturday 28 November 2026 on" in words_on(
            page
        )
    assert "Not open yet You can tell us about a local repeat of this briefing from Sunday 29 November 2026 on" in words_on(repeat)
    assert at_last.status_code == 200
    assert {late.status_code, posted.status_code} == {404} and "write to us" in words_on(late)
    assert rows(ground, briefing) == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b", "\u202eenaJ"])
def test_a_name_that_cannot_be_kept_is_asked_for_again(ground: Ground, client: FlaskClient, name: str) -> None:
    briefing = dated(ground)

    answer = sign_in(client, door(client, briefing), name)

    assert answer.status_code == 200 and "There is a problem" in words_on(answer)
    assert rows(ground, briefing) == []


def test_a_hostile_name_is_shown_as_what_it_is(ground: Ground, client: FlaskClient) -> None:
    briefing, name = dated(ground), "<script>alert(1)</script>{{ 7 * 7 }}"

    page = sign_in(client, door(client, briefing), name).get_data(as_text=True)

    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in page


def test_what_stands_in_the_address_is_believed_only_where_it_can_be(ground: Ground, client: FlaskClient) -> None:
    briefing = dated(ground)
    address = door(client, briefing)

    for code, role in (("E99999999", "practitioner"), (CARDIFF, "union_contact"), (CARDIFF, "'; --"), ("gmb\x1f", ""), ("", "")):
        assert sign_in(client, address, code=code, role=role).status_code == 200

    assert rows(ground, briefing) == []


@pytest.mark.long
def test_a_flood_of_sign_ins_from_one_address_is_stopped(ground: Ground, client: FlaskClient) -> None:
    briefing = dated(ground)
    address = door(client, briefing)
    codes = [sign_in(client, address).status_code for _ in range(121)]

    assert (set(codes[:120]), codes[120]) == ({200}, 429)


def test_the_code_is_of_the_address_in_letters(ground: Ground, client: FlaskClient) -> None:
    briefing = dated(ground)
    with client.application.test_request_context():
        link = briefing_links.link(SIGN_IN, briefing)

    assert link.address == f"http://localhost:8000{door(client, briefing)}"
    assert re.fullmatch(r"(M\d+ \d+h\d+v1h-\d+z)+", link.path) and link.path.startswith("M4 4h7v1h-7z")  # the corner of every QR code
    assert len(door(client, briefing)) <= 60


def test_printed_codes_go_on_working_when_the_secret_is_replaced_and_end_when_it_is_forgotten(ground: Ground, client: FlaskClient) -> None:
    briefing = dated(ground)
    printed = [door(client, briefing), door(client, briefing, REPEAT).replace("/sign-in/", "/repeat/")]
    kept, forgot = under_a_new_secret(client.application)

    assert [(kept.get(address).status_code, forgot.get(address).status_code) for address in printed] == [(200, 404)] * 2

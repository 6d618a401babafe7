"""Bad input 70 to 72: hostile filters, JSON and fields that are not the form's, pages beyond the end, ids of nobody."""

import io
import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from audiences import people
from audiences.imports import Import
from campaigns.drafting import messages
from campaigns.foundation.database import Database
from campaigns.planning import campaign_plans
from tests.web import ways
from tests.web.grounds import ADUR, Ground
from tests.web.visitors import NOON, words_on

HOSTILE_WORDS = [
    "'",
    '"',
    "%",
    "_",
    "\\",
    "' OR 1=1 --",
    "'; DROP TABLE people; --",
    "(a+)+$",
    "((((a*)*)*)*)*b",
    "\u0000",
    "\ud7ff",
    "a" * 5000,
    "💥" * 200,
]
LISTS = [
    "/people",
    "/people/people.csv",
    "/authorities",
    "/authorities/authorities.csv",
    "/messages/",
    "/coverage",
    "/coverage/not-yet",
    "/coverage/load",
]


def test_a_file_of_any_name_is_read_and_its_name_cleaned(ground: Ground, client: FlaskClient) -> None:
    raw = b"name,role,authority,email\nHead of Health,senior manager,E07000223,head@adur.test\n"
    for name, kept in (("a\x00b\u202e.csv", "ab.csv"), ("\x00", "a file"), ("n" * 5000, "n" * 120)):
        body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n--b--\r\n' % (name.encode(), raw)
        answer = client.post("/people/import", data=body, content_type="multipart/form-data; boundary=b")
        assert answer.status_code == 302
        with ground.database.reading() as session:
            assert kept in {one.name for one in session.exec(select(Import))}


@pytest.mark.long
@pytest.mark.parametrize("address", LISTS)
def test_70_a_hostile_filter_is_answered(ground: Ground, client: FlaskClient, address: str) -> None:
    ground.person(name="100% of_it")
    for words in HOSTILE_WORDS:
        asked = dict.fromkeys(("words", "role", "nation", "region", "kind", "state", "campaign", "sort", "key", "left", "opted_in"), words)
        assert client.get(address, query_string=asked).status_code in {200, 400, 404}, repr(words)
    many = [("words", str(uuid4())) for _ in range(300)] + [("campaign", str(ground.campaign))]
    assert client.get(address, query_string=many).status_code in {200, 404}


def test_70_percent_underscore_and_backslash_are_taken_letter_by_letter(ground: Ground, client: FlaskClient) -> None:
    ground.person(name="100% of_it")
    found = {
        words: "100% of_it" in words_on(client.get("/people", query_string={"words": words}))
        for words in ("100%", "of_it", "1%0", "of.it", "o_", "\\")
    }
    assert found == {"100%": True, "of_it": True, "1%0": False, "of.it": False, "o_": False, "\\": False}


@pytest.mark.long
def test_71_json_is_taken_by_no_page_and_changes_nothing(ground: Ground, client: FlaskClient) -> None:
    ground.agreed()
    before, values = everything(ground.database), ways.standing(ground.database)
    answers = {}
    for endpoint, address in ways.addresses(client.application, values, "POST"):
        for body in (
            b'{"status": "sent", "approvals": 2, "party_id": "hse", "name": "x"}',
            b'{"name": NaN, "name": 1e400}',
            b"[" * 5000,
            b'""',
        ):
            answers[endpoint] = client.post(address, data=body, content_type="application/json").status_code
    assert len(answers) > 50 and set(answers.values()) <= {400, 415}
    assert everything(ground.database) == before


@pytest.mark.long
def test_71_a_file_sent_in_place_of_a_text_is_refused_and_changes_nothing(ground: Ground, client: FlaskClient) -> None:
    ground.agreed()
    before, values = everything(ground.database), ways.standing(ground.database)
    names = ("name", "seen", "reference", "email", "password", "on", "day", "nonce", "digest", "comment")
    answers = {}
    for endpoint, address in ways.addresses(client.application, values, "POST"):
        sent = {name: (io.BytesIO(b"text"), "a.txt") for name in names}
        answers[endpoint] = client.post(address, data=sent, content_type="multipart/form-data").status_code
    assert len(answers) > 50 and set(answers.values()) == {400}
    assert everything(ground.database) == before


@pytest.mark.parametrize("guarded", [True, False])
def test_71_a_field_without_a_name_is_refused(
    ground: Ground, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    monkeypatch.setitem(client.application.config, "WTF_CSRF_ENABLED", guarded)
    for named in ("", '; filename="a.csv"'):
        body = f"--b\r\nContent-Disposition: form-data{named}\r\n\r\nwords of mine\r\n--b--\r\n"
        assert client.post("/people/new", data=body, content_type="multipart/form-data; boundary=b").status_code == 400


def test_71_fields_that_are_not_the_form_s_are_not_assigned(ground: Ground, client: FlaskClient) -> None:
    extra = {
        "status": "sent",
        "state": "gone",
        "approvals": "2",
        "party_id": "hse",
        "party": "hse",
        "revision": "9",
        "reference": "AAAA-AAAA",
    }
    extra |= {
        "author_id": str(uuid4()),
        "id": str(uuid4()),
        "source": "elsewhere",
        "until": "2020-01-01",
        "duty": "signatory",
        "by": "somebody",
    }
    typed = {"name": "Head of Health", "role": "senior_manager", "place": ADUR, "address": "head@adur.test"}

    client.post("/people/new", data=typed | extra)
    client.post("/campaigns/new", data={"name": "Begun", "objective": "Why"} | extra)
    client.post(f"/messages/{ground.agreed()}/comments", data={"comment": "said"} | extra)
    with ground.database.reading() as session:
        (person,) = people.at_address(session, "head@adur.test")
        assert (person.source, person.until, str(person.id) == extra["id"]) == ("by hand", None, False)
        plan = next(plan for plan in campaign_plans.every(session) if plan.name == "Begun")
        assert str(plan.id) != extra["id"]
        assert all(message.reference != "AAAA-AAAA" and message.revision == 1 for message in messages.every(session))


def everything(database: Database) -> list[str]:
    """Every row of every table but what belongs to sessions."""
    with database.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").scalars().all()
        return [f"{name}: {connection.exec_driver_sql('SELECT * FROM ' + name).all()}" for name in names]


@pytest.mark.parametrize("page", ["-1", "0", "1e9", "1000000000", "999999", "٣", "1.5", "x", "", "null", "１"])
def test_72_a_page_that_is_not_there_is_the_first_or_the_last(ground: Ground, client: FlaskClient, page: str) -> None:
    ground.agreed()
    for endpoint, address in ways.addresses(client.application, ways.standing(ground.database)):
        if endpoint in {
            "people.every",
            "messages.every",
            "messages.people",
            "releases.people",
            "coverage.show",
            "audiences.show",
            "loads.show",
            "holds.every",
        }:
            assert client.get(address, query_string={"page": page}).status_code in {200, 404}, address
    assert client.get("/authorities", query_string={"page": page}).status_code == 200


def test_72_what_nobody_knows_is_not_found_whatever_the_address(ground: Ground, client: FlaskClient) -> None:
    asked = [way for way in ways.addresses(client.application, {}) if str(ways.NOWHERE) in way[1]]
    answers = {endpoint: client.get(address).status_code for endpoint, address in asked}

    closed = {"security.reset_password": 302, "officers.leaving": 403, "arming.ask": 403}  # to an officer who is signed in
    assert len(answers) > 100 and {endpoint: status for endpoint, status in answers.items() if status != 404} == closed


def test_a_page_is_there_with_a_slash_at_its_end_and_without(ground: Ground, client: FlaskClient) -> None:
    opened = 0
    for endpoint, address in ways.addresses(client.application, ways.standing(ground.database)):
        if address != "/" and client.get(address).status_code == 200:
            twin = address.removesuffix("/") if address.endswith("/") else f"{address}/"
            assert client.get(twin).status_code == 200, f"{endpoint}: {twin}"
            opened += 1
    assert opened > 80
    assert client.get("/nothing/").status_code == 404


@pytest.mark.long
def test_70_hostile_filters_over_many_people_are_answered_soon(
    ground: Ground, client: FlaskClient, record_property: Callable[[str, object], None]
) -> None:
    rows = [
        {"name": f"Officer {n}", "role": "practitioner", "place": ADUR, "authority_code": ADUR, "address": f"o{n}@adur.test", "source": "x"}
        for n in range(10_000)
    ]
    with ground.database.transaction() as session:
        people.insert(session, rows, at=NOON)
    slowest = 0.0
    for words in [*HOSTILE_WORDS, " ".join(str(number) for number in range(10_000))]:
        began = time.monotonic()
        assert client.get("/people", query_string={"words": words}).status_code in {200, 400}
        slowest = max(slowest, time.monotonic() - began)
    record_property("figure", f"hostile filters over 10,000 people: the slowest answer {slowest:.2f} s")

"""An officer loads a newer list in two steps, ends a council, moves one to another group, and passes a post on."""

import io
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from audiences import authorities, footprints, organisations
from tests.web import many
from tests.web.grounds import ADUR, CARDIFF, Ground
from tests.web.visitors import seen_on, title_of, words_on
from web import csv_files

LIST = "gss,name\nE07000223,Shoreham\nE07000224,Arun\n"
PASSING = {"name": "Their successor", "address": "next@post.test"}
FACTS = {"status": "signed", "lead": "lacors", "sector": "retail", "enforcing_authority": "both", "home_authority": "E07000086"}


def look(client: FlaskClient, text: str, **more: str) -> TestResponse:
    return client.post("/authorities/import", data={"file": (io.BytesIO(text.encode()), "list.csv"), **more})


def carried(answer: TestResponse) -> dict[str, str]:
    page = answer.get_data(as_text=True)
    return {name: re.search(rf'name="{name}"\s+value="([^"]*)"', page).group(1) for name in ("rows", "seen", "day")}  # type: ignore[union-attr]


def test_a_newer_list_is_shown_first_and_then_applied_whole(ground: Ground, client: FlaskClient) -> None:
    shown = look(client, LIST)
    assert "Adur is called Shoreham now" in words_on(shown) and "1 would change something" in words_on(shown)
    assert "Adur" in words_on(client.get(f"/authorities/{ADUR}"))
    assert client.get("/authorities/import/apply").status_code == 405

    done = client.post("/authorities/import/apply", data=carried(shown), follow_redirects=True)

    assert "The register is brought up to date: 0 new, 1 renamed, 0 ended" in words_on(done)
    assert "Shoreham" in words_on(client.get(f"/authorities/{ADUR}"))
    again = client.post("/authorities/import/apply", data=carried(shown), headers={"Origin": "http://localhost"})
    assert again.status_code == 409 and "What you typed" not in words_on(again), "the list was carried by the page"
    assert "There is nothing to apply" in words_on(look(client, LIST))


def test_a_list_applied_after_somebody_else_changed_the_register_is_shown_again_with_what_it_would_change_now(
    ground: Ground, client: FlaskClient
) -> None:
    shown = look(client, LIST)
    look_again = look(client, "gss,name\nE07000224,Littlehampton\n")
    client.post("/authorities/import/apply", data=carried(look_again))

    stale = client.post("/authorities/import/apply", data=carried(shown))

    assert stale.status_code == 409 and title_of(stale).startswith("Error: ")
    assert "The register has changed since this page was made. Below is what the list would change now" in (page := words_on(stale))
    assert "Adur is called Shoreham now" in page and "Littlehampton is called Arun now" in page
    assert 'action="/authorities/import"' in stale.text, "where another list is chosen"
    assert "2 renamed" in words_on(client.post("/authorities/import/apply", data=carried(stale), follow_redirects=True))


def test_councils_a_list_leaves_out_end_only_where_ticked(ground: Ground, client: FlaskClient) -> None:
    with ground.database.reading() as session:
        welsh = [one for one in authorities.every(session) if one.nation == "Wales" and one.name not in ("Cardiff", "Swansea")]
    shown = look(client, "code,name\n" + "".join(f"{one.code},{one.name}\n" for one in welsh))
    assert "Not in the list: which of these have come to an end? " in words_on(shown)

    client.post("/authorities/import/apply", data=carried(shown) | {"ending": CARDIFF})

    assert "It came to an end on 23 November 2026. There now: not known" in words_on(client.get(f"/authorities/{CARDIFF}"))
    assert "1 to 21 of 21 authorities" in words_on(client.get("/authorities?nation=Wales"))
    assert "Cardiff" in words_on(client.get("/authorities/past"))
    assert "E07000187,Mendip,Non-metropolitan district,2023-03-31,E06000066" in client.get("/authorities/past.csv").get_data(as_text=True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Choose a file that is not empty"),
        ("a,b\n1,2", "is missing"),
        ("code,name\n45017,Adur", "is a number"),
        ("\x89PNG", "is missing"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(ground: Ground, client: FlaskClient, text: str, sentence: str) -> None:
    answer = look(client, text)

    assert answer.status_code == 200 and sentence in words_on(answer)
    assert "Apply all of this" not in words_on(answer)


def test_a_list_that_is_not_there_and_its_day_are_asked_for_at_once(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.post("/authorities/import", data={"day": ["31", "2", "2026"]}))

    assert "Choose a file that is not empty" in said and "Enter a real date" in said


def test_a_list_of_a_day_to_come_is_not_looked_at_and_not_applied(ground: Ground, client: FlaskClient) -> None:
    good, list_of = carried(look(client, LIST)), {"file": (io.BytesIO(LIST.encode()), "list.csv"), "day": ["1", "4", "2030"]}

    answers = client.post("/authorities/import", data=list_of), client.post("/authorities/import/apply", data=good | {"day": "2030-04-01"})

    assert [answer.status_code for answer in answers] == [200, 422]
    assert all("That day is in the future" in words_on(answer) for answer in answers)
    assert "Adur" in words_on(client.get(f"/authorities/{ADUR}"))


def test_what_a_page_did_not_say_is_not_applied(ground: Ground, client: FlaskClient) -> None:
    good = carried(look(client, LIST))

    for changes in ({"day": "tomorrow"}, {"rows": ""}, {"seen": ""}, {"rows": good["rows"].replace("Shoreham", "Elsewhere")}):
        assert client.post("/authorities/import/apply", data=good | changes).status_code in (409, 422)
    assert "Adur" in words_on(client.get(f"/authorities/{ADUR}"))


def test_a_council_ends_with_its_successor(ground: Ground, client: FlaskClient) -> None:
    person = ground.person()
    assert "Has Adur come to an end?" in words_on(client.get(f"/authorities/{ADUR}/ending"))
    refused = client.post(f"/authorities/{ADUR}/ending", data={"on": ["1", "1", "2030"], "successors": "E07000224"})
    assert "once it is over" in words_on(refused)

    said = words_on(
        client.post(f"/authorities/{ADUR}/ending", data={"on": ["31", "3", "2026"], "successors": "E07000224"}, follow_redirects=True)
    )

    assert "It came to an end on 31 March 2026. There now: Arun" in said and "has ended" not in said.split("There now")[1]
    assert "no: left" in words_on(client.get(f"/people/{person}"))
    assert "1 to 50 of 349 authorities" in words_on(client.get("/authorities"))
    assert client.post("/people/new", data={"name": "X", "role": "practitioner", "place": ADUR, "address": "x@y.test"}).status_code == 200


def test_an_authority_is_moved_to_another_group(ground: Ground, client: FlaskClient) -> None:
    page = words_on(client.post(f"/authorities/{ADUR}/group", data={"group": "group-london"}, follow_redirects=True))
    assert "London liaison group" in page and "Adur meets in another group now." in page
    again = words_on(client.post(f"/authorities/{ADUR}/group", data={"group": "group-london"}, follow_redirects=True))
    assert "Nothing changed." in again and "another group now" not in again
    assert "Adur" in words_on(client.get("/organisations/group-london"))
    assert "Choose a group" in words_on(client.post(f"/authorities/{ADUR}/group", data={"group": "group-wales"}))


def test_a_post_passes_and_its_page_says_who_held_it_when(ground: Ground, client: FlaskClient) -> None:
    person = ground.person(place="tesco", role="account_manager", name="First holder")
    lead = ground.person(place="S12000042", role="laps_lead", name="First holder")
    assert "Somebody else holds this post now" in words_on(client.get(f"/people/{person}"))
    assert "LAPS lead First holder" in words_on(client.get("/authorities/S12000042"))
    assert "Enter a name or post" in words_on(client.post(f"/posts/holders/{person}/passing", data={}))
    client.post(f"/people/{lead}/leaving")

    said = words_on(client.post(f"/posts/holders/{person}/passing", data=PASSING, follow_redirects=True))

    assert "Their successor is the account manager of Tesco now. First holder stays on record" in said
    history = words_on(client.get("/posts/tesco/account_manager"))
    assert "Account manager of Tesco" in history and history.index("Their successor") < history.index("First holder")
    assert "LAPS lead of Dundee City, " in history
    assert client.post(f"/posts/holders/{person}/passing", data=PASSING).status_code == 200
    for path in ("/posts/tesco/emperor", "/posts/nowhere/practitioner", f"/posts/holders/{ground.campaign}/passing"):
        assert client.get(path).status_code == 404


def test_organisations_are_listed_by_kind_and_reconcile_with_annex_1(ground: Ground, client: FlaskClient) -> None:
    said = words_on(client.get("/organisations"))

    assert "15 organisations: 14 signed, 1 considering; 11 led by HSE, 4 led by LACoRS." in said
    for name in ("B&Q considering LACoRS retail", "CACTUS", "Construction Division", "HELA", "Local Government Panel (LGP)"):
        assert name in said
    assert "B&Q" in client.get("/organisations/organisations.csv").get_data(as_text=True)


def test_an_organisation_s_own_contact_stands_among_its_people(ground: Ground, client: FlaskClient) -> None:
    assert "Organisation contact nobody to write to" in words_on(client.get("/organisations/tesco"))

    person = {"name": "Head of Safety", "role": "organisation_contact", "place": "tesco", "address": "safety@tesco.test"}
    client.post("/people/new", data=person)

    assert "Organisation contact Head of Safety safety@tesco.test" in words_on(client.get("/organisations/tesco"))


def test_an_organisation_is_changed_and_added_by_officers(ground: Ground, client: FlaskClient) -> None:
    seen = seen_on(client.get("/organisations/b-and-q/change"))
    said = words_on(client.post("/organisations/b-and-q/change", data=FACTS | {"seen": seen}, follow_redirects=True))
    assert "What is said of B&Q is changed." in said and "both" in said
    assert "Choose where the partnership stands" in words_on(client.post("/organisations/b-and-q/change", data=FACTS | {"status": "x"}))
    added = client.post(
        "/organisations/new", data={"name": "Union of Wardens", "kind": "union", "nation": "", "lead": "hse"}, follow_redirects=True
    )
    assert "Union of Wardens is added." in words_on(added)
    again = client.post("/organisations/new", data={"name": "Union of Wardens", "kind": "union", "nation": "", "lead": "hse"})
    assert "is in the list already" in words_on(again)


def test_a_footprint_is_typed_or_uploaded_whole_or_not_at_all(ground: Ground, client: FlaskClient) -> None:
    assert "Choose a file, or type" in words_on(client.post("/organisations/tesco/sites", data={"typed": ""}))
    refused = words_on(client.post("/organisations/tesco/sites", data={"typed": "Adur, 3\nNewcastle, 2"}))
    assert "Nothing was kept: 1 line cannot be used." in refused and "give its code or its full name" in refused
    with ground.database.reading() as session:
        assert footprints.of(session, "tesco") == {}

    file = (io.BytesIO(b"authority,sites\nAdur,3\nCardiff,2\n"), "sites.csv")
    said = words_on(client.post("/organisations/tesco/sites", data={"file": file, "typed": ""}, follow_redirects=True))

    assert "Tesco has 5 sites at 2 authorities." in said
    assert "Adur, 3" in client.get("/organisations/tesco/sites").get_data(as_text=True)
    assert "E07000223,Adur,3" in client.get("/organisations/tesco/sites/sites.csv").get_data(as_text=True)


def test_the_page_of_an_authority_asks_no_more_often_the_more_organisations_are_there(ground: Ground, client: FlaskClient) -> None:
    numbers = []
    for body in ("tesco", "asda", "b-and-q"):
        client.post(f"/organisations/{body}/sites", data={"typed": "Adur, 3"})
        numbers.append(many.asked(ground.database, client, f"/authorities/{ADUR}").total())

    assert numbers[0] == numbers[2]
    assert ", Tesco (3)" in words_on(client.get(f"/authorities/{ADUR}"))


def test_there_is_no_footprint_of_a_code_that_nobody_has(ground: Ground, client: FlaskClient) -> None:
    for code in ("nobody", "a%0Ab", "a%22b"):
        assert client.get(f"/organisations/{code}/sites/sites.csv").status_code == 404


@pytest.mark.parametrize("name", ["a\nb", 'a"; filename="b', "a/b", "\u202eb"])
def test_a_file_is_called_by_what_is_safe_in_a_header(name: str) -> None:
    said = csv_files.download(name, "").headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="[\w.-]+\.csv"', said, re.ASCII)


def test_a_group_shows_its_members_its_secretary_and_its_liaison_officer(ground: Ground, client: FlaskClient) -> None:
    ground.person(place="group-wales", role="liaison_officer", name="Welsh liaison officer")

    said = words_on(client.get("/organisations/group-wales"))

    assert "Liaison officer Welsh liaison officer" in said and "Find out who is the group secretary here." in said
    with ground.database.reading() as session:
        assert all(member.name in said for member in organisations.members(session, "group-wales"))

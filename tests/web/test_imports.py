"""An officer imports people from a file: looked at first, whole or not at all, and whatever the file is, never a fault."""

import io
import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from audiences import imports, people
from campaigns.foundation.settings import Settings
from tests.web import grounds
from tests.web.grounds import Ground
from tests.web.visitors import title_of, words_on

pytestmark = pytest.mark.long

GOOD = "name,role,authority,email\nHead of Health,senior manager,E07000223,head@adur.test\nHealth Officer,practitioner,Barnet,officer@barnet.test\n"
BAD = GOOD + "Somebody,emperor,Atlantis,nowhere\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def send(client: FlaskClient, raw: bytes | str, *, name: str = "people.csv") -> TestResponse:
    """Choose a file."""
    raw = raw.encode() if isinstance(raw, str) else raw
    return client.post("/people/import", data={"file": (io.BytesIO(raw), name)}, follow_redirects=True)


def through_columns(client: FlaskClient, page: TestResponse, **changed: str) -> TestResponse:
    """Continue with the columns as they were guessed, or changed."""
    html = page.get_data(as_text=True)
    selects = re.findall(r'name="(column-\d+)">(.*?)</select>', html, re.DOTALL)
    chosen = {name: (re.search(r'value="(\w*)"\s+selected', options) or ["", ""])[1] for name, options in selects}
    return client.post(
        page.request.path,
        data=chosen | {"role": ""} | {key.replace("_", "-"): value for key, value in changed.items()},
        follow_redirects=True,
    )


def bring_in(client: FlaskClient, raw: bytes | str, **ticked: str) -> TestResponse:
    """All steps, one after another."""
    page = through_columns(client, send(client, raw))
    return client.post(page.request.path.removesuffix("/names"), data=ticked, follow_redirects=True)


def test_a_good_file_is_brought_in_whole(ground: Ground, client: FlaskClient) -> None:
    columns = send(client, GOOD)
    assert "Head of Health Health Officer" in words_on(columns)
    preview = through_columns(client, columns)
    assert "2 would be added" in words_on(preview)
    assert ground.addresses() == []

    done = client.post(preview.request.path, data={}, follow_redirects=True)

    assert "Imported: 2 people added, 0 renamed, 0 as they were." in words_on(done)
    assert ground.addresses() == ["head@adur.test", "officer@barnet.test"]


def test_importing_twice_changes_nothing(ground: Ground, client: FlaskClient) -> None:
    bring_in(client, GOOD)
    assert "Imported: 0 people added, 0 renamed, 2 as they were." in words_on(bring_in(client, GOOD))


def test_an_import_is_undone_once(ground: Ground, client: FlaskClient) -> None:
    done = bring_in(client, GOOD)
    assert "Undo this import" in words_on(done)

    undone = client.post(f"{done.request.path}/undo", follow_redirects=True)

    assert "Undone: 2 people marked as left" in words_on(undone)
    assert client.post(f"{done.request.path}/undo", follow_redirects=True).status_code == 409
    with ground.database.reading() as session:
        assert people.at_place(session, grounds.ADUR) == []


def test_an_import_whose_rows_are_kept_no_more_is_not_offered_to_be_undone(ground: Ground, client: FlaskClient) -> None:
    page = bring_in(client, GOOD).request.path
    with ground.database.transaction() as session:
        imports.forget(session, [UUID(page.rpartition("/")[2])])

    said = words_on(client.get(page))

    assert "Undo this import" not in said and "its rows are not kept any more, so it cannot be undone" in said
    assert client.post(f"{page}/undo").status_code == 409


def test_refused_rows_stop_the_file_until_they_are_to_be_left_out(ground: Ground, client: FlaskClient) -> None:
    said = words_on(bring_in(client, BAD))
    assert "1 row of this file cannot be used" in said
    assert "4 Give a role from the list" in said
    assert ground.addresses() == []

    assert "2 people added" in words_on(bring_in(client, BAD, leave_out="y"))


def test_the_refused_rows_can_be_downloaded_as_they_were(ground: Ground, client: FlaskClient) -> None:
    page = bring_in(client, BAD + "=cmd(),emperor,Adur,x\n")

    answer = client.get(f"{page.request.path}/refused.csv")

    assert answer.mimetype == "text/csv"
    said = answer.get_data(as_text=True)
    assert "line,reason,name,role,authority,email" in said
    assert "Somebody,emperor,Atlantis,nowhere" in said
    assert "'=cmd()" in said


def test_names_that_are_not_plain_are_asked_about_once_each(ground: Ground, client: FlaskClient) -> None:
    raw = GOOD + "A,practitioner,Newcastle,a@n.test\nB,practitioner,Newcastle,b@n.test\nC,practitioner,Atlantis,c@n.test\n"
    page = through_columns(client, send(client, raw))
    said = words_on(page)
    assert "“Newcastle”, in 2 rows" in said and "“Atlantis”, in 1 row" in said

    answers = {"spelling-0": "Newcastle", "answer-0": "E08000021", "spelling-1": "Atlantis", "answer-1": "leave out"}
    preview = client.post(page.request.path, data=answers, follow_redirects=True)

    assert "4 would be added" in words_on(preview)
    assert "1 left out" in words_on(preview)
    assert "4 people added" in words_on(client.post(preview.request.path, data={}, follow_redirects=True))


def test_columns_that_are_not_known_are_named_on_the_page(ground: Ground, client: FlaskClient) -> None:
    page = send(client, "A,B,C\nAdur,Jo,jo@adur.test\n")

    refused = through_columns(client, page, column_0="name")
    assert "No column is chosen for: role, authority or body" in words_on(refused)
    kept = refused.get_data(as_text=True)
    assert re.search(r'<a href="#column-0">[^<]*No column is chosen', kept) and re.search(
        r'name="column-0">.*?value="name"\s+selected', kept, re.DOTALL
    )
    preview = through_columns(client, page, column_0="place", column_1="name", role="practitioner")
    assert "1 would be added" in words_on(preview)


def test_a_file_whose_letters_cannot_be_told_is_read_again_as_the_officer_says(ground: Ground, client: FlaskClient) -> None:
    page = send(client, "name;role;council;email\nJ\u017ek \u0141;practitioner;Adur;j@adur.test\n".encode("cp1250"))
    path = page.request.path
    if "another encoding" in words_on(page):
        page = client.post(path.replace("columns", "again"), data={"encoding": "cp1250"}, follow_redirects=True)

    assert "J\u017ek \u0141" in words_on(page)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "Choose a file that is not empty"),
        (b"   \r\n \n", "The file is empty"),
        (PNG, "This file is a picture"),
        (b"PK\x03\x04 ...", "This file is damaged"),
        (GOOD.encode() + b"a\x00b,practitioner,Adur,x@adur.test\n", "has bytes that are not text"),
        (b'name,role,authority,email\n"open,practitioner,Adur,x@adur.test\n', "a quotation mark does not open or close"),
        (b"name,role,authority,email\n" + b"x" * (10 * 1024 * 1024), "bigger than 10 MB"),
    ],
)
def test_a_file_that_is_no_list_of_people_is_refused_in_words(ground: Ground, client: FlaskClient, raw: bytes, sentence: str) -> None:
    answer = send(client, raw)

    assert answer.status_code == 200
    assert "There is a problem" in words_on(answer)
    assert sentence in words_on(answer)


def test_a_file_much_too_big_is_answered_plainly(ground: Ground, client: FlaskClient) -> None:
    answer = send(client, b"x" * (12 * 1024 * 1024))
    assert answer.status_code == 413
    assert "A file may be up to 10 MB" in words_on(answer)


def test_a_form_without_a_file_says_so(ground: Ground, client: FlaskClient) -> None:
    for data in ({"save": "y"}, {"file": "not a file", "save": "y"}, {}):
        answer = client.post("/people/import", data=data)
        assert answer.status_code == 200
        assert "Choose a file" in words_on(answer)


def test_what_is_uploaded_is_shown_as_text(ground: Ground, client: FlaskClient) -> None:
    page = send(client, "name,role,authority,email\n<script>alert(1)</script>,practitioner,<b>Adur,x@adur.test\n").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<b>Adur" not in page


def test_demo_addresses_are_refused_where_real_letters_go(ground: Ground, client: FlaskClient, settings: Settings) -> None:
    client.application.extensions["countersign"] = _in_production(client, settings)
    assert "is not an e-mail address" in words_on(bring_in(client, GOOD))


def _in_production(client: FlaskClient, settings: Settings) -> object:
    desk = client.application.extensions["countersign"]
    return type(desk)(settings.model_copy(update={"env": "production"}), desk.database, desk.clock)


def test_a_page_of_names_sent_without_an_answer_says_what_to_do(ground: Ground, client: FlaskClient) -> None:
    page = through_columns(client, send(client, GOOD.replace("Barnet", "Nowhere")))
    assert "“Nowhere”, in 1 row" in words_on(page)

    said = words_on(client.post(page.request.path, data={"spelling-0": "Nowhere", "answer-0": ""}, follow_redirects=True))

    assert "Say of one of these names at least which place it means, or skip the rest" in said and "“Nowhere”, in 1 row" in said


def test_whoever_goes_back_to_the_columns_or_the_names_of_a_file_that_was_applied_is_led_to_what_it_changed(
    ground: Ground, client: FlaskClient
) -> None:
    done = bring_in(client, GOOD).request.path
    for page in ("columns", "names"):
        assert client.get(f"{done}/{page}").location == done, page
    client.post(f"{done}/undo")

    undone = client.get(f"{done}/columns", follow_redirects=True)
    assert "Import undone" in words_on(undone) and title_of(undone).startswith("Import undone")


def test_a_file_of_which_no_row_can_be_used_yet_leads_to_what_is_to_be_done_about_it(ground: Ground, client: FlaskClient) -> None:
    asked = through_columns(client, send(client, "name,role,authority,email\nAnn,practitioner,Nowhere,ann@barnet.test\n")).request.path
    page = client.get(asked.removesuffix("/names"))
    assert "No row of this file can be used before you say which places are meant" in words_on(page) and f'href="{asked}"' in page.text

    nobody = through_columns(client, send(client, "name,role,authority,email\n"))
    assert "This file holds nobody: no row stands below the names of its columns. Choose another file" in words_on(nobody)
    assert "Import these people" not in words_on(nobody)
    assert client.post(nobody.request.path, data={"leave_out": "y"}).status_code == 200 and ground.addresses() == []


def test_files_chosen_before_are_found_again_to_go_on_with_or_to_undo(ground: Ground, client: FlaskClient) -> None:
    assert "Files chosen before" not in words_on(client.get("/people/import"))
    done = bring_in(client, GOOD).request.path
    waits = through_columns(client, send(client, GOOD, name="again.csv")).request.path

    page = client.get("/people/import")

    assert "again.csv Tuesday 24 November 2026, 12:00, by" in (said := words_on(page)) and "Not imported yet" in said
    assert "people.csv" in said and "Imported: 2 added, 0 renamed" in said
    assert f'href="{done}"' in page.text and f'href="{waits}"' in page.text
    client.post(f"{done}/undo")
    assert "Undone" in words_on(client.get("/people/import"))

"""An officer takes the kit of a briefing along, writes down who else has it, and goes over to a newer note in one step."""

import io
import re
import zipfile
from datetime import timedelta
from uuid import UUID
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from campaigns.agreement import releases
from campaigns.briefings import arranging, focuses, kit_holders, kits, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.foundation.log import LogEntry
from tests.campaigns import stories
from tests.campaigns.briefings import kit_stories
from tests.campaigns.stories import Story
from tests.web import many
from tests.web.grounds import Ground
from tests.web.visitors import NOON, SignIn, words_on
from web import kit_files


@pytest.fixture
def note(ground: Ground) -> Story:
    """An agreed message."""
    return stories.agreed_release(ground.house)


@pytest.fixture
def briefing(ground: Ground, note: Story) -> UUID:
    """Wales's briefing, read from it."""
    found = ground.briefing(ground.tour())
    with ground.database.transaction() as session:
        arrangement = Arrangement(NOON, "County Hall", "Head of the unit", "Policy officer", note=note.release)
        arranging.arrange(session, found, arrangement, by=ground.house.drafter, at=NOON)
    return found


def holders(ground: Ground, briefing: UUID) -> list[tuple[str, str]]:
    with ground.database.reading() as session:
        return [(holder.post, holder.address) for holder, _ in kit_holders.of_briefing(session, briefing)]


def facts(ground: Ground) -> int:
    with ground.database.reading() as session:
        return len(session.exec(select(LogEntry.id)).all())


def test_the_kit_is_one_file_and_whoever_takes_it_is_written_down(ground: Ground, client: FlaskClient, briefing: UUID) -> None:
    answer = client.get(f"/briefings/{briefing}/kit")
    assert "Take the kit" in words_on(answer) and "Nobody yet." in words_on(answer)
    assert holders(ground, briefing) == []

    first, second = (client.post(f"/briefings/{briefing}/kit") for _ in range(2))

    assert first.mimetype == "application/zip" and first.data == second.data
    assert re.search(r"filename=kit-\S+-revision-1\.zip", first.headers["Content-Disposition"])
    names = zipfile.ZipFile(io.BytesIO(first.data)).namelist()
    assert names[0] == "READ-ME.txt" and "sign-in-sheet.pdf" in names and len(names) == 8
    ((post, address),) = holders(ground, briefing)
    assert address == ""  # this officer has no address on record, and the page says so
    assert f"{post} none: tell them yourself" in words_on(client.get(f"/briefings/{briefing}/kit"))


def test_the_note_alone_is_taken_in_each_form(ground: Ground, client: FlaskClient, briefing: UUID) -> None:
    began = {}
    for kind in ("pdf", "docx", "html"):
        began[kind] = client.post(f"/briefings/{briefing}/note-file", data={"audience": "practitioners", "kind": kind}).data[:4]

    assert began == {"pdf": b"%PDF", "docx": b"PK\x03\x04", "html": b"<!DO"}
    assert len(holders(ground, briefing)) == 1
    for wrong in ({"audience": "nobody", "kind": "pdf"}, {"audience": "practitioners", "kind": "exe"}, {}):
        before = facts(ground)
        assert client.post(f"/briefings/{briefing}/note-file", data=wrong).status_code == 404
        assert facts(ground) == before


def test_somebody_without_an_account_is_written_down_and_taken_off(ground: Ground, client: FlaskClient, briefing: UUID) -> None:
    address = f"/briefings/{briefing}/kit/holders"
    wrong = words_on(client.post(address, data={"post": "", "address": "nobody"}))
    assert "Enter their post" in wrong and holders(ground, briefing) == []
    for nobody in ("nobody", "a@cardiff..test", f"{'a' * 65}@cardiff.test", "a@-cardiff.test", "a@xn--mnchen-3ya.test"):
        assert "Enter one e-mail address" in words_on(client.post(address, data={"post": "<b>Liaison</b>", "address": nobody}))

    client.post(address, data={"post": "<b>Liaison</b>", "address": "Liaison@Cardiff.test"})
    page = client.get(f"/briefings/{briefing}/kit")
    assert holders(ground, briefing) == [("<b>Liaison</b>", "liaison@cardiff.test")]
    assert "&lt;b&gt;Liaison" in page.get_data(as_text=True)

    off = re.search(r'action="(/kit-holders/[^"]+)"', page.get_data(as_text=True))
    assert off and "Taken off" in words_on(client.post(off[1], follow_redirects=True))
    assert holders(ground, briefing) == []


def test_agreed_answers_are_ticked_and_travel_along(ground: Ground, client: FlaskClient, briefing: UUID) -> None:
    answer = stories.agreed_release(ground.house, stories.words(title="What it costs"))

    said = client.post(f"/briefings/{briefing}/kit/answers", data={"answers": [str(answer.release)]}, follow_redirects=True)
    assert "answers are saved" in words_on(said) and "What it costs" in words_on(said)
    packed = client.post(f"/briefings/{briefing}/kit").data
    assert sum(name.startswith("agreed-answers/") for name in zipfile.ZipFile(io.BytesIO(packed)).namelist()) == 2

    kit_stories.newer(answer)
    assert "No longer to be read from: What it costs" in words_on(client.get(f"/briefings/{briefing}/kit"))
    wrong = client.post(f"/briefings/{briefing}/kit/answers", data={"answers": ["nonsense"]})
    assert "Choose from the list" in words_on(wrong)


def test_a_page_opened_before_another_answer_was_ticked_does_not_take_that_out(ground: Ground, client: FlaskClient, briefing: UUID) -> None:
    one, other = (stories.agreed_release(ground.house, stories.words(title=title)).release for title in ("What it costs", "Who leads"))
    page, kit = f"/briefings/{briefing}/kit/answers", set[UUID]()

    for ticked, shown in (([str(one)], ""), ([str(other)], ""), ([], str(one))):
        client.post(page, data={"answers": ticked, "shown": shown})
        with ground.database.reading() as session:
            before, kit = kit, {answer.id for answer in kits.answers(session, briefing)}

    assert (before, kit) == ({one, other}, {other})
    assert f'name="shown" type="hidden" value="{other}"' in client.get(f"/briefings/{briefing}/kit").get_data(as_text=True)


def test_the_page_asks_no_more_often_the_more_answers_there_are(ground: Ground, client: FlaskClient, briefing: UUID) -> None:
    answer, page = stories.agreed_release(ground.house, stories.words(title="What it costs")), f"/briefings/{briefing}/kit"
    few = many.asked(ground.database, client, page).total()
    with ground.database.transaction() as session:
        many.releases(session, releases.get(session, answer.release), 4)

    assert many.asked(ground.database, client, page).total() == few
    assert words_on(client.get(page)).count("What it costs") == 5


def test_what_a_tour_and_a_coming_briefing_wait_for_is_the_new_note(ground: Ground, client: FlaskClient, note: Story) -> None:
    tour = ground.tour()
    briefing = ground.briefing(tour)
    with ground.database.transaction() as session:
        arrangement = Arrangement(NOON + timedelta(days=1), "County Hall", "Head of the unit", "Policy officer", note=note.release)
        arranging.arrange(session, briefing, arrangement, by=ground.house.drafter, at=NOON)
    kit_stories.newer(note)

    assert "Wales liaison group: its speaking note must no longer be read from." in words_on(client.get(f"/tours/{tour}"))
    said = words_on(client.get(f"/briefings/{briefing}"))
    assert (
        "Change to a speaking note that may be read from, above" in said
        and "Take the speaking note and the sign-in sheet along" not in said
    )


def test_a_replaced_note_says_so_everywhere_and_is_replaced_in_one_step(
    ground: Ground, client: FlaskClient, briefing: UUID, note: Story
) -> None:
    with ground.database.reading() as session:
        tour = tours.get(session, briefing).tour_id
    pages = [f"/briefings/{briefing}", f"/briefings/{briefing}/kit", f"/briefings/{briefing}/note", f"/tours/{tour}"]
    assert not any("uperseded by" in words_on(client.get(page)) or "was replaced" in words_on(client.get(page)) for page in pages)

    new = kit_stories.newer(note)

    old = [words_on(client.get(page)) for page in pages]
    assert all("The note was replaced on" in said and "Use the new version" in said for said in old[:2])
    assert not any("Tell them yourself" in said for said in old[:2])
    assert "Superseded by revision 2, agreed on" in old[2] and "do not read from this" in old[2]
    assert "revision 1" in old[3] and "superseded" in old[3]
    packed = zipfile.ZipFile(io.BytesIO(client.post(f"/briefings/{briefing}/kit").data))
    assert b"do not read from this" in packed.read("READ-ME.txt")
    ((post, _),) = holders(ground, briefing)  # took it just now, and has no address on record
    assert all(f"Tell them yourself, there is no address for: {post}." in words_on(client.get(page)) for page in pages[:2])

    done = client.post(f"/briefings/{briefing}/note", data={"release": str(new.release)}, follow_redirects=True)
    assert "read from the new version now" in words_on(done) and "revision 2" in words_on(done)
    assert "was replaced" not in words_on(done)


def test_a_note_that_was_taken_back_asks_for_another(client: FlaskClient, briefing: UUID, note: Story) -> None:
    kit_stories.withdraw(note)

    said = words_on(client.get(f"/briefings/{briefing}"))

    assert "The note was taken back on" in said and "Choose another note" in said and "Use the new version" not in said


@pytest.mark.parametrize("release", ["", "nonsense", str(UUID(int=9))])
def test_a_version_that_is_not_there_is_not_used(client: FlaskClient, briefing: UUID, release: str) -> None:
    assert client.post(f"/briefings/{briefing}/note", data={"release": release}).status_code == 404


def test_the_sheet_to_sign_in_on_is_a_pdf_too(client: FlaskClient, briefing: UUID) -> None:
    answer = client.get(f"/briefings/{briefing}/sign-in-sheet.pdf")
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")


def test_once_dated_the_sheet_shows_where_to_sign_in_as_an_address_and_a_code(
    ground: Ground, app: Flask, client: FlaskClient, briefing: UUID
) -> None:
    elsewhere = ground.briefing(ground.tour())
    with app.test_request_context(), ground.database.reading() as session:
        dated, undated = (kit_files.sheet(session, tours.get(session, one)) for one in (briefing, elsewhere))

    assert (undated.address, undated.qr_svg) == (None, None)
    assert dated.address and "/sign-in/" in dated.address and dated.qr_svg
    assert dated.address in words_on(client.get(f"/briefings/{briefing}/sign-in-sheet"))
    drawn = ElementTree.fromstring(dated.qr_svg)
    assert drawn.get("viewBox") and drawn[1].get("d", "").startswith("M")


def test_kit_sheet_and_note_say_which_date_it_is_and_that_the_focus_awaits_a_steer(
    ground: Ground, client: FlaskClient, briefing: UUID
) -> None:
    with ground.database.transaction() as session:
        focuses.say(session, briefing, focus="Burdens", awaits_steer=True, by=ground.house.drafter, at=NOON)
        tours.get(session, briefing).slot = 2

    pages = [words_on(client.get(f"/briefings/{briefing}/{page}")) for page in ("kit", "note", "sign-in-sheet")]
    packed = zipfile.ZipFile(io.BytesIO(client.post(f"/briefings/{briefing}/kit").data))

    for said in (*pages, packed.read("READ-ME.txt").decode()):
        assert ", date 2" in said and "awaiting steer (proposed: Burdens)" in said


def test_without_a_note_there_is_no_kit(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.briefing(ground.tour())
    for answer in (client.get(f"/briefings/{briefing}/kit"), client.post(f"/briefings/{briefing}/kit")):
        assert answer.status_code == 404 and "no speaking note yet" in words_on(answer)


def test_an_observer_sees_the_kit_and_is_offered_none(client: FlaskClient, sign_in: SignIn, briefing: UUID) -> None:
    sign_in("observer", None)

    said = words_on(client.get(f"/briefings/{briefing}/kit"))

    assert "Kit to take along" in said and "Take the kit" not in said

"""An officer arranges a briefing: its date, place or link, presenters and note, its focus, and calls it off."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.briefings import attendance, sign_ins, tours
from campaigns.briefings.attendance import APOLOGIES
from campaigns.briefings.sign_ins import Attendee, Line
from tests.campaigns import stories
from tests.web import grounds, many
from tests.web.grounds import Ground
from tests.web.visitors import NOON, seen_on, words_on

MOVED: dict[str, Any] = {"core": "It is in ((place)) now. ((your part))", "holding_line": True, "closed": {"place": ["Leeds"]}}
STATUS: dict[str, Any] = {"core": "It is ((status)). ((your part))", "holding_line": True, "closed": {"status": ["cancelled"]}}


def arrangement(release: UUID, **changes: Any) -> dict[str, Any]:
    """What an officer types to arrange a briefing."""
    typed = {
        "day": ["12", "5", "2027"],
        "hour": "10:00",
        "place": "County Hall, Cardiff",
        "hse_presenter": "Head of the Local Authority Unit",
        "lacors_presenter": "Policy officer",
        "note": str(release),
    }
    return typed | changes


def _tour_of(ground: Ground, briefing: UUID) -> UUID:
    with ground.database.reading() as session:
        return tours.get(session, briefing).tour_id


def test_a_briefing_is_arranged_on_one_page(ground: Ground, client: FlaskClient) -> None:
    note, tour = ground.agreed(), ground.tour()

    answer = client.post(f"/briefings/{ground.briefing(tour)}/arrangement", data=arrangement(note), follow_redirects=True)

    said = words_on(answer)
    assert "Wednesday 12 May 2027, 10:00" in said
    assert "County Hall, Cardiff" in said
    assert "HSE: Head of the Local Authority Unit" in said
    assert "LACoRS: Policy officer" in said
    assert "revision 1" in said


@pytest.mark.long
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": ["31", "2", "2027"]}, "Enter a real date"),
        ({"day": ["", "", ""]}, "Enter the date of the briefing"),
        ({"hour": "half past"}, "Enter a time, like"),
        ({"hour": ""}, "Enter the time it starts"),
        ({"day": ["28", "3", "2027"], "hour": "1:30"}, "01:30 does not exist on Sunday 28 March 2027"),
        ({"day": ["31", "10", "2027"], "hour": "1:30"}, "01:30 comes twice on Sunday 31 October 2027"),
        ({"place": " "}, "Enter a place, a joining link or both"),
        ({"link": "http://meet.example.com/1"}, "The joining link must begin with https://"),
        ({"ends": "9:00"}, "Enter an end that comes after the start"),
        ({"ends": "late"}, "Enter a time, like"),
        ({"capacity": "many"}, "Enter how many there is room for"),
        ({"capacity": "0"}, "Enter how many there is room for"),
        ({"host": "Nobody’s hall"}, "Choose one from the list"),
        ({"agenda_item": "x" * 201}, "must be 200 characters or fewer"),
        ({"place": "Hall\r\nRoom"}, "on one line"),
        ({"hse_presenter": "A\r\nB"}, "Enter who presents for HSE, in up to 200"),
        ({"note": "nonsense"}, "Choose a speaking note"),
    ],
)
def test_an_arrangement_that_cannot_be_names_its_field(ground: Ground, client: FlaskClient, changes: dict[str, Any], sentence: str) -> None:
    note, tour = ground.agreed(), ground.tour()
    briefing = ground.briefing(tour)

    answer = client.post(f"/briefings/{briefing}/arrangement", data=arrangement(note, **changes))

    assert answer.status_code == 200
    assert sentence in words_on(answer)
    with ground.database.reading() as session:
        assert tours.get(session, briefing).state == "wanted"


def test_everything_wrong_with_an_arrangement_is_said_at_once(ground: Ground, client: FlaskClient) -> None:
    briefing = ground.briefing(ground.tour())
    wrong = {"day": ["", "", ""], "hour": "half past", "place": " ", "capacity": "many", "hse_presenter": "A\r\nB", "note": "nonsense"}

    said = words_on(client.post(f"/briefings/{briefing}/arrangement", data=arrangement(UUID(int=1), **wrong)))

    for sentence in (
        "Enter the date of the briefing",
        "Enter a time, like",
        "Enter a place, a joining link or both",
        "Enter how many there is room for",
        "Enter who presents for HSE",
        "Choose a speaking note",
    ):
        assert said.count(sentence) == 2, sentence  # at the top, and beside its field


def test_only_what_both_parties_signed_can_be_a_speaking_note(ground: Ground, client: FlaskClient) -> None:
    unsigned, tour = ground.waiting(), ground.tour()
    briefing = ground.briefing(tour)

    assert "No message has been signed by both" in words_on(client.get(f"/briefings/{briefing}/arrangement"))
    ground.agreed()
    answer = client.post(f"/briefings/{briefing}/arrangement", data=arrangement(unsigned))
    assert "Choose a speaking note" in words_on(answer)


def test_the_page_asks_no_more_often_the_more_messages_were_agreed(ground: Ground, client: FlaskClient) -> None:
    note, page = ground.agreed(), f"/briefings/{ground.briefing(ground.tour())}/arrangement"
    few = many.asked(ground.database, client, page).total()
    with ground.database.transaction() as session:
        many.releases(session, releases.get(session, note), 4)

    assert many.asked(ground.database, client, page).total() == few
    assert words_on(client.get(page)).count("What LOPP is, ") == 5
    with ground.database.transaction() as session:
        session.exec(sa.update(Release).values(state="sent"))
    assert not [said for said in many.asked(ground.database, client, page) if "FROM signatures" in said]
    assert words_on(client.get(page)).count("What LOPP is, ") == 5


def test_a_note_that_was_withdrawn_does_not_vanish_unnoticed(ground: Ground, client: FlaskClient) -> None:
    note, briefing = ground.agreed(), ground.briefing(ground.tour())
    client.post(f"/briefings/{briefing}/arrangement", data=arrangement(note))
    with ground.database.transaction() as session:
        releases.withdraw(session, note, reason="Wrong", by=ground.house.hse, at=NOON)

    typed = {name: value for name, value in arrangement(note, place="Another hall").items() if name != "note"}

    assert "Choose a speaking note" in words_on(client.post(f"/briefings/{briefing}/arrangement", data=typed))


def test_a_briefing_is_dated_before_its_note_and_presenters_and_says_what_is_missing(ground: Ground, client: FlaskClient) -> None:
    tour = ground.tour()
    briefing = ground.briefing(tour)
    typed = arrangement(ground.campaign, note="", hse_presenter="", place="", link="https://meet.example.com/1", host="HSE", capacity="40")

    said = words_on(client.post(f"/briefings/{briefing}/arrangement", data=typed | {"ends": "11:30"}, follow_redirects=True))

    assert "Wednesday 12 May 2027, 10:00 to 11:30 by joining link (room for 40)" in said
    assert "HSE: nobody yet" in said and "no speaking note yet" in said
    page = words_on(client.get(f"/briefings/{briefing}"))
    assert "Find what is missing: a presenter for HSE, a speaking note." in page and "Host HSE" in page
    assert 'value="11:30"' in client.get(f"/briefings/{briefing}/arrangement").get_data(as_text=True)


def test_posts_that_are_known_can_be_picked(ground: Ground, client: FlaskClient) -> None:
    ground.person("group-wales", "liaison_officer", "liaison@hse.test", "Somebody")
    briefing = ground.held()

    page = client.get(f"/briefings/{ground.briefing(_tour_of(ground, briefing), 'group-scotland')}/arrangement").get_data(as_text=True)

    assert 'list="posts"' in page
    assert '<option value="Liaison officer, Wales liaison group">' in page and '<option value="Head of the unit">' in page
    assert "Somebody" not in page


def test_a_briefing_is_called_off_and_wants_a_date_again(ground: Ground, client: FlaskClient) -> None:
    note, tour = ground.agreed(), ground.tour()
    briefing = ground.briefing(tour)
    client.post(f"/briefings/{briefing}/arrangement", data=arrangement(note))

    assert "It was to be on Wednesday 12 May 2027" in words_on(client.get(f"/briefings/{briefing}/calling-off"))
    assert "Enter why it is called off" in words_on(client.post(f"/briefings/{briefing}/calling-off", data={"reason": ""}))
    flood = {"reason": "Flood", "seen": seen_on(client.get(f"/briefings/{briefing}/calling-off"))}
    said = words_on(client.post(f"/briefings/{briefing}/calling-off", data=flood, follow_redirects=True))

    assert "called off: Flood" in said and said.count("no date") == 11
    assert "It was called off: Flood" in words_on(client.get(f"/briefings/{briefing}"))
    opened = client.get(f"/briefings/{briefing}/calling-off")
    assert opened.status_code == 409 and "the briefing has no date yet" in words_on(opened), "before anything is typed"
    again = flood | {"seen": seen_on(client.get(f"/briefings/{briefing}/arrangement"))}
    assert "the briefing has no date yet" in words_on(client.post(f"/briefings/{briefing}/calling-off", data=again))
    held = ground.held("group-scotland")
    for path in ("arrangement", "declining", "calling-off"):
        assert "the briefing is held" in words_on(client.get(f"/briefings/{held}/{path}"))


def test_what_was_held_without_a_presenter_asks_why_and_says_so_ever_after(ground: Ground, client: FlaskClient) -> None:
    note, tour = ground.agreed(), ground.tour()
    briefing = ground.briefing(tour)
    client.post(f"/briefings/{briefing}/arrangement", data=arrangement(note, day=["23", "11", "2026"], lacors_presenter=""))

    assert "Not entered yet: presenter for LACoRS" in words_on(client.get(f"/briefings/{briefing}/held"))
    assert "why it was held without a presenter for LACoRS" in words_on(client.post(f"/briefings/{briefing}/held"))
    client.post(f"/briefings/{briefing}/held", data={"why": "The chair was ill"})

    for page in (f"/briefings/{briefing}", f"/tours/{tour}", f"/tours/{tour}/report", f"/tours/{tour}.csv"):
        assert "The chair was ill" in words_on(client.get(page))


def test_a_focus_that_awaits_a_steer_says_so_everywhere(ground: Ground, client: FlaskClient) -> None:
    note, tour = ground.agreed(), ground.tour()
    briefing = ground.briefing(tour)
    client.post(f"/briefings/{briefing}/arrangement", data=arrangement(note, day=["1", "12", "2026"]))

    client.post(f"/briefings/{briefing}/focus", data={"focus": "Which LAs lead", "awaits_steer": "y"})

    for page in (f"/briefings/{briefing}", f"/tours/{tour}", f"/tours/{tour}/report", f"/tours/{tour}.csv"):
        assert "awaiting steer (proposed: Which LAs lead)" in words_on(client.get(page))
    assert "Briefing of Wales liaison group, County Hall, Cardiff: focus awaiting steer" in words_on(client.get("/"))
    seen = seen_on(client.get(f"/briefings/{briefing}/focus"))
    client.post(f"/briefings/{briefing}/focus", data={"focus": "Which LAs lead", "seen": seen})
    assert "awaiting steer" not in words_on(client.get(f"/tours/{tour}"))
    assert "on one line" in words_on(client.post(f"/briefings/{briefing}/focus", data={"focus": "a\r\nb"}))


def test_a_briefing_that_has_a_date_leads_to_the_agreed_holding_lines_that_can_move_it(ground: Ground, client: FlaskClient) -> None:
    note, briefing = ground.agreed(), ground.briefing(ground.tour())
    moved, said = stories.words(title="It has moved", **MOVED), stories.words(title="Its status", **STATUS)
    line, waiting = stories.agreed_release(ground.house, moved), stories.waiting_release(ground.house, moved)
    stories.agreed_release(ground.house, said)
    assert "holding line" not in words_on(client.get(f"/briefings/{briefing}"))

    client.post(f"/briefings/{briefing}/arrangement", data=arrangement(note))
    page = client.get(f"/briefings/{briefing}")

    assert "Let the holding line “It has moved” go" in words_on(page) and "Its status" not in words_on(page)
    html = page.get_data(as_text=True)
    assert f"/releases/{line.release}/schedule" in html and str(waiting.release) not in html


def test_whoever_changes_the_day_of_a_briefing_is_told_that_its_list_lapses(ground: Ground, client: FlaskClient) -> None:
    note, briefing = ground.agreed(), ground.briefing(ground.tour())
    client.post(f"/briefings/{briefing}/arrangement", data=arrangement(note))
    told = [("1 line", "it no longer counts", "it was"), ("2 lines", "they no longer count", "they were")]
    for name, (lines, lapses, was) in zip(("Ann", "Bob"), told, strict=True):
        line = Line(Attendee("practitioner", grounds.CARDIFF, name=name), APOLOGIES)
        with ground.database.transaction() as session:
            sign_ins.enter(session, briefing, [line], by=ground.house.drafter, at=NOON)
        page = client.get(f"/briefings/{briefing}/arrangement")
        assert f"Its list has {lines} already (sign-ins and apologies). If you choose another day, {lapses}." in words_on(page)
        for ends in ("calling-off", "declining"):
            said = words_on(client.get(f"/briefings/{briefing}/{ends}"))
            assert f"{lines} of its list (sign-ins and apologies) will no longer count: {was} for that day." in said

    client.post(f"/briefings/{briefing}/arrangement", data=arrangement(note, day=["13", "5", "2027"], seen=seen_on(page)))
    with ground.database.reading() as session:
        assert attendance.standing(session, briefing) == []

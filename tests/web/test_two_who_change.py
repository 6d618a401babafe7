"""Two officers change one thing at once, from pages opened before: neither writes over what the other saved without having seen it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from audiences import definitions, footprints, organisations, rules
from campaigns.briefings import cancellations, questions, tours
from campaigns.drafting import messages
from campaigns.foundation import log
from campaigns.foundation.officers import COUNTERSIGN
from campaigns.planning import plan_rows
from campaigns.planning.plan_rows import Typed
from tests.campaigns import stories
from tests.web import grounds
from tests.web.grounds import Ground
from tests.web.test_audience_builder import PRACTITIONERS, form
from tests.web.test_calendars import TYPED, only
from tests.web.test_tours_arrangements import arrangement
from tests.web.visitors import NOON, seen_on, words_on

LONDON = {"asks": "region", "of": ["London"]}
NOTHING_SAVED = "while you had it open. Nothing was saved, and nothing of yours is lost."


@pytest.fixture
def briefing(ground: Ground, client: FlaskClient) -> UUID:
    """A briefing on 12 May at County Hall."""
    briefing = ground.briefing(ground.tour())
    arrange(client, briefing)
    return briefing


def arrange(client: FlaskClient, briefing: UUID, **changes: object) -> TestResponse:
    return client.post(f"/briefings/{briefing}/arrangement", data=arrangement(UUID(int=0), note="", **changes), follow_redirects=True)


def opened(client: FlaskClient, briefing: UUID) -> str:
    return seen_on(client.get(f"/briefings/{briefing}/arrangement"))


def stands(ground: Ground, briefing: UUID) -> tuple[str, str | None, str | None, int]:
    with ground.database.reading() as session:
        found, told = tours.get(session, briefing), [entry.kind for entry in log.history(session, briefing)]
        return found.state, found.place, found.hse_presenter, told.count("BriefingDated")


def test_a_page_opened_before_a_briefing_was_moved_does_not_move_it_back(ground: Ground, client: FlaskClient, briefing: UUID) -> None:
    stale = opened(client, briefing)
    arrange(client, briefing, seen=stale, day=["26", "5", "2027"], place="Civic Hall")

    answer = arrange(client, briefing, seen=stale, hse_presenter="Another head")

    assert (answer.status_code, stands(ground, briefing)[1:]) == (409, ("Civic Hall", "Head of the Local Authority Unit", 2))
    page = words_on(answer)
    assert f"Somebody else changed this briefing {NOTHING_SAVED}" in page and "What changed while you had this open" in page
    assert "Starts: “Wednesday 12 May 2027, 10:00” when you opened the page, “Wednesday 26 May 2027, 10:00” now." in page
    assert "Place: “County Hall, Cardiff” when you opened the page, “Civic Hall” now." in page and "Presents for HSE:" not in page
    assert 'value="Another head"' in answer.get_data(as_text=True)

    known = {"seen": seen_on(answer), "day": ["26", "5", "2027"], "place": "Civic Hall"}
    assert "the briefing is arranged" in words_on(arrange(client, briefing, hse_presenter="Another head", **known))
    assert stands(ground, briefing)[1:] == ("Civic Hall", "Another head", 3)


@pytest.mark.parametrize("step", [cancellations.call_off, cancellations.decline])
def test_a_page_opened_before_it_was_called_off_does_not_date_it_again(
    ground: Ground, client: FlaskClient, briefing: UUID, step: Callable[..., None]
) -> None:
    stale = opened(client, briefing)
    with ground.database.transaction() as session:
        step(session, briefing, reason="Snow", by=ground.house.drafter, at=NOON)

    answer = arrange(client, briefing, seen=stale)

    assert "Called off or declined: nothing when you opened the page, “Snow” now." in words_on(answer)
    assert (answer.status_code, stands(ground, briefing)[0]) == (409, "wanted" if step is cancellations.call_off else "declined")


@pytest.mark.parametrize(("page", "after"), [("calling-off", "wanted"), ("declining", "declined")])
def test_a_page_opened_before_it_was_moved_neither_calls_it_off_nor_declines_it(
    ground: Ground, client: FlaskClient, briefing: UUID, page: str, after: str
) -> None:
    stale = {"reason": "Snow", "seen": seen_on(client.get(f"/briefings/{briefing}/{page}"))}
    arrange(client, briefing, seen=opened(client, briefing), day=["26", "5", "2027"])

    answer = client.post(f"/briefings/{briefing}/{page}", data=stale)

    said = "Starts: “Wednesday 12 May 2027, 10:00” when you opened the page, “Wednesday 26 May 2027, 10:00” now."
    assert answer.status_code == 409 and said in words_on(answer) and 'value="Snow"' in answer.get_data(as_text=True)
    assert stands(ground, briefing)[0] == "dated"
    assert client.post(f"/briefings/{briefing}/{page}", data=stale | {"seen": seen_on(answer)}).status_code == 302
    assert stands(ground, briefing)[0] == after


@pytest.mark.parametrize("seen", ["", "x", "[]", "{}", "null", "[" * 90_000, '{"Place": {"a": 1}}', '{"Place": "\\ud83d"}'])
def test_what_nobody_can_have_seen_is_not_written_over(ground: Ground, client: FlaskClient, briefing: UUID, seen: str) -> None:
    assert arrange(client, briefing, seen=seen, place="Another hall").status_code == 409
    assert stands(ground, briefing)[1] == "County Hall, Cardiff"


def test_what_stands_so_already_is_no_quarrel(ground: Ground, client: FlaskClient, briefing: UUID) -> None:
    assert arrange(client, briefing, seen="x").status_code == 200
    assert stands(ground, briefing)[3] == 1


def test_a_page_opened_before_a_focus_was_said_does_not_say_another_over_it(ground: Ground, client: FlaskClient, briefing: UUID) -> None:
    address = f"/briefings/{briefing}/focus"
    stale = seen_on(client.get(address))
    client.post(address, data={"focus": "Burdens on business", "seen": stale})

    answer = client.post(address, data={"focus": "Which LAs lead", "seen": stale})

    assert f"Somebody else changed this focus {NOTHING_SAVED}" in (page := words_on(answer))
    assert answer.status_code == 409 and "Focus: nothing when you opened the page, “Burdens on business” now." in page
    with ground.database.reading() as session:
        assert tours.get(session, briefing).focus == "Burdens on business"


def test_a_page_opened_before_an_outcome_was_written_down_does_not_write_another_over_it(
    ground: Ground, client: FlaskClient, briefing: UUID
) -> None:
    with ground.database.transaction() as session:
        asked = questions.raise_one(session, briefing, question="Who pays?", authority_code=None, by=ground.house.drafter, at=NOON)
    address = f"/briefings/questions/{asked}/outcome"
    stale = seen_on(client.get(address))
    client.post(address, data={"outcome": "Nobody pays", "seen": stale})

    answer = client.post(address, data={"outcome": "HSE pays", "seen": stale})

    assert f"Somebody else changed this outcome {NOTHING_SAVED}" in (page := words_on(answer))
    assert answer.status_code == 409 and "Outcome: nothing when you opened the page, “Nobody pays” now." in page
    with ground.database.reading() as session:
        assert questions.get(session, asked).outcome == "Nobody pays"


def test_a_page_opened_before_an_audience_was_redefined_does_not_undo_that(ground: Ground, client: FlaskClient) -> None:
    address = "/audiences/practitioners/rule"
    stale = seen_on(client.get(address))
    with ground.database.transaction() as session:
        definitions.redefine(
            session, "practitioners", rule=rules.ticked(roles=["practitioner"], nations=["Wales"]), by=COUNTERSIGN, at=NOON
        )

    answer = client.post(address, data=form(PRACTITIONERS, LONDON, seen=stale))

    page = words_on(answer)
    assert f"Somebody else changed this audience {NOTHING_SAVED}" in page and "“Practitioners at authorities in Wales" in page
    assert (answer.status_code, "Version: “1” when you opened the page, “2” now." in page) == (409, True)
    with ground.database.reading() as session:
        assert definitions.get(session, "practitioners").version == 2
    saved = client.post(address, data=form(PRACTITIONERS, LONDON, seen=seen_on(answer)), follow_redirects=True)
    assert "The rule is changed." in words_on(saved) and "in London" in words_on(saved)


def test_a_page_opened_before_a_calendar_rule_was_changed_does_not_undo_that(ground: Ground, client: FlaskClient) -> None:
    grounds.take_the_polls_down(ground.database)
    client.post("/calendar/new", data=TYPED)
    address = f"/calendar/{only(ground.database).id}/change"
    stale = seen_on(client.get(address))
    client.post(address, data=TYPED | {"lead_days": "9", "seen": stale})

    answer = client.post(address, data=TYPED | {"title": "Licensing committee", "seen": stale})

    assert f"Somebody else changed this rule {NOTHING_SAVED}" in (page := words_on(answer))
    assert "“9” now." in page and page.count("when you opened the page") == 1
    assert (answer.status_code, only(ground.database).title, only(ground.database).lead_days) == (409, TYPED["title"], 9)
    client.post(address, data=TYPED | {"title": "Licensing committee", "seen": seen_on(answer)})
    assert only(ground.database).title == "Licensing committee"


def test_a_page_opened_before_a_row_of_the_plan_was_drafted_does_not_lose_its_message(ground: Ground, client: FlaskClient) -> None:
    by: dict[str, Any] = {"by": ground.house.drafter, "at": NOON}
    with ground.database.transaction() as session:
        row = plan_rows.add(session, ground.campaign, Typed("unions", "What LOPP is", "letter", NOON.date()), **by)
        message = messages.draft(session, ground.campaign, stories.words(latest_send=NOON + timedelta(days=9)), **by)
    address = f"/campaigns/plan/{row}"
    stale = seen_on(client.get(address))
    with ground.database.transaction() as session:
        plan_rows.draft_for(session, row, message, **by)
    typed = {"audience": "unions", "title": "Another title", "channel": "letter", "day": ["24", "11", "2026"]}

    answer = client.post(address, data=typed | {"seen": stale})

    assert f"Somebody else changed this row {NOTHING_SAVED}" in (page := words_on(answer)) and "The message: nothing when" in page
    assert answer.status_code == 409 and 'value="Another title"' in answer.get_data(as_text=True)
    client.post(address, data=typed | {"message_id": str(message), "seen": seen_on(answer)})
    with ground.database.reading() as session:
        found = plan_rows.get(session, row)
        assert (found.title, found.message_id) == ("Another title", message)


def test_a_page_opened_before_an_organisation_was_changed_does_not_undo_that(ground: Ground, client: FlaskClient) -> None:
    address = "/organisations/b-and-q/change"
    stale = seen_on(client.get(address))
    said = {"status": "signed", "lead": "lacors", "sector": "retail", "enforcing_authority": "both", "home_authority": ""}
    client.post(address, data=said | {"sector": "Do it yourself", "seen": stale})

    answer = client.post(address, data=said | {"status": "withdrawn", "seen": stale})

    assert f"Somebody else changed this organisation {NOTHING_SAVED}" in (page := words_on(answer))
    assert (answer.status_code, "“Do it yourself” now." in page) == (409, True)
    client.post(address, data=said | {"status": "withdrawn", "sector": "Do it yourself", "seen": seen_on(answer)})
    with ground.database.reading() as session:
        found = organisations.get(session, "b-and-q")
        assert (found.status, found.sector) == ("withdrawn", "Do it yourself")


def test_a_page_opened_before_a_footprint_was_changed_takes_no_site_back(ground: Ground, client: FlaskClient) -> None:
    address = "/organisations/tesco/sites"
    client.post(address, data={"typed": "Adur, 3\nCardiff, 2"})
    stale = seen_on(client.get(address))
    client.post(address, data={"typed": "Adur, 3\nFife, 4", "seen": stale})

    answer = client.post(address, data={"typed": "Adur, 9\nCardiff, 2", "seen": stale})

    assert f"Somebody else changed this footprint {NOTHING_SAVED}" in (page := words_on(answer)) and "Adur, 9" in page
    assert (
        "(S12000047): nothing when you opened the page, “4” now." in page
        and "(W06000015): “2” when you opened the page, nothing now." in page
    )
    with ground.database.reading() as session:
        assert (answer.status_code, footprints.of(session, "tesco")) == (409, {"E07000223": 3, "S12000047": 4})
    client.post(address, data={"typed": "Adur, 9\nFife, 4", "seen": seen_on(answer)})
    with ground.database.reading() as session:
        assert footprints.of(session, "tesco") == {"E07000223": 9, "S12000047": 4}


def test_a_page_opened_before_it_was_decided_how_long_records_are_kept_does_not_decide_otherwise(
    ground: Ground, client: FlaskClient
) -> None:
    address = "/records/notices/days"
    stale = seen_on(client.get(address))
    client.post(address, data={"days": "3650", "seen": stale})

    answer = client.post(address, data={"days": "60", "seen": stale})

    assert f"Somebody else changed this number of days {NOTHING_SAVED}" in (page := words_on(answer)) and answer.status_code == 409
    assert "Days it is kept: “365” when you opened the page, “3,650” now." in page and 'value="60"' in answer.text
    assert "Saved." in words_on(client.post(address, data={"days": "60", "seen": seen_on(answer)}, follow_redirects=True))

"""Two officers who save at the same moment: the second is told in a sentence, keeps what was typed, and nothing is done or logged twice."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from audiences import guesses, people, suggestions
from audiences.contacts import Given
from audiences.people import Person, PersonLeft
from campaigns.agreement import releases
from campaigns.briefings import attendance, tours
from campaigns.briefings.tours import Group
from campaigns.drafting import messages
from campaigns.foundation import clock, log, officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotFound
from campaigns.foundation.officers import OfficerLeft, OfficerRecord
from campaigns.planning import campaign_plans
from tests import crossings
from tests.campaigns import stories
from tests.web import grounds, visitors
from tests.web.grounds import ADUR, CARDIFF
from tests.web.visitors import NOON, words_on
from web import desk, findings
from web.desk import DOUBLE

HEAD = {"name": "Head of Health", "role": "senior_manager", "place": ADUR, "address": "head@adur.test"}


def signed_in(served: Flask) -> FlaskClient:
    """An officer's browser, at the pages on PostgreSQL."""
    client = served.test_client()
    visitors.sign_in(client)
    return client


def test_who_is_added_by_somebody_else_between_the_look_and_the_row_is_refused_on_the_form(
    served: Flask, on_postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground, client, written = grounds.found(on_postgres), signed_in(served), Given.row

    def late(given: Given, *, source: str) -> dict[str, Any]:
        monkeypatch.setattr(Given, "row", written)
        ground.person(role=HEAD["role"], address=HEAD["address"], name="Added by another")
        return written(given, source=source)

    monkeypatch.setattr(Given, "row", late)
    answer = client.post("/people/new", data=HEAD)

    assert answer.status_code == 200 and DOUBLE in words_on(answer) and "Head of Health" in answer.get_data(as_text=True)
    with on_postgres.reading() as session:
        assert session.exec(select(Person.name).where(Person.address == HEAD["address"])).all() == ["Added by another"]


def test_a_draft_submitted_at_the_moment_of_its_withdrawal_is_withdrawn_with_its_release(served: Flask, on_postgres: Database) -> None:
    house, client = grounds.found(on_postgres).house, signed_in(served)
    message = stories.drafted(house, stories.words(latest_send=NOON + timedelta(days=9)))

    withdraw = partial(client.post, f"/messages/{message}/withdrawal", data={"reason": "Not now"})
    with crossings.other(on_postgres, withdraw) as begin, on_postgres.transaction() as session:
        releases.submit(session, message, by=house.lacors, at=NOON)
        found = begin()

    assert found.result().status_code == 302
    with on_postgres.reading() as session:
        states = messages.get(session, message).state, [release.state for release in releases.of_message(session, message)]
        assert states == ("withdrawn", ["withdrawn"])


def test_of_two_who_answer_one_correction_by_changing_one_person_the_second_is_refused(served: Flask, on_postgres: Database) -> None:
    ground, client = grounds.found(on_postgres), signed_in(served)
    person, by = ground.person(), {"by": ground.house.lacors, "at": NOON}
    with on_postgres.transaction() as session:
        said = suggestions.make(
            session, about=person, authority_code=ADUR, kind=suggestions.WRONG_PERSON, source="tests", by="A reader", at=NOON
        )

    leave = partial(client.post, f"/people/{person}/leaving?correction={said}")
    with crossings.other(on_postgres, leave) as begin, on_postgres.transaction() as session:
        suggestions.settle(session, said, verdict=suggestions.TAKEN, **by)
        answer = begin()
        people.succeed(session, person, name="New head", address="new@adur.test", test_domains_allowed=True, **by)

    assert answer.result().status_code == 409 and "has been answered already" in words_on(answer.result())


def test_whoever_ticks_a_sheet_while_another_saves_it_is_told_that_it_changed(served: Flask, on_postgres: Database) -> None:
    ground, client = grounds.found(on_postgres), signed_in(served)
    briefing, tick = ground.held(), f"{CARDIFF}:practitioner"

    save = partial(client.post, f"/briefings/{briefing}/attendance", data={"ticks": [tick], "shown": ""}, follow_redirects=True)
    with crossings.other(on_postgres, save) as begin, on_postgres.transaction() as session:
        attendance.record(session, briefing, [(CARDIFF, "practitioner")], by=ground.house.lacors, at=NOON)
        answer = begin()

    assert "Somebody else changed the list while you had it open." in words_on(answer.result())


def test_a_finding_in_words_that_are_changed_at_that_moment_is_not_accepted_for_the_new_ones(served: Flask, on_postgres: Database) -> None:
    house, client = grounds.found(on_postgres).house, signed_in(served)
    words = stories.words(core="[https://www.hse.gov.uk/a](https://www.lacors.gov.uk/b)", latest_send=NOON + timedelta(days=9))
    message = stories.drafted(house, words)
    with served.test_request_context(), on_postgres.reading() as session:
        keys = [finding.key for finding in findings.of_message(session, messages.get(session, message)) if finding.must]
    assert keys

    accept = partial(client.post, f"/messages/{message}/acceptances", data={"accept": keys})
    with crossings.other(on_postgres, accept) as begin, on_postgres.transaction() as session:
        messages.revise(session, message, words.model_copy(update={"core": "Read it."}), by=house.lacors, at=NOON)
        answer = begin()

    assert "The words changed since this page was shown." in words_on(answer.result())
    with on_postgres.reading() as session:
        assert log.of_kinds(session, message, "FindingAccepted") == []


def test_what_breaks_another_rule_of_the_tables_is_a_fault_and_no_refusal(served: Flask) -> None:
    with served.test_request_context(), pytest.raises(IntegrityError), desk.writing() as session:
        session.execute(sa.insert(Person).values(id=None))


def test_a_person_whom_two_say_has_left_left_once(on_postgres: Database) -> None:
    ground = grounds.found(on_postgres)
    person, by = ground.person(), ground.house.drafter

    def leave(session: Session) -> None:
        people.leave(session, person, by=by, at=NOON)

    with on_postgres.transaction() as second:
        seen = people.get(second, person)
        with on_postgres.transaction() as first:
            leave(first)
        assert seen.active, "as the second saw it"
        with pytest.raises(NotAllowedNow, match="has left already"):
            leave(second)
    with on_postgres.reading() as session:
        assert len(log.of_kinds(session, person, PersonLeft.__name__)) == 1


def test_an_officer_whose_duty_two_end_left_once(on_postgres: Database) -> None:
    officer = grounds.found(on_postgres).house.drafter.id

    def leave(session: Session) -> None:
        officers.leave(session, officer, by="An administrator", at=NOON)

    with on_postgres.transaction() as second:
        seen = second.get_one(OfficerRecord, officer)
        with on_postgres.transaction() as first:
            leave(first)
        assert seen.active, "as the second saw it"
        with pytest.raises(NotFound, match="have left already"):
            leave(second)
    with on_postgres.reading() as session:
        assert len(log.of_kinds(session, officer, OfficerLeft.__name__)) == 1


def test_two_who_begin_a_campaign_of_one_name_begin_one(served: Flask, on_postgres: Database) -> None:
    ground, client = grounds.found(on_postgres), signed_in(served)

    begin_too = partial(client.post, "/campaigns/new", data={"name": " autumn", "objective": "The same"})
    with crossings.other(on_postgres, begin_too) as begin, on_postgres.transaction() as session:
        campaign_plans.begin(session, name="Autumn", objective="Every council knows.", by=ground.house.lacors, at=NOON)
        answer = begin()

    page = words_on(answer.result())
    assert f"There is a campaign of this name already, begun by LACoRS chair on {clock.say(NOON)}. Give this one another name" in page
    with on_postgres.reading() as session:
        assert [one.name for one in campaign_plans.every(session) if one.name.casefold() == "autumn"] == ["Autumn"]


def test_two_who_open_a_tour_of_one_name_open_one(served: Flask, on_postgres: Database) -> None:
    ground, client = grounds.found(on_postgres), signed_in(served)

    open_too = partial(client.post, "/tours/new", data={"name": "Spring", "campaign": str(ground.campaign)})
    with crossings.other(on_postgres, open_too) as begin, on_postgres.transaction() as session:
        groups = [Group("group-wales", "Wales", "Wales")]
        tours.open_tour(session, ground.campaign, name="Spring", groups=groups, by=ground.house.lacors, at=NOON)
        answer = begin()

    assert f"There is a tour of this name already, opened by LACoRS chair on {clock.say(NOON)}." in words_on(answer.result())
    with on_postgres.reading() as session:
        assert len(tours.every(session)) == 1


def test_of_two_who_say_that_one_guess_is_right_the_second_is_refused(served: Flask, on_postgres: Database) -> None:
    ground, client = grounds.found(on_postgres), signed_in(served)
    with on_postgres.transaction() as session:
        guesses.make(session, by=ground.house.lacors, at=NOON)
        person = guesses.waiting(session)[0].id

    confirm_too = partial(client.post, f"/people/{person}/confirmed")
    with crossings.other(on_postgres, confirm_too) as begin, on_postgres.transaction() as session:
        guesses.confirm(session, person, by=ground.house.lacors, at=NOON)
        answer = begin()

    assert answer.result().status_code == 409
    with on_postgres.reading() as session:
        assert len(log.of_kinds(session, person, guesses.GuessConfirmed.__name__)) == 1

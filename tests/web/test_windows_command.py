"""`countersign windows`, as an operator or a script runs it."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from campaigns.briefings import arranging
from campaigns.briefings.arrangements import Arrangement
from campaigns.delivery.deliveries import Delivery
from campaigns.drafting.terms import Terms
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotFound
from campaigns.planning import rules
from campaigns.planning.rules import Typed
from tests.campaigns import stories
from tests.campaigns.stories import NOON
from tests.web import grounds
from tests.web.grounds import CARDIFF, Ground
from web.cli.main import countersign

LEEDS = "E08000035"
SPRING = ("--from", "2026-04-01", "--to", "2026-05-31")


@pytest.fixture
def ground(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """Leeds has a committee on the third Tuesday of a month, whose papers close a week before."""
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", sqlite.url)
    monkeypatch.setenv("COUNTERSIGN_ENV", "test")
    ground = grounds.found(sqlite)
    add(ground, "committee", "committee", date(2026, 1, 20), date(2026, 1, 20), recurrence="FREQ=MONTHLY;BYDAY=3TU", lead_days=7)
    return ground


def add(ground: Ground, kind: str, title: str, first: date, last: date, **more: Any) -> None:
    """A rule of Leeds's own."""
    with ground.database.transaction() as session:
        rules.add(session, Typed("authority", LEEDS, kind, title, first, last, "Council diary", **more), by=ground.house.drafter, at=NOON)


def run(*words: str) -> Result:
    return CliRunner().invoke(countersign, ["windows", *words])


def told(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_a_councils_windows_and_their_reasons_across_a_quiet_period(ground: Ground) -> None:
    found = told("--authority", LEEDS, *SPRING)

    assert set(found) == {"authority", "name", "class", "windows", "next", "why", "holds"}
    assert (found["authority"], found["name"], found["class"]) == (LEEDS, "Leeds", "publicity")
    assert found["why"].startswith("held to 7 May: pre-election period")
    papers = "committee papers close on 12 May, for the meeting on 19 May"
    assert found["windows"] == [
        {"from": "2026-05-08", "to": "2026-05-08", "closes_for": ""},
        {"from": "2026-05-11", "to": "2026-05-11", "closes_for": papers},
        {"from": "2026-05-20", "to": "2026-05-22", "closes_for": ""},
        {"from": "2026-05-26", "to": "2026-05-29", "closes_for": ""},
    ]
    assert found["next"] == found["windows"][0]
    assert {"from": "2026-05-12", "to": "2026-05-19", "reason": papers} in found["holds"]
    assert {"from": "2026-05-25", "to": "2026-05-25", "reason": "Spring Bank Holiday"} in found["holds"]
    assert all(set(hold) == {"from", "to", "reason"} for hold in found["holds"])


def test_letters_about_the_work_itself_go_on(ground: Ground) -> None:
    found = told("--authority", LEEDS, *SPRING, "--class", "operational")

    assert (found["windows"][0]["from"], found["why"]) == ("2026-04-01", "")


def test_it_says_the_same_in_words(ground: Ground) -> None:
    lines = run("--authority", LEEDS.lower(), *SPRING).output.splitlines()

    assert lines[:2] == ["Leeds: held to 7 May: pre-election period (local elections)", "It may go:"]
    assert lines[3] == "  2026-05-11 to 2026-05-11  then committee papers close on 12 May, for the meeting on 19 May"
    assert run("--authority", LEEDS, "--from", "2026-04-01", "--to", "2026-04-02").output.endswith("It may go:\n  on no day\n")


@time_machine.travel(NOON, tick=False)
def test_what_of_a_campaign_waits_for_the_authoritys_window(ground: Ground) -> None:
    readers = [stories.reader(0, authority_code=LEEDS), stories.reader(1, authority_code=LEEDS), stories.reader(2, authority_code=CARDIFF)]
    scheduled = stories.agreed_release(ground.house, readers=readers)
    going = stories.sending_release(ground.house, stories.words(title="What LOPP asks"), readers)
    scheduled.schedule(in_windows=True)
    stories.waiting_release(ground.house, stories.words(title="Not agreed"), readers)
    with ground.database.transaction() as session:
        gone = session.get_one(Delivery, (going.release, 0))
        session.add(gone.sqlmodel_update({"state": "accepted"}))

    found = told("--authority", LEEDS, *SPRING, "--campaign", "lopp")

    assert found["campaign"] == {"id": str(ground.campaign), "name": "LOPP"}
    assert {one["title"]: (one["state"], one["letters"]) for one in found["messages"]} == {
        "What LOPP is": ("scheduled", 2),
        "What LOPP asks": ("sending", 1),
    }
    first, other = sorted(found["messages"], key=lambda one: str(one["state"]))
    assert set(first) == {"reference", "title", "state", "class", "letters", "opens", "closes", "why"}
    assert (first["class"], first["opens"], first["closes"]) == ("publicity", "2026-05-20T07:00:00+00:00", "2026-05-20T17:00:00+00:00")
    assert first["why"] == "held to 19 May: committee papers close on 12 May, for the meeting on 19 May"
    assert (other["opens"], other["why"]) == (NOON.isoformat(), "")  # this one goes whatever day it is
    assert told("--authority", "E09000003", *SPRING, "--campaign", "lopp")["messages"] == []


@time_machine.travel(NOON, tick=False)
def test_a_message_without_a_window_before_its_latest_moment_is_said_to_have_none(ground: Ground) -> None:
    add(ground, "do not send", "moving house", date(2026, 5, 12), date(2026, 6, 30))
    stories.agreed_release(ground.house, readers=[stories.reader(0, authority_code=LEEDS)]).schedule(in_windows=True)

    last = run("--authority", LEEDS, *SPRING, "--campaign", "LOPP").output.splitlines()[-1]

    assert last.endswith("What LOPP is, 1 to go: no window before its latest moment; held to 30 June: moving house")


@time_machine.travel(NOON, tick=False)
def test_the_class_is_the_one_that_was_signed_and_what_goes_before_a_briefing_says_so(ground: Ground) -> None:
    add(ground, "pre-election", "by-election", date(2026, 5, 1), date(2026, 5, 26))
    readers, tour = [stories.reader(0, authority_code=LEEDS)], ground.tour()
    signed = stories.agreed_release(ground.house, stories.words(terms=Terms(message_class="operational")), readers)
    signed.schedule(tour=tour, days=2)

    (undated,) = told("--authority", LEEDS, *SPRING, "--campaign", "lopp")["messages"]
    assert (undated["class"], undated["opens"], undated["why"]) == ("operational", None, "held until its briefing has a date")
    with ground.database.transaction() as session:
        dated = Arrangement(datetime(2026, 5, 22, 9, tzinfo=UTC), "Leeds", "LOPP team, HSE", "LOPP lead, LACoRS", None)
        arranging.arrange(session, ground.briefing(tour, "group-yorkshire-and-the-humber"), dated, by=ground.house.drafter, at=NOON)
    (one,) = told("--authority", LEEDS, *SPRING, "--campaign", "lopp")["messages"]
    assert (one["opens"], one["closes"]) == ("2026-05-20T07:00:00+00:00", "2026-05-20T17:00:00+00:00")


@time_machine.travel(NOON, tick=False)
def test_what_both_parties_signed_to_go_on_is_not_said_to_be_held_by_a_quiet_period(ground: Ground) -> None:
    add(ground, "pre-election", "by-election", date(2026, 5, 1), date(2026, 6, 30))
    words = stories.words(terms=Terms(overrides_quiet="The factory is unsafe now"))
    stories.agreed_release(ground.house, words, [stories.reader(0, authority_code=LEEDS)]).schedule(in_windows=True)

    (one,) = told("--authority", LEEDS, *SPRING, "--campaign", "lopp")["messages"]

    assert one["opens"] == "2026-05-20T07:00:00+00:00"


OUT_OF_ORDER, NO_DAY = "must not be before --from", "does not match the format"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-05-12", "2026-05-11", OUT_OF_ORDER), ("2026-01-01", "2031-01-01", OUT_OF_ORDER), ("0001-01-01", "0001-02-01", OUT_OF_ORDER),
        ("9999-12-01", "9999-12-31", OUT_OF_ORDER), ("2026-02-30", "2026-05-11", NO_DAY), ("soon", "2026-05-11", NO_DAY), ("2026-05-12", "", NO_DAY),
    ],
)  # fmt: skip
def test_days_that_cannot_be_are_refused_with_a_sentence(ground: Ground, first: str, last: str, said: str) -> None:
    result = run("--authority", LEEDS, "--from", first, "--to", last)

    assert result.exit_code == 2 and said in result.output


def test_an_authority_or_a_campaign_that_is_not_there_is_refused(ground: Ground) -> None:
    assert isinstance(run("--authority", "E99999999", *SPRING).exception, NotFound)
    assert isinstance(run("--authority", LEEDS, *SPRING, "--campaign", "Other").exception, NotFound)
    assert run("--authority", LEEDS, *SPRING, "--class", "gossip").exit_code == 2


def test_one_day_is_looked_at_like_many(ground: Ground) -> None:
    day = date(2026, 5, 11).isoformat()

    assert told("--authority", LEEDS, "--from", day, "--to", day)["windows"][0]["to"] == day

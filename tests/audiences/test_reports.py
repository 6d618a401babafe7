"""What officers record by hand: only what its channel can show, once, for authorities that are in the register, and taken back with a reason."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from audiences import coverage, erasures, reports
from audiences.grades import HOW
from audiences.reports import BY_HAND, Told
from campaigns.foundation import log
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours, Refused
from campaigns.planning import campaign_plans
from campaigns.reach import touches
from campaigns.reach.touches import Fact
from tests import touch_log
from tests.campaigns import stories
from tests.web import grounds
from tests.web.grounds import ADUR, BARNET, Ground
from tests.web.visitors import NOON

TODAY = date(2026, 11, 24)
CALL = Told("call", "confirmed", (ADUR, BARNET), TODAY - timedelta(days=3), "Note of the call in the file", role="practitioner")


@pytest.fixture
def ground(sqlite: Any) -> Ground:
    return grounds.found(sqlite)


def record(ground: Ground, told: Told = CALL, **changes: Any) -> UUID:
    with ground.database.transaction() as session:
        return reports.record(session, ground.campaign, replace(told, **changes), by=ground.house.drafter, at=NOON)


def take_back(ground: Ground, report: UUID, reason: str = "It was another council") -> None:
    with ground.database.transaction() as session:
        reports.take_back(session, report, reason=reason, by=ground.house.drafter, at=NOON)


def grades(ground: Ground, role: str = "practitioner") -> set[str]:
    with ground.database.reading() as session:
        return {row.authority.code for row in coverage.grid(session, ground.campaign).rows if "confirmed" in row.cells[role].grades}


def test_a_call_recorded_confirms_each_authority_named_in_that_role(ground: Ground) -> None:
    report = record(ground)

    assert grades(ground) == {ADUR, BARNET}
    assert grades(ground, "elected_member") == set()
    with ground.database.reading() as session:
        [touch] = touches.of_authority(session, ADUR, [ground.campaign])
        assert (touch.by, touch.channel, touch.at) == ("HSE drafter", "call", NOON - timedelta(days=3))
        assert reports.codes_of(session, report) == [ADUR, BARNET]
        [fact] = log.history(session, report)
        assert fact.payload == {"channel": "call", "grade": "confirmed", "authorities": 2}


def test_taken_back_it_counts_no_more_and_stays_on_record_with_the_reason(ground: Ground) -> None:
    report = record(ground)
    take_back(ground, report)

    assert grades(ground) == set()
    with ground.database.reading() as session:
        [kept] = reports.of_campaign(session, ground.campaign)
        assert (kept.reason, kept.taken_back_by, reports.codes_of(session, report)) == (
            "It was another council",
            "HSE drafter",
            [ADUR, BARNET],
        )
        assert [entry.kind for entry in log.history(session, report)] == ["TouchRecorded", "TouchTakenBack"]
    with pytest.raises(NotAllowedNow, match="HSE drafter has taken this back already"):
        take_back(ground, report)
    record(ground)
    assert grades(ground) == {ADUR, BARNET}


def test_the_same_thing_twice_is_recorded_once(ground: Ground) -> None:
    record(ground)

    with pytest.raises(Refused, match="recorded already"):
        record(ground, codes=(BARNET, ADUR, ADUR))

    record(ground, evidence="Note of another call")
    with ground.database.reading() as session:
        assert len(reports.of_campaign(session, ground.campaign)) == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"grade": "understood"}, "Choose what happened"),
        ({"channel": "relay"}, "Choose what happened"),  # nobody has confirmed because HELA passed it on
        ({"channel": "article", "grade": "confirmed"}, "Choose what happened"),
        ({"channel": "visit", "grade": "confirmed"}, "Choose what happened"),
        ({"channel": "letter", "grade": "written"}, "Choose what happened"),
        ({"channel": "article", "grade": "written"}, "for the whole authority"),
        ({"role": "emperor"}, "Choose a role"),
        ({"on": TODAY + timedelta(days=1)}, "has not come yet"),
        ({"codes": ()}, "Say which authorities"),
        ({"codes": (ADUR, "E99999999")}, "There is no authority E99999999"),
        ({"evidence": " "}, "Enter what shows it"),
        ({"evidence": "two\nlines"}, "on one line"),
        ({"evidence": "x" * 201}, "up to 200"),
        ({"evidence": "rang jo@adur.test"}, "Leave out names and addresses"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(ground: Ground, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        record(ground, **changes)

    with ground.database.reading() as session:
        assert reports.of_campaign(session, ground.campaign) == touch_log.of_campaign(session, ground.campaign) == []


def test_what_is_about_a_message_came_after_its_first_letter(ground: Ground) -> None:
    began = date(2026, 5, 12)
    draft, gone = stories.drafted(ground.house), stories.sending_release(ground.house).message
    letter = Fact(ground.campaign, ADUR, "practitioner", "written", "letter:1", NOON - timedelta(days=4), "Post", message_id=gone)

    with pytest.raises(Invalid, match="has not begun to go out"):
        record(ground, message_id=draft)
    with pytest.raises(Invalid, match="The campaign was set up here on 12 May 2026"):
        record(ground, on=began - timedelta(days=366))
    assert record(ground, on=began - timedelta(days=365))
    with pytest.raises(Invalid, match="The first letter of this message went on 12 May 2026"):
        record(ground, message_id=gone, on=began - timedelta(days=1))
    assert record(ground, message_id=gone, on=began)
    with ground.database.transaction() as session:
        touches.put(session, [letter])
    with pytest.raises(Invalid, match="The first letter of this message went on 20 November 2026"):
        record(ground, message_id=gone, on=TODAY - timedelta(days=5))
    assert record(ground, message_id=gone, on=TODAY - timedelta(days=4))


def test_a_message_of_another_campaign_is_refused(ground: Ground) -> None:
    with ground.database.transaction() as session:
        other = campaign_plans.begin(session, name="Another", objective="x", by=ground.house.drafter, at=NOON)

    with pytest.raises(Invalid, match="Choose a message of this campaign"):
        record(ground, message_id=stories.sending_release(replace(ground.house, campaign=other)).message)
    with pytest.raises(NotFound):
        record(ground, message_id=UUID(int=9))
    with ground.database.transaction() as session, pytest.raises(NotFound):
        reports.record(session, UUID(int=9), CALL, by=ground.house.drafter, at=NOON)


def test_an_observer_records_and_takes_back_nothing(ground: Ground) -> None:
    report = record(ground)

    with ground.database.transaction() as session, pytest.raises(NotYours):
        reports.record(session, ground.campaign, CALL, by=ground.house.observer, at=NOON)
    with ground.database.transaction() as session, pytest.raises(NotYours):
        reports.take_back(session, report, reason="x", by=ground.house.observer, at=NOON)
    with pytest.raises(Invalid, match="why it is taken back"):
        take_back(ground, report, " ")


def test_every_grade_given_by_hand_says_what_it_rests_on(ground: Ground) -> None:
    for channel, given in BY_HAND.items():
        for grade in given:
            assert (grade, channel) in HOW
            record(ground, channel=channel, grade=grade, role="", on=TODAY)


def test_a_line_that_named_somebody_all_the_same_is_blanked_when_they_are_erased(ground: Ground) -> None:
    person = ground.person(name="Ada Example")
    report, other = record(ground, evidence="rang ada example"), record(ground, evidence="rang the post")
    take_back(ground, report, "Ada Example says no")

    with ground.database.transaction() as session:
        erasures.erase(session, person, by=ground.house.drafter, at=NOON)

    with ground.database.reading() as session:
        kept = reports.get(session, report)
        assert (kept.evidence, kept.reason, reports.get(session, other).evidence) == ("erased", "erased", "rang the post")

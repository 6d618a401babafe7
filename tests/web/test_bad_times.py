"""Times that cannot be, typed where a release is let go and where a message is written."""

import pytest

from campaigns.agreement import releases
from campaigns.drafting import messages
from tests.web.office import Office
from tests.web.visitors import words_on

SKIPPED_OR_TWICE = [
    (["29", "3", "2026"], "1:30", "01:30 does not exist on Sunday 29 March 2026: the clocks go forward an hour. Choose 00:30 or 02:30."),
    (["25", "10", "2026"], "1:30", "01:30 comes twice on Sunday 25 October 2026"),
    (["28", "3", "2027"], "1:30", "01:30 does not exist on Sunday 28 March 2027"),
    (["31", "10", "2027"], "1:30", "01:30 comes twice on Sunday 31 October 2027"),
]
NOT_DAYS = [
    (["29", "2", "2027"], "9:30", "Enter a real date"),
    (["31", "11", "2026"], "9:30", "Enter a real date"),
    (["1", "1", "0"], "9:30", "Enter a real date"),
    (["1", "1", "10000"], "9:30", "Enter a real date"),
    (["1", "1", "99999999999999999999"], "9:30", "Enter a real date"),
    (["26", "11", "2026"], "25:00", "Enter a time, like 9:30am"),
    (["26", "11", "2026"], "24:00", "Enter a time, like 9:30am"),
]


YEAR = "Enter the year with four figures"
PASSED, AFTER = "Choose a time that has not passed", "Choose a time before Sunday 20 December 2026, 17:00, the latest both parties signed"
NOT_TO_GO_AT = [
    *SKIPPED_OR_TWICE,
    *NOT_DAYS,
    (["1", "1", "1970"], "0:30", YEAR),
    (["23", "11", "2026"], "9:30", PASSED),
    (["1", "6", "2099"], "9:30", AFTER),
    (["31", "12", "9999"], "23:59", YEAR),
]
ORDER = "must be after the earliest"
NOT_WINDOWS: list[tuple[dict[str, str | list[str]], str]] = [
    *(({f"{edge}": day, f"{edge}_hour": hour}, said) for edge in ("latest_send", "not_before") for day, hour, said in SKIPPED_OR_TWICE),
    *(({f"{edge}": day, f"{edge}_hour": hour}, said) for edge in ("latest_send", "not_before") for day, hour, said in NOT_DAYS),
    ({"latest_send": ["1", "1", "1970"]}, YEAR),
    ({"not_before": ["1", "6", "2099"]}, ORDER),
    ({"not_before": ["31", "12", "9999"], "not_before_hour": "23:59"}, YEAR),
    ({"latest_send": ["1", "12", "2026"], "not_before": ["2", "12", "2026"]}, ORDER),
    ({"latest_send_hour": "9:00", "not_before": ["20", "12", "2026"], "not_before_hour": "9:00"}, ORDER),
]


def test_no_release_is_let_go_at_a_time_that_cannot_be(office: Office) -> None:
    release = office.agreed()

    for day, hour, sentence in NOT_TO_GO_AT:
        answer = office.post(f"/releases/{release}/schedule", when="later", day=day, hour=hour)

        assert (answer.status_code, sentence in words_on(answer)) == (200, True), (day, hour, words_on(answer))
        with office.database.reading() as session:
            row = releases.get(session, release)
        assert (row.state, row.scheduled_for) == ("sealed", None)


@pytest.mark.long
def test_no_message_has_a_window_that_cannot_be(office: Office) -> None:
    office.sit()

    for typed, sentence in NOT_WINDOWS:
        answer = office.write(**typed)

        assert (answer.status_code, sentence in words_on(answer)) == (200, True), (typed, words_on(answer))
        with office.database.reading() as session:
            assert messages.every(session) == []


@pytest.mark.parametrize("day", [["1", "6", "2099"], ["29", "2", "2028"]])
def test_a_far_but_real_latest_time_is_kept_and_shown_as_it_was_typed(office: Office, day: list[str]) -> None:
    message = office.drafted(latest_send=day, latest_send_hour="23:59")

    assert f"{day[2]}, 23:59" in office.see(f"/messages/{message}")


def test_two_wrong_days_and_two_wrong_hours_are_told_apart(office: Office) -> None:
    office.sit()
    wrong = {"latest_send": ["31", "2", "2027"], "not_before": ["x", "", ""], "latest_send_hour": "late", "not_before_hour": "early"}

    page = words_on(office.write(**wrong))

    for said in ("real date, like 12 5 2027, for “Latest day to send”", "real date, like 12 5 2027, for “Earliest day to send”"):
        assert said in page
    for said in ("or 14:05, for “Latest time that day”", "or 14:05, for “Earliest time that day”"):
        assert said in page

"""What stands in each of an invitation's letters and its calendar entry, and how a day and a time must be written to be understood."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest

from campaigns.drafting import invitations
from campaigns.drafting.invitations import CANCELLED, INVITED, LAST_WORD, ONLINE, REMINDED, STAGES, Occasion
from campaigns.foundation.errors import Refused

CLOSED = {"invitation": ["Come", "Remember", "It is off"]}
STARTS, ENDS = (datetime(2026, 5, 12, hour, tzinfo=UTC) for hour in (9, 11))
HALL = Occasion(uid="u", sequence=3, briefing="b", group="g", starts_at=STARTS, ends_at=ENDS, place="Hall", link="https://a.test/x")
ENTRY = {
    "event_uid": "u",
    "event_sequence": "3",
    "event_method": "REQUEST",
    "event_status": "CONFIRMED",
    "event_starts": "20260512T100000",
    "event_ends": "20260512T120000",
    "event_place": "Hall, https://a.test/x",
}
SAID = {"date": "Tuesday 12 May 2026", "time": "10:00 to 12:00", "place": "Hall", "link": "https://a.test/x"}


def test_each_of_the_three_letters_says_when_and_where_and_the_last_word_is_the_cancellation_s() -> None:
    cases = [invitations.case_of(CLOSED, stage) for stage in STAGES]
    off = {"event_sequence": str(LAST_WORD), "event_method": "CANCEL", "event_status": "CANCELLED"}

    assert [invitations.stage_of(CLOSED, case) for case in [*cases, {}]] == [INVITED, REMINDED, CANCELLED, INVITED]
    for stage, case, entry in zip(STAGES, cases, (ENTRY, ENTRY, ENTRY | off), strict=True):
        assert invitations.values(HALL, case, stage=stage) == SAID | case | entry
    assert f"{SAID['date']}, {SAID['time']}" == HALL.when


def test_a_notice_changes_what_its_case_names_and_a_briefing_without_a_place_is_online() -> None:
    case = {"date": "19 May 2026", "time": "9:30 to 11:00", "place": "", "link": "https://b.test"}

    found = invitations.values(HALL, case)

    assert (found["event_starts"], found["event_ends"], found["event_place"]) == ("20260519T093000", "20260519T110000", "https://b.test")
    assert invitations.values(HALL.model_copy(update={"place": ""}), {})["place"] == ONLINE
    assert invitations.changed(HALL, {"place": "Inn"}) == HALL.model_copy(update={"place": "Inn"})


def test_another_sequence_alone_is_no_difference_to_who_was_invited() -> None:
    assert HALL.says_the_same(HALL.model_copy(update={"sequence": 4}))
    assert not HALL.says_the_same(HALL.model_copy(update={"place": "Inn"}))


def test_a_day_and_a_time_are_understood_as_they_are_said() -> None:
    assert {invitations.day_of(said) for said in ("Tuesday 12 May 2026", "12 May 2026")} == {date(2026, 5, 12)}
    assert invitations.span_of("9:00 to 12:30") == (time(9), time(12, 30))


@pytest.mark.parametrize(
    ("read", "said"),
    [
        *((invitations.day_of, said) for said in ("Monday 12 May 2026", "31 April 2026", "12/5/2026", "12 may 2026", "12 May", "May 2026")),
        *((invitations.span_of, said) for said in ("12:00 to 10:00", "10:00 to 10:00", "23:00 to 24:00", "10 to 12")),
    ],
)
def test_what_is_written_otherwise_or_does_not_exist_is_refused(read: Callable[[str], object], said: str) -> None:
    with pytest.raises(Refused, match=f"Write “{said}” as a "):
        read(said)

"""Dates for a briefing: never one nobody can come to, never two places at once, and nothing against a date left unsaid."""

from datetime import date, datetime, time, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns.briefings import suggestions
from campaigns.briefings.suggestions import HOURS, TRAVEL, Slot, Suggestion, Wanted
from campaigns.foundation import clock

MONDAY = date(2027, 5, 10)
DAYS = suggestions.weekdays(MONDAY, MONDAY + timedelta(days=11))
NORTH = {"E1": "Hull", "E2": "Leeds", "E3": "York"}
TEAM, LEAD = "LOPP team, HSE", "LOPP lead, LACoRS"
WANTED = Wanted(NORTH, "Yorkshire", frozenset({TEAM, LEAD}))

few = settings(max_examples=60)  # each example weighs twenty dates
reasons = st.lists(st.sampled_from(["committee week", "local elections", "budget season"]), max_size=2)
holds = st.dictionaries(st.sampled_from([*NORTH, "E9"]), st.dictionaries(st.sampled_from(DAYS), reasons))
moments = st.builds(clock.from_london, st.sampled_from(DAYS), st.builds(time, st.integers(8, 18), st.sampled_from([0, 15, 30])))
slots = st.lists(
    st.builds(
        lambda who, at, hours, region: Slot(frozenset(who), at, at + timedelta(hours=hours), f"a hall in {region or 'a place'}", region),
        st.sets(st.sampled_from([TEAM, TEAM.upper(), LEAD, "Somebody else"])),
        moments,
        st.integers(1, 5),
        st.sampled_from(["Yorkshire", "Wales", ""]),
    ),
    max_size=6,
)


def at(day: date, hour: int = 10) -> datetime:
    return clock.from_london(day, time(hour))


def slot(starts_at: datetime, region: str = "Wales", place: str = "Cardiff") -> Slot:
    return Slot(frozenset({TEAM}), starts_at, starts_at + timedelta(hours=2), place, region)


def found(held: suggestions.Holds, others: list[Slot], wanted: Wanted = WANTED) -> tuple[list[Suggestion], list[Suggestion]]:
    return suggestions.suggest(wanted, DAYS, held, others)


@few
@given(holds, slots)
def test_every_day_and_hour_is_in_exactly_one_list(held: suggestions.Holds, others: list[Slot]) -> None:
    best, never = found(held, others)

    assert sorted(one.starts_at for one in [*best, *never]) == sorted(clock.from_london(day, hour) for day in DAYS for hour in HOURS)
    assert all(not one.ruled_out for one in best) and all(one.ruled_out for one in never)


@few
@given(holds, slots)
def test_a_day_on_which_everybody_is_held_is_never_suggested(held: suggestions.Holds, others: list[Slot]) -> None:
    for one in found(held, others)[0]:
        day = clock.london(one.starts_at).date()
        assert not all(held.get(code, {}).get(day) for code in NORTH)


@few
@given(holds, slots)
def test_a_presenter_is_never_suggested_to_be_at_two_briefings_at_once(held: suggestions.Holds, others: list[Slot]) -> None:
    mine = [one for one in others if {TEAM.casefold(), LEAD.casefold()} & {who.casefold() for who in one.presenters}]
    for one in found(held, others)[0]:
        for other in mine:
            if clock.london(other.starts_at).date() == clock.london(one.starts_at).date():
                assert other.region == WANTED.region
                assert one.ends_at + TRAVEL <= other.starts_at or other.ends_at + TRAVEL <= one.starts_at


@few
@given(holds, slots)
def test_everything_against_a_date_is_said(held: suggestions.Holds, others: list[Slot]) -> None:
    for one in (both := found(held, others))[0] + both[1]:
        day, said = clock.london(one.starts_at).date(), " / ".join(one.against)
        against = {(code, reason) for code in NORTH for reason in held.get(code, {}).get(day, [])}
        assert one.held == len({code for code, _ in against})
        for code, reason in against:
            assert any(reason in sentence and NORTH[code] in sentence for sentence in one.against)
        assert all(reason in {reason for _, reason in against} or reason not in said for reason in ("committee week", "local elections"))
        for other in others:
            shared = {who.casefold() for who in other.presenters} & {TEAM.casefold(), LEAD.casefold()}
            if shared and clock.london(other.starts_at).date() == day:
                assert other.place in " / ".join((*one.against, *one.ruled_out))


ONE, TWO = frozenset({TEAM}), frozenset({LEAD, TEAM.upper()})  # two who stand under the same sentence of a place and an hour


@few
@example(
    {}, [Slot(who, clock.from_london(DAYS[0], time(14)), clock.from_london(DAYS[0], time(15)), "a hall", "Yorkshire") for who in (ONE, TWO)]
)
@given(holds, slots)
def test_the_best_comes_first_and_the_same_is_said_twice(held: suggestions.Holds, others: list[Slot]) -> None:
    best, _ = found(held, others)

    assert [one.held for one in best] == sorted(one.held for one in best)
    assert found(held, others[::-1])[0] == best


def test_what_stands_against_a_date_is_a_sentence() -> None:
    held = {"E1": {MONDAY: ["committee week"]}, "E2": {MONDAY: ["committee week", "local elections"]}}

    best, never = found(held, [slot(at(DAYS[1])), slot(at(DAYS[2]), "Yorkshire", "Leeds")])

    said = {one.starts_at: one.against for one in best}
    assert said[at(MONDAY)] == ("2 of 3 authorities: committee week (Hull, Leeds)", "1 of 3 authorities: local elections (Leeds)")
    assert said[at(DAYS[2], 14)] == (f"{TEAM} is also in Leeds at 10:00 that day, in the same region",)
    assert [(one.starts_at, one.ruled_out) for one in never] == [
        (at(DAYS[1]), (f"{TEAM} is in Cardiff that day",)),
        (at(DAYS[1], 14), (f"{TEAM} is in Cardiff that day",)),
        (at(DAYS[2]), (f"{TEAM} is in Leeds at 10:00, which leaves less than 90 minutes to travel",)),
    ]
    assert best[0].starts_at == at(DAYS[3]) and best[-1].starts_at == at(MONDAY, 14)


def test_of_dates_that_hold_as_many_the_one_without_another_journey_is_better_whatever_holds_them() -> None:
    one, two = ["committee week"], ["committee week", "local elections"]
    held = {"E1": {day: one if day == MONDAY else two for day in DAYS}}

    best, _ = found(held, [slot(at(MONDAY, 18), "Yorkshire", "Leeds")])

    assert [clock.london(found.starts_at).date() for found in best[-2:]] == [MONDAY, MONDAY]


def test_what_others_give_stands_against_nothing_and_what_rules_a_date_out_is_said_once_and_is_no_journey() -> None:
    others = Slot(frozenset({"Somebody else"}), at(MONDAY), at(MONDAY, 12), "Cardiff", "Wales")
    mine = slot(at(DAYS[1]), "Yorkshire", "Leeds")
    two = Slot(frozenset({LEAD}), at(DAYS[2], 18), at(DAYS[2], 20), "an online meeting", "Wales", by_link=True)

    weighed = {one.starts_at: one for some in found({}, [others, mine, two]) for one in some}

    free, clash, after, beside = (weighed[moment] for moment in (at(MONDAY), at(DAYS[1]), at(DAYS[1], 14), at(DAYS[2])))
    assert (free.against, free.ruled_out, free.journeys) == ((), (), 0)
    assert (clash.against, len(clash.ruled_out), clash.journeys) == ((), 1, 0)
    assert (after.against, after.ruled_out, after.journeys) == ((f"{TEAM} is also in Leeds at 10:00 that day, in the same region",), (), 1)
    assert (beside.against, beside.journeys) == ((f"{LEAD} is also in an online meeting at 18:00 that day",), 0)


def test_a_group_without_authorities_is_free_and_two_places_whose_region_nobody_knows_are_not_near_each_other() -> None:
    wanted = Wanted({}, "", frozenset({TEAM}))

    best, never = found({}, [slot(at(MONDAY), "", "a hall")], wanted)

    assert {(one.starts_at, *one.ruled_out) for one in never} == {(at(MONDAY, hour), f"{TEAM} is in a hall that day") for hour in (10, 14)}
    assert len(best) == 2 * len(DAYS) - 2 and not any(one.held or one.against for one in best)


def test_ninety_minutes_are_enough_to_travel_before_and_after() -> None:
    half_past = timedelta(minutes=30)
    before = Slot(frozenset({TEAM}), at(MONDAY, 8), at(MONDAY, 12) + half_past, "Leeds", "Yorkshire")
    after = Slot(frozenset({TEAM}), at(DAYS[1], 13) + half_past, at(DAYS[1], 18), "Leeds", "Yorkshire")

    _, never = found({}, [before, after], Wanted(NORTH, "Yorkshire", frozenset({TEAM}), timedelta(hours=2)))

    assert [one.starts_at for one in never] == [at(MONDAY), at(DAYS[1], 14)]


def test_what_holds_most_authorities_is_said_first_and_then_by_its_name() -> None:
    held = {"E3": {MONDAY: ["school holidays", "budget season"]}, "E2": {MONDAY: ["works day"]}, "E1": {MONDAY: ["works day"]}}

    best, _ = found(held, [], Wanted(NORTH | {"E4": "Selby"}, "Yorkshire", frozenset()))

    said = [sentence.partition(": ")[2] for sentence in best[-1].against]
    assert said == ["works day (Hull, Leeds)", "budget season (York)", "school holidays (York)"]


def test_a_long_list_of_authorities_is_counted() -> None:
    members = {f"E{number}": f"Town {number}" for number in range(1, 8)}
    held = {code: {MONDAY: ["committee week"]} for code in list(members)[:6]}

    best, _ = found(held, [], Wanted(members, "Yorkshire", frozenset()))

    assert best[-1].against == ("6 of 7 authorities: committee week (Town 1, Town 2, Town 3, Town 4 and 2 more)",)


def test_five_authorities_are_all_named_by_the_alphabet() -> None:
    members = dict(zip(("E1", "E2", "E3", "E4", "E5", "E6"), ("York", "Hull", "Leeds", "Bath", "Ely", "Ryde"), strict=True))
    held = {code: {MONDAY: ["committee week"]} for code in list(members)[:5]}

    best, _ = found(held, [], Wanted(members, "Yorkshire", frozenset()))

    assert best[-1].against == ("5 of 6 authorities: committee week (Bath, Ely, Hull, Leeds, York)",)


def test_all_of_many_authorities_need_no_names_and_two_presenters_are_elsewhere() -> None:
    members = {f"E{number}": f"Town {number}" for number in range(1, 8)}
    held = {code: {MONDAY: ["bank holiday"]} for code in members}
    both = Slot(frozenset({TEAM, LEAD}), at(MONDAY, 18), at(MONDAY, 20), "Leeds", "Yorkshire")

    _, never = found(held, [both], Wanted(members, "Yorkshire", frozenset({TEAM, LEAD})))

    elsewhere = f"{LEAD} and {TEAM} are also in Leeds at 18:00 that day, in the same region"
    assert never[0].against == ("7 of 7 authorities: bank holiday", elsewhere)


def test_a_group_that_is_held_whole_is_told_so() -> None:
    _, never = found({code: {MONDAY: ["bank holiday"]} for code in NORTH}, [])

    assert [one.ruled_out for one in never] == [("No authority of the group is free that day",)] * 2


def test_weekends_are_no_days_for_a_briefing() -> None:
    assert [day.day for day in suggestions.weekdays(date(2027, 5, 7), date(2027, 5, 11))] == [7, 10, 11]
    assert suggestions.weekdays(MONDAY, MONDAY - timedelta(days=1)) == []

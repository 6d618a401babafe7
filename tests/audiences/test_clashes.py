"""What is in the way is said in sentences, each from values alone: letters, items and rules in, clashes out."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from audiences import clashes
from audiences.authorities import Authority
from audiences.clashes import CLASH, REMARK
from audiences.contact_load import Limit
from audiences.forward_plan import Item
from audiences.planned_letters import AGREED, DUE, PROPOSED, SENT, UNSENT, Letter
from campaigns.planning.windows import Rule

TODAY = date(2027, 4, 1)
POLL = Rule("pre-election", "pre-election period", date(2027, 3, 29), date(2027, 5, 7))
SOON_OVER = replace(POLL, last=date(2027, 4, 10))
ENGLAND, SCOTLAND = (Authority(code=code, nation=nation) for code, nation in (("E1", "England"), ("S1", "Scotland")))
REGISTER = {"E1": ENGLAND, "E2": ENGLAND, "E3": ENGLAND, "S1": SCOTLAND}
LIMIT = Limit(30, 2)


def letter(*codes: str, **changes: Any) -> Letter:
    """An agreed release to these authorities, that may go from today to the end of April."""
    said: dict[str, Any] = {
        "release": SimpleNamespace(id=UUID(int=1), title="April progress"),
        "state": AGREED,
        "stands": "agreed",
        "first": TODAY,
        "last": date(2027, 4, 30),
        "moment": None,
        "audiences": frozenset({"practitioners"}),
        "codes": frozenset(codes),
        "message_class": "publicity",
    }
    return Letter(**{**said, **changes})


def held(one: Letter, **own: list[Rule]) -> list[tuple[str, bool]]:
    return [(clash.sentence, clash.whole) for clash in clashes.held([one], own, REGISTER, today=TODAY)]


def item(day: date, title: str = "A", *, kind: str = "letter", state: str = PROPOSED, about: str = "row", **more: Any) -> Item:
    return Item(kind, state, state, title, day, day, (about, UUID(int=1)), audiences=frozenset({"practitioners"}), **more)


def test_who_is_held_until_when_and_who_has_no_day_at_all_is_said() -> None:
    found = held(letter("E1", "E2", "S1"), E1=[POLL], E2=[SOON_OVER], S1=[])

    said = "1 English authority is held to 10 April: pre-election period; 1 English authority is held to 7 May: pre-election period"
    assert found == [(f"“April progress”: {said}; 1 has no day before its latest time.", False)]


def test_a_letter_whose_every_authority_is_held_is_held_whole() -> None:
    ((said, whole),) = held(letter("E1", "E2", "E3", last=POLL.last), E1=[POLL], E2=[POLL], E3=[SOON_OVER, POLL])

    assert whole and said.endswith(": 3 English authorities are held to 7 May: pre-election period; 3 have no day before its latest time.")


def test_a_letter_may_go_until_its_last_day_is_over_and_to_a_place_that_is_no_authority_now() -> None:
    ((said, _),) = held(letter("gone", last=TODAY), gone=[POLL])

    assert said.endswith(": 1 authority is held to 7 May: pre-election period; 1 has no day before its latest time.")


@pytest.mark.parametrize(
    "changes",
    [
        {"message_class": "operational"},
        {"overrides_quiet": True},
        {"state": SENT},
        {"first": date(2027, 5, 8), "last": date(2027, 5, 20)},
        {"last": date(2027, 3, 31)},
    ],
)
def test_what_no_quiet_period_keeps_back_is_not_called_held(changes: dict[str, Any]) -> None:
    assert held(letter("E1", **changes), E1=[POLL]) == []


def test_quiet_periods_in_a_row_are_one_called_by_the_longest_that_holds_the_first_day() -> None:
    row = [replace(SOON_OVER, title="by-election"), POLL, replace(POLL, title="other", first=date(2027, 5, 8), last=date(2027, 5, 20))]

    assert held(letter("E1", last=date(2027, 5, 30)), E1=row) == [
        ("“April progress”: 1 English authority is held to 20 May: pre-election period.", True)
    ]
    assert held(letter("E1", first=SOON_OVER.last), E1=[SOON_OVER])[0][0].endswith("held to 10 April: pre-election period.")


def test_other_days_than_quiet_ones_do_not_block_a_letter() -> None:
    committee = replace(POLL, kind="committee", title="Cabinet")

    assert held(letter("E1"), E1=[committee]) == []


def test_letters_within_the_days_counted_are_a_remark_and_above_the_most_a_clash() -> None:
    days = [date(2027, 4, 5), date(2027, 4, 12), date(2027, 5, 4), date(2027, 8, 1)]
    found = [
        clashes.crowded([item(day, f"Letter {day.month}") for day in chosen], LIMIT, {"practitioners": "Practitioners"})
        for chosen in (days[:2], days, days[2:])
    ]

    assert [[clash.weight for clash in one] for one in found] == [[REMARK], [CLASH], []]
    assert found[0][0].sentence.startswith(
        "Practitioners get 2 letters within 30 days, of the 2 contacts meant to be the most: “Letter 4” (on 5"
    )
    assert "3 letters within 30 days, more than the 2 contacts" in found[1][0].sentence


def test_letters_that_crowd_are_named_with_their_days_those_proposed_with_their_last() -> None:
    long = {"last": date(2027, 5, 3)}
    letters = [
        replace(item(TODAY, "A"), **long),
        replace(item(TODAY, "B", state=AGREED), **long),
        item(date(2027, 4, 9), "C"),
        item(date(2027, 5, 1), "D"),
    ]

    found, others = clashes.crowded([replace(one, audiences=frozenset({"b", "a"})) for one in letters], LIMIT, {"b": "Bodies"})

    assert (found.sentence[:5], others.sentence[:10]) == ("a get", "Bodies get")
    assert found.sentence.endswith(": “A” (by 3 May), “B” (on 1 April) and “C” (on 9 April).")


def test_only_letters_that_went_or_may_go_crowd_one_another() -> None:
    others = [item(TODAY, kind="call"), item(TODAY, kind="visit"), item(TODAY, state=UNSENT)]
    assert clashes.crowded([item(TODAY), *others], LIMIT, {}) == []


def test_a_briefing_on_a_bank_holiday_of_its_nation_is_a_clash() -> None:
    day, nation = date(2027, 1, 4), frozenset({("nation", "Scotland"), ("region", "Scotland")})
    scots = item(day, "Briefing of Scotland", kind="briefing", state=DUE, about="briefing", places=nation)
    welsh = replace(scots, places=frozenset({("nation", "Wales")}))

    (found,) = clashes.days([scots, welsh, replace(scots, about=("release", UUID(int=2)))], {}, today=day)
    assert found.about == scots.about
    assert found.sentence.startswith("“Briefing of Scotland” is on 4 January, a bank holiday in Scotland: ")


def test_a_row_on_a_held_day_says_for_how_many() -> None:
    own = {"E1": [POLL, replace(POLL, kind="committee", title="Cabinet")], "E2": [], "S1": [POLL]}

    found = clashes.days([item(date(2027, 4, 6))], own, today=TODAY)

    assert [(clash.weight, clash.sentence) for clash in found] == [
        (CLASH, "“A” is planned for 6 April, when 2 of 3 authorities cannot be written to: pre-election period."),
        (REMARK, "“A” is planned for 6 April, when 1 of 3 authorities cannot be written to: Cabinet."),
    ]


def test_of_softer_days_the_most_frequent_is_named_and_the_others_are_counted() -> None:
    cabinet, audit = (replace(POLL, kind="committee", title=title) for title in ("Cabinet", "Audit"))
    own = {"E1": [cabinet, audit], "E2": [cabinet, replace(audit, title="Budget", last=date(2027, 4, 6))], "S1": []}

    found = clashes.days([item(date(2027, 4, 6)), item(date(2027, 4, 7))], own, today=TODAY)

    assert [clash.said.partition(", when ")[2] for clash in found] == [
        f"2 of 3 authorities cannot be written to: Cabinet and {more} more." for more in (2, 1)
    ]


def test_only_rows_of_one_day_are_looked_up_each_on_its_own() -> None:
    rows = [item(date(2027, 4, 6)), item(date(2027, 5, 5), "B"), item(date(2027, 5, 12), "C")]
    rows.append(item(date(2027, 4, 6), "D", message_class="operational"))
    others = [replace(rows[0], last=date(2027, 4, 7)), item(date(2027, 4, 6), about="release")]

    found = clashes.days([*others, *rows], {"E1": [POLL]}, today=TODAY)

    assert [(clash.title, clash.said[:24]) for clash in found] == [("A", " is planned for 6 April,"), ("B", " is planned for 5 May, w")]


def test_a_row_on_a_weekend_is_a_clash_and_what_is_over_is_left_alone() -> None:
    assert [clash.sentence for clash in clashes.days([item(date(2027, 4, 10))], {}, today=TODAY)] == [
        "“A” is planned for 10 April, a Saturday."
    ]
    assert clashes.days([item(date(2027, 3, 6)), item(date(2027, 4, 10), state=SENT)], {}, today=TODAY) == []


@pytest.mark.parametrize(
    ("state", "said"), [(PROPOSED, ["“A” is not agreed, and its copy date passed on 30 March: Environmental Health News."]), (AGREED, [])]
)
def test_a_copy_date_that_passed_before_its_article_was_agreed_is_a_clash(state: str, said: list[str]) -> None:
    copies = [
        item(day, title, kind="copy date", state="fixed", about="rule")
        for day, title in (
            (date(2027, 3, 2), "Environmental Health News"),
            (date(2027, 3, 30), "Environmental Health News"),
            (date(2027, 3, 31), "The extranet"),
        )
    ]

    found = clashes.copy_dates([item(date(2027, 4, 9), kind=kind, state=state) for kind in ("letter", "article")], copies, today=TODAY)

    assert [clash.sentence for clash in found] == said


def test_any_copy_date_will_do_where_none_is_named_but_none_after_the_article() -> None:
    copies = [item(day, "Newsletter", kind="copy date", about="rule") for day in (TODAY, date(2027, 4, 9))]

    found = [clashes.copy_dates([item(day, kind="article")], copies[place:], today=TODAY) for place, day in enumerate([TODAY, TODAY])]

    assert [[clash.said for clash in one] for one in found] == [[" is not agreed, and its copy date is 1 April: Newsletter."], []]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, [" is not agreed, and its copy date is 1 April: Environmental Health News."]),
        (14, [" is not agreed, and its copy date is 15 April: Environmental Health News."]),
        (15, []),
    ],
)
def test_a_copy_date_is_a_clash_from_a_fortnight_ahead(days: int, said: list[str]) -> None:
    copies = [
        item(TODAY + timedelta(days=number), title, kind="copy date", about="rule")
        for number, title in ((days, "Environmental Health News"), (days + 1, "Environmental Health News"), (0, "The extranet"))
    ]

    found = clashes.copy_dates([item(TODAY + timedelta(days=days), kind="article")], copies, today=TODAY)
    assert [clash.said for clash in found] == said

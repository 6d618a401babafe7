"""What is in the way is said in sentences, each from values alone: letters, items and rules in, clashes out."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from audiences import clashes
from audiences.authorities import Authority
from audiences.clashes import CLASH, REMARK
from audiences.contact_load import Limit
from audiences.forward_plan import Item
from audiences.planned_letters import AGREED, DUE, PROPOSED, SENT, Letter
from campaigns.planning.windows import Rule

TODAY = date(2027, 4, 1)
POLL = Rule("pre-election", "pre-election period", date(2027, 3, 29), date(2027, 5, 7))
SOON_OVER = replace(POLL, last=date(2027, 4, 10))
ENGLAND, SCOTLAND = (Authority(code=code, nation=nation) for code, nation in (("E1", "England"), ("S1", "Scotland")))
REGISTER = {"E1": ENGLAND, "E2": ENGLAND, "S1": SCOTLAND}
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
    assert [whole for _, whole in held(letter("E1", "E2"), E1=[POLL], E2=[POLL])] == [True]


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


def test_only_letters_crowd_one_another() -> None:
    assert clashes.crowded([item(TODAY, kind="call"), item(TODAY, kind="visit")], LIMIT, {}) == []


def test_a_briefing_on_a_bank_holiday_of_its_nation_is_a_clash() -> None:
    day, nation = date(2027, 1, 4), frozenset({("nation", "Scotland")})
    scots = item(day, "Briefing of Scotland", kind="briefing", state=DUE, about="briefing", places=nation)
    welsh = replace(scots, places=frozenset({("nation", "Wales")}))

    (found,) = clashes.days([scots, welsh], {}, today=date(2027, 1, 1))
    assert found.sentence.startswith("“Briefing of Scotland” is on 4 January, a bank holiday in Scotland: ")


def test_a_row_on_a_held_day_says_for_how_many() -> None:
    own = {"E1": [POLL, replace(POLL, kind="committee", title="Cabinet")], "E2": [], "S1": [POLL]}

    found = clashes.days([item(date(2027, 4, 6))], own, today=TODAY)

    assert [(clash.weight, clash.sentence) for clash in found] == [
        (CLASH, "“A” is planned for 6 April, when 2 of 3 authorities cannot be written to: pre-election period."),
        (REMARK, "“A” is planned for 6 April, when 1 of 3 authorities cannot be written to: Cabinet."),
    ]


def test_a_row_on_a_weekend_is_a_clash_and_what_is_over_is_left_alone() -> None:
    assert [clash.sentence for clash in clashes.days([item(date(2027, 4, 10))], {}, today=TODAY)] == [
        "“A” is planned for 10 April, a Saturday."
    ]
    assert clashes.days([item(date(2027, 3, 6)), item(date(2027, 4, 10), state=SENT)], {}, today=TODAY) == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (PROPOSED, ["“A” is not agreed, and its copy date passed on 30 March: Environmental Health News."]),
        (AGREED, []),
    ],
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

    found = clashes.copy_dates([item(date(2027, 4, 9), kind="article", state=state)], copies, today=TODAY)

    assert [clash.sentence for clash in found] == said


def test_a_copy_date_far_ahead_is_no_clash_yet() -> None:
    copy = item(date(2027, 5, 30), "Environmental Health News", kind="copy date", about="rule")

    assert clashes.copy_dates([item(date(2027, 6, 9), kind="article")], [copy], today=TODAY) == []

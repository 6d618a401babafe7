"""A storm's accounts: which kills fell in mid-send, what the relay left without a reply, and when a storm is void or wrong."""

from typing import Any

import pytest

from campaigns.delivery import unclear
from campaigns.delivery.recovery import FELL
from tests.processes import storm_accounts
from workers import checker

JOURNAL: list[dict[str, Any]] = [
    {"n": 1, "at": 10.0, "client": 501, "begun": True},
    {"n": 1, "at": 10.4, "client": 501, "message_id": "<1@c.test>", "reply": "250 accepted", "fault": ""},
    {"n": 1, "at": 10.5, "written": True},
    {"n": 2, "at": 11.0, "client": 501, "begun": True},
    {"n": 2, "at": 11.9, "gone": "DATA", "fault": ""},
    {"n": 3, "at": 12.0, "client": 502, "begun": True},
    {"n": 3, "at": 12.1, "client": 502, "message_id": "<3@c.test>", "reply": "250 accepted", "fault": "no reply"},
    {"n": 3, "at": 12.1, "written": False},
    {"n": 4, "at": 13.0, "client": 502, "begun": True},
]
WELL = dict.fromkeys(checker.FAULTS, 0) | {"unknown": 0}
FOUND = WELL | {
    "decided by the log": WELL,
    "log": "no",
    "workers": 3,
    "tally": {"accepted": 2000},
    "held because": {},
    "kills": 3,
    "crashes": 0,
    "said accepted, reply never written": 0,
    "could be unclear": 3,
    "uneven": "0 of 90",
    "seconds": 60.0,
    "kills in mid-send": 20,
    "accepted without reply": 1,
}


@pytest.mark.parametrize(
    ("at", "ports", "fell"),
    [(10.2, {501}, 1), (10.2, {502}, 0), (10.7, {501}, 0), (11.8, {501}, 1), (12.0, set(), 0), (14.0, {501, 502}, 1), (9.0, {501}, 0)],
)
def test_a_kill_falls_in_mid_send_when_a_letter_of_that_worker_is_open(at: float, ports: set[int], fell: int) -> None:
    assert storm_accounts.in_mid_send(JOURNAL, [(at, ports)]) == fell


def test_what_the_relay_accepted_without_a_reply_is_counted_and_calling_it_accepted_is_a_guess() -> None:
    audience = [{"message_id": f"<{number}@c.test>", "state": "accepted"} for number in (1, 3)]

    assert storm_accounts.accepted_without_reply(JOURNAL) == 1
    assert storm_accounts.could_be_unclear(JOURNAL) == 1
    assert storm_accounts.unheard(JOURNAL, audience) == 1
    assert storm_accounts.unheard(JOURNAL, [audience[0], audience[1] | {"state": "unknown"}]) == 0


def test_a_storm_whose_harm_did_not_land_is_void() -> None:
    needed = {"least_quiet": 30.0, "least_kills": 20}

    assert storm_accounts.void(FOUND, 31.0, **needed) == []  # type: ignore[arg-type]
    spoilt = FOUND | {"kills in mid-send": 19, "accepted without reply": 0}
    assert len(storm_accounts.void(spoilt, 29.0, **needed)) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(("killed", "held", "faults"), [(0, 1, 1), (1, 3, 0), (1, 4, 1)])
def test_with_a_log_to_read_only_what_a_killed_postfix_had_begun_may_stay_unclear(killed: int, held: int, faults: int) -> None:
    found = FOUND | {"log": "yes", "could be unclear": 9, "unknown": held, "tally": {"held": held}, "kills of Postfix": killed}

    assert len(storm_accounts.wrong(found, 30.0, lease=5.0)) == faults


@pytest.mark.parametrize(("said", "kills", "faults"), [(FELL.said, 3, 0), (FELL.said, 2, 1), (FELL.said, 0, 1), (unclear.SILENT, 3, 1)])
def test_a_letter_in_hand_at_three_kills_is_held_for_that_and_no_log_was_to_resolve_it(said: str, kills: int, faults: int) -> None:
    found = FOUND | {"log": "yes", "unknown": 1, "tally": {"held": 1}, "held because": {said: 1}, "kills": kills}

    assert len(storm_accounts.wrong(found, 30.0, lease=5.0)) == faults


@pytest.mark.parametrize(
    "spoilt",
    [
        *({fault: 1} for fault in checker.FAULTS),
        *({"decided by the log": WELL | {fault: 1}} for fault in (*checker.FAULTS, "unknown")),
        {"said accepted, reply never written": 1},
        {"unknown": 4, "tally": {"held": 4}},
        {"unknown": 1},
        {"uneven": "1 of 90"},
        {"uneven": "0 of 0"},
        {"seconds": 196.0},
    ],
    ids=str,
)
def test_each_thing_a_storm_breaks_is_said(spoilt: dict[str, Any]) -> None:
    assert storm_accounts.wrong(FOUND, 30.0, lease=5.0) == []
    assert len(storm_accounts.wrong(FOUND | spoilt, 30.0, lease=5.0)) == 1

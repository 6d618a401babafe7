"""Whoever may sign the roster that waits is written to, once and again every two days, while it waits."""

import pytest

from campaigns.agreement import candidates, roster_changes, rosters, software_keys
from campaigns.agreement.reminders import RosterReminded
from campaigns.agreement.roster_changes import RosterProposed
from campaigns.foundation import log, officers
from tests.campaigns.posting import Clock, reachable
from tests.campaigns.stories import DAY, MINUTE, NOON, House
from tests.workers.facts import every, fact
from tests.workers.letters import reads_as_agreed
from workers import asking, reminding
from workers.tools import Tools


def put_forward(house: House) -> str:
    with house.database.transaction() as session:
        members = candidates.listed(session)
        row = roster_changes.propose(session, members=members, passwords=[], site=software_keys.SITE, by=house.drafter, at=NOON)
        return row.fingerprint


def heard(house: House, tools: Tools) -> list[str]:
    asking.ask_to_sign_the_roster(fact(house.database, RosterProposed), tools)
    return [notice.to.removesuffix("@posts.test") for notice in every(house.database)]


def test_signatories_of_both_parties_are_asked_once_to_sign_a_roster_that_was_put_forward(house: House, tools: Tools) -> None:
    put_forward(reachable(house))

    for _ in range(2):
        assert heard(house, tools) == ["hse-deputy", "hse-director", "lacors-chair", "lacors-deputy"]

    assert reads_as_agreed("roster_to_sign", every(house.database)[0])


def test_while_it_waits_whoever_has_not_signed_it_is_asked_again_every_two_days(house: House, tools: Tools, clock: Clock) -> None:
    seen = put_forward(reachable(house))
    with house.database.transaction() as session:
        software_keys.sign_roster(session, [house.hse], at=NOON)
    due = []
    for span in (2 * DAY - MINUTE, MINUTE, 2 * DAY - MINUTE, MINUTE):
        clock.at += span
        due.append(reminding.remind(tools))
        asking.ask_to_sign_the_roster(fact(house.database, RosterReminded), tools) if any(due) else None

    assert due == [0, 1, 0, 1]
    written = sorted(every(house.database), key=lambda notice: notice.written_at)
    assert sorted(notice.to for notice in written) == ["lacors-chair@posts.test"] * 2 + ["lacors-deputy@posts.test"] * 2
    assert reads_as_agreed("roster_still_waits", written[-1])
    with house.database.transaction() as session:
        roster_changes.take_back(session, seen=seen, by=house.drafter, at=clock.at)
    clock.at += 2 * DAY
    assert reminding.remind(tools) == 0


def test_the_reminders_of_a_roster_that_took_another_s_place_are_numbered_from_one(house: House, tools: Tools, clock: Clock) -> None:
    put_forward(reachable(house))
    clock.at += 2 * DAY
    assert reminding.remind(tools) == 1
    with house.database.transaction() as session:
        again, site = candidates.listed(session), software_keys.SITE
        roster_changes.propose(session, members=again, passwords=["hse"], site=site, by=house.drafter, at=clock.at)
    clock.at += 2 * DAY
    assert reminding.remind(tools) == 1

    reminded = log.read(fact(house.database, RosterReminded))
    assert isinstance(reminded, RosterReminded) and reminded.number == 1


def test_a_signatory_by_duty_whom_neither_roster_lists_is_not_asked(house: House, tools: Tools) -> None:
    put_forward(house)
    with house.database.transaction() as session:
        officers.add(session, name="New at HSE", party="hse", duty="signatory", by="test", at=NOON)
    reachable(house)

    assert "new-at-hse" not in heard(house, tools)


def test_nobody_whose_keys_may_be_in_other_hands_is_asked(house: House, tools: Tools) -> None:
    with reachable(house).database.transaction() as session:
        roster_changes.suspend(session, house.lacors.id, reason="Key stolen.", by=house.drafter, at=NOON)
        officer = officers.add(session, name="New at LACoRS", party="lacors", duty="signatory", email="new@posts.test", by="test", at=NOON)
        software_keys.enrol(session, [officer], at=NOON)
    put_forward(house)

    assert heard(house, tools) == ["hse-deputy", "hse-director", "lacors-deputy", "new"]


@pytest.mark.parametrize("ended", ["taken back", "replaced"])
def test_a_roster_that_does_not_wait_any_more_by_the_time_it_is_heard_of_is_asked_of_nobody(house: House, tools: Tools, ended: str) -> None:
    seen = put_forward(reachable(house))
    entry = fact(house.database, RosterProposed)
    with house.database.transaction() as session:
        roster_changes.take_back(session, seen=seen, by=house.drafter, at=NOON)
        if ended == "replaced":
            again, site = candidates.listed(session), software_keys.SITE
            roster_changes.propose(session, members=again, passwords=["hse"], site=site, by=house.drafter, at=NOON)

    asking.ask_to_sign_the_roster(entry, tools)

    assert every(house.database) == []
    with house.database.reading() as session:
        assert (rosters.proposed(session) is not None) is (ended == "replaced")

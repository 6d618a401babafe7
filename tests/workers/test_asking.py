"""Whoever may sign the roster that waits is written to, once, while it waits."""

import pytest

from campaigns.agreement import candidates, roster_changes, rosters, software_keys
from campaigns.agreement.roster_changes import RosterProposed
from campaigns.foundation import officers
from tests.campaigns.posting import reachable
from tests.campaigns.stories import NOON, House
from tests.workers.letters import reads_as_agreed
from tests.workers.test_telling import every, fact
from workers import asking
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

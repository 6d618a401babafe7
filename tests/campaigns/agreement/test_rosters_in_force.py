"""Which roster was in force at a moment: a signature is good under that one alone."""

from datetime import timedelta

import pytest

from campaigns.agreement import gate, releases, roster_changes, software_keys, standing
from campaigns.foundation import officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed
from tests.campaigns import stories
from tests.campaigns.agreement.model import Sealed
from tests.campaigns.agreement.tampering import Tamper
from tests.campaigns.agreement.test_standing import successor
from tests.campaigns.agreement.walk import Walk
from tests.campaigns.stories import DAY, HOUR, NOON

TICK = timedelta(microseconds=1)


def test_a_version_is_in_force_since_the_last_signature_it_needed_whatever_the_column_says(sqlite: Database) -> None:
    house = stories.house(sqlite)
    with sqlite.transaction() as session:
        row = successor(session, house, signers=["HSE director"])
        software_keys.sign_roster(session, [house.lacors], at=NOON + 2 * DAY)
        row.stands_since = NOON + 9 * DAY
        session.add(row)
    with sqlite.reading() as session:
        chain = standing.chain(session)

    assert chain.since == (NOON, NOON + 2 * DAY)
    assert [chain.in_force(at).version for at in (NOON, NOON + 2 * DAY - TICK, NOON + 2 * DAY)] == [1, 1, 2]
    assert [chain.of_its_day(number, at=NOON + number * DAY).version for number in (1, 2)] == [1, 2]
    with pytest.raises(GateClosed, match=r"^No roster of signatories was in force at that moment\.$"):
        chain.in_force(NOON - TICK)
    with pytest.raises(GateClosed, match=r"^It was signed under version 1 of the roster, while version 2 was in force\.$"):
        chain.of_its_day(1, at=NOON + 2 * DAY)
    with pytest.raises(GateClosed, match=r"^Version 3 of the roster does not stand\.$"):
        chain.of_its_day(3, at=NOON)


def test_a_retired_key_opens_nothing_under_the_roster_that_listed_it(sqlite: Database) -> None:
    """Whoever finds an old key, and can write one row, says that it was used under the old roster."""
    story, later = stories.waiting_release(stories.house(sqlite)), NOON + DAY
    walk = Walk(story.house, story.message, releases=[story.release], at=later)
    walk.model.releases[story.release] = Sealed(1, NOON, story.digest(), {}, None, NOON)
    with sqlite.transaction() as session:
        remaining = [one for one in standing.chain(session).current.members if one.officer != story.house.lacors.id]
        fresh = officers.add(session, name="LACoRS secretary", party="lacors", duty="signatory", by="test", at=NOON)
        software_keys.enrol(session, [fresh], at=NOON)
        members = [*remaining, software_keys.member(session, fresh)]
        roster_changes.propose(session, members=members, passwords=[], site=software_keys.SITE, by=story.house.drafter, at=NOON + HOUR)
        software_keys.sign_roster(session, [story.house.hse, story.house.lacors_other], at=NOON + HOUR)
    story.sign(story.house.hse, at=later)

    with sqlite.transaction() as session:
        session.add(Tamper(walk).forged(session, story.house.lacors, "lacors"))

    with sqlite.reading() as session, pytest.raises(GateClosed) as refusal:
        gate.check(session, releases.get(session, story.release), at=later)
    assert refusal.value.sentence == "It was signed under version 1 of the roster, while version 2 was in force."

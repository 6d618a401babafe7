"""Short walks, each towards a signature that must not be given."""

from campaigns.agreement import roster_changes, software_keys, standing
from campaigns.agreement.rosters import Member
from campaigns.foundation import officers
from campaigns.foundation.officers import Officer
from tests.campaigns import stories
from tests.campaigns.agreement import removals
from tests.campaigns.agreement.tampering import Tamper
from tests.campaigns.agreement.walk import Walk


def a_suspended_signatory_signs(walk: Walk) -> None:
    assert walk.submit() and walk.suspend(walk.house.hse)
    walk.sign(walk.house.hse)


def somebody_who_left_signs(walk: Walk) -> None:
    assert walk.submit()
    Tamper(walk).an_officer_leaves(walk.house.hse)
    walk.acting = lambda session, officer: officer  # type: ignore[method-assign] # the page was open before they left
    walk.sign(walk.house.hse)


def a_deputy_signs_too_late(walk: Walk) -> None:
    deputy = _deputy(walk)
    walk.wait(stories.HOUR)
    assert walk.submit()
    walk.sign(deputy)


def _deputy(walk: Walk) -> Officer:
    """Somebody who stands in for HSE's signatory for half an hour, by a roster that both parties signed."""
    with walk.house.database.transaction() as session:
        deputy = officers.add(session, name="HSE stand-in", party="hse", duty="signatory", by="test", at=walk.at)
        software_keys.enrol(session, [deputy], at=walk.at)
        ends = walk.at + stories.HOUR / 2
        entry = Member(**{**software_keys.member(session, deputy).model_dump(), "standing": "deputy", "ends": ends})
        members = [*standing.chain(session).current.members, entry]
        roster_changes.propose(session, members=members, passwords=[], site=software_keys.SITE, by=walk.house.drafter, at=walk.at)
        software_keys.sign_roster(session, [walk.house.hse, walk.house.lacors], at=walk.at)
    walk.model.register[deputy.id] = ("hse", "signatory")
    walk.model.deputies[deputy.id] = ends
    return deputy


def an_observer_signs(walk: Walk) -> None:
    assert walk.submit()
    walk.sign(walk.house.observer)


def an_editor_signs(walk: Walk) -> None:
    assert walk.edit(walk.house.lacors, 1) and walk.submit()
    walk.sign(walk.house.lacors)


def a_party_signs_twice(walk: Walk) -> None:
    removals.no_unique_signatures(walk.house.database)
    assert walk.submit() and walk.sign(walk.house.hse)
    walk.sign(walk.house.hse_other)


def a_person_signs_twice(walk: Walk) -> None:
    removals.no_unique_signatures(walk.house.database)
    assert walk.submit() and walk.sign(walk.house.hse)
    Tamper(walk).the_register(walk.house.hse, party="lacors", duty="signatory")
    walk.sign(walk.house.hse)


def an_hour_old_proof_of_identity_is_used(walk: Walk) -> None:
    assert walk.submit()
    walk.sign(walk.house.hse, checked_at=walk.at - stories.HOUR)


def a_software_key_signs_in_real_life(walk: Walk) -> None:
    assert walk.submit()
    Tamper(walk).the_stamp()
    walk.sign(walk.house.hse)

"""Unsigned: what a list says of many releases is what is said of each by itself."""

from uuid import UUID

from sqlmodel import Session

from campaigns.agreement import releases, roster_changes, signatures, standing, unsigned
from campaigns.agreement.releases import Release
from campaigns.drafting import messages
from campaigns.foundation import officers
from campaigns.foundation.errors import Refused
from campaigns.foundation.officers import Officer
from tests.campaigns import stories
from tests.campaigns.agreement.removals import lifted
from tests.campaigns.stories import DAY, NOON, House


def admitted(session: Session, release: Release, by: Officer) -> bool:
    try:
        signatures.admit(releases.asked(session, release, by=by, at=NOON))
    except Refused:
        return False
    return True


def several(house: House) -> list[UUID]:
    """One that waits for both, one for a party, one for nobody, one with words of a signatory, one not sealed yet, and one that nobody can read."""
    made = [stories.waiting_release(house), stories.half_signed_release(house), stories.agreed_release(house)]
    message = stories.drafted(house)
    with house.database.transaction() as session:
        messages.revise(session, message, stories.words(subject="Other"), by=house.lacors_other, at=NOON)
    written = stories.submitted(house, message)
    stories.seal(house, written)
    unsealed = stories.submitted(house, stories.drafted(house))
    unreadable = stories.waiting_release(house).release
    with house.database.transaction() as session:
        lifted(session)
        releases.get(session, unreadable).sqlmodel_update({"manifest": b"{}"})
    return [*(story.release for story in made), written, unsealed, unreadable]


def test_who_has_not_signed_and_who_may_is_said_of_many_as_of_each(house: House) -> None:
    made = several(house)
    with house.database.transaction() as session:
        officers.leave(session, house.hse_other.id, by="tests", at=NOON)
        found, everyone = [releases.get(session, one) for one in made], house.everyone()
        each = {one.id: {release.id for release in found if admitted(session, release, one)} for one in everyone}

        assert unsigned.missing(session, found) == {one.id: releases.missing(session, one) for one in found}
        assert unsigned.may_sign(session, found, everyone, at=NOON) == each
        assert [len(each[one.id]) for one in (house.hse, house.hse_other, house.lacors, house.lacors_other)] == [2, 0, 3, 2]

        roster_changes.suspend(session, house.lacors.id, reason="Lost.", by=house.drafter, at=NOON)
        assert unsigned.may_sign(session, found, everyone, at=NOON) == {**each, house.lacors.id: set()}


def test_nobody_may_sign_while_no_roster_stands_nor_what_is_overdue(house: House) -> None:
    release = stories.waiting_release(house).release
    with house.database.transaction() as session:
        found = [releases.get(session, release)]
        assert unsigned.may_sign(session, found, [house.hse], at=NOON + 15 * DAY) == {house.hse.id: set()}
        roster_changes.found_anew(session, by="tests", at=NOON)
        assert standing.current(session) is None
        assert unsigned.may_sign(session, found, [house.hse], at=NOON) == {house.hse.id: set()}


def test_of_the_releases_asked_about_those_are_void_that_a_suspended_signer_signed(house: House) -> None:
    signed, beside, fresh = stories.agreed_release(house), stories.agreed_release(house), stories.waiting_release(house)
    fresh.sign(house.hse)
    with house.database.transaction() as session:
        roster_changes.suspend(session, house.lacors.id, reason="Lost.", by=house.drafter, at=NOON)

    with house.database.reading() as session:
        one, _, other = (releases.get(session, story.release) for story in (signed, beside, fresh))
        assert unsigned.void(session, [one, other]) == {signed.release}

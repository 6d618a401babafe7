"""Attacks by people: authors, editors, one person twice, one party twice, administrators, deputies, and those who left or lost a key."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlmodel import Session

from campaigns.agreement import candidates, passkeys, releases, roster_changes, software_keys
from campaigns.drafting import messages
from campaigns.foundation import officers
from campaigns.foundation.officers import Officer, OfficerRecord
from tests.attacks.conftest import Held
from tests.attacks.scene import Scene
from tests.campaigns import stories
from tests.campaigns.stories import DAY, NOON, Story


def signs(attack: Scene, story: Story, by: Officer) -> bool:
    """This person signs what is shown, with their own key."""

    def step(session: Session) -> None:
        evidence = stories.evidence(session, story.release, by)
        releases.sign(session, story.release, seen=story.digest(), evidence=evidence, by=by, at=NOON)

    return attack.tries(step)


def only_the_other_party_signs(attack: Scene, held: Held, message: UUID, what: str) -> None:
    """HSE's signatory has written some of the words."""
    story = Story(attack.house, message, stories.submitted(attack.house, message))
    stories.seal(attack.house, story.release)

    assert not signs(attack, story, attack.house.hse)
    assert signs(attack, story, attack.house.lacors)
    held(story, what, "You wrote some of these words")


def test_a1_the_author_signs_for_their_own_party(attack: Scene, held: Held) -> None:
    with attack.house.database.transaction() as session:
        message = messages.draft(session, attack.house.campaign, stories.words(), by=attack.house.hse, at=NOON)

    only_the_other_party_signs(attack, held, message, "the author signs their own draft")


def test_a2_somebody_who_changed_a_word_signs(attack: Scene, held: Held) -> None:
    message = stories.drafted(attack.house)
    with attack.house.database.transaction() as session:
        messages.revise(session, message, stories.words(subject="One word changed"), by=attack.house.hse, at=NOON)

    only_the_other_party_signs(attack, held, message, "an editor of the words signs")


def test_a3_one_person_signs_for_both_parties(attack: Scene, held: Held) -> None:
    story = stories.half_signed_release(attack.house)
    with attack.house.database.transaction() as session:
        session.get_one(OfficerRecord, attack.house.hse.id).party = "lacors"
    both = Officer(attack.house.hse.id, attack.house.hse.name, "lacors", "signatory")

    assert not signs(attack, story, both)
    held(story, "one person, moved to the other party, signs twice", "LACoRS has not signed")


def test_a4_two_people_of_one_party_sign(attack: Scene, held: Held) -> None:
    story = stories.half_signed_release(attack.house)

    assert not signs(attack, story, attack.house.hse_other)
    held(story, "two signatories of HSE sign", "Your party has signed this already")


def test_a5_an_administrator_signs(attack: Scene, held: Held) -> None:
    story = stories.half_signed_release(attack.house)

    assert not signs(attack, story, attack.house.administrator)
    held(story, "an administrator signs (no page, no command gives the power)", "Only a signatory of HSE or LACoRS")


def test_a33_a_signer_s_key_is_lost_after_signing(attack: Scene, held: Held) -> None:
    story = stories.agreed_release(attack.house)
    with attack.house.database.transaction() as session:
        roster_changes.suspend(session, attack.house.hse.id, reason="Lost.", by=attack.house.lacors, at=NOON)

    held(story, "a signer is suspended between signing and sending", "This signatory was suspended: Lost.")


def test_a33_a_signer_who_left_since_still_signed(attack: Scene) -> None:
    story = stories.agreed_release(attack.house)
    with attack.house.database.transaction() as session:
        session.get_one(OfficerRecord, attack.house.hse.id).active = False

    assert attack.push(story) == len(stories.READERS)


WRONG = {
    "before their dates": (NOON + DAY, NOON + 9 * DAY, "You are not a deputy for this campaign today"),
    "after their dates": (NOON - 9 * DAY, NOON - DAY, "You are not a deputy for this campaign today"),
    "for another campaign": (NOON - DAY, NOON + DAY, "You are not a deputy for this campaign today"),
    "as an editor": (NOON - DAY, NOON + DAY, "You wrote some of these words"),
    "for the other party": (NOON - DAY, NOON + DAY, "Your post here has ended or changed"),
}


@pytest.mark.parametrize("how", WRONG)
def test_a34_a_deputy_signs_outside_dates_scope_or_party(attack: Scene, held: Held, how: str) -> None:
    house, (begins, ends, refusal) = attack.house, WRONG[how]
    made_deputy(attack, begins=begins, ends=ends, campaigns=[UUID(int=9)] if how == "for another campaign" else [])
    message = stories.drafted(house)
    if how == "as an editor":
        with house.database.transaction() as session:
            messages.revise(session, message, stories.words(subject="By the deputy"), by=house.hse_other, at=NOON)
    story = Story(house, message, stories.submitted(house, message))
    stories.seal(house, story.release)
    party = "lacors" if how == "for the other party" else "hse"

    assert not signs(attack, story, Officer(house.hse_other.id, house.hse_other.name, party, "signatory"))
    assert signs(attack, story, house.lacors)
    held(story, f"a deputy signs {how}", refusal)


def test_a34_a_deputy_names_no_deputy_of_their_own(attack: Scene, held: Held) -> None:
    made_deputy(attack, begins=NOON - DAY, ends=NOON + DAY)
    with attack.house.database.transaction() as session:
        members = candidates.listed(session)
        row = roster_changes.propose(session, members=members, passwords=[], site=software_keys.SITE, by=attack.house.hse_other, at=NOON)
        evidence = software_keys.evidence(
            session, tag=passkeys.ROSTER, body=row.document, digest=row.fingerprint, by=attack.house.hse_other, at=NOON
        )
        body = row.fingerprint
    assert not attack.tries(lambda session: roster_changes.sign(session, seen=body, evidence=evidence, by=attack.house.hse_other, at=NOON))
    story = stories.waiting_release(attack.house)
    assert signs(attack, story, attack.house.lacors)
    held(story, "a deputy signs the next roster, to name a deputy", "Only a signatory in the old roster or the new one")


def made_deputy(attack: Scene, *, begins: datetime, ends: datetime, campaigns: list[UUID] | None = None) -> None:
    """HSE's second signatory stands in the roster as a deputy alone; a third signatory keeps HSE able to sign."""
    house = attack.house
    with house.database.transaction() as session:
        third = officers.add(session, name="HSE third", party="hse", duty="signatory", by="test", at=NOON)
        software_keys.enrol(session, [third], at=NOON)
        stand_in = candidates.deputy(session, house.hse_other.id, ends=NOON + DAY, campaigns=campaigns or [], at=NOON)
        stand_in = stand_in.model_copy(update={"begins": begins, "ends": ends})
        members = [one for one in candidates.listed(session) if one.officer != house.hse_other.id]
        roster_changes.propose(session, members=[*members, stand_in], passwords=[], site=software_keys.SITE, by=house.drafter, at=NOON)
        software_keys.sign_roster(session, [house.hse, house.lacors], at=NOON)
    attack.second = third

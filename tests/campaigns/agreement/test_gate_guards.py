"""Each guard of the gate on its own: what it lets by, at its very edge, and the sentence with which it refuses the rest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from campaigns.agreement import gate, manifest, releases, roster_changes, rosters, sealed, signatures, standing
from campaigns.agreement.gate import Case, Verified
from campaigns.agreement.parties import Party
from campaigns.agreement.rosters import Member
from campaigns.agreement.signatures import Signature
from campaigns.agreement.standing import Chain
from campaigns.drafting import messages
from campaigns.drafting.risks import Risk
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed
from campaigns.foundation.stamps import Stamp
from tests.campaigns import stories
from tests.campaigns.agreement.removals import lifted
from tests.campaigns.stories import DAY, MINUTE, NOON, Story

TICK = timedelta(microseconds=1)


def case_of(session: Session, story: Story, *, at: datetime = NOON) -> Case:
    """What the guards look at, for a release that may go."""
    release = releases.get(session, story.release)
    assert release.manifest
    assert release.digest
    given = signatures.on(session, release.id, release.digest)
    return Case(session, release, manifest.read(release.manifest), given, standing.chain(session), at)


def bent(signature: Signature, **changes: Any) -> Signature:
    """The same signature, saying something else."""
    return Signature(**(signature.model_dump() | changes))


def said(case: Case, **changes: Any) -> Case:
    """The same case under another manifest."""
    return replace(case, said=case.said.model_copy(update=changes))


def refuses(guard: Callable[[Case], None], case: Case, sentence: str) -> None:
    with pytest.raises(GateClosed) as refusal:
        guard(case)
    assert refusal.value.sentence == sentence


@pytest.fixture
def story(sqlite: Database) -> Story:
    """A release both parties have signed."""
    return stories.agreed_release(stories.house(sqlite))


def test_every_guard_lets_an_agreed_release_by(story: Story) -> None:
    with story.database.transaction() as session:
        case = case_of(session, story)
        for guard in gate.GUARDS:
            guard(case)
        verified = gate.check(session, case.release, at=NOON)

        assert verified == Verified(case.said, story.digest(), sealed.branches(session, story.release), NOON)
        assert len(gate.GUARDS) == len(set(gate.GUARDS)) == 14


@pytest.mark.parametrize("state", ["sealing", "unsealed", "returned", "withdrawn", "missed", "lapsed", "stopped", "sent"])
def test_what_has_ended_or_is_stopped_does_not_go(story: Story, state: str) -> None:
    with story.database.transaction() as session:
        case = case_of(session, story)
        case.release.state = state
        refuses(gate.it_has_not_been_ended, case, f"The release is {state}.")
        for going in ("sealed", "scheduled", "sending"):
            case.release.state = going
            gate.it_has_not_been_ended(case)


def test_a_release_without_bytes_is_not_sealed(story: Story) -> None:
    for missing in ("manifest", "digest"):
        with story.database.reading() as session:
            release = releases.get(session, story.release)
            setattr(release, missing, None)
            refuses(lambda _, kept=(session, release): gate.check(*kept, at=NOON), None, "The release is not sealed.")  # type: ignore[arg-type,misc]


def test_words_that_were_changed_or_given_up_do_not_go(story: Story) -> None:
    sentence = "The release is superseded: its message has changed since, or was given up."
    with story.database.transaction() as session:
        case, message = case_of(session, story), messages.get(session, story.message)
        for state in ("submitted", "gone"):
            message.state = state
            gate.the_words_are_still_the_messages_words(case)
        for state in ("draft", "withdrawn"):
            message.state = state
            refuses(gate.the_words_are_still_the_messages_words, case, sentence)
        message.state = "submitted"
        refuses(gate.the_words_are_still_the_messages_words, said(case, revision=2), sentence)


def test_what_was_returned_does_not_go_once_the_same_words_are_submitted_again(story: Story) -> None:
    with story.database.transaction() as session:
        case = case_of(session, story)
        releases.return_(session, story.release, reason="Not now.", by=story.house.lacors, at=NOON)
        releases.submit(session, story.message, by=story.house.drafter, at=NOON + MINUTE)
        case.release.state = "sending"
        refuses(
            gate.the_words_are_still_the_messages_words, case, "The release is superseded: its message has changed since, or was given up."
        )


def test_bytes_of_another_release_or_message_are_not_this_one_s(story: Story) -> None:
    with story.database.transaction() as session:
        case = case_of(session, story)
        for other in ({"release": str(uuid4())}, {"message": str(uuid4())}):
            refuses(gate.the_bytes_speak_of_this_release, said(case, **other), "The stored manifest is another release's.")


def test_the_parties_signed_rostered_and_required_are_the_same(story: Story) -> None:
    sentence = "The parties named in what was signed are not the parties required."
    with story.database.transaction() as session:
        case = case_of(session, story)
        refuses(gate.the_parties_are_the_ones_required, said(case, parties=["hse"]), sentence)
        other = Chain((case.rosters.current.model_copy(update={"parties": ["hse", "tuc"]}),), case.rosters.since)
        refuses(gate.the_parties_are_the_ones_required, replace(case, rosters=other), sentence)
        session.add(Party(code="tuc", name="TUC"))
        session.flush()
        refuses(gate.the_parties_are_the_ones_required, case, sentence)


def test_each_party_signs_as_often_as_the_risk_asks(story: Story) -> None:
    with story.database.transaction() as session:
        case = case_of(session, story)
        hse, lacors = (next(one for one in case.signed if one.party == party) for party in ("hse", "lacors"))
        refuses(gate.each_party_has_signed_these_bytes, replace(case, signed=[hse]), "LACoRS has not signed.")
        refuses(gate.each_party_has_signed_these_bytes, replace(case, signed=[lacors, lacors]), "HSE has not signed.")
        high = said(case, risk=Risk(kind="high", signatures=2))
        assert high.said.risk.signatures == 2
        refuses(gate.each_party_has_signed_these_bytes, high, "A second signatory of HSE has not signed.")
        gate.each_party_has_signed_these_bytes(replace(high, signed=[hse, lacors, hse, lacors]))


def test_one_person_counts_once(story: Story) -> None:
    with story.database.transaction() as session:
        case = case_of(session, story)
        refuses(
            gate.the_signatures_are_different_peoples,
            replace(case, signed=[*case.signed, case.signed[0]]),
            "One person signed more than once.",
        )


def test_a_signature_holds_by_the_roster_of_its_day_and_a_deputy_s_within_dates(story: Story) -> None:
    with story.database.transaction() as session:
        case = case_of(session, story)
        for change, sentence in (
            ({"roster": 2}, "Version 2 of the roster does not stand."),
            ({"officer_id": UUID(int=9)}, "HSE director is not in the roster of signatories for that party."),
            ({"evidence": {}}, "This signature holds no passkey's assertion."),
        ):
            with pytest.raises(Exception, match=sentence):
                gate.every_signature_holds(replace(case, signed=[bent(case.signed[0], **change)]))
        ended = [one.model_copy(update={"standing": "deputy", "ends": NOON}) for one in case.rosters.current.members]
        scoped = [one.model_copy(update={"campaigns": [UUID(int=9)]}) for one in case.rosters.current.members]
        for members in (ended, scoped):
            refuses(
                gate.every_signature_holds,
                replace(case, rosters=_chain(case, members)),
                "HSE director was not LOPP's deputy when it was signed.",
            )
        mine = [
            one.model_copy(update={"campaigns": [UUID(case.said.campaign_id)], "ends": NOON + TICK}) for one in case.rosters.current.members
        ]
        gate.every_signature_holds(replace(case, rosters=_chain(case, mine), at=NOON + 9 * DAY))  # ended since
        with pytest.raises(Exception, match="does not hold"):
            other = replace(case, release=releases.Release(**(case.release.model_dump() | {"manifest": b"{}"})))
            gate.every_signature_holds(other)


def test_a_suspended_signer_holds_it(story: Story) -> None:
    with story.database.transaction() as session:
        case = case_of(session, story)
        roster_changes.suspend(session, story.house.lacors.id, reason="Lost.", by=story.house.hse, at=NOON)
        with pytest.raises(Exception, match=r"^This signatory was suspended: Lost\.$"):
            gate.no_signer_is_suspended(case)
        gate.no_signer_is_suspended(replace(case, signed=[bent(one, roster=2) for one in case.signed]))


def test_an_editor_s_signature_holds_it(story: Story) -> None:
    with story.database.transaction() as session:
        case = case_of(session, story)
        mine = bent(case.signed[0], officer_id=story.house.drafter.id)
        refuses(gate.no_signer_wrote_the_words, replace(case, signed=[mine, case.signed[1]]), "Somebody who wrote these words signed them.")


def test_signatures_come_between_sealing_and_the_end_of_the_approval_s_life(story: Story) -> None:
    sentence = "The signatures were not all given within 14 days of sealing."
    with story.database.transaction() as session:
        case = case_of(session, story, at=NOON + 20 * DAY)
        for moment in (NOON - TICK, NOON + 14 * DAY + TICK):
            refuses(gate.the_signatures_came_in_time, replace(case, signed=[bent(case.signed[0], at=moment), case.signed[1]]), sentence)
        gate.the_signatures_came_in_time(replace(case, signed=[bent(case.signed[0], at=NOON + 14 * DAY)]))
        refuses(gate.the_signatures_came_in_time, replace(case, at=NOON - TICK), sentence)
        gate.the_signatures_came_in_time(replace(case, at=NOON))


def test_a_software_key_signs_in_rehearsals_alone(story: Story) -> None:
    sentence = "A software key signed; those are for rehearsals only."
    with story.database.transaction() as session:
        case = case_of(session, story)
        lifted(session)
        session.get_one(Stamp, 1).env = "development"
        session.flush()
        refuses(gate.no_software_key_signs_in_real_life, case, sentence)
        one, other = (bent(signature, method="passkey") for signature in case.signed)
        refuses(gate.no_software_key_signs_in_real_life, replace(case, signed=[one, case.signed[1]]), sentence)
        gate.no_software_key_signs_in_real_life(replace(case, signed=[one, other]))


@pytest.mark.parametrize("how", ["changed", "missing", "added"])
def test_the_compiled_letters_are_exactly_those_signed(story: Story, how: str) -> None:
    with story.database.transaction() as session:
        case = case_of(session, story)
        lifted(session)
        row = session.get_one(sealed.SealedProgram, (story.release, "practitioners"))
        if how == "changed":
            row.program += b" "
        elif how == "missing":
            session.delete(row)
        else:
            session.add(sealed.SealedProgram(release_id=story.release, audience="unions", program=row.program))
        session.flush()
        refuses(gate.the_letters_are_the_ones_signed, case, "A stored letter is not the one that was signed.")


def test_the_frozen_readers_are_exactly_those_signed(story: Story) -> None:
    with story.database.transaction() as session:
        case = case_of(session, story)
        refuses(gate.the_readers_are_the_ones_signed, said(case, root="0" * 64), "The frozen readers are not the ones that were signed.")


def _chain(case: Case, members: list[Member]) -> Chain:
    return Chain((rosters.Roster(**(case.rosters.current.model_dump() | {"members": members})),), case.rosters.since)

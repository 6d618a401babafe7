"""The two-party gate: the one decision whether a release may go, refusal by refusal, from stored bytes alone.

`check` is asked when a release is scheduled, when it begins, and whenever a chunk is claimed. It fails closed: a guard that cannot decide
refuses, and nobody has a way round it. Source: HELA paper, Annex 2 ("jointly agreed", "from a single, credible source").
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session, select

from campaigns.agreement import identity, manifest, merkle, parties, passkeys, releases, roster_changes, sealed, signatures, standing
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.releases import Release
from campaigns.agreement.signatures import Signature
from campaigns.agreement.standing import Chain
from campaigns.drafting import messages
from campaigns.foundation import clock, stamps
from campaigns.foundation.errors import GateClosed, Refused
from campaigns.planning import milestones


@dataclass(frozen=True)
class Case:
    """What the guards look at: the release, the manifest in its stored bytes, the signatures over these bytes, and the verified rosters."""

    session: Session
    release: Release
    said: Manifest
    signed: list[Signature]
    rosters: Chain
    at: datetime

    @cached_property
    def branches(self) -> list[bytes]:
        """The branches over the readers' leaves, read once, so that those handed out are the very ones compared with the signed root."""
        return sealed.branches(self.session, self.release.id)


@dataclass(frozen=True)
class Verified:
    """A release that may go, as its signed bytes describe it. `branches`: over every signed leaf (see merkle.py); `earliest`: when it may first go."""

    said: Manifest
    digest: str
    branches: list[bytes]
    earliest: datetime


def check(session: Session, release: Release, *, at: datetime) -> Verified:
    """Decide whether a release may go; raises `GateClosed` with the first reason met.

    Any other fault while deciding closes the gate, too. Only the fault of a database that does not answer is raised unchanged, because that says
    nothing about the release.
    """
    if release.manifest is None or release.digest is None:
        raise GateClosed("The release is not sealed.")
    try:
        said, digest = manifest.read(release.manifest), manifest.digest(release.manifest)
        case = Case(session, release, said, signatures.on(session, release.id, digest), standing.chain(session), at)
        for refuse in GUARDS:
            refuse(case)
        rested = max(signature.at for signature in case.signed) + timedelta(hours=said.risk.hold_hours)
        return Verified(said, digest, case.branches, max(rested, said.not_before or rested))
    except Refused as refusal:
        raise GateClosed(refusal.sentence) from refusal
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:
        raise GateClosed(f"The release could not be checked ({type(fault).__name__}: {fault}).") from fault


def check_window(verified: Verified, *, at: datetime) -> None:
    """Refuse a moment outside the signed window, or within the rest that a message of high risk takes after its last signature."""
    if at < verified.earliest:
        raise GateClosed("It is before the earliest time that was signed, or within the rest that its high risk asks for.")
    if at >= verified.said.latest_send:
        raise GateClosed("The latest time to send that was signed has passed.")


def which_to_choose(verified: Verified, refused: datetime) -> str:
    """What to tell an officer who chose a moment that `check_window` `refused`."""
    if refused >= verified.said.latest_send:
        return f"Choose a time before {clock.say(verified.said.latest_send)}, the latest both parties signed"
    signed = verified.earliest == verified.said.not_before
    why = "the earliest both parties signed" if signed else "the end of the rest after the last signature"
    return f"Choose a time not before {clock.say(verified.earliest)}, {why}"


def it_has_not_been_ended(case: Case) -> None:  # returned, withdrawn, missed, stopped: it does not go
    if case.release.state not in {"sealed", "scheduled", "sending"}:
        raise GateClosed(f"The release is {case.release.state}.")


def the_words_are_still_the_messages_words(case: Case) -> None:  # a newer revision replaces this one, and with it every signature
    message = messages.get(case.session, case.release.message_id)
    newest = not releases.is_followed(case.session, case.release)
    if message.revision != case.said.revision or message.state not in {"submitted", "gone"} or not newest:
        raise GateClosed("The release is superseded: its message has changed since, or was given up.")


def the_bytes_speak_of_this_release(case: Case) -> None:  # a manifest lent from elsewhere is not this one's
    if (case.said.release, case.said.message) != (str(case.release.id), str(case.release.message_id)):
        raise GateClosed("The stored manifest is another release's.")


def the_parties_are_the_ones_required(case: Case) -> None:  # exactly those who must agree today, and at least two
    if not case.said.parties == case.rosters.current.parties == [party.code for party in parties.required(case.session)]:
        raise GateClosed("The parties named in what was signed are not the parties required.")


def each_party_has_signed_these_bytes(case: Case) -> None:  # a signature over any other digest is none
    for party in parties.required(case.session):
        found = sum(signature.party == party.code for signature in case.signed)
        if found < case.said.risk.signatures:
            raise GateClosed(f"{party.name} has not signed." if not found else f"A second signatory of {party.name} has not signed.")


def the_signatures_are_different_peoples(case: Case) -> None:
    if len({signature.officer_id for signature in case.signed}) < len(case.signed):
        raise GateClosed("One person signed more than once.")


def every_signature_holds(case: Case) -> None:  # by a member of the roster of its day, for their party, with their key, over these bytes
    for signature in case.signed:
        roster = case.rosters.of_its_day(signature.roster, at=signature.at)
        member = identity.holds(signature, roster, tag=passkeys.RELEASE, body=case.release.manifest or b"")
        if not member.may_sign(UUID(case.said.campaign_id), at=signature.at):
            raise GateClosed(f"{member.post} was not {case.said.campaign}'s deputy when it was signed.")


def no_signer_is_suspended(case: Case) -> None:  # compromised since: what they signed and has not gone is held
    roster_changes.refuse_suspended(case.session, {signature.officer_id: signature.roster for signature in case.signed})


def no_signer_wrote_the_words(case: Case) -> None:
    if messages.editors(case.session, case.release.message_id) & {signature.officer_id for signature in case.signed}:
        raise GateClosed("Somebody who wrote these words signed them.")


def the_signatures_came_in_time(case: Case) -> None:  # all within the signed life of the approval
    life = timedelta(days=case.said.approval_days)
    if any(not case.said.sealed_at <= signature.at <= min(case.said.sealed_at + life, case.at) for signature in case.signed):
        raise GateClosed(f"The signatures were not all given within {case.said.approval_days} days of sealing.")


def what_it_waits_for_has_happened(case: Case) -> None:  # recorded by an officer, with what shows it
    waits_for = case.said.goes_under.waits_for
    if waits_for and not milestones.is_reached(case.session, UUID(case.said.campaign_id), waits_for):
        raise GateClosed(f"It waits for this to be recorded: {waits_for}.")


def no_software_key_signs_in_real_life(case: Case) -> None:  # rehearsals' keys are good in databases made for rehearsals
    if any(signature.method == "software" for signature in case.signed) and not stamps.is_test(case.session):
        raise GateClosed("A software key signed; those are for rehearsals only.")


def the_letters_are_the_ones_signed(case: Case) -> None:  # every compiled variant has the digest named, and none is missing or added
    rows = case.session.exec(select(sealed.SealedProgram).where(sealed.SealedProgram.release_id == case.release.id))
    if {row.audience: manifest.digest(row.program) for row in rows} != {one.audience: one.program for one in case.said.variants}:
        raise GateClosed("A stored letter is not the one that was signed.")


def the_readers_are_the_ones_signed(case: Case) -> None:  # the leaves under each branch are checked as they are claimed
    if merkle.root(case.branches).hex() != case.said.root:
        raise GateClosed("The frozen readers are not the ones that were signed.")


GUARDS: tuple[Callable[[Case], None], ...] = (
    it_has_not_been_ended, the_words_are_still_the_messages_words, the_bytes_speak_of_this_release, the_parties_are_the_ones_required,
    each_party_has_signed_these_bytes, the_signatures_are_different_peoples, every_signature_holds, no_signer_is_suspended,
    no_signer_wrote_the_words, the_signatures_came_in_time, what_it_waits_for_has_happened, no_software_key_signs_in_real_life, the_letters_are_the_ones_signed,
    the_readers_are_the_ones_signed,
)  # fmt: skip

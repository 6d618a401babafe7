"""The two-party gate: the one decision whether a release may go, refusal by refusal, from stored bytes alone.

`check` is asked when a release is scheduled, when it begins, and again whenever a chunk is claimed. It fails closed: a guard that
cannot decide refuses. Nobody, administrators and tests included, has a way round it.
Source: HELA paper, Annex 2 ("jointly agreed between HSE and LACoRS, but come from a single, credible source").
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from campaigns.agreement import manifest, merkle, parties, sealed, signatures
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedProgram
from campaigns.agreement.signatures import Signature
from campaigns.drafting import messages
from campaigns.foundation import officers, stamps
from campaigns.foundation.errors import GateClosed, Refused

ALIVE = frozenset({"sealed", "scheduled", "sending"})


@dataclass(frozen=True)
class Case:
    """What the guards look at: the release, what its stored bytes say, and the signatures over them."""

    session: Session
    release: Release
    said: Manifest
    signed: list[Signature]
    at: datetime


@dataclass(frozen=True)
class Verified:
    """A release that may go, as its signed bytes describe it, with every leaf that was signed."""

    said: Manifest
    digest: str
    leaves: list[bytes]


def check(session: Session, release: Release, *, at: datetime) -> Verified:
    """Decide; raises `GateClosed` with the first reason met. Whatever goes wrong while deciding closes the gate too."""
    try:
        case = _case(session, release, at)
        for guard in GUARDS:
            guard(case)
        return Verified(case.said, str(release.digest), _leaves_under_the_signed_root(case))
    except Refused as refusal:
        raise GateClosed(refusal.sentence) from refusal
    except Exception as fault:
        raise GateClosed(f"The release could not be checked ({type(fault).__name__}: {fault}).") from fault


def check_window(said: Manifest, *, at: datetime) -> None:
    """Refuse a moment before the signed earliest or from the signed latest time on."""
    if said.not_before and at < said.not_before:
        raise GateClosed("It is before the earliest time that was signed.")
    if at >= said.latest_send:
        raise GateClosed("The latest time to send that was signed has passed.")


def it_has_not_been_ended(case: Case) -> None:
    """Returned, withdrawn, missed, stopped: it does not go."""
    if case.release.state not in ALIVE:
        raise GateClosed(f"The release is {case.release.state}.")


def the_words_are_still_the_messages_words(case: Case) -> None:
    """A newer revision replaces this one, and with it every signature; a message given up sends nothing."""
    message = messages.get(case.session, case.release.message_id)
    if message.revision != case.said.revision or message.state not in {"submitted", "gone"}:
        raise GateClosed("The release is superseded: its message has changed since, or was given up.")


def the_bytes_speak_of_this_release(case: Case) -> None:
    """A manifest lent from elsewhere is not this one's."""
    if (case.said.release, case.said.message) != (str(case.release.id), str(case.release.message_id)):
        raise GateClosed("The stored manifest is another release's.")


def the_parties_are_the_ones_required(case: Case) -> None:
    """Exactly those who must agree today, and at least two."""
    if case.said.parties != [party.code for party in parties.required(case.session)]:
        raise GateClosed("The parties named in what was signed are not the parties required.")


def each_party_has_signed_these_bytes(case: Case) -> None:
    """A signature over any other digest is none."""
    signed = {signature.party for signature in case.signed}
    for party in parties.required(case.session):
        if party.code not in signed:
            raise GateClosed(f"{party.name} has not signed.")


def the_signatures_are_different_peoples(case: Case) -> None:
    """Two people, one for each party."""
    if len({signature.officer_id for signature in case.signed}) < len({signature.party for signature in case.signed}):
        raise GateClosed("One person signed for more than one party.")


def each_signer_signs_for_their_own_party(case: Case) -> None:
    """As the officers' register says, not as the signature claims."""
    for signature in case.signed:
        record = case.session.get(officers.OfficerRecord, signature.officer_id)
        if record is None or (record.party, record.duty) != (signature.party, "signatory"):
            raise GateClosed(f"{signature.officer_name} is not a signatory of that party.")


def no_signer_wrote_the_words(case: Case) -> None:
    """Neither signature is an editor's."""
    if messages.editors(case.session, case.release.message_id) & {signature.officer_id for signature in case.signed}:
        raise GateClosed("Somebody who wrote these words signed them.")


def the_signatures_came_in_time(case: Case) -> None:
    """Both within the signed life of the approval."""
    sealed_at, life = case.release.sealed_at, timedelta(days=case.said.approval_days)
    if sealed_at is None or any(not timedelta(0) <= signature.at - sealed_at <= life for signature in case.signed):
        raise GateClosed(f"The signatures were not both given within {case.said.approval_days} days of sealing.")


def no_software_key_signs_in_real_life(case: Case) -> None:
    """Rehearsals' keys are good in databases made for rehearsals."""
    if any(signature.method != "password" for signature in case.signed) and not stamps.is_test(case.session):
        raise GateClosed("A software key signed; those are for rehearsals only.")


def the_letters_are_the_ones_signed(case: Case) -> None:
    """Every compiled variant has the digest the manifest names, and none is missing or added."""
    rows = case.session.exec(select(SealedProgram).where(SealedProgram.release_id == case.release.id))
    if {row.audience: manifest.digest(row.program) for row in rows} != {
        variant.audience: variant.program for variant in case.said.variants
    }:
        raise GateClosed("A stored letter is not the one that was signed.")


GUARDS: tuple[Callable[[Case], None], ...] = (
    it_has_not_been_ended,
    the_words_are_still_the_messages_words,
    the_bytes_speak_of_this_release,
    the_parties_are_the_ones_required,
    each_party_has_signed_these_bytes,
    the_signatures_are_different_peoples,
    each_signer_signs_for_their_own_party,
    no_signer_wrote_the_words,
    the_signatures_came_in_time,
    no_software_key_signs_in_real_life,
    the_letters_are_the_ones_signed,
)


def _case(session: Session, release: Release, at: datetime) -> Case:
    if release.manifest is None or release.digest is None:
        raise GateClosed("The release is not sealed.")
    digest = manifest.digest(release.manifest)
    return Case(session, release, manifest.read(release.manifest), signatures.standing(session, release.id, digest), at)


def _leaves_under_the_signed_root(case: Case) -> list[bytes]:
    leaves = sealed.leaves(case.session, case.release.id)
    if len(leaves) != case.said.readers or merkle.root(leaves).hex() != case.said.root:
        raise GateClosed("The frozen readers are not the ones that were signed.")
    return leaves

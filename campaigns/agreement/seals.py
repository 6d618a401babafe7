"""The steps of sealing a release: compile each variant once, freeze the readers with a leaf for every letter, write one manifest over it all.

A worker seals in chunks, each in its own transaction, under a claim that expires. A worker that takes over starts again from nothing.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import descriptions, looks, manifest, merkle, releases, sealed
from campaigns.agreement.addressees import Addressee, LeftOut
from campaigns.agreement.manifest import Definition
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import (
    Particulars,
    SealedAudience,
    SealedBranch,
    SealedLetter,
    SealedOccasion,
    SealedOmission,
    SealedProgram,
)
from campaigns.drafting import attachments, letters, messages
from campaigns.drafting.attachments import Enclosed
from campaigns.drafting.invitations import Occasion
from campaigns.drafting.letters import Sender
from campaigns.drafting.programs import Program
from campaigns.drafting.words import Words
from campaigns.foundation import log
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.log import Event

CLAIM_LASTS = timedelta(minutes=2)
SALT_BYTES = 32


class ReleaseSealed(Event):
    """The release waits for both signatures."""

    digest: str
    readers: int


class SealingFailed(Event):
    """The release could not be sealed; its message is a draft again."""

    reasons: list[str]


@dataclass(frozen=True)
class Order:
    """What a worker needs to seal a release it has claimed; `corrects`: the release whose readers it is for, if it is a correction."""

    release_id: UUID
    claim: UUID
    reference: str
    words: Words
    enclosed: list[Enclosed]
    at: datetime
    corrects: UUID | None = None


@dataclass(frozen=True)
class Letter:
    """One letter to freeze: its reader, the values of all its fields, and the condition under which it goes, if any."""

    addressee: Addressee
    fields: dict[str, str]
    condition: str = ""


def take(session: Session, release_id: UUID, *, at: datetime) -> Order | None:
    """Claim a release for sealing, and clear what a dead worker's claim left. None when another worker has it, or it is not to be sealed."""
    release = releases.get(session, release_id, lock=True)
    if release.state != "sealing" or (release.claimed_until and release.claimed_until > at):
        return None
    _clear(session, release_id)
    claim = uuid4()
    release.sqlmodel_update({"claim": claim, "claimed_until": at + CLAIM_LASTS, "people": 0, "sealed": 0})
    session.add(release)
    words = messages.revision(session, release.message_id, release.revision).read()
    corrects = messages.get(session, release.message_id).corrects
    return Order(release_id, claim, release.reference, words, attachments.enclosed(session, words.attachments), at, corrects)


def compile_variants(order: Order, *, sender: Sender) -> dict[str, Program]:
    """One program for each audience, by key. Touches no database."""
    return {
        key: letters.compile_letter(
            subject=order.words.subject,
            core=order.words.core,
            part=order.words.parts.get(key, ""),
            reference=order.reference,
            sender=sender,
            attachments=order.enclosed,
            entry_made=order.at if order.words.invites_to else None,
        )
        for key in order.words.audiences
    }


def keep_programs(session: Session, order: Order, programs: dict[str, Program], *, people: int, at: datetime, link_key: str = "") -> None:
    """Store the compiled variants, how many letters there will be (`people`), and the id of the key that the readers' links are made with."""
    release = _still_ours(session, order, at=at)
    release.sqlmodel_update({"people": people, "link_key": link_key})
    session.add(release)
    session.add_all(
        SealedProgram(release_id=order.release_id, audience=key, program=program.to_bytes()) for key, program in programs.items()
    )


def keep_audiences(session: Session, order: Order, audiences: Sequence[Definition], *, at: datetime) -> None:
    """Freeze which version of each audience found the readers, in order of precedence. Both parties see and sign this."""
    _still_ours(session, order, at=at)
    session.add_all(SealedAudience(release_id=order.release_id, position=place, **vars(one)) for place, one in enumerate(audiences))


def keep_occasions(session: Session, order: Order, occasions: Sequence[Occasion], *, at: datetime) -> None:
    """Freeze what the readers are invited to. Both parties see and sign this."""
    _still_ours(session, order, at=at)
    session.add_all(SealedOccasion(release_id=order.release_id, position=place, **vars(one)) for place, one in enumerate(occasions))


def keep_left_out(session: Session, order: Order, left_out: Sequence[LeftOut], *, at: datetime) -> None:
    """Freeze who is in the audiences but gets no letter, and why. Both parties see this, and sign how many there are for each reason."""
    _still_ours(session, order, at=at)
    rows = [
        {"release_id": order.release_id, "audience": left.addressee.variant, "person_id": left.addressee.person_id, "reason": left.reason}
        for left in left_out
    ]
    if rows:
        session.execute(sa.insert(SealedOmission), rows)


def keep_letters(
    session: Session, order: Order, programs: dict[str, Program], chunk: Sequence[Letter], *, start: int, at: datetime
) -> None:
    """Freeze one chunk of letters, the first at position `start`, each with the leaf over its own canonical message."""
    release = _still_ours(session, order, at=at)
    rows, private = zip(*(_frozen(order, programs, letter, position) for position, letter in enumerate(chunk, start)), strict=True)
    session.execute(sa.insert(SealedLetter), rows)
    session.execute(sa.insert(Particulars), private)
    release.sealed = start + len(chunk)
    session.add(release)


def seal(session: Session, order: Order, *, sender: Sender, considering: Collection[str] = (), by: str, at: datetime) -> str:
    """Write the manifest over everything kept, so that both parties can sign; gives the digest they will sign. `considering`: see looks.py.

    Refuses a release that is not whole, one with findings that nobody accepted, and one that another worker has.
    """
    release = _still_ours(session, order, at=at)
    tree = sealed.leaves(session, release.id)
    if len(tree) != release.people or not tree:
        raise NotAllowedNow(f"{len(tree)} of {release.people} letters are sealed; the release is not whole.")
    look = looks.at(
        session, release, words=order.words, programs=sealed.programs_of(session, release.id), sender=sender, considering=considering
    )
    look.require_accepted()
    grown = merkle.branches(tree)
    session.add_all(SealedBranch(release_id=release.id, number=number, node=node) for number, node in enumerate(grown))
    said = descriptions.of(session, release, order.words, sender, look, merkle.root(grown), at)
    stored = said.to_bytes()
    digest = manifest.digest(stored)
    releases.move(session, order.release_id, "seal", manifest=stored, digest=digest, sealed_at=at, claimed_until=None, claim=None)
    log.record(session, ReleaseSealed(digest=digest, readers=said.readers), subject=release.id, by=by, at=at)
    return digest


def pause(session: Session) -> None:
    """Until this transaction ends, let no letter be frozen in any release that is being sealed."""
    session.exec(select(Release.id).where(Release.state == "sealing").order_by(col(Release.id)).with_for_update()).all()


def fail(session: Session, order: Order, *, reasons: list[str], by: str, at: datetime) -> bool:
    """Give up sealing: record why, drop what was kept, and make the message a draft again. False when the release is no longer ours."""
    if not _is_ours(releases.lock(session, order.release_id), order):
        return False
    _clear(session, order.release_id)
    release = releases.move(session, order.release_id, "fail", reason=" ".join(reasons)[:1000], ended_at=at, sealed=0)
    if releases.is_current(session, release):
        messages.move(session, release.message_id, "return")
    log.record(session, SealingFailed(reasons=reasons), subject=release.id, by=by, at=at)
    return True


def _clear(session: Session, release_id: UUID) -> None:
    for table in (SealedLetter, SealedBranch, SealedOmission, SealedAudience, SealedOccasion, Particulars, SealedProgram):
        session.exec(sa.delete(table).where(col(table.release_id) == release_id))


def _still_ours(session: Session, order: Order, *, at: datetime) -> Release:
    release = releases.get(session, order.release_id, lock=True)
    if not _is_ours(release, order):
        raise NotAllowedNow("Another worker is sealing this release, or it is no longer wanted.")
    release.claimed_until = at + CLAIM_LASTS
    return release


def _is_ours(release: Release, order: Order) -> bool:
    return release.claim == order.claim and release.state == "sealing"


def _frozen(order: Order, programs: dict[str, Program], letter: Letter, position: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A letter's public row with its leaf, and its private one."""
    addressee, place, salt = letter.addressee, {"release_id": order.release_id, "position": position}, secrets.token_bytes(SALT_BYTES)
    reader = {"person_id": addressee.person_id, "audience": addressee.variant, "role": addressee.role}
    row = {**place, **reader, "authority_code": addressee.authority_code, "condition": letter.condition}
    says = sealed.says(
        addressee.person_id, addressee.address, addressee.variant, addressee.role, addressee.authority_code, letter.condition
    )
    row["leaf"] = sealed.leaf_of(salt, says, programs[addressee.variant].join(letter.fields))
    return row, {**place, "address": addressee.address, "fields": letter.fields, "salt": salt}

"""Sealing: variants compiled once, readers frozen, a leaf for every letter, and one manifest over it all.

A worker seals in chunks, each its own transaction, under a claim that expires; a second worker that takes over starts again from
nothing. Addresses, values and salts live in one side table that may only be set to null: proofs outlive persons.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement import manifest, merkle, parties, releases
from campaigns.agreement.addressees import Addressee
from campaigns.agreement.manifest import Manifest, Variant
from campaigns.agreement.releases import Release
from campaigns.drafting import attachments, letters, messages
from campaigns.drafting.attachments import Enclosed
from campaigns.drafting.letters import Sender
from campaigns.drafting.programs import Program
from campaigns.drafting.words import Words
from campaigns.foundation import log
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.log import Event
from campaigns.planning import campaign_plans

CLAIM_LASTS = timedelta(minutes=2)
APPROVAL_DAYS = 14
SALT_BYTES = 32


class ReleaseSealed(Event):
    """The release waits for both signatures."""

    digest: str
    readers: int


class SealingFailed(Event):
    """It could not be sealed; the message is a draft again."""

    reasons: list[str]


class SealedProgram(SQLModel, table=True):
    """One audience's letter, compiled."""

    __tablename__ = "sealed_programs"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    audience: str = Field(primary_key=True)
    program: bytes = Field(sa_type=sa.LargeBinary)


class SealedLetter(SQLModel, table=True):
    """One reader's letter, as a leaf. `position` is its place in the tree, from 0."""

    __tablename__ = "sealed_letters"

    release_id: UUID = Field(primary_key=True, foreign_key="releases.id")
    position: int = Field(primary_key=True)
    person_id: UUID = Field(index=True)
    audience: str
    role: str
    authority_code: str | None
    leaf: bytes = Field(sa_type=sa.LargeBinary)


class Particulars(SQLModel, table=True):
    """What is personal about a letter; may be set to null, and then the letter can no longer be sent."""

    __tablename__ = "particulars"

    release_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    address: str | None
    fields: dict[str, str] | None = Field(sa_column=sa.Column(sa.JSON))
    salt: bytes | None = Field(sa_type=sa.LargeBinary)


@dataclass(frozen=True)
class Order:
    """What a worker needs to seal a release."""

    release_id: UUID
    claim: UUID
    reference: str
    words: Words
    enclosed: list[Enclosed]


@dataclass(frozen=True)
class Letter:
    """A reader with the values of every field of their letter."""

    addressee: Addressee
    fields: dict[str, str]


def take(session: Session, release_id: UUID, *, at: datetime) -> Order | None:
    """Claim a release for sealing and clear what an earlier, dead claim left. None when there is nothing to do."""
    release = releases.get(session, release_id, lock=True)
    if release.state != "sealing" or (release.claimed_until and release.claimed_until > at):
        return None
    for table in (SealedLetter, Particulars, SealedProgram):
        session.exec(sa.delete(table).where(col(table.release_id) == release_id))
    claim = uuid4()
    release.sqlmodel_update({"claim": claim, "claimed_until": at + CLAIM_LASTS, "people": 0, "sealed": 0})
    session.add(release)
    words = messages.revision(session, release.message_id, release.revision).read()
    return Order(release_id, claim, release.reference, words, attachments.enclosed(session, words.attachments))


def compile_variants(order: Order, *, audiences: dict[str, str], sender: Sender) -> dict[str, Program]:
    """One program per audience key; `audiences` gives each its name on screen. No database is touched."""
    return {
        key: letters.compile_letter(
            subject=order.words.subject,
            core=order.words.core,
            part=order.words.parts.get(key, ""),
            reference=order.reference,
            audience=audiences[key],
            sender=sender,
            attachments=order.enclosed,
        )
        for key in order.words.audiences
    }


def keep_programs(session: Session, order: Order, programs: dict[str, Program], *, people: int, at: datetime) -> None:
    """Store the compiled variants and how many readers there will be."""
    release = _still_ours(session, order, at=at)
    release.people = people
    session.add(release)
    session.add_all(
        SealedProgram(release_id=order.release_id, audience=key, program=program.to_bytes()) for key, program in programs.items()
    )


def keep_letters(
    session: Session, order: Order, programs: dict[str, Program], chunk: Sequence[Letter], *, start: int, at: datetime
) -> None:
    """Freeze one chunk of readers, the first at position `start`, each with the leaf of their own canonical message."""
    rows, private = [], []
    for position, letter in enumerate(chunk, start):
        salt = secrets.token_bytes(SALT_BYTES)
        message = programs[letter.addressee.variant].join(letter.fields)
        person = letter.addressee.person_id
        leaf = leaf_of(salt, person, letter.addressee.address, message)
        place = {"release_id": order.release_id, "position": position}
        reader = {"audience": letter.addressee.variant, "role": letter.addressee.role, "authority_code": letter.addressee.authority_code}
        rows.append({**place, "person_id": person, **reader, "leaf": leaf})
        private.append({**place, "address": letter.addressee.address, "fields": letter.fields, "salt": salt})
    session.execute(sa.insert(SealedLetter), rows)
    session.execute(sa.insert(Particulars), private)
    release = _still_ours(session, order, at=at)
    release.sealed = start + len(rows)
    session.add(release)


def seal(session: Session, order: Order, *, sender: Sender, by: str, at: datetime) -> str:
    """Write the manifest over everything kept, and let both parties see it. Returns the digest they will sign."""
    release = _still_ours(session, order, at=at)
    stored = _manifest(session, release, order.words, sender).to_bytes()
    digest = manifest.digest(stored)
    releases.move(session, order.release_id, "seal", manifest=stored, digest=digest, sealed_at=at, claimed_until=None, claim=None)
    log.record(session, ReleaseSealed(digest=digest, readers=release.people), subject=release.id, by=by, at=at)
    return digest


def fail(session: Session, order: Order, *, reasons: list[str], by: str, at: datetime) -> None:
    """It cannot be sealed: say why, and give the message back as a draft."""
    release = releases.move(session, order.release_id, "fail", reason=" ".join(reasons)[:1000], ended_at=at)
    if releases.is_current(session, release):
        messages.move(session, release.message_id, "return")
    log.record(session, SealingFailed(reasons=reasons), subject=release.id, by=by, at=at)


def leaves(session: Session, release_id: UUID) -> list[bytes]:
    """The leaves of a release in order."""
    return list(session.exec(select(SealedLetter.leaf).where(SealedLetter.release_id == release_id).order_by(col(SealedLetter.position))))


def programs_of(session: Session, release_id: UUID) -> dict[str, Program]:
    """The compiled variants of a release, by audience."""
    rows = session.exec(select(SealedProgram).where(SealedProgram.release_id == release_id).order_by(SealedProgram.audience))
    return {row.audience: Program.from_bytes(row.program) for row in rows}


def leaf_of(salt: bytes, person_id: UUID, address: str, message: bytes) -> bytes:
    """The leaf of one letter: who, where to, and every byte of the canonical message."""
    return merkle.leaf(salt, str(person_id), address, hashlib.sha256(message).digest())


def readers_by(session: Session, release_id: UUID, column: str) -> dict[str, int]:
    """How many frozen readers there are, by `audience` or `role`."""
    by: Any = getattr(SealedLetter, column)
    return dict(session.exec(select(by, sa.func.count()).where(SealedLetter.release_id == release_id).group_by(by).order_by(by)).all())


def _still_ours(session: Session, order: Order, *, at: datetime) -> Release:
    release = releases.get(session, order.release_id, lock=True)
    if release.claim != order.claim or release.state != "sealing":
        raise NotAllowedNow("Another worker is sealing this release, or it is no longer wanted.")
    release.claimed_until = at + CLAIM_LASTS
    return release


def _manifest(session: Session, release: Release, words: Words, sender: Sender) -> Manifest:
    tree = leaves(session, release.id)
    if len(tree) != release.people or not tree:
        raise NotAllowedNow(f"{len(tree)} of {release.people} letters are sealed; the release is not whole.")
    counts = readers_by(session, release.id, "audience")
    campaign = campaign_plans.get(session, release.campaign_id)
    return Manifest(
        release=str(release.id),
        reference=release.reference,
        message=str(release.message_id),
        revision=release.revision,
        campaign=campaign.name,
        objective=campaign.objective,
        title=words.title,
        subject=words.subject,
        sender=vars(sender),
        headers=list(letters.HEADERS),
        compiler=letters.COMPILER,
        layout=letters.layout_digest(),
        variants=[
            Variant(audience=key, program=made.digest, readers=counts.get(key, 0)) for key, made in programs_of(session, release.id).items()
        ],
        readers=len(tree),
        root=merkle.root(tree).hex(),
        not_before=words.not_before,
        latest_send=words.latest_send,
        approval_days=APPROVAL_DAYS,
        parties=[party.code for party in parties.required(session)],
    )

"""A keyring: the passkeys an officer has enrolled. A key signs nothing until a roster that both parties signed lists it.

Recovery is a roster change, never an e-mail: whoever lost a key enrols another, and both parties sign the roster that lists it.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Session, SQLModel, col, select
from webauthn import verify_registration_response
from webauthn.helpers import decode_credential_public_key
from webauthn.helpers.exceptions import WebAuthnException

from campaigns.agreement import nonces, passkeys, rosters
from campaigns.agreement.passkeys import Site, Word
from campaigns.agreement.rosters import Key, RosterVersion
from campaigns.foundation import log
from campaigns.foundation.errors import GateClosed, Invalid, NotFound, NotYours, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from campaigns.foundation.stamps import WrongDatabase

ENROLMENT = b"countersign-enrolment/v1"
LONGEST_NAME = 60
ADDED_TOO_LATE = "This was added too late, or added before. Nothing was recorded: add the passkey again."


class KeyEnrolled(Event):
    """An officer added a passkey to their ring."""

    key: str


class KeyRemoved(Event):
    """An officer will use a passkey no more."""

    key: str


class Credential(SQLModel, table=True):
    """One row per enrolled passkey. `counter` is the authenticator's own, as last seen."""

    __tablename__ = "credentials"

    id: str = Field(primary_key=True)
    officer_id: UUID = Field(foreign_key="officers.id", index=True)
    name: str
    cose: str
    software: bool = False
    counter: int = 0
    backup_eligible: bool = False
    backed_up: bool = False
    enrolled_at: datetime
    removed_at: datetime | None = None


def enrol(session: Session, answer: str, *, nonce: str, name: str, site: Site, by: Officer, at: datetime) -> None:
    """Add the passkey that an authenticator made (`answer`: its JSON) for this nonce.

    Refuses an answer for another site, person or moment, one without a verified person, an algorithm not on the list, a key enrolled before.
    """
    nonces.spend(session, nonce, purpose=ENROLMENT, digest="", by=by, at=at, too_late=ADDED_TOO_LATE)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=passkeys.decode(nonce),
            expected_rp_id=site.rp_id,
            expected_origin=list(site.origins),
            require_user_verification=True,
        )
        if decode_credential_public_key(made.credential_public_key).alg not in passkeys.ALGORITHMS:
            raise ValueError("its algorithm is not on the list")
    except (WebAuthnException, ValueError, KeyError) as fault:
        raise NotYours(f"This passkey was not enrolled: {fault}.") from fault
    key = Key(id=passkeys.encode(made.credential_id), cose=passkeys.encode(made.credential_public_key), software=False)
    word = Word(made.sign_count, made.credential_device_type.value == "multi_device", made.credential_backed_up)
    keep(session, key, name=name, word=word, by=by, at=at)


def keep(session: Session, key: Key, *, name: str, word: Word, by: Officer, at: datetime) -> None:
    """Put a key on an officer's ring. Refuses an unreadable name, and a key that anybody has enrolled before."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid([Problem("name", f"Give the key a name you will know it by, in up to {LONGEST_NAME} characters")])
    if session.get(Credential, key.id) is not None:
        raise Invalid([Problem("name", "This passkey has been enrolled before")])
    session.add(Credential(**key.model_dump(), **vars(word), officer_id=by.id, name=name.strip(), enrolled_at=at))
    log.record(session, KeyEnrolled(key=key.id), subject=by.id, by=by.name, at=at)


def remove(session: Session, key_id: str, *, by: Officer, at: datetime) -> None:
    """Stop using a key: the next roster will not list it. Until then the standing one still does."""
    found = session.get(Credential, key_id, with_for_update=True, populate_existing=True)
    if found is None or found.officer_id != by.id or found.removed_at:
        raise NotFound("You have no such passkey.")
    found.removed_at = at
    session.add(found)
    log.record(session, KeyRemoved(key=key_id), subject=by.id, by=by.name, at=at)


def of(session: Session, officer_id: UUID) -> list[Credential]:
    """An officer's keys in use, oldest first."""
    theirs = select(Credential).where(Credential.officer_id == officer_id, col(Credential.removed_at).is_(None))
    return list(session.exec(theirs.order_by(col(Credential.enrolled_at), Credential.id)))


def every(session: Session) -> list[Credential]:
    """Every key ever enrolled, those in use no more included."""
    return list(session.exec(select(Credential)))


def keys(session: Session, officer_id: UUID, *, since: datetime | None = None) -> list[Key]:
    """The same, as a roster lists them; of those that were enrolled after `since`."""
    theirs = (row for row in of(session, officer_id) if since is None or row.enrolled_at > since)
    return [Key(id=row.id, cose=row.cose, software=row.software) for row in theirs]


def refuse_software(session: Session) -> None:
    """Refuse to start on a database in which a program's key is enrolled, or stands in a roster: those are for tests and rehearsals."""
    enrolled = session.exec(select(Credential).where(col(Credential.software).is_(True)).limit(1)).first() is not None
    if enrolled or any(map(_lists_software, rosters.rows(session))):
        raise WrongDatabase(
            "A software key is enrolled in this database; those are for tests and rehearsals, and nothing else starts on it."
        )


def _lists_software(row: RosterVersion) -> bool:
    try:
        return row.read().has_software_keys
    except GateClosed:  # under what cannot be read nobody signs: the pages say so, once they are up
        return False


def used(session: Session, key_id: str, word: Word) -> None:
    """Remember what the authenticator said of itself. Refuses a counter that went back, and a key that changed its kind: it may be a copy."""
    row = session.get(Credential, key_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotYours("This passkey was never enrolled here.")
    if (word.counter or row.counter) and word.counter <= row.counter:
        raise NotYours("This passkey's counter went back, so it may have been copied. Tell your party, and sign with another key.")
    if word.backup_eligible != row.backup_eligible:
        raise NotYours("This passkey is not the kind it was when it was enrolled. Sign with another key.")
    row.counter, row.backed_up = word.counter, word.backed_up
    session.add(row)

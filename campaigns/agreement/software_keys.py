"""Software keys: a program's own passkeys, for tests and rehearsals. A real assertion, checked like any other, by a key that is no secret.

The private part follows from the officer's id, so that anybody can compute it: good in a database stamped for tests, refused in every other.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import Session
from webauthn.helpers import encode_cbor

from campaigns.agreement import keyrings, nonces, passkeys, roster_changes, rosters, standing
from campaigns.agreement.identity import Evidence
from campaigns.agreement.passkeys import Assertion, Site, Word
from campaigns.agreement.rosters import Key, Member
from campaigns.foundation.officers import Officer

SITE = Site("localhost", ("http://localhost:8000",))
PRESENT, VERIFIED = 0x01, 0x04  # the authenticator's flags: somebody was there, and it knew them


def enrol(session: Session, officers: Iterable[Officer], *, at: datetime) -> None:
    """Put a software key on each officer's ring."""
    for officer in officers:
        key = Key(id=_id(officer.id), cose=_cose(officer.id), software=True)
        keyrings.keep(session, key, name="Software key", word=Word(0, False, False), by=officer, at=at)


def found_roster(session: Session, officers: list[Officer], *, passwords: Iterable[str] = (), at: datetime) -> None:
    """Enrol these signatories and found a roster of them, signed for each party."""
    enrol(session, officers, at=at)
    members = [member(session, one) for one in officers]
    roster_changes.propose(session, members=members, passwords=list(passwords), site=SITE, by=officers[0], at=at)
    sign_roster(session, officers, at=at)


def member(session: Session, officer: Officer) -> Member:
    """A signatory's entry, with the keys on their ring."""
    keys = keyrings.keys(session, officer.id)
    return Member(officer=officer.id, post=officer.name, party=str(officer.party), standing="signatory", keys=keys)


def sign_roster(session: Session, officers: list[Officer], *, at: datetime) -> None:
    """The first of each party signs the version that waits."""
    first = {officer.party: officer for officer in reversed(officers)}
    for officer in first.values():
        row = rosters.proposed(session)
        if row is not None:
            given = evidence(session, tag=passkeys.ROSTER, body=row.document, digest=row.fingerprint, by=officer, at=at)
            roster_changes.sign(session, seen=row.fingerprint, evidence=given, by=officer, at=at)


def evidence(session: Session, *, tag: bytes, body: bytes, digest: str, by: Officer, at: datetime) -> Evidence:
    """Ask for a nonce and answer it, as a browser does with a person's passkey."""
    nonce = nonces.issue(session, purpose=tag, digest=digest, by=by, at=at)
    site = roster.site if (roster := standing.current(session)) else SITE
    return Evidence("software", at, assertion(by.id, passkeys.challenge(tag, body, passkeys.decode(nonce)), nonce, site).to_dict())


def assertion(
    officer_id: UUID, challenge: bytes, nonce: str, site: Site, *, flags: int = PRESENT | VERIFIED, **client: object
) -> Assertion:
    """What this officer's software key answers to a challenge; `flags` and `client` bend it, for tests of what is refused."""
    said = {"type": "webauthn.get", "challenge": passkeys.encode(challenge), "origin": site.origins[0], "crossOrigin": False, **client}
    client_data = json.dumps(said).encode()
    data = hashlib.sha256(site.rp_id.encode()).digest() + bytes([flags]) + bytes(4)
    signature = _key(officer_id).sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
    return Assertion(_id(officer_id), nonce, passkeys.encode(data), passkeys.encode(client_data), passkeys.encode(signature))


def _key(officer_id: UUID) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(
        int.from_bytes(hashlib.sha256(b"software key of " + officer_id.bytes).digest()[:31], "big"), ec.SECP256R1()
    )


def _id(officer_id: UUID) -> str:
    return passkeys.encode(hashlib.sha256(b"software key id of " + officer_id.bytes).digest()[:16])


def _cose(officer_id: UUID) -> str:
    numbers = _key(officer_id).public_key().public_numbers()
    return passkeys.encode(encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}))

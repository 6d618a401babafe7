"""A forge: whole bundles made from nothing, with real keys of every kind, so that each part can be bent and re-signed on its own."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

from campaigns.agreement import bundles, manifest, merkle, passkeys
from campaigns.agreement.bundles import Parts

NOON = datetime(2026, 5, 12, 11, 0, tzinfo=UTC)
RP, ORIGIN = "countersign.test", "https://countersign.test"
SPACE = UUID(int=99)
HEADERS = ["From", "To", "Subject", "Message-ID"]
Row = dict[str, Any]


def said_at(at: datetime) -> str:
    """A moment as it is written."""
    return at.isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class Key:
    """A private key with its COSE public half."""

    id: str
    private: Any
    cose: dict[int, Any]
    software: bool = False

    def listed(self) -> Row:
        """As a roster lists it."""
        return {"id": self.id, "cose": passkeys.encode(encode_cbor(self.cose)), "software": self.software}

    def sign(self, data: bytes) -> bytes:
        """As an authenticator does."""
        match self.private:
            case ec.EllipticCurvePrivateKey():
                return self.private.sign(data, ec.ECDSA(SHA256()))
            case rsa.RSAPrivateKey():
                return self.private.sign(data, padding.PKCS1v15(), SHA256())
        return bytes(self.private.sign(data))


def es256(name: str, *, software: bool = False) -> Key:
    """A fresh ES256 key."""
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_numbers()
    cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
    return Key(passkeys.encode(name.encode()), private, cose, software)


def eddsa(name: str) -> Key:
    """A fresh Ed25519 key."""
    private = ed25519.Ed25519PrivateKey.generate()
    return Key(passkeys.encode(name.encode()), private, {1: 1, 3: -8, -1: 6, -2: private.public_key().public_bytes_raw()})


def rs256(name: str) -> Key:
    """A fresh RSA key."""
    private = rsa.generate_private_key(65537, 2048)
    return Key(
        passkeys.encode(name.encode()),
        private,
        {1: 3, 3: -257, -1: private.public_key().public_numbers().n.to_bytes(256, "big"), -2: b"\1\0\1"},
    )


@dataclass(frozen=True)
class Person:
    """Somebody in the roster."""

    post: str
    party: str
    key: Key
    standing: str = "signatory"
    begins: datetime | None = None
    ends: datetime | None = None
    campaigns: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Their id, from their post."""
        return str(uuid5(SPACE, self.post))

    def member(self) -> Row:
        """Their entry."""
        dates = {"begins": said_at(self.begins) if self.begins else None, "ends": said_at(self.ends) if self.ends else None}
        own = {"officer": self.id, "post": self.post, "party": self.party, "standing": self.standing}
        return {**own, **dates, "campaigns": list(self.campaigns), "keys": [self.key.listed()]}

    def sign(
        self, body: bytes, tag: bytes = passkeys.RELEASE, *, at: datetime, roster: int, age: float = 2.0, flags: int = 5, **client: Any
    ) -> Row:
        """A signature record; `age`, `flags` and `client` bend it."""
        nonce = int((at.timestamp() - age) * 1000).to_bytes(8, "big") + hashlib.sha256(body + self.id.encode()).digest()[:24]
        said = {"type": "webauthn.get", "challenge": passkeys.encode(passkeys.challenge(tag, body, nonce)), "origin": ORIGIN, **client}
        client_data, data = json.dumps(said).encode(), hashlib.sha256(RP.encode()).digest() + bytes([flags, 0, 0, 0, 1])
        signature = self.key.sign(data + hashlib.sha256(client_data).digest())
        whose = {"party": self.party, "officer": self.id, "post": self.post, "at": said_at(at), "roster": roster}
        parts = {"nonce": nonce, "authenticator_data": data, "client_data": client_data, "signature": signature}
        method = "software" if self.key.software else "passkey"
        return {**whose, "method": method, "credential": self.key.id, **{name: passkeys.encode(part) for name, part in parts.items()}}


def roster(version: int, previous: str, people: list[Person], **changes: Any) -> bytes:
    """A roster's bytes."""
    said = {
        "version": version,
        "proposed_at": said_at(NOON),
        "previous": previous,
        "rp_id": RP,
        "origins": [ORIGIN],
        "parties": ["hse", "lacors"],
        "passwords": [],
    }
    said |= {"members": sorted((one.member() for one in people), key=lambda one: one["officer"])} | changes
    return statement("countersign/roster/v1", f"roster {version}", said["previous"], said)


def statement(kind: str, name: str, digest: str, said: Row) -> bytes:
    """An in-toto statement's bytes."""
    subject = [{"name": name, "digest": {"sha256": digest}}]
    return manifest.canonical({"_type": manifest.STATEMENT, "predicateType": kind, "subject": subject, "predicate": said})


def links(facts: list[list[Any]]) -> list[Row]:
    """A piece of the log's chain: a link nobody may read, and these facts."""
    before, rows = hashlib.sha256(b"before").digest(), []
    rows.append({"number": 6, "hash": before.hex(), "digest": manifest.digest(b"?"), "fact": None})
    for number, fact in enumerate(facts, 7):
        said = manifest.canonical(fact)
        before = hashlib.sha256(number.to_bytes(8, "big") + before + hashlib.sha256(said).digest()).digest()
        rows.append({"number": number, "hash": before.hex(), "digest": manifest.digest(said), "fact": said.decode()})
    return rows


@dataclass
class Forge:
    """A release of 50 letters by two bodies, whose rosters went from version 1 to 3: a key was changed, a member left, a deputy came."""

    salted: str = "a"
    chair: Person = field(default_factory=lambda: Person("LACoRS chair", "lacors", eddsa("chair")))
    director: Person = field(default_factory=lambda: Person("HSE director", "hse", es256("director")))
    release: str = str(UUID(int=5))
    changes: Row = field(default_factory=dict)
    vouched: list[tuple[bytes, list[Row]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.renewed = replace(self.director, key=es256("director, renewed"))
        self.old = Person("HSE head", "hse", rs256("head"))
        self.other = Person("LACoRS secretary", "lacors", rs256("secretary"))
        self.third = Person("HSE lawyer", "hse", es256("lawyer"))
        begins, ends = NOON - timedelta(days=1), NOON + timedelta(days=3)
        self.deputy = Person("LACoRS deputy", "lacors", eddsa("deputy"), "deputy", begins, ends, ("LOPP",))
        self.add_roster([self.director, self.old, self.chair, self.other], [self.director, self.chair])
        self.add_roster([self.renewed, self.old, self.third, self.chair, self.other], [self.old, self.chair])
        self.add_roster([self.renewed, self.third, self.chair, self.other, self.deputy], [self.renewed, self.other])
        self.salts = [hashlib.sha256(f"{self.salted}{number}".encode()).digest() for number in range(50)]
        self.programs = {"managers": b'[["managers"]]', "officers": b'[["officers"]]'}

    def add_roster(self, people: list[Person], signers: list[Person], **changes: Any) -> None:
        """Put a version on top, signed by these."""
        version = len(self.vouched) + 1
        body = roster(version, manifest.digest(self.vouched[-1][0]) if self.vouched else "0" * 64, people, **changes)
        at = NOON - timedelta(days=10 - version)
        self.vouched.append((body, [one.sign(body, passkeys.ROSTER, at=at, roster=version) for one in signers]))

    @property
    def fingerprint(self) -> str:
        """Of the founding roster."""
        return manifest.digest(self.vouched[0][0])

    def letter(self, number: int) -> bytes:
        """One reader's letter, as it is sealed."""
        name = f"<{UUID(self.release).hex}.{uuid5(SPACE, str(number)).hex}@countersign.test>"
        head = f"From: lopp@countersign.test\r\nTo: post{number}@council.test\r\nSubject: What LOPP\r\n offers\r\nMessage-ID: {name}\r\n"
        return f"{head}\r\nDear reader {number},\r\n\r\nWords.\r\n".encode()

    def leaf(self, number: int) -> Row:
        """One reader's line."""
        audience = "managers" if number % 2 else "officers"
        own = {"audience": audience, "role": "practitioner", "authority": f"E{number}", "condition": ""}
        says = (str(uuid5(SPACE, str(number))), f"post{number}@council.test", *own.values())
        made = merkle.leaf(self.salts[number], says, hashlib.sha256(self.letter(number)).digest())
        return {"leaf": made.hex(), "salt": passkeys.encode(self.salts[number]), **own}

    def manifest(self, leaves: list[Row]) -> bytes:
        """What is signed."""
        root = merkle.root([bytes.fromhex(leaf["leaf"]) for leaf in leaves]).hex()
        variants = [
            {"audience": name, "program": manifest.digest(program), "letters": 25, "readers": 25} for name, program in self.programs.items()
        ]
        said: Row = {"release": self.release, "reference": "QPFRM4ZA", "message": str(UUID(int=6)), "revision": 2, "purpose": "message"}
        said |= {"corrects": None}
        said |= {
            "campaign": "LOPP",
            "campaign_id": "LOPP",
            "objective": "Known",
            "title": "What LOPP is",
            "subject": "What LOPP offers",
            "headers": HEADERS,
        }
        said |= {"sender": {"name": "LOPP", "address": "lopp@countersign.test", "reply_to": "r@countersign.test", "base_url": ORIGIN}}
        said |= {"attachments": [], "links": [], "compiler": "c/1", "layout": "0" * 64, "variants": variants, "closed": {}}
        named = [{"audience": name, "name": name, "version": 3, "rule": f"{name}."} for name in self.programs]
        said |= {"letters": 50, "readers": 50, "left_out": {}, "audiences": named}
        said |= {
            "root": root,
            "not_before": None,
            "latest_send": said_at(NOON + timedelta(days=30)),
            "sealed_at": said_at(NOON),
            "approval_days": 14,
        }
        said |= {
            "risk": {"kind": "ordinary", "signatures": 1, "hold_hours": 0, "observers": []},
            **{key: ["hse", "lacors"] for key in ("parties", "let_go_by")},
            "findings": [],
        }
        return statement("countersign/release/v2", "QPFRM4ZA", said["root"], said | self.changes)

    def parts(self) -> Parts:
        """All of it, agreed by the director's renewed key and the chair."""
        leaves = [self.leaf(number) for number in range(50)]
        body = self.manifest(leaves)
        facts = [
            [41, "RevisionSubmitted", self.release, "x", "2026-05-12T11:00:00+00:00", {"release": self.release}],
            [42, "ReleaseSealed", self.release, "x", "2026-05-12T11:00:00+00:00", {"digest": manifest.digest(body), "readers": 50}],
            [43, "ReleaseAgreed", self.release, "x", "2026-05-12T12:00:00+00:00", {"digest": manifest.digest(body)}],
        ]
        chained = links(facts)
        vouched = [{"roster": one.decode(), "signatures": given} for one, given in self.vouched]
        signed = [one.sign(body, at=NOON + timedelta(hours=1), roster=len(vouched)) for one in (self.renewed, self.chair)]
        return Parts(body, signed, vouched, self.programs, leaves, chained, [f"{chained[-1]['number']} {chained[-1]['hash']}"])

    def signed(self, *signers: Row) -> bytes:
        """A bundle with these signatures in place of the good ones."""
        return bundles.pack(replace(self.parts(), signatures=list(signers)))

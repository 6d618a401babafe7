"""Check a bundle: whether the bodies it names agreed to this very release, and whether a letter you received is one of its letters.

    python verify.py BUNDLE [--trust FINGERPRINT] [--message LETTER.eml] [--rehearsal] [--accept-passwords]

One file: Python 3.11 or newer and the package `cryptography`, no network. It shares no code with the system that made the bundle, so
that a mistake there is not repeated here. Exit 0: proved. Exit 1: refused, and the first fault is named. Exit 2: nothing was checked.
"""

import argparse
import base64
import hashlib
import json
import math
import re
import struct
import sys
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

try:
    from datetime import UTC, datetime, timedelta

    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
except ImportError:  # of whoever was sent this file: a traceback would look like a bundle that is refused
    print("Nothing was checked: Python 3.11 or newer is needed, and: python -m pip install cryptography", file=sys.stderr)
    sys.exit(2)

RELEASE, ROSTER = (b"countersign-signoff/v1", "countersign/release/v2"), (b"countersign-roster/v1", "countersign/roster/v1")  # tag, kind
SAYS = {
    "countersign/release/v2": "release reference message revision purpose corrects campaign campaign_id objective title subject sender headers attachments "
    "links compiler layout variants letters readers left_out root not_before latest_send sealed_at approval_days parties risk findings closed "
    "let_go_by audiences terms occasions",
    "countersign/roster/v1": "version proposed_at previous rp_id origins parties passwords members",
}
YOUNGER = {"audiences", "terms", "occasions"}  # fields that older manifests do not have
FIRST, LAST = ["verify.py", "manifest.json", "signatures.json", "rosters.json"], ["leaves.jsonl", "audit.jsonl", "heads.txt", "index.json"]
ZEROS = "0" * 64
FRESH, ROUNDING = timedelta(minutes=5), timedelta(seconds=1)
UNREADABLE = (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError, struct.error)
Json = dict[str, Any]


class Fault(Exception):
    """The first thing found wrong."""


@dataclass(frozen=True)
class Rules:
    """What the caller trusts and allows."""

    trust: str | None = None
    rehearsal: bool = False
    passwords: bool = False


@dataclass(frozen=True)
class Roster:
    """A version of the roster that stands: what it says, its digest, and since when it stood."""

    said: Json
    fingerprint: str
    since: datetime


@dataclass(frozen=True)
class Proof:
    """What was proved."""

    said: Json
    digest: str
    rosters: list[Roster]
    signers: list[Json]
    leaves: list[Json]
    facts: list[Any]
    heads: list[str]
    certificate: bool


def need(holds: object, sentence: str) -> None:
    """Refuse unless it holds."""
    if not holds:
        raise Fault(sentence)


def check(raw: bytes, rules: Rules) -> Proof:
    """Everything the bundle claims, from the file's bytes; raises Fault."""
    members = unpack(raw)
    body = members["manifest.json"]
    said = statement(body, RELEASE[1], "The manifest")
    check_members(members, said)
    leaves = check_leaves(members["leaves.jsonl"], said)
    rosters = check_rosters(members["rosters.json"], rules)
    signers = check_signatures(members["signatures.json"], body, said, rosters, rules)
    facts, heads = check_audit(members, said)
    sealed = [fact for fact in facts if fact[1:3] == ["ReleaseSealed", said["release"]]]
    need(any(fact[5].get("digest") == sha(body) for fact in sealed), "The log does not say that this manifest was sealed.")
    return Proof(said, sha(body), rosters, signers, leaves, facts, heads, "certificate.pdf" in members)


# --- the file ---------------------------------------------------------------------------------------------------------


def unpack(raw: bytes) -> dict[str, bytes]:
    """The members in order; refuses a file that is not, to the byte, the archive its members make."""
    members: dict[str, bytes] = {}
    at = 0
    while raw[at : at + 4] == b"PK\x03\x04":
        size, length = struct.unpack_from("<L4xH", raw, at + 18)
        start = at + 30 + length
        members[raw[at + 30 : start].decode()] = raw[start : start + size]
        at = start + size
    need("index.json" in members, "This is not a bundle: it holds no index.json.")
    index = canonical(members["index.json"], "index.json")
    need(index["format"] == "countersign-bundle/1", "This is a bundle of another format.")
    for name in members.keys() - {"index.json"}:
        need(index["members"].get(name) == sha(members[name]), f"{name} is not what index.json says.")
    need(len(index["members"]) == len(members) - 1, "A member that index.json names is missing.")
    need(pack(members) == raw, "The file is not, byte for byte, the archive that its members make.")
    return members


def pack(members: dict[str, bytes]) -> bytes:
    """The one archive these members make: stored, dated 1980-01-01, nothing else said."""
    local, central = b"", b""
    for name, data in members.items():
        title = name.encode()
        facts = struct.pack("<HHHHHLLLHH", 20, 0, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(title), 0)
        central += (
            struct.pack("<4sH", b"PK\x01\x02", 3 << 8 | 20) + facts + struct.pack("<HHHLL", 0, 0, 0, 0o100644 << 16, len(local)) + title
        )
        local += b"PK\x03\x04" + facts + title + data
    return local + central + struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, len(members), len(members), len(central), len(local), 0)


def check_members(members: dict[str, bytes], said: Json) -> None:
    """The members expected, in their order, and each program the one that the manifest names."""
    programs = {f"programs/{variant['audience']}.json": variant for variant in said["variants"]}
    cover = ["README.txt"] + ["certificate.pdf"] * ("certificate.pdf" in members)
    need(list(members) == cover + FIRST + list(programs) + LAST, "The bundle does not hold the members it should, in their order.")
    for name, variant in programs.items():
        need(sha(members[name]) == variant["program"], f"{name} is not the program that was signed.")


def canonical(raw: bytes, name: str) -> Any:
    """The value in these bytes; refuses any spelling but the canonical one."""
    value = json.loads(raw)
    need(spelt(value) == raw, f"{name} is not in its canonical form.")
    return value


def spelt(value: Any) -> bytes:
    """Canonical JSON: NFC, sorted keys, no spaces."""
    return json.dumps(composed(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def composed(value: Any) -> Any:
    """The same value with every text in Unicode's composed form."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case list():
            return [composed(one) for one in value]
        case dict():
            return {composed(name): composed(one) for name, one in value.items()}
    return value


def statement(body: bytes, kind: str, name: str) -> Json:
    """What an in-toto statement of this kind says."""
    whole = canonical(body, name)
    said: Json = whole["predicate"]
    subject = (said["reference"], said["root"]) if kind == RELEASE[1] else (f"roster {said['version']}", said["previous"])
    shape = {"_type": "https://in-toto.io/Statement/v1", "predicateType": kind, "predicate": said}
    need(whole == {**shape, "subject": [{"name": subject[0], "digest": {"sha256": subject[1]}}]}, f"{name} is not a statement of its kind.")
    fields = set(SAYS[kind].split())
    need(fields - YOUNGER <= said.keys() <= fields, f"{name} says more or less than it should.")
    return said


# --- the letters ------------------------------------------------------------------------------------------------------


def check_leaves(raw: bytes, said: Json) -> list[Json]:
    """The leaves, counted and under the signed root."""
    leaves = [canonical(line, "A line of leaves.jsonl") for line in raw.splitlines()]
    need(raw == b"".join(spelt(leaf) + b"\n" for leaf in leaves), "leaves.jsonl is not one leaf a line.")
    need(leaves and len(leaves) == said["letters"], f"The bundle holds {len(leaves)} leaves, not the {said['letters']} that were signed.")
    level = [bytes.fromhex(leaf["leaf"]) for leaf in leaves]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    need(level[0].hex() == said["root"], "The leaves are not the ones that were signed, in their order.")
    counts = {variant["audience"]: variant["letters"] for variant in said["variants"]}
    named = [one["audience"] for one in said["audiences"]] if "audiences" in said else list(counts)
    need(sorted(named) == sorted(counts), "The audiences described are not the ones that have letters.")
    need(Counter(leaf["audience"] for leaf in leaves) == Counter(counts), "The audiences do not have the letters that were signed.")
    cases = math.prod(map(len, said["closed"].values()))  # one letter for each reader and case
    need(all(one["letters"] == one["readers"] * cases for one in (said, *said["variants"])), "The readers and the letters do not agree.")
    return leaves


def check_letter(raw: bytes, proof: Proof) -> str:
    """Which letter of the release this is; refuses one of another release, an altered one, and one whose particulars were erased."""
    fields, message = sealed_part(raw, proof.said["headers"])
    named = re.fullmatch(r"<([0-9a-f]{32})\.([0-9a-f]{32})(?:\.[a-z]+)?@[^>]*>", fields.get("message-id", ""))
    if not named or named[1] != UUID(proof.said["release"]).hex:
        raise Fault("This letter is not one of this release's.")
    who, said = (str(UUID(named[2])), fields.get("to", "")), hashlib.sha256(message).digest()
    for place, leaf in enumerate(proof.leaves):
        if leaf["salt"] and leaf_of(leaf, who, said).hex() == leaf["leaf"]:
            return f"The letter is this release's, byte for byte: number {place + 1} of {len(proof.leaves)}, for {leaf['audience']}."
    erased = sum(not leaf["salt"] for leaf in proof.leaves)
    need(erased < len(proof.leaves), "The particulars of every reader have been erased, so this letter can no longer be checked.")
    doubt = f", unless it is one of the {erased} whose particulars have been erased" if erased else ""
    raise Fault(f"The letter bears this release's reference, but it was altered or its reader was never written to{doubt}.")


def sealed_part(raw: bytes, names: Sequence[str]) -> tuple[dict[str, str], bytes]:
    """A received letter's signed header fields, and its canonical message: without the fields that others put in front."""
    raw = raw if b"\r\n" in raw else raw.replace(b"\n", b"\r\n")
    head, _, body = raw.partition(b"\r\n\r\n")
    wanted = {name.lower() for name in names}
    kept = [field for field in re.split(rb"\r\n(?![ \t])", head) if field.partition(b":")[0].decode("latin-1").lower() in wanted]
    values = [field.decode("latin-1").partition(":") for field in kept]
    return {name.lower(): value.strip() for name, _, value in values}, b"\r\n".join(kept) + b"\r\n\r\n" + body


def leaf_of(leaf: Json, who: tuple[str, str], digest: bytes) -> bytes:
    """The leaf that a message with this digest makes for this reader."""
    says = (*who, leaf["audience"], leaf["role"], leaf["authority"] or "", leaf["condition"] or "")
    parts = (unb64(leaf["salt"]), *(part.encode() for part in says), digest)
    return hashlib.sha256(b"\x00" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()


# --- who agreed -------------------------------------------------------------------------------------------------------


def check_rosters(raw: bytes, rules: Rules) -> list[Roster]:
    """The chain of rosters, from the founding or the trusted one; refuses a chain without the trusted fingerprint."""
    chain: list[Roster] = []
    for row in canonical(raw, "rosters.json"):
        chain.append(check_roster(row["roster"].encode(), row["signatures"], chain[-1] if chain else None, rules))
    need(chain, "The bundle holds no roster.")
    need(rules.trust in {None, *(one.fingerprint for one in chain)}, "No roster in this bundle has the fingerprint you trust.")
    return chain


def check_roster(body: bytes, given: list[Json], before: Roster | None, rules: Rules) -> Roster:
    """One version: it follows from the one before, and both parties' signatories signed it under both."""
    said = statement(body, ROSTER[1], "A roster")
    name, anchored = f"Roster {said['version']}", not before and sha(body) == rules.trust
    follows = (
        [before.said["version"] + 1, before.fingerprint, before.said["parties"]] if before else [said["version"], ZEROS, said["parties"]]
    )
    need([said["version"], said["previous"], said["parties"]] == follows or anchored, f"{name} does not follow from the one before.")
    check_members_of(said, name)
    if anchored and said["previous"] != ZEROS:
        return Roster(said, sha(body), datetime.min.replace(tzinfo=UTC))
    judges = [before.said, said] if before else [said]
    wanted = {(party, place) for party in said["parties"] for place in range(len(judges))}
    for record in sorted(given, key=lambda record: moment(record["at"])):
        counted = {place for place, judge in enumerate(judges) if signatory_of(judge, record)}
        need(counted, f"{name} bears the signature of somebody whom no roster lists as a signatory with that key.")
        for place in counted:
            holds(record, judges[place], ROSTER[0], body, rules)
        wanted -= {(record["party"], place) for place in counted}
        if not wanted:
            return Roster(said, sha(body), moment(record["at"]))
    raise Fault(f"{name} is not signed for {sorted(wanted)[0][0].upper()} under each roster that must vouch for it.")


def check_members_of(said: Json, name: str) -> None:
    """Refuse a roster with a person or key twice, fewer than two parties, or, at the founding, fewer than two signatories a party."""
    members, keys = said["members"], [key[part] for member in said["members"] for key in member["keys"] for part in ("id", "cose")]
    need(
        len({member["officer"] for member in members}) == len(members) and len(set(keys)) == len(keys),
        f"{name} lists a person or a key twice.",
    )
    need(len(set(said["parties"])) == len(said["parties"]) >= 2, f"{name} names fewer than two parties.")
    counts = Counter(member["party"] for member in members if member["standing"] == "signatory")
    enough = all(counts[party] >= 2 for party in said["parties"])
    need(enough or said["previous"] != ZEROS, f"{name} has fewer than two signatories for a party.")


def signatory_of(roster: Json, record: Json) -> bool:
    """Whether the roster lists the signer as a signatory (not a deputy) who may sign in this way."""
    theirs = (one for one in roster["members"] if one["officer"] == record["officer"] and one["party"] == record["party"])
    keys = {key["id"] for one in theirs if one["standing"] == "signatory" for key in [*one["keys"], {"id": ""}]}
    return record["credential"] in keys and (record["credential"] != "" or record["party"] in roster["passwords"])


def check_signatures(raw: bytes, body: bytes, said: Json, chain: list[Roster], rules: Rules) -> list[Json]:
    """The signatures on the manifest: each holds, and there are enough persons for every party, none of them twice."""
    records: list[Json] = canonical(raw, "signatures.json")
    need(len({record["officer"] for record in records}) == len(records), "One person signed twice.")
    need(len(set(said["parties"])) >= 2, "The manifest names fewer than two parties.")
    for record in records:
        check_signer(record, said, chain)
        holds(record, chain[record["roster"] - chain[0].said["version"]].said, RELEASE[0], body, rules)
    for party in said["parties"]:
        count = sum(record["party"] == party for record in records)
        need(count >= max(1, said["risk"]["signatures"]), f"{party.upper()} has not agreed: {count} of its signatures stand.")
    return records


def check_signer(record: Json, said: Json, chain: list[Roster]) -> None:
    """Refuse who was not, at that moment, a member of that party entitled to sign for this campaign, under the roster in force."""
    who, at = f"{record['post']} ({record['party'].upper()})", moment(record["at"])
    standing = [one for one in chain if one.since <= at]
    need(standing and standing[-1].said["version"] == record["roster"], f"{who} did not sign under the roster in force at the time.")
    roster = standing[-1].said
    member: Any = next((one for one in roster["members"] if (one["officer"], one["party"]) == (record["officer"], record["party"])), None)
    need(
        member and member["post"] == record["post"] and sorted(roster["parties"]) == sorted(said["parties"]), f"{who} is not in the roster."
    )
    begins, ends, scope = member["begins"], member["ends"], member["campaigns"]
    need((not begins or moment(begins) <= at) and (not ends or at < moment(ends)), f"{who} signed outside the dates of their standing.")
    need(not scope or said["campaign_id"] in scope, f"{who} may not sign for this campaign.")
    lasted, days = at - moment(said["sealed_at"]), said["approval_days"]
    need(timedelta(0) <= lasted <= timedelta(days=days), f"{who} did not sign within the {days} days allowed.")


def holds(record: Json, roster: Json, tag: bytes, body: bytes, rules: Rules) -> None:
    """Refuse a signature that was not given over these bytes, by a verified person, with a key that the roster lists for them."""
    who, method = f"{record['post']} ({record['party'].upper()})", record["method"]
    member = next(one for one in roster["members"] if one["officer"] == record["officer"] and one["party"] == record["party"])
    if method == "password":
        need(record["party"] in roster["passwords"], f"{who} signed with a password, which the roster does not allow.")
        need(rules.passwords, f"{who} signed with a password, which nobody can check again: accept it with --accept-passwords.")
        return
    key: Any = next((key for key in member["keys"] if key["id"] == record["credential"]), None)
    need(key and key["software"] == (method == "software"), f"{who} signed with a key that the roster does not list for them.")
    need(method in ("passkey", "software"), f"{who} signed in a way nobody knows.")
    need(method == "passkey" or rules.rehearsal, f"{who} signed with a program's key, which is good for rehearsals only.")
    nonce, data, client = (unb64(record[name]) for name in ("nonce", "authenticator_data", "client_data"))
    age = moment(record["at"]) - datetime.fromtimestamp(int.from_bytes(nonce[:8], "big") / 1000, UTC)
    need(len(nonce) == 32 and -ROUNDING <= age <= FRESH, f"{who} did not sign within five minutes of being asked.")
    pae = b"DSSEv1 28 application/vnd.in-toto+json %d %s" % (len(body), body)
    check_client(json.loads(client), hashlib.sha256(tag + pae + nonce).digest(), roster["origins"], who)
    need(data[:32] == hashlib.sha256(roster["rp_id"].encode()).digest(), f"{who} signed for another site.")
    need(data[32] & 0x05 == 0x05, f"{who} was not verified by the key as a person.")
    need(data[32] & 0x18 != 0x10 and len(data) >= 37, f"{who} signed with a key that contradicts itself.")
    check_key(unb64(key["cose"]), unb64(record["signature"]), data + hashlib.sha256(client).digest(), who)


def check_client(said: Json, challenge: bytes, origins: list[str], who: str) -> None:
    """What the browser vouches for: these bytes, this purpose, our own page."""
    need(said["type"] == "webauthn.get" and unb64(said["challenge"]) == challenge, f"{who} signed something else.")
    need(said["origin"] in origins and said.get("crossOrigin") in (None, False), f"{who} signed on another site's page.")


def check_key(cose: bytes, signature: bytes, signed: bytes, who: str) -> None:
    """Verify with a COSE key: ES256, EdDSA or RS256, and no other."""
    key, rest = cbor(cose)
    need(not rest, f"The key of {who} cannot be read.")
    try:
        match key:
            case {1: 2, 3: -7, -1: 1, -2: bytes(x), -3: bytes(y)}:
                point = ec.EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1())
                point.public_key().verify(signature, signed, ec.ECDSA(SHA256()))
            case {1: 1, 3: -8, -1: 6, -2: bytes(x)}:
                Ed25519PublicKey.from_public_bytes(x).verify(signature, signed)
            case {1: 3, 3: -257, -1: bytes(n), -2: bytes(e)} if len(n) >= 256:
                modulus = rsa.RSAPublicNumbers(int.from_bytes(e, "big"), int.from_bytes(n, "big"))
                modulus.public_key().verify(signature, signed, padding.PKCS1v15(), SHA256())
            case _:
                raise Fault(f"The key of {who} is of a kind that is not allowed.")
    except (InvalidSignature, UnsupportedAlgorithm):
        raise Fault(f"The signature of {who} does not verify.") from None


def cbor(raw: bytes) -> tuple[Any, bytes]:
    """The first value in these bytes, and what follows: numbers, byte strings and maps, which is all a key is made of."""
    kind, size, rest = raw[0] >> 5, raw[0] & 31, raw[1:]
    if size > 23:
        width = {24: 1, 25: 2, 26: 4}[size]
        size, rest = int.from_bytes(rest[:width], "big"), rest[width:]
    if kind in (0, 1):
        return (-1 - size if kind else size), rest
    if kind == 2:
        return rest[:size], rest[size:]
    need(kind == 5, "A key is not a map of numbers and bytes.")
    found = {}
    for _ in range(size):
        name, rest = cbor(rest)
        found[name], rest = cbor(rest)
    return found, rest


# --- the log ----------------------------------------------------------------------------------------------------------


def check_audit(members: dict[str, bytes], said: Json) -> tuple[list[Any], list[str]]:
    """The part of the log about this release: chained, its facts the ones chained, ending in the last head; gives facts and heads."""
    links = check_chain(members["audit.jsonl"])
    facts = [canonical(link["fact"].encode(), "A fact of the log") for link in links if link["fact"] is not None]
    need(all(fact[2] in (said["release"], said["message"]) for fact in facts), "The log's part tells of something else than this release.")
    hashes = {link["number"]: link["hash"] for link in links}
    heads = members["heads.txt"].decode().splitlines()
    need(heads and heads[-1] == f"{links[-1]['number']} {links[-1]['hash']}", "The log's part does not end where the last head says.")
    for head in heads:
        found = re.fullmatch(r"(\d{1,19}) ([0-9a-f]{64})( mailed \S{1,40})?", head)
        need(found and hashes.get(int(found[1])) == found[2], f"The log's part does not hold what a head says: {head[:90]}")
    return facts, heads


def check_chain(raw: bytes) -> list[Json]:
    """The links, each following from the one before. The first is only what the second follows from, and holds no fact, unless it is number 1."""
    links = [canonical(line, "A line of audit.jsonl") for line in raw.splitlines()]
    need(links and raw == b"".join(spelt(link) + b"\n" for link in links), "audit.jsonl is not one link a line.")
    whole = links[0]["number"] == 1
    need(whole or links[0]["fact"] is None, "The first link of audit.jsonl follows from nothing here, so it may not hold a fact.")
    before: Json = {"number": 0, "hash": ZEROS} if whole else links[0]
    for link in links if whole else links[1:]:
        number, fact = before["number"] + 1, link["fact"]
        need(link["number"] == number, f"Link {number} of the log is missing.")
        need(fact is None or sha(fact.encode()) == link["digest"], f"The fact of link {number} of the log is not the one that was chained.")
        chained = number.to_bytes(8, "big") + bytes.fromhex(before["hash"]) + bytes.fromhex(link["digest"])
        need(sha(chained) == link["hash"], f"Link {number} of the log does not follow from the one before.")
        before = link
    return links


# --- small things -----------------------------------------------------------------------------------------------------


def sha(raw: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(raw).hexdigest()


def unb64(text: str) -> bytes:
    """Bytes from base64url without padding, in its one spelling."""
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == text, "Something is not base64url.")
    return raw


def moment(text: str) -> datetime:
    """A moment with its zone."""
    read = datetime.fromisoformat(text)
    need(read.tzinfo, f"{text} has no zone.")
    return read


# --- what is said -----------------------------------------------------------------------------------------------------


def told(proof: Proof, rules: Rules) -> list[str]:
    """What was proved, line by line, and what it rests on."""
    said = proof.said
    parties = " and ".join(party.upper() for party in said["parties"])
    counts = ", ".join(f"{variant['readers']} {variant['audience']}" for variant in said["variants"])
    ended = [fact for fact in proof.facts if fact[1] in ("ReleaseWithdrawn", "ReleaseReturned")]
    return [
        f"PROVED      {parties} agreed to this release, to the byte.",
        f"Release     {said['reference']}, revision {said['revision']} ({said['purpose']}): {said['title']}",
        f"Digest      {proof.digest}",
        *(
            f"Agreed      for {one['party'].upper()} by {one['post']}, {one['at']}, {one['method']}, roster {one['roster']}"
            for one in proof.signers
        ),
        f"From        {said['sender']['name']} <{said['sender']['address']}>",
        f"Readers     {said['readers']}: {counts}",
        *(f"Audience    {one['audience']}, version {one['version']}: {one['rule']}" for one in said.get("audiences", [])),
        f"Window      {said['not_before'] or 'once agreed'} to {said['latest_send']}",
        *(f"Since then  {fact[1]}, {fact[4]}" for fact in ended),
        *(f"Roster {roster.said['version']:<4} {roster.fingerprint}" for roster in proof.rosters),
        *(f"Log's head  {head}" for head in proof.heads),
        "            Compare a head with one that was mailed to you: the number and the 64 digits must be the same.",
        *(["Not read    certificate.pdf and README.txt are for people; only what stands above was checked."] if proof.certificate else []),
        f"Trust       {'the roster you named is one of these, and the later ones follow from it' if rules.trust else UNTRUSTED}.",
    ]


UNTRUSTED = "the keys are only as good as the fingerprints above: compare one with what a party told you, or give it with --trust"


def options(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Check a bundle, and whether a received letter is one of its letters.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--message", type=Path, metavar="FILE.eml", action="append", default=[], help="a letter as it was received")
    parser.add_argument("--trust", metavar="FINGERPRINT", help="of a roster that you had from a party, not from this bundle")
    parser.add_argument("--rehearsal", action="store_true", help="accept the keys that programs hold")
    parser.add_argument("--accept-passwords", action="store_true", help="accept what was signed with a password, which cannot be checked")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Check, and say what was proved or what the first fault is: 0, or 1; and 2 where a file cannot be opened."""
    given = options(arguments)
    rules = Rules(given.trust, given.rehearsal, given.accept_passwords)
    try:
        proof = check(given.bundle.read_bytes(), rules)
        lines = told(proof, rules) + [f"Letter      {check_letter(path.read_bytes(), proof)}" for path in given.message]
    except OSError as fault:  # of a slip in a name, which says nothing about the bundle
        print(f"Nothing was checked: {fault.filename} cannot be opened ({fault.strerror}).", file=sys.stderr)
        return 2
    except (Fault, *UNREADABLE) as fault:
        odd = f"This cannot be read as a bundle or a letter should be ({type(fault).__name__}: {fault})."
        print(f"REFUSED     {fault if isinstance(fault, Fault) else odd}")
        return 1
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The checker: what a mail server really got, held against what two parties really signed. It believes nothing that we say.

Standard library only and none of our packages: it runs alone, as a process of its own, on two files of JSON lines. The *journal* is the
mail server's (one line a letter it answered for). The *audience* is a release as it was signed: first the manifest's text and
who signed which digest; then a line a letter with what its leaf is made of (salt, recipient, address and what else it says of the reader,
digest of the canonical message). Whether the signatures themselves hold is for the bundle's verifier to say.

E: letters of the signed audience, without those removed by a rule. S: letters the mail server accepted. By Message-ID,
lost: in E and not in S; a letter *unknown*, held or left is counted as unknown and not as lost, since we do not say what became of it.
unexpected: in S and not in E. duplicated: accepted more than once. altered: in both, but other bytes or another address than the leaf's.
unsigned: accepted, and no two parties' signatures vouch for it: not in what was signed at all, or every letter when signatures, manifest,
tree and leaves do not agree. disagreement: in E, and our state says that it has gone where it is not in S, or has not where it is; what
is unknown, held or left says neither. The tree is RFC 6962's manner over SHA-256(0x00 ‖ salt ‖ what it says ‖ message), each part with its length.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Line = dict[str, Any]
FAULTS = ("lost", "unexpected", "duplicated", "altered", "unsigned", "disagreement")
UNCLEAR = ("unknown", "held", "left")  # we say neither that it has gone nor that it has not
GONE = ("accepted", "returned")  # what came back had gone


@dataclass
class Accepted:
    """What the mail server said about one Message-ID: how often it accepted it, and what it was."""

    times: int = 0
    seen: set[tuple[str, str]] = field(default_factory=set)  # (address, digest of the canonical message)


def check(journal: Path, audience: Path) -> dict[str, int]:
    """Count what became of every letter."""
    accepted = _accepted(_lines(journal))
    lines = _lines(audience)
    head, letters = next(lines), list(lines)
    signed = {letter["message_id"] for letter in letters}
    expected = {letter["message_id"]: letter for letter in letters if letter["state"] != "removed"}
    unknown = {name for name, letter in expected.items() if letter["state"] in UNCLEAR}
    arrived = expected.keys() & accepted.keys()
    gone = {name for name, letter in expected.items() if letter["state"] in GONE}
    vouched = _vouch(head, letters)
    return {
        "accepted": len(accepted),
        "lost": len(expected.keys() - accepted.keys() - unknown),
        "unexpected": len(accepted.keys() - expected.keys()),
        "duplicated": sum(found.times > 1 for found in accepted.values()),
        "altered": sum(accepted[name].seen != {_signed_for(expected[name])} for name in arrived),
        "unsigned": len(accepted.keys() - signed) if vouched else len(accepted),
        "disagreement": len((gone ^ arrived) - unknown),
        "unknown": len(unknown),
    }


def _accepted(journal: Iterator[Line]) -> dict[str, Accepted]:
    found: dict[str, Accepted] = {}
    for line in journal:
        if line.get("reply", "").startswith("2"):  # other lines say when a letter was begun, and whether its reply was heard
            letter = found.setdefault(line["message_id"], Accepted())
            letter.times += 1
            letter.seen.update((address, line["canonical_sha256"]) for address in line["to"])
    return found


def _signed_for(letter: Line) -> tuple[str, str]:
    return letter["address"], letter["canonical_sha256"]


def _vouch(head: Line, letters: list[Line]) -> bool:
    """Whether the signatures vouch for these letters: a different person's for each of two parties or more, over a manifest with just their root."""
    digest = hashlib.sha256(head["manifest"].encode()).hexdigest()
    said = json.loads(head["manifest"])["predicate"]
    valid = [signature for signature in head["signatures"] if signature["digest"] == digest]
    parties = set(said["parties"])
    if len(parties) < 2 or {signature["party"] for signature in valid} != parties:
        return False
    if len({signature["officer"] for signature in valid}) != len(valid):
        return False
    return bool(letters) and said["letters"] == len(letters) and _root([_leaf(letter) for letter in letters]).hex() == said["root"]


def _leaf(letter: Line) -> bytes:
    said = (letter[part].encode() for part in ("recipient", "address", "audience", "role", "authority", "condition"))
    parts = (bytes.fromhex(letter["salt"]), *said, bytes.fromhex(letter["canonical_sha256"]))
    return hashlib.sha256(b"\x00" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()


def _root(level: list[bytes]) -> bytes:
    while len(level) > 1:
        odd = level[len(level) & ~1 :]
        level = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)] + odd
    return level[0]


def _lines(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def main() -> int:
    """Print the counts as one JSON object; 1 when one of the six faults was found."""
    parser = argparse.ArgumentParser(description="Hold a mail server's journal against a signed audience.")
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--audience", type=Path, required=True)
    given = parser.parse_args()
    counts = check(given.journal, given.audience)
    print(json.dumps(counts))
    return int(any(counts[fault] for fault in FAULTS))


if __name__ == "__main__":
    sys.exit(main())

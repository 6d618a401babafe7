"""A bundle: everything that proves a release was agreed, in one file that anyone can check without us (see verifier.py).

It holds no reader's name or address: a reader's own letter carries what is needed to find its leaf. Salts are given for as long as they
are kept; once a person is erased, the leaf alone stays, and the bundle still verifies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaigns.agreement import archives, manifest

FORMAT = "countersign-bundle/1"
VERIFIER = Path(__file__).with_name("verifier.py")
Row = dict[str, Any]


@dataclass(frozen=True)
class Parts:
    """What goes into a bundle, as plain values. `rosters`: {"roster": text, "signatures": [record]}, by version; `heads`: "NUMBER HASH" each."""

    manifest: bytes
    signatures: Sequence[Row]
    rosters: Sequence[Row]
    programs: dict[str, bytes]
    leaves: Sequence[Row]
    links: Sequence[Row]
    heads: Sequence[str]
    certificate: bytes | None = None


def pack(parts: Parts) -> bytes:
    """The bundle's bytes: the same parts always make the same ones."""
    cover = {"certificate.pdf": parts.certificate} if parts.certificate else {}
    members = {
        "README.txt": README.encode(),
        **cover,
        "verify.py": VERIFIER.read_bytes(),
        "manifest.json": parts.manifest,
        "signatures.json": manifest.canonical(list(parts.signatures)),
        "rosters.json": manifest.canonical(list(parts.rosters)),
        **{f"programs/{audience}.json": parts.programs[audience] for audience in _audiences(parts.manifest)},
        "leaves.jsonl": _lines(parts.leaves),
        "audit.jsonl": _lines(parts.links),
        "heads.txt": "".join(f"{head}\n" for head in parts.heads).encode(),
    }
    index = {"format": FORMAT, "members": {name: manifest.digest(data) for name, data in members.items()}}
    return archives.write({**members, "index.json": manifest.canonical(index)})


def _audiences(stored: bytes) -> list[str]:
    return [variant.audience for variant in manifest.read(stored).variants]


def _lines(rows: Sequence[Row]) -> bytes:
    return b"".join(manifest.canonical(row) + b"\n" for row in rows)


README = """\
This bundle proves that the bodies named in it agreed to one release of letters: these words, these readers, this sender, these dates.

To check it you need Python 3.11 or newer and its package "cryptography". You need neither the network nor anybody's word:

    python verify.py THIS-BUNDLE.zip
    python verify.py THIS-BUNDLE.zip --message LETTER.eml     a letter as you received it
    python verify.py THIS-BUNDLE.zip --trust FINGERPRINT      the roster's, told to you by one of the bodies

A careful person takes verify.py from somewhere other than the bundle it is to check.

manifest.json     what was signed, and all that was signed
signatures.json   each body's signatures on it        rosters.json   who may sign for each body, with which keys
programs/         each audience's letter              leaves.jsonl   a digest for every reader's own letter
audit.jsonl       what happened to the release        heads.txt      where the log stood
index.json        the digest of every file here
"""

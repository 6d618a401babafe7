"""A bundle: everything that proves a release was agreed, in one file that anyone can check without us (see verifier.py).

It holds no reader's name or address: a reader's own letter carries what is needed to find its leaf. Salts are given for as long as they
are kept; once a person is erased, the leaf alone stays, and the bundle still verifies.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from sqlmodel import Session, col, select

from campaigns.agreement import archives, certificates, excerpts, manifest, passkeys, releases, sealed, signatures, standing
from campaigns.agreement.excerpts import Row, Rows
from campaigns.agreement.identity import Signed
from campaigns.agreement.releases import Release
from campaigns.agreement.rosters import RosterVersion
from campaigns.agreement.signatures import Signature
from campaigns.drafting import messages
from campaigns.foundation.errors import NotAllowedNow, NotFound

FORMAT = "countersign-bundle/1"
VERIFIER = Path(__file__).with_name("verifier.py")


@dataclass(frozen=True)
class Parts:
    """What goes into a bundle, as plain values. `rosters`: {"roster": text, "signatures": [record]}, by version; `heads`: "NUMBER HASH" each, and more words."""

    manifest: bytes
    signatures: Sequence[Row]
    rosters: Sequence[Row]
    programs: dict[str, bytes]
    leaves: Iterable[Row]
    links: Iterable[Row]
    heads: Sequence[str]
    certificate: bytes | None = None


def pack(parts: Parts) -> bytes:
    """The bundle's bytes: the same parts always make the same ones."""
    file = io.BytesIO()
    pack_into(file, parts)
    return file.getvalue()


def pack_into(file: IO[bytes], parts: Parts) -> None:
    """The same into a file, written as it is read: a release may have a million letters, and months of the log between its first fact and its last."""
    archives.write_into(file, _members(parts))


def find(session: Session, reference: str) -> UUID:
    """The newest agreed release of this reference, however it is typed; refuses a reference nobody agreed to."""
    wanted = select(Release).where(Release.reference == messages.spelt(reference), col(Release.manifest).is_not(None))
    newest = wanted.order_by(col(Release.revision).desc(), col(Release.submitted_at).desc(), col(Release.id))
    for release in session.exec(newest):
        if is_agreed(session, release):
            return release.id
    raise NotFound(f"No release with the reference {reference} has been agreed.")


def is_agreed(session: Session, release: Release) -> bool:
    """Whether each party its bytes name has signed them as often as their risk asks for."""
    return bool(agreed(session, [release]))


def agreed(session: Session, found: Collection[Release]) -> set[UUID]:
    """Those of these releases of which that is so."""
    given = signatures.given_each(session, [one.id for one in found])
    return {one.id for one in found if _is_agreed(one, given[one.id])}


def _is_agreed(release: Release, given: Iterable[Signature]) -> bool:
    said = releases.said(release)
    signed = Counter(signature.party for signature in given if signature.digest == release.digest)
    return said is not None and all(signed[party] >= max(1, said.risk.signatures) for party in said.parties)


def gather(session: Session, release_id: UUID) -> Parts:
    """All that is stored about an agreed release; leaves and links are read as they are used. Refuses one the log's chain lacks yet."""
    release = releases.get(session, release_id)
    if release.manifest is None:
        raise NotAllowedNow("The release is not sealed, so there is nothing to prove.")
    first, last = excerpts.stretch(session, release)
    given = signatures.on(session, release_id, release.digest)
    chain = _chain(session, {row.roster for row in given})
    return Parts(
        manifest=release.manifest,
        signatures=[_signature(row, chain) for row in given],
        rosters=[_roster(session, row) for row in chain],
        programs={audience: program.to_bytes() for audience, program in sealed.programs_of(session, release_id).items()},
        leaves=Rows(partial(excerpts.leaves, session, release_id)),
        links=Rows(partial(excerpts.links, session, release, first, last)),
        heads=excerpts.heads(session, first, last),
    )


def covered(parts: Parts) -> Parts:
    """The same with its certificate as the cover sheet."""
    return replace(parts, certificate=certificates.certificate(parts.manifest, parts.signatures, parts.rosters))


def _chain(session: Session, versions: set[int]) -> list[RosterVersion]:
    """The rosters from the founding under which these versions stood, given up since or not, to the last of that founding."""
    stood = select(RosterVersion).where(col(RosterVersion.stands_since).is_not(None)).order_by(col(RosterVersion.version))
    found: list[RosterVersion] = []
    for row in session.exec(stood):
        if row.read().is_founding and versions & {one.version for one in found}:
            break
        found = [row] if row.read().is_founding else [*found, row]
    return found


def _signature(row: signatures.Signature, chain: list[RosterVersion]) -> Row:
    member = next((one.read().member(row.officer_id) for one in chain if one.version == row.roster), None)
    return _record(row, row.roster, member.post if member else row.officer_name)


def _roster(session: Session, row: RosterVersion) -> Row:
    given = standing.signatures(session, row.fingerprint)
    return {"roster": row.document.decode(), "signatures": [_record(one, row.version, one.officer_name) for one in given]}


def _record(row: Signed, roster: int, post: str) -> Row:
    assertion = {name: str(row.evidence.get(name, "")) for name in passkeys.Assertion.__dataclass_fields__}
    whose = {"party": row.party, "officer": str(row.officer_id), "post": post, "at": excerpts.moment(row.at)}
    return {**whose, "method": row.method, "roster": roster, **assertion}


def _members(parts: Parts) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Every member's name and bytes, in order; the index last, of what the others were found to be."""
    digests: dict[str, Any] = {}
    for name, pieces in _contents(parts).items():
        digests[name] = hashlib.sha256()
        yield name, _noted(pieces, digests[name])
    index = {"format": FORMAT, "members": {name: digest.hexdigest() for name, digest in digests.items()}}
    yield "index.json", [manifest.canonical(index)]


def _contents(parts: Parts) -> dict[str, Iterable[bytes]]:
    cover = {"certificate.pdf": [parts.certificate]} if parts.certificate else {}
    named = [variant.audience for variant in manifest.read(parts.manifest).variants]
    return {
        "README.txt": [README.encode()],
        **cover,
        "verify.py": [VERIFIER.read_bytes()],
        "manifest.json": [parts.manifest],
        "signatures.json": [manifest.canonical(list(parts.signatures))],
        "rosters.json": [manifest.canonical(list(parts.rosters))],
        **{f"programs/{audience}.json": [parts.programs[audience]] for audience in named},
        "leaves.jsonl": _lines(parts.leaves),
        "audit.jsonl": _lines(parts.links),
        "heads.txt": [f"{head}\n".encode() for head in parts.heads],
    }


def _noted(pieces: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _lines(rows: Iterable[Row]) -> Iterator[bytes]:
    return (manifest.canonical(row) + b"\n" for row in rows)


README = """\
This bundle proves that the bodies named in it agreed to one release of letters: these words, these readers, this sender, these dates.

To check it you need Python 3.11 or newer and its package "cryptography". You need neither the network nor anybody's word:

    python verify.py THIS-BUNDLE.zip
    python verify.py THIS-BUNDLE.zip --message LETTER.eml     a letter as you received it
    python verify.py THIS-BUNDLE.zip --trust FINGERPRINT      the roster's, told to you by one of the bodies

A careful person takes verify.py from somewhere other than the bundle it is to check.

The heads say where the log of all that happens stood at a moment. Both bodies' signatories were mailed those marked "mailed": if you have
such a mail from that day or can ask for one, its number and its 64 digits must be the same as in heads.txt, and then nobody has rewritten
what this bundle tells of the time before. A head without "mailed" proves this only once it is compared with one that was kept elsewhere.

certificate.pdf   the same for a reader, on one page (not checked)
manifest.json     what was signed, and all that was signed
signatures.json   each body's signatures on it        rosters.json   who may sign for each body, with which keys
programs/         each audience's letter              leaves.jsonl   a digest for every reader's own letter
audit.jsonl       what happened to the release        heads.txt      where the log stood, and when that was mailed
index.json        the digest of every file here
"""

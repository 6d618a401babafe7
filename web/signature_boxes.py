"""The places to sign, one for each party: every signature it gave, and, where one no longer counts, what changed since."""

from dataclasses import dataclass

from sqlmodel import Session

from audiences import organisations
from campaigns.agreement import differences, manifest, parties, readers, releases, restorations, signatures
from campaigns.agreement.releases import Release
from campaigns.agreement.signatures import Signature
from campaigns.drafting import letters, messages
from web import desk, readership, states
from web import differences as word_differences

NOT_WHAT_WAS_SIGNED = "what is stored is not what was signed"


@dataclass(frozen=True)
class Box:
    """One party's place to sign. `void`: why its signatures no longer count; `wanted`: how many are still to come; `earlier`: its box on
    the release before, where it signed that one and not this."""

    party: str
    signatures: list[Signature]
    void: str = ""
    wanted: int = 1
    earlier: "Box | None" = None


def of_release(session: Session, release: Release | None, state: str) -> list[Box]:
    """A box for each party: empty, signed, or void with what changed. `state` as it is said on screen (see states.py)."""
    if release is None:
        return [Box(party.name, []) for party in parties.required(session)]
    before = {box.party: box for box in _boxes_before(session, release)}
    return [
        Box(box.party, box.signatures, box.void, box.wanted, None if box.signatures else before.get(box.party))
        for box in _boxes(session, release, state)
    ]


def _boxes_before(session: Session, release: Release) -> list[Box]:
    """The boxes that were signed on the release before; none while nobody is asked to sign this one."""
    for older in releases.of_message(session, release.message_id) if release.digest else []:
        if older.submitted_at < release.submitted_at and signatures.given(session, older.id):
            return [box for box in _boxes(session, older, states.of_release(session, older)) if box.signatures]
    return []


def _boxes(session: Session, release: Release, state: str) -> list[Box]:
    given, said = signatures.given(session, release.id), releases.said(release)
    asked = 0 if state in states.ENDED else said.risk.signatures if said else 1
    void = _void(session, release, state) if given else ""
    altered = {digest: _altered(session, release, digest) for digest in {signature.digest for signature in given}}
    boxes = []
    for party in parties.required(session):
        theirs = [signature for signature in given if signature.party == party.code]
        why = next(filter(None, (altered[signature.digest] for signature in theirs)), void if theirs else "")
        boxes.append(Box(party.name, theirs, why, max(asked - len(theirs), 0)))
    return boxes


def _altered(session: Session, release: Release, digest: str) -> str:
    """Whether a signature over this digest was given over other bytes than the stored ones; and what changed, where it can be proved."""
    if digest == manifest.digest(release.manifest or b""):
        return ""
    names = [body.name for body in organisations.of_kind(session, organisations.PILOT)]
    signed = restorations.signed(session, release, digest=digest, sender=letters.source(desk.settings()), organisations=names)
    said = releases.said(release)
    if signed is None or said is None:
        return NOT_WHAT_WAS_SIGNED
    labels = differences.differences(signed, said, readership.said(session))
    return f"{NOT_WHAT_WAS_SIGNED}: {differences.sentence(labels)}"


def _void(session: Session, release: Release, state: str) -> str:
    """Why signatures on this release no longer count; empty while they do, and where letters went under them before it ended."""
    if states.went_and_ended(release):
        return ""
    if state in _ENDED:
        changed = _since_sealed(session, release)
        return f"{_ENDED[state]}; since then {differences.sentence(changed)}" if changed else _ENDED[state]
    if releases.is_current(session, release):
        return ""
    if changed := _since_sealed(session, release):
        return differences.sentence(changed)
    return _words_since(session, release)


def _since_sealed(session: Session, release: Release) -> list[str]:
    """What the newest release that was sealed after this one says otherwise."""
    newer = [one for one in releases.of_message(session, release.message_id) if one.submitted_at > release.submitted_at]
    sealed = next((one for one in newer if releases.said(one)), None)
    before, after = releases.said(release), releases.said(sealed) if sealed else None
    if sealed is None or before is None or after is None:
        return []
    changed = differences.beyond_another_sealing(before, after, readership.said(session))
    if before.readers == after.readers and not readers.are_the_same(session, release.id, sealed.id):
        changed.append(differences.LABELS["root"])
    return changed


def _words_since(session: Session, release: Release) -> str:
    message = messages.get(session, release.message_id)
    before, after = messages.revision(session, message.id, release.revision).read(), messages.current(session, message).read()
    changed = [change.label.lower() for change in word_differences.of_words(before, after, readership.said(session))]
    return f"changed since: {', '.join(changed)}" if changed else "the words were changed, and changed back"


_ENDED = {
    "returned": "the message was returned",
    "withdrawn": "the message was withdrawn",
    "missed": "its latest time to send passed",
    "lapsed": "the other signature did not come in time",
}

"""What differs between two manifests, in plain words: which of the fields that were signed another says otherwise. Pure."""

from collections.abc import Iterator, Mapping

from campaigns.agreement.manifest import Manifest, Variant

LABELS = {
    "release": "the release",
    "reference": "the reference",
    "message": "the message",
    "revision": "the revision",
    "purpose": "the purpose",
    "corrects": "the letter it corrects",
    "campaign": "the campaign's name",
    "campaign_id": "the campaign",
    "objective": "the campaign's objective",
    "title": "the title",
    "subject": "the subject",
    "sender": "the sender",
    "headers": "the header fields",
    "attachments": "the attachments",
    "links": "the links",
    "compiler": "the compiler of the letters",
    "layout": "the layout",
    "variants": "the letters",
    "audiences": "the audiences or their order",
    "closed": "the choices for its blanks",
    "letters": "the number of letters",
    "readers": "the number of readers",
    "left_out": "the number left out",
    "root": "the readers",
    "not_before": "the earliest time to send",
    "latest_send": "the latest time to send",
    "sealed_at": "the time of sealing",
    "approval_days": "the life of the approval",
    "parties": "the parties",
    "let_go_by": "who may let it go",
    "risk": "the risk",
    "terms": "the terms it goes under",
    "findings": "what was found in the letters",
    "occasions": "the briefings it invites to",
}
ITS_OWN = frozenset({"release", "revision", "sealed_at", "root"})  # no two releases share these; the root has salts in it


def differences(before: Manifest, after: Manifest, names: Mapping[str, str] | None = None) -> list[str]:
    """A label for each field that differs, in the manifest's order; of letters, whose. `names`: audience key → name on screen."""
    changed = [name for name in Manifest.model_fields if getattr(before, name) != getattr(after, name)]
    said = [_letters(before, after, names or {}) if name == "variants" else [LABELS[name]] for name in changed]
    return [label for labels in said for label in labels]


def beyond_another_sealing(before: Manifest, after: Manifest, names: Mapping[str, str] | None = None) -> list[str]:
    """The same between two releases of one message, without what sealing it again alone changes."""
    return differences(before, after.model_copy(update={name: getattr(before, name) for name in ITS_OWN}), names)


def sentence(labels: list[str]) -> str:
    """`the sender changed`, `the subject, the layout and the risk changed`."""
    *others, last = labels
    return f"{', '.join(others)} and {last} changed" if others else f"{last} changed"


def _letters(before: Manifest, after: Manifest, names: Mapping[str, str]) -> list[str]:
    old, new = ({variant.audience: variant for variant in said.variants} for said in (before, after))
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return [f"{what} of {names.get(key, key)}" for key in changed for what in _of_one(old.get(key), new.get(key))] or [LABELS["variants"]]


def _of_one(old: Variant | None, new: Variant | None) -> Iterator[str]:
    if old is None or new is None or old.program != new.program:
        yield "the letters"
    if old and new and (old.readers, old.letters) != (new.readers, new.letters):
        yield "the readers"

"""The manifest: the very bytes both parties sign, naming by digest all that will be sent, to whom, when and from whom.

It is a JSON object shaped like an in-toto Statement, in one canonical form (sorted keys, NFC, no spaces). Decisions read these very bytes; the
columns beside them are for searching only. The release's own id is inside, so that editing words away and back brings no signature back to life.
"""

import hashlib
import json
import unicodedata
from typing import Any

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from campaigns.drafting import invitations
from campaigns.drafting.attachments import Attachment
from campaigns.drafting.invitations import Moment, Occasion
from campaigns.drafting.messages import Purpose
from campaigns.drafting.risks import Risk
from campaigns.drafting.terms import Terms

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "countersign/release/v2"
YOUNGER = frozenset({"audiences", "terms", "occasions"})  # fields that older manifests do not have


class Part(BaseModel):
    """A part of the signed bytes: immutable, and without any field that is not declared here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Variant(Part):
    """One audience's letter: its program by digest, how many were sealed, and how many readers they are for."""

    audience: str
    program: str
    letters: int
    readers: int


class Definition(Part):
    """An audience as it stood when its readers were found: the version of its rule, and the rule in words."""

    audience: str
    name: str
    version: int
    rule: str


class Original(Part):
    """The release that this one corrects."""

    release: str
    reference: str


class Accepted(Part):
    """Something the lint found, and the name of whoever accepted it; empty for a mere note, which nobody needs to accept."""

    code: str
    where: str
    said: str
    accepted_by: str


class Manifest(Part):
    """Every field that reaches a reader or decides who, when and from whom. Dates are UTC; digests SHA-256 in hex.

    `readers` counts persons; `letters` counts the leaves under `root`, of which each reader has one for each case of `closed`. `left_out`: how many
    persons for each reason. `audiences` are in order of precedence: who is in several gets the letter to the first. Manifests older than the fields
    `audiences`, `terms` and `occasions` do not have them; `occasions` is also absent where nobody is invited.
    """

    release: str
    reference: str
    message: str
    revision: int
    purpose: Purpose
    corrects: Original | None
    campaign: str
    campaign_id: str
    objective: str
    title: str
    subject: str
    sender: dict[str, str]
    headers: list[str]
    attachments: list[Attachment]
    links: list[str]
    compiler: str
    layout: str
    variants: list[Variant]
    audiences: list[Definition] | None = None
    closed: dict[str, list[str]]
    letters: int
    readers: int
    left_out: dict[str, int]
    root: str
    not_before: Moment | None
    latest_send: Moment
    sealed_at: Moment
    approval_days: int
    parties: list[str]
    let_go_by: list[str]
    risk: Risk
    terms: Terms | None = None
    findings: list[Accepted]
    occasions: list[Occasion] | None = None

    @model_serializer(mode="wrap")
    def _as_signed(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        said: dict[str, Any] = whole(self)
        return {name: value for name, value in said.items() if value is not None or name not in YOUNGER}

    @property
    def goes_under(self) -> Terms:
        """Its terms; in a manifest older than that field, those of publicity that waits for nothing."""
        return self.terms or Terms()

    @property
    def is_invitation(self) -> bool:
        """Whether each reader has three letters: an invitation, a reminder and a cancellation."""
        return invitations.STAGE in self.closed

    @property
    def cases(self) -> int:
        """How many letters were sealed for each reader, one for each case; more than one in a holding line, a follow-up or an invitation."""
        return self.letters // self.readers

    def to_bytes(self) -> bytes:
        """The canonical form."""
        return statement(PREDICATE, self.reference, self.root, self)


def read(stored: bytes) -> Manifest:
    """The manifest in these bytes; raises ValueError unless they are its canonical form."""
    said = Manifest.model_validate(json.loads(stored)["predicate"])
    if said.to_bytes() != stored:
        raise ValueError("the manifest is not in its canonical form")
    return said


def statement(kind: str, name: str, digest: str, body: BaseModel) -> bytes:
    """An in-toto Statement v1 in canonical form: `body` said about the subject of this name and digest."""
    return canonical(
        {
            "_type": STATEMENT,
            "predicateType": kind,
            "subject": [{"name": name, "digest": {"sha256": digest}}],
            "predicate": body.model_dump(mode="json"),
        }
    )


def canonical(value: Any) -> bytes:
    """The one JSON form in which things are signed: NFC, sorted keys, no spaces, UTF-8."""
    return json.dumps(_normal(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(stored: bytes) -> str:
    """SHA-256 of stored bytes, in hex: of a manifest, what a signature is given over."""
    return hashlib.sha256(stored).hexdigest()


def _normal(value: Any) -> Any:
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case list():
            return [_normal(item) for item in value]
        case dict():
            return {_normal(key): _normal(item) for key, item in value.items()}
        case _:
            return value

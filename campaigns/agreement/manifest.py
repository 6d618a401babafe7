"""The manifest: the very bytes both parties sign, naming by digest all that will be sent, to whom, when and from whom.

An in-toto-Statement-shaped JSON object in one canonical form (sorted keys, NFC, no spaces). What verifies is what is read: the
columns beside it are for searching only. The release's own id is inside, so that editing away and back resurrects no signature.
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
    """Something inside signed bytes: never changed, and nothing unheard of in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Variant(Part):
    """One audience's letter: its program by digest, how many were sealed, and how many readers they are for."""

    audience: str
    program: str
    letters: int
    readers: int


class Definition(Part):
    """An audience as it stood when its readers were found: which version of its rule, and the rule in words."""

    audience: str
    name: str
    version: int
    rule: str


class Original(Part):
    """The release that this one corrects."""

    release: str
    reference: str


class Accepted(Part):
    """Something the lint found, and who accepted it by name; nobody need accept a mere note."""

    code: str
    where: str
    said: str
    accepted_by: str


class Manifest(Part):
    """Every field that reaches a reader or decides who, when and from whom. Dates are UTC; digests SHA-256 in hex.

    `readers` are persons; `letters`, the leaves under `root`, are as many for each as there are cases of `closed`. `left_out`: reason → persons.
    `audiences` in order of precedence: whoever is in several gets the letter to the first. `audiences`, `terms` and `occasions` are absent in
    manifests older than they are; `occasions` wherever nobody is invited to one.
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
        """Its terms; of a manifest older than the field, those of publicity that waits for nothing else."""
        return self.terms or Terms()

    @property
    def is_invitation(self) -> bool:
        """Whether each reader has a letter to be invited by, one to be reminded by, and one for when it does not take place."""
        return invitations.STAGE in self.closed

    @property
    def cases(self) -> int:
        """How many letters were sealed for each reader, one for each case: more than one of a holding line, a follow-up or an invitation."""
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

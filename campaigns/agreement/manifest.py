"""The manifest: the very bytes both parties sign, naming by digest all that will be sent, to whom, when and from whom.

An in-toto-Statement-shaped JSON object in one canonical form (sorted keys, NFC, no spaces). What verifies is what is read: the
columns beside it are for searching only. The release's own id is inside, so that editing away and back resurrects no signature.
"""

import hashlib
import json
import unicodedata
from datetime import UTC
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "countersign/release/v1"
Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Variant(BaseModel):
    """One audience's letter: its program by digest, and how many readers get it."""

    model_config = ConfigDict(frozen=True)

    audience: str
    program: str
    readers: int


class Manifest(BaseModel):
    """Every field that reaches a reader or decides who, when and from whom. Dates are UTC; digests SHA-256 in hex."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    release: str
    reference: str
    message: str
    revision: int
    campaign: str
    objective: str
    title: str
    subject: str
    sender: dict[str, str]
    headers: list[str]
    compiler: str
    layout: str
    variants: list[Variant]
    readers: int
    root: str
    not_before: Moment | None
    latest_send: Moment
    approval_days: int
    parties: list[str]

    def to_bytes(self) -> bytes:
        """The canonical form."""
        body = self.model_dump(mode="json")
        statement = {
            "_type": STATEMENT,
            "predicateType": PREDICATE,
            "subject": [{"name": self.reference, "digest": {"sha256": self.root}}],
            "predicate": body,
        }
        return json.dumps(_normal(statement), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read(stored: bytes) -> Manifest:
    """The manifest in these bytes; raises ValueError unless they are its canonical form."""
    statement = json.loads(stored)
    manifest = Manifest.model_validate(statement["predicate"])
    if manifest.to_bytes() != stored:
        raise ValueError("the manifest is not in its canonical form")
    return manifest


def digest(stored: bytes) -> str:
    """What a signature is given over: SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(stored).hexdigest()


def _normal(value: Any) -> Any:
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case list():
            return [_normal(item) for item in value]
        case dict():
            return {key: _normal(item) for key, item in value.items()}
        case _:
            return value

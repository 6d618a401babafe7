"""The certificate of joint agreement: one accessible page (PDF/UA-1) that says who agreed to what, when, and how to check it.

Officers' words travel to the page as data, never as markup. The moment in the file is the release's own, so that the same facts always
make the same bytes.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from campaigns.agreement import manifest, parties, typesetting
from campaigns.agreement.manifest import Manifest
from campaigns.foundation import clock

TEMPLATE = "certificate/certificate.typ"
ROSTERS_SHOWN = 6  # the newest; the bundle holds them all
METHODS = {"software": "rehearsal key"}


def certificate(stored: bytes, signatures: Sequence[dict[str, Any]], rosters: Sequence[dict[str, Any]]) -> bytes:
    """The page as PDF, from the manifest's bytes and the records of a bundle (see bundles.Parts)."""
    said = manifest.read(stored)
    facts = _facts(said, signatures) | {"digest": manifest.digest(stored), "rosters": _fingerprints(rosters)}
    return typesetting.page(TEMPLATE, facts, at=said.sealed_at)


def _facts(said: Manifest, signatures: Sequence[dict[str, Any]]) -> dict[str, Any]:
    begins = f"from {_when(said.not_before)} " if said.not_before else ""
    return {
        "title": said.title,
        "reference": said.reference,
        "revision": said.revision,
        "agreed": [_agreed(one) for one in signatures],
        "readers": [{"audience": one.audience, "count": one.readers} for one in said.variants],
        "total": said.readers,
        "cases": said.cases,
        "sender": f"{said.sender['name']} <{said.sender['address']}>",
        "window": f"{begins}until {_when(said.latest_send)}",
    }


def _agreed(one: dict[str, Any]) -> dict[str, str]:
    when = _when(datetime.fromisoformat(one["at"]))
    return {"body": parties.said(one["party"]), "post": one["post"], "when": when, "method": METHODS.get(one["method"], one["method"])}


def _fingerprints(rosters: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    texts = [row["roster"] for row in rosters][-ROSTERS_SHOWN:]
    return [{"version": json.loads(text)["predicate"]["version"], "fingerprint": manifest.digest(text.encode())} for text in texts]


def _when(moment: datetime) -> str:
    return f"{clock.day(clock.london(moment))}, {clock.hour(moment)} London time"

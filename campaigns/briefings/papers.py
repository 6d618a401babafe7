"""A paper: an agreed release's words for one audience, with everything that says which version they are and who agreed to them.

The makers of a PDF, a Word file and an HTML page (paper_pdf, paper_word, paper_html) are handed one, and say the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from campaigns.agreement import signatures
from campaigns.agreement.parties import FOUNDING
from campaigns.agreement.releases import Release
from campaigns.agreement.signatures import Signature
from campaigns.briefings import speaking_notes, supersessions
from campaigns.briefings.speaking_notes import Block
from campaigns.foundation import clock

LANGUAGE = "en-GB"


@dataclass(frozen=True)
class Paper:
    """What one document says. `label`: what it is and for whom; `superseded`: why it is not to be read from, empty while it may be."""

    label: str
    title: str
    reference: str
    revision: int
    agreed: str
    digest: str
    check: str
    superseded: str
    at: datetime
    blocks: Sequence[Block]

    @property
    def version(self) -> str:
        """Which words these are."""
        return f"Reference {self.reference}, revision {self.revision}"


def of(session: Session, release: Release, *, label: str, base_url: str, group: str = "", nation: str = "") -> dict[str, Paper]:
    """The papers of an agreed release, by audience key. `label` says what they are; `group` and `nation` fill their blanks."""
    texts = speaking_notes.texts(session, release, group=group, nation=nation)
    gone = supersessions.of(session, release)
    given = signatures.on(session, release.id, release.digest)
    shown: dict[str, Any] = {
        "title": speaking_notes.printable(release.title),
        "reference": release.reference,
        "revision": release.revision,
        "agreed": speaking_notes.printable(_agreed(given)),
        "digest": release.digest or "",
        "check": f"{base_url}/check/{release.reference}",
        "superseded": gone.sentence if gone else "",
        "at": release.sealed_at or release.submitted_at,
    }
    return {key: Paper(label=f"{label}: {key.replace('-', ' ')}", blocks=blocks, **shown) for key, blocks in texts.items()}


def _agreed(given: Sequence[Signature]) -> str:
    both = " and ".join(FOUNDING.get(one.party, one.party) for one in {one.party: one for one in given}.values())
    signed = [
        f"Signed for {FOUNDING.get(one.party, one.party)} by {one.officer_name} on {clock.day(clock.london(one.at))}." for one in given
    ]
    return " ".join([f"Agreed by {both}.", *signed])

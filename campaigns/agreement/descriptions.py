"""The description of a release that becomes its manifest: every field gathered from the rows it was sealed into."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from campaigns.agreement import parties, releases, sealed
from campaigns.agreement.looks import Look
from campaigns.agreement.manifest import Definition, Manifest, Original, Variant
from campaigns.agreement.releases import Release
from campaigns.drafting import letters, links, messages
from campaigns.drafting.letters import Sender
from campaigns.drafting.messages import Message, Purpose
from campaigns.drafting.words import Words
from campaigns.planning import campaign_plans

APPROVAL_DAYS = 14
AS_TYPED = ("title", "subject", "attachments", "closed", "not_before", "latest_send", "risk", "terms")


def of(session: Session, release: Release, words: Words, sender: Sender, look: Look, root: bytes, at: datetime) -> Manifest:
    """The manifest over everything kept of a release, sealed at this moment."""
    message, both = messages.get(session, release.message_id), [party.code for party in parties.required(session)]
    return Manifest(
        release=str(release.id),
        reference=release.reference,
        message=str(release.message_id),
        revision=release.revision,
        purpose=_purpose(message, words),
        corrects=_original(session, message.corrects),
        **_campaign(session, release),
        **{name: getattr(words, name) for name in AS_TYPED},
        sender=vars(sender),
        headers=list(letters.HEADERS),
        links=sorted({target for opened in look.letters.values() for target in links.link_targets(opened)}),
        compiler=letters.COMPILER,
        layout=letters.layout_digest(),
        **_readers(session, release),
        root=root.hex(),
        sealed_at=at,
        approval_days=APPROVAL_DAYS,
        parties=both,
        let_go_by=sorted(words.let_go_by) or both,
        findings=look.findings,
    )


def _campaign(session: Session, release: Release) -> dict[str, Any]:
    campaign = campaign_plans.get(session, release.campaign_id)
    return {"campaign": campaign.name, "campaign_id": str(campaign.id), "objective": campaign.objective}


def _readers(session: Session, release: Release) -> dict[str, Any]:
    letters_of, readers_of = (count(session, release.id, "audience") for count in (sealed.letters_by, sealed.readers_by))
    variants = [
        Variant(audience=key, program=made.digest, letters=letters_of.get(key, 0), readers=readers_of.get(key, 0))
        for key, made in sealed.programs_of(session, release.id).items()
    ]
    parts = ("audience", "name", "version", "rule")
    found_by = [Definition(**{part: getattr(row, part) for part in parts}) for row in sealed.audiences_of(session, release.id)]
    counts: dict[str, Any] = {"audiences": found_by or None, "letters": release.sealed, "readers": sum(readers_of.values())}
    counts["occasions"] = sealed.occasions_of(session, release.id) or None
    return {"variants": variants, **counts, "left_out": sealed.left_out_by_reason(session, release.id)}


def _purpose(message: Message, words: Words) -> Purpose:
    if message.corrects:
        return "correction"
    return "holding line" if words.holding_line else "message"


def _original(session: Session, release_id: UUID | None) -> Original | None:
    if release_id is None:
        return None
    return Original(release=str(release_id), reference=releases.get(session, release_id).reference)

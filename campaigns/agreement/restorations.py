"""What was signed, when the stored manifest is no longer it: put together again from the rows it was made of, and proved by its digest.

It only says what was changed behind the product's back. No signature comes to stand again by it, and nothing is ever sent from it.
"""

from collections.abc import Collection
from dataclasses import replace

from sqlmodel import Session

from campaigns.agreement import descriptions, looks, manifest, merkle, sealed
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.releases import Release
from campaigns.drafting import messages
from campaigns.drafting.letters import Sender
from campaigns.foundation.errors import Refused


def signed(session: Session, release: Release, *, digest: str, sender: Sender, organisations: Collection[str]) -> Manifest | None:
    """The manifest that has this digest; None where the rows, the layout or the sender are no longer those it was made of.

    `organisations`: all that may have been "considering" then. A remark on one was signed only if somebody had accepted it.
    """
    try:
        made = _made_again(session, release, sender, organisations)
    except (Refused, ValueError, KeyError, TypeError):  # a row that is gone or no longer what it was: then nothing can be said
        return None
    return made if manifest.digest(made.to_bytes()) == digest else None


def _made_again(session: Session, release: Release, sender: Sender, organisations: Collection[str]) -> Manifest:
    if release.sealed_at is None:
        raise ValueError("it is not sealed")
    words = messages.revision(session, release.message_id, release.revision).read()
    programs = sealed.programs_of(session, release.id)
    look = looks.at(session, release, words=words, programs=programs, sender=sender, considering=organisations)
    look = replace(look, findings=[one for one in look.findings if one.code != "considering" or one.accepted_by])
    root = merkle.root(sealed.branches(session, release.id))
    return descriptions.of(session, release, words, sender, look, root, release.sealed_at)

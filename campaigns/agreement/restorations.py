"""What was signed, when the stored manifest is no longer it: put together again from the rows it was made of, and proved by its digest.

It only says what was changed behind the product's back. No signature comes to stand again by it, and nothing is ever sent from it.
"""

from sqlmodel import Session

from campaigns.agreement import descriptions, looks, manifest, merkle, sealed
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.releases import Release
from campaigns.drafting import messages
from campaigns.drafting.letters import Sender
from campaigns.foundation.errors import Refused


def signed(session: Session, release: Release, *, digest: str, sender: Sender) -> Manifest | None:
    """The manifest that has this digest; None where the rows, the layout or the sender are no longer those it was made of."""
    try:
        made = _made_again(session, release, sender)
    except (Refused, ValueError, KeyError, TypeError):  # a row that is gone or no longer what it was: then nothing can be said
        return None
    return made if manifest.digest(made.to_bytes()) == digest else None


def _made_again(session: Session, release: Release, sender: Sender) -> Manifest:
    if release.sealed_at is None:
        raise ValueError("it is not sealed")
    words = messages.revision(session, release.message_id, release.revision).read()
    look = looks.at(session, release, words=words, programs=sealed.programs_of(session, release.id), sender=sender)
    root = merkle.root(sealed.branches(session, release.id))
    return descriptions.of(session, release, words, sender, look, root, release.sealed_at)

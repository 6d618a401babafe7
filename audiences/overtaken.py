"""Which letters that were sealed go no more, because of what has happened since: their reader left the post, or a briefing is not as they say.

House rule: after sealing, less and never more. Whoever holds the post now is not written to in their place; that is a message of its own.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from audiences import invitees, leavers
from campaigns.agreement.manifest import Manifest
from campaigns.delivery.claims import Waiting


def letters(session: Session, said: Manifest, letters: Sequence[Waiting], *, at: datetime) -> dict[int, str]:
    """Which of these letters go no more: position → why. A cancellation always goes, and a correction goes to everybody its original went to."""
    leaving = set() if said.corrects else {letter.position for letter in letters if not letter.cancels}
    return invitees.outdated(session, said, letters, at=at) | leavers.among(session, UUID(said.release), leaving)

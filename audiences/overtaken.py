"""Which letters that were sealed go no more, because of what has happened since: their reader left the post, or a briefing is not as they say.

House rule: after sealing, less and never more. Whoever holds the post now is not written to in their place; that is a message of its own.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from audiences import invitees
from audiences.people import HOLDING, Person
from campaigns.agreement import releases
from campaigns.agreement.manifest import Manifest
from campaigns.delivery.claims import Waiting

LEFT = "the reader has left the post"


def letters(session: Session, said: Manifest, letters: Sequence[Waiting], *, at: datetime) -> dict[int, str]:
    """Which of these letters go no more: position → why. A cancellation always goes, and a correction goes to everybody its original went to."""
    reasons = invitees.outdated(session, said, letters, at=at)
    if said.corrects is None and (gone := _left_since(session, UUID(said.release))):
        reasons |= {letter.position: LEFT for letter in letters if letter.says[0] in gone and not letter.cancels}
    return reasons


def _left_since(session: Session, release_id: UUID) -> set[str]:
    """Who left a post since a release was submitted, and is not back in it under the same name and address."""
    again = aliased(Person)
    same = (getattr(again, name) == getattr(Person, name) for name in ("name", "address", "role", "place"))
    is_back = sa.exists().where(*same, col(again.until).is_(None))
    since = releases.get(session, release_id).submitted_at
    return {str(person) for person in session.exec(select(Person.id).where(~HOLDING, col(Person.until) >= since, ~is_back))}

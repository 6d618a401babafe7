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
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.claims import Waiting

LEFT = "the reader has left the post"


def letters(session: Session, said: Manifest, letters: Sequence[Waiting], *, at: datetime) -> dict[int, str]:
    """Which of these letters go no more: position → why. A cancellation always goes, and a correction goes to everybody its original went to."""
    leaving = [] if said.corrects else [letter.position for letter in letters if not letter.cancels]
    return invitees.outdated(session, said, letters, at=at) | dict.fromkeys(_of_leavers(session, UUID(said.release), leaving), LEFT)


def _of_leavers(session: Session, release_id: UUID, positions: Sequence[int]) -> set[int]:
    """Those whose reader left the post since the release was submitted, and is not back in it under the same name and address."""
    since = releases.get(session, release_id).submitted_at
    lately = ~HOLDING & (col(Person.until) >= since)
    if not positions or session.exec(select(Person.id).where(lately).limit(1)).first() is None:  # mostly: asked for every chunk
        return set()
    again = aliased(Person)
    same = (getattr(again, name) == getattr(Person, name) for name in ("name", "address", "role", "place"))
    is_back = sa.exists().where(*same, col(again.until).is_(None))
    near = SealedLetter.release_id == release_id, col(SealedLetter.position).between(min(positions), max(positions))
    theirs = select(SealedLetter.position).join(Person, col(Person.id) == SealedLetter.person_id)
    return set(session.exec(theirs.where(*near, lately, ~is_back))).intersection(positions)

"""Leavers: readers of sealed letters who have left the post since the release was submitted, or whose address is only a guess again."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from audiences.definitions import GUESSED
from audiences.imports import UNDONE, Import
from audiences.people import CONFIRMED, HOLDING, Person
from campaigns.agreement import releases
from campaigns.agreement.sealed import SealedLetter

LEFT = "the reader has left the post"


def among(session: Session, release_id: UUID, positions: Collection[int]) -> dict[int, str]:
    """Which of a release's letters are to a leaver: position → why. Whoever is back in the post under the same name and address is none."""
    left = ~HOLDING & (col(Person.until) >= releases.get(session, release_id).submitted_at)
    if not positions or not _is_any(session, left):
        return {}
    again = aliased(Person)
    same = (getattr(again, name) == getattr(Person, name) for name in ("name", "address", "role", "place"))
    is_back = sa.exists().where(*same, col(again.until).is_(None), col(again.confirmed).is_(True))
    near = SealedLetter.release_id == release_id, col(SealedLetter.position).between(min(positions), max(positions))
    theirs = select(SealedLetter.position, sa.case((HOLDING, GUESSED), else_=LEFT)).join(Person, col(Person.id) == SealedLetter.person_id)
    found = session.exec(theirs.where(*near, sa.or_(left & ~is_back, ~CONFIRMED)))
    return {position: why for position, why in found if position in positions}


def _is_any(session: Session, left: sa.ColumnElement[bool]) -> bool:
    """Whether there can be any; mostly there are none, and it is asked for every chunk. Only a file taken back makes a reader's address a guess again."""
    looks = (select(Person.id).where(left), select(Import.id).where(Import.state == UNDONE))
    return any(session.exec(look.limit(1)).first() for look in looks)

"""Letters that were let go and yet do not go: whose they are, and why. No window was left for them, or the latest moment passed.

They come back for a decision: nothing sends them by itself, and whoever was to get one is written to again only by what both parties sign anew.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import listings
from campaigns.delivery.deliveries import Delivery


@dataclass(frozen=True)
class Windowless:
    """One letter. The authority is empty for a reader of another body."""

    position: int
    authority_code: str
    role: str
    why: str


def of(session: Session, release_id: UUID) -> list[Windowless]:
    """Every such letter of a release, in the order they were sealed. None of one that was withdrawn: there somebody has decided."""
    same = (col(SealedLetter.release_id) == Delivery.release_id) & (col(SealedLetter.position) == Delivery.position)
    query = select(SealedLetter, Delivery.reply).join(Delivery, same).join(Release, col(Release.id) == Delivery.release_id)
    there = col(Delivery.chunk_id).in_(listings.chunks_with(session, release_id, ["missed"]))
    missed = query.where(Delivery.release_id == release_id, there, Delivery.state == "missed", Release.state != "withdrawn")
    rows = session.exec(missed.order_by(col(SealedLetter.position))).all()
    return [Windowless(letter.position, letter.authority_code or "", letter.role, why or "") for letter, why in rows]

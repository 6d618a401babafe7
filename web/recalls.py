"""What anybody may know of a letter that went: whether it was withdrawn since, and which letter corrects it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from campaigns.agreement.releases import Release
from campaigns.drafting.messages import Message


@dataclass(frozen=True)
class Recall:
    """Since when it is withdrawn, if it is; and the reference of the newest letter that went to correct it, or nothing."""

    withdrawn: datetime | None
    correction: str


def of(session: Session, release: Release) -> Recall:
    """What became of a release since it went."""
    corrected = session.exec(select(Message).where(Message.corrects == release.id).order_by(col(Message.drafted_at).desc())).all()
    correction = next((gone.reference for message in corrected if (gone := went(session, message.reference)) is not None), "")
    return Recall(release.ended_at if release.state == "withdrawn" else None, correction)


def went(session: Session, reference: str) -> Release | None:
    """The newest release of that reference that both parties agreed and that began to go; nothing else is ever shown to anybody."""
    began = select(Release).where(Release.reference == reference, col(Release.began_at).is_not(None), col(Release.digest).is_not(None))
    return session.exec(began.order_by(col(Release.began_at).desc()).limit(1)).first()

"""What touched anybody in a campaign, as a test looks at it."""

from uuid import UUID

from sqlmodel import Session, col, select

from campaigns.reach.touches import STANDING, Touch


def of_campaign(session: Session, campaign_id: UUID) -> list[Touch]:
    """All touches that stand for a campaign, oldest first."""
    theirs = select(Touch).where(Touch.campaign_id == campaign_id, STANDING)
    return list(session.exec(theirs.order_by(col(Touch.at), col(Touch.evidence))))

"""A halt: sending is switched off, or nobody is there to send, so that whatever would say that letters leave says that they do not."""

from datetime import datetime

from sqlmodel import Session

from campaigns.delivery import arming, heartbeats


def shown(session: Session, *, at: datetime) -> str:
    """As a page says it, which is looked at now: besides what is `said`, that no worker is at work, or that none of them may send."""
    halted = said(session)
    if halted and not arming.armed(session):
        return halted
    return " ".join(filter(None, [halted, heartbeats.said(session, at=at)]))


def said(session: Session) -> str:
    """`Nothing leaves until sending is switched on again.` Where a machine asks and another may send, only of the one that asks: it may have been
    added, or all of this may be a copy. Empty while nothing is switched off.
    """
    if not arming.off(session):
        return ""
    machines = dict.fromkeys(row.machine for row in arming.waiting(session))
    if machines and arming.armed(session):
        return f"Nothing leaves from {' and '.join(machines)} until both parties let it."
    return "Nothing leaves until sending is switched on again."

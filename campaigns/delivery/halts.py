"""A halt: sending is switched off, so that whatever would say that letters leave says until when they do not."""

from sqlmodel import Session

from campaigns.delivery import arming


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

"""A halt: sending is switched off, or nobody is there to send, so that whatever would say that letters leave says that they do not."""

from datetime import datetime

from sqlmodel import Session

from campaigns.delivery import arming, heartbeats
from campaigns.delivery.arming import Refusal


def off(session: Session) -> str:
    """That nothing leaves from a machine, or from any, and why; empty where nobody needs to know."""
    if machines := _asking(session):
        return f"Sending is switched off on {' and '.join(machines)}: this may be a copy."
    if said := _refused(session):
        where = f" from the database {said.store}" if arming.armed(session) else ""
        return f"Sending is switched off: {said.by} does not let {said.machine} send{where}."
    return ""


def shown(session: Session, *, at: datetime) -> str:
    """As a page says it, which is looked at now: besides what is `said`, that no worker is at work, or that none of them may send."""
    halted = said(session)
    if halted and not arming.armed(session):
        return halted
    return " ".join(filter(None, [halted, heartbeats.said(session, at=at)]))


def said(session: Session) -> str:
    """`Nothing leaves until sending is switched on again.` Empty while nothing is switched off.

    Where one machine asks or was refused and another may send, it speaks of that one alone: it may have been added, or all of this may be a
    copy.
    """
    refused = _refused(session)
    machines = _asking(session) or ([refused.machine] if refused else [])
    if machines and arming.armed(session):
        return f"Nothing leaves from {' and '.join(machines)} until both parties let it."
    return "Nothing leaves until sending is switched on again." if machines else ""


def _asking(session: Session) -> list[str]:
    return list(dict.fromkeys(row.machine for row in arming.waiting(session)))


def _refused(session: Session) -> Refusal | None:
    """Who refused which machine, if that keeps letters here: no other may send, or only one of its name, as where this is a copy."""
    refused, may = arming.refused(session), {row.machine for row in arming.armed(session)}
    return refused if refused and (not may or refused.machine in may) else None

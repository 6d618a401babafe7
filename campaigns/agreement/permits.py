"""Permits: what an officer may do with a release that both parties signed, so that pages offer that and no more. The steps ask anew."""

from sqlmodel import Session

from campaigns.agreement import occasions, releases, schedules, unsigned
from campaigns.agreement.releases import Release
from campaigns.foundation.officers import WRITERS, Officer


def may_resume(session: Session, release: Release, by: Officer) -> bool:
    """Whether this officer may let what is stopped go on, and none of its signatures keeps the gate shut for good."""
    return schedules.is_theirs_to_resume(release, by) and not unsigned.void(session, [release])


def may_let_go(session: Session, release: Release, by: Officer) -> bool:
    """Whether it is for this officer to choose when it goes: of a holding line, what was signed says whose officers do; of what is overtaken, nobody."""
    said = releases.said(release)
    return by.duty in WRITERS and said is not None and by.party in said.let_go_by and not occasions.overtaken(session, said)

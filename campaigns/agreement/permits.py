"""Permits: what an officer may do with a release that both parties signed, so that pages offer that and no more. The steps ask anew."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session

from campaigns.agreement import occasions, releases, schedules, unsigned
from campaigns.agreement.releases import Release
from campaigns.foundation import lifecycles, officers
from campaigns.foundation.officers import Officer


def may_stop(release: Release, by: Officer) -> bool:
    """Whether this officer may stop it for their party."""
    can = release.state in lifecycles.before(lifecycles.RELEASE, "stop")
    return can and by.duty in officers.WRITERS and by.party not in release.stoppers


def may_resume(session: Session, release: Release, by: Officer) -> bool:
    """Whether this officer may let what is stopped go on."""
    return schedules.is_theirs_to_resume(release, by) and not stopped_for_good(session, [release])


def stopped_for_good(session: Session, stopped: Collection[Release]) -> set[UUID]:
    """Those that nobody can let go on: one of their signatures counts no more or, before they began, a newer invitation has gone."""
    waiting = [release for release in stopped if release.began_at is None]
    late = {release.id for release in waiting if occasions.overtaken(session, releases.said(release))}
    return unsigned.void(session, stopped) | late


def may_let_go(session: Session, release: Release, by: Officer) -> bool:
    """Whether it is for this officer to choose when it goes: of a holding line, what was signed says whose officers do; of what is overtaken, nobody."""
    said = releases.said(release)
    return by.duty in officers.WRITERS and said is not None and by.party in said.let_go_by and not occasions.overtaken(session, said)

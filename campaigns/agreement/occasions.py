"""Which releases invite to which occasion, in the order in which calendars are to hear of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from campaigns.agreement import releases
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedOccasion
from campaigns.drafting.invitations import Occasion
from campaigns.foundation.errors import NotAllowedNow

NOTICE_STEP = 1000


@dataclass(frozen=True)
class Invites:
    """A sealed release, and one occasion that it invites to."""

    release: Release
    said: Manifest
    to: Occasion


def sealed(session: Session, briefing: str) -> list[Invites]:
    """Every sealed release that invites to a briefing, whatever became of it, oldest first."""
    chosen = select(SealedOccasion, Release).join(Release, col(Release.id) == SealedOccasion.release_id)
    found = session.exec(chosen.where(SealedOccasion.briefing == briefing).order_by(col(Release.submitted_at)))
    return [Invites(release, said, row.said) for row, release in found if (said := releases.said(release)) is not None]


def gone(session: Session, briefing: str) -> list[Invites]:
    """The same of releases that began to go, in the order in which calendars take them."""
    return sorted((one for one in sealed(session, briefing) if one.release.began_at is not None), key=lambda one: one.to.sequence)


def told_of(session: Session, briefings: Iterable[str]) -> set[str]:
    """Which of these briefings a release that began to go invites to."""
    began = (
        select(SealedOccasion.briefing)
        .join(Release, col(Release.id) == SealedOccasion.release_id)
        .where(col(Release.began_at).is_not(None))
    )
    return set(session.exec(began.where(col(SealedOccasion.briefing).in_(list(briefings))).distinct()))


def numbered(session: Session, occasion: Occasion, *, notice: bool) -> Occasion:
    """The occasion with the number of what is sealed about it next: that of the newest invitation where it says the same, else a higher one.

    A `notice` of change is numbered far ahead, so that more readers may be invited before it is needed.
    """
    before = [one for one in sealed(session, occasion.briefing) if one.to.uid == occasion.uid]
    if notice:
        return occasion.model_copy(update={"sequence": max((one.to.sequence for one in before), default=0) + NOTICE_STEP})
    known = [one for one in before if one.said.is_invitation or one.release.began_at is not None]
    newest = max(known, key=lambda one: one.to.sequence, default=None)
    if newest is None:
        return occasion
    same = newest.said.is_invitation and newest.to.says_the_same(occasion)
    return occasion.model_copy(update={"sequence": newest.to.sequence + (0 if same else 1)})


def overtaken(session: Session, said: Manifest | None) -> str:
    """That a newer release has spoken of something this one invites to, as a sentence: no calendar takes what is older than it has. Empty where none."""
    for occasion in (said.occasions if said else None) or ():
        if any(one.to.uid == occasion.uid and one.to.sequence > occasion.sequence for one in gone(session, occasion.briefing)):
            return f"A newer letter about the briefing of {occasion.group} has gone already. Write and sign a new one."
    return ""


def require_newest(session: Session, said: Manifest) -> None:
    """Refuse a release that is `overtaken`."""
    if why := overtaken(session, said):
        raise NotAllowedNow(why)

"""Who holds the kit of a briefing, and in which version: so that everybody who might read from an old note can be told.

Officers stand here by taking it; presenters and liaison officers, who have no account, because an officer gave it to them.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from email_validator import validate_email
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement.releases import Release
from campaigns.briefings import kits, tours
from campaigns.briefings.tours import Briefing
from campaigns.foundation import database, log, officers, one_line
from campaigns.foundation.errors import Invalid, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer, OfficerRecord


class KitGiven(Event):
    """Somebody holds the kit of a briefing now, in this version."""

    reference: str
    revision: int


class KitTakenBack(Event):
    """Somebody does not hold the kit any more, or was written down by mistake."""


class KitHolder(SQLModel, table=True):
    """One row per holder, briefing and version. `told_at`: when they were told that the note is superseded."""

    __tablename__ = "kit_holders"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    briefing_id: UUID = Field(foreign_key="briefings.id", index=True)
    release_id: UUID = Field(foreign_key="releases.id", index=True)
    post: str
    address: str  # empty where nobody can be written to
    given_at: datetime
    told_at: datetime | None = None


def take(session: Session, briefing_id: UUID, *, by: Officer, at: datetime) -> None:
    """An officer takes the kit: they hold it from now on, in the version pinned on the briefing."""
    officers.require_writer(by)
    record = session.get_one(OfficerRecord, by.id)
    _hold(session, briefing_id, post=record.name, address=record.email or "", by=by, at=at)


def give(session: Session, briefing_id: UUID, *, post: str, address: str, by: Officer, at: datetime) -> None:
    """Write down that a presenter or liaison officer was given the kit. Refuses a post that is none and an address that cannot be written to."""
    officers.require_writer(by)
    post, address = post.strip(), address.strip().lower()
    problems = one_line.problems("post", post, "their post")
    if not _can_be_written_to(address):
        problems.append(Problem("address", "Enter one e-mail address, like name@example.gov.uk"))
    if problems:
        raise Invalid(problems)
    _hold(session, briefing_id, post=post, address=address, by=by, at=at)


def _can_be_written_to(address: str) -> bool:
    try:
        return validate_email(address, check_deliverability=False, strict=True, test_environment=True).normalized.isascii()
    except ValueError:
        return False


def take_back(session: Session, holder_id: UUID, *, by: Officer, at: datetime) -> UUID:
    """They do not hold it any more, or never did; gives the briefing. Refuses an unknown holder."""
    officers.require_writer(by)
    holder = database.get(session, KitHolder, holder_id, "There is nobody with this kit on the list.", lock=True)
    session.delete(holder)
    log.record(session, KitTakenBack(), subject=holder.briefing_id, by=by.name, at=at)
    return holder.briefing_id


def of_briefing(session: Session, briefing_id: UUID) -> list[tuple[KitHolder, Release]]:
    """Who holds a briefing's kit and in which version, the last given first."""
    found = select(KitHolder, Release).join(Release).where(KitHolder.briefing_id == briefing_id)
    return list(session.exec(found.order_by(col(KitHolder.given_at).desc(), KitHolder.post)))


def to_tell_of(session: Session, release: Release, *, at: datetime, briefing_id: UUID | None = None) -> dict[str, list[str]]:
    """Claim whoever holds these words for a briefing that is not held yet, or for this one, and was not told: address → the groups.

    One statement decides, so that nobody is claimed twice; an address that was told of the same words before is left out, even a moment ago and
    of another briefing: whoever claims at the same moment waits.
    """
    session.exec(select(KitHolder.id).where(KitHolder.release_id == release.id).order_by(col(KitHolder.id)).with_for_update()).all()
    waiting = sa.select(col(Briefing.id)).where(col(Briefing.state) != "held")
    untold = sa.update(KitHolder).where(
        col(KitHolder.release_id) == release.id, col(KitHolder.told_at).is_(None), col(KitHolder.address) != ""
    )
    chosen = untold.where(col(KitHolder.briefing_id).in_(waiting) if briefing_id is None else col(KitHolder.briefing_id) == briefing_id)
    claimed = session.connection().execute(
        chosen.values(told_at=at).returning(*map(col, (KitHolder.id, KitHolder.address, KitHolder.briefing_id)))
    )
    rows = claimed.all()
    before = _told(session, release, {row.id for row in rows})
    groups: dict[str, set[str]] = {}
    for row in rows:
        if row.address not in before:
            groups.setdefault(row.address, set()).add(tours.get(session, row.briefing_id).title)
    return {address: sorted(groups[address]) for address in sorted(groups)}


def without_address(session: Session, briefing: Briefing) -> list[str]:
    """The posts that hold the words pinned on a briefing and cannot be written to: somebody has to tell them."""
    theirs = select(KitHolder.post).where(KitHolder.briefing_id == briefing.id, KitHolder.release_id == briefing.note_release_id)
    silent = theirs.where(KitHolder.address == "", KitHolder.post != "").distinct()
    return list(session.exec(silent.order_by(KitHolder.post)))


def other_words(session: Session, briefing: Briefing) -> list[Release]:
    """The releases that somebody holds for this briefing and that are not the one pinned on it, the newest first."""
    theirs = select(KitHolder.release_id).where(KitHolder.briefing_id == briefing.id, KitHolder.release_id != briefing.note_release_id)
    return list(session.exec(select(Release).where(col(Release.id).in_(theirs)).order_by(col(Release.submitted_at).desc())))


def erase(session: Session, holder_id: UUID, lines: Collection[str]) -> None:
    """Blank these lines of a holder, and the post with the address; that the kit was held stays."""
    session.add(session.get_one(KitHolder, holder_id).sqlmodel_update(dict.fromkeys({"post", *lines}, "")))


def _hold(session: Session, briefing_id: UUID, *, post: str, address: str, by: Officer, at: datetime) -> None:
    briefing = tours.get(session, briefing_id, lock=True)  # held, so that of two who press at once the second finds the row
    release = kits.note(session, briefing)
    same = select(KitHolder.id).where(KitHolder.briefing_id == briefing_id, KitHolder.release_id == release.id)
    if session.exec(same.where(KitHolder.post == post, KitHolder.address == address)).first() is not None:
        return
    session.add(KitHolder(briefing_id=briefing_id, release_id=release.id, post=post, address=address, given_at=at))
    log.record(session, KitGiven(reference=release.reference, revision=release.revision), subject=briefing_id, by=by.name, at=at)


def _told(session: Session, release: Release, but: set[UUID]) -> set[str]:
    told = select(KitHolder.address).where(KitHolder.release_id == release.id, col(KitHolder.told_at).is_not(None))
    return set(session.exec(told.where(col(KitHolder.id).not_in(but))))

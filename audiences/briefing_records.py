"""What a briefing leaves behind about persons, as classes of records: who held its kit, who came, what was written down, who repeated it.

Names and words go; that a kit was held, from where somebody came in which role, how many there were, and every touch stay. Of no briefing
that has a date ahead, but for lines that count no more, and of none that a legal hold is on. Source: UK GDPR, Article 5(1)(e) (storage limitation).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences import legal_holds
from audiences.legal_holds import Covered
from campaigns.briefings import repeats
from campaigns.briefings.actions import Action
from campaigns.briefings.attendance import TAKEN_BACK, Attendance
from campaigns.briefings.kit_holders import KitHolder
from campaigns.briefings.questions import Question
from campaigns.briefings.repeats import WAITING, Repeat
from campaigns.briefings.tours import Briefing, Tour
from campaigns.foundation.officers import Officer

GONE = "erased"


def kits_due(session: Session, cutoff: datetime, covered: Covered) -> list[UUID]:
    """Kits given before `cutoff` whose holder is still named."""
    named = (col(KitHolder.post) != "") | (col(KitHolder.address) != "")
    chosen = select(KitHolder).where(col(KitHolder.given_at) < cutoff, named, col(KitHolder.briefing_id).in_(_over(covered)))
    found = session.exec(chosen.where(col(KitHolder.release_id).not_in(covered.releases)))
    return legal_holds.free(session, covered, ((one.id, (one.post, one.address)) for one in found))


def forget_kits(session: Session, ids: Sequence[UUID], by: Officer, at: datetime) -> int:
    """Post and address go; that the kit was held, and in which version, stays."""
    session.exec(sa.update(KitHolder).where(col(KitHolder.id).in_(ids)).values(post="", address=""))
    return len(ids)


def attendees_due(session: Session, cutoff: datetime, covered: Covered) -> list[UUID]:
    """Lines of a list last written before `cutoff` that still say a name. One that counts no more is done with, whatever becomes of the briefing."""
    done = col(Attendance.briefing_id).in_(_over(covered)) | (col(Attendance.status) == TAKEN_BACK)
    theirs = done, col(Attendance.briefing_id).in_(_free(covered)), col(Attendance.name) != ""
    chosen = select(Attendance).where(col(Attendance.at) < cutoff, *theirs)
    free = col(Attendance.person_id).is_(None) | col(Attendance.person_id).not_in(covered.people)
    return legal_holds.free(session, covered, ((one.id, (one.name,)) for one in session.exec(chosen.where(free))))


def forget_attendees(session: Session, ids: Sequence[UUID], by: Officer, at: datetime) -> int:
    """The name goes; authority, role and count stay, and so does the line as one attendee."""
    for row in session.exec(select(Attendance).where(col(Attendance.id).in_(ids))):
        session.add(row.sqlmodel_update({"name": "", "digest": f"{GONE} {row.id}"}))
    return len(ids)


def words_due(session: Session, cutoff: datetime, covered: Covered) -> list[UUID]:
    """Questions answered and actions done before `cutoff` whose words are still kept; what is open stays."""
    over, found = _over(covered), list[tuple[UUID, tuple[str | None, ...]]]()
    asked = select(Question).where(col(Question.briefing_id).in_(over), col(Question.settled_at) < cutoff, col(Question.question) != GONE)
    found += [(one.id, (one.question, one.outcome)) for one in session.exec(asked)]
    done = select(Action).where(col(Action.briefing_id).in_(over), col(Action.done_at) < cutoff, col(Action.what) != GONE)
    found += [(one.id, (one.what, one.owner)) for one in session.exec(done)]
    return legal_holds.free(session, covered, found)


def forget_words(session: Session, ids: Sequence[UUID], by: Officer, at: datetime) -> int:
    """The words go; that something was asked, from where, and that something was done stays."""
    session.exec(sa.update(Question).where(col(Question.id).in_(ids)).values(question=GONE, outcome=GONE))
    session.exec(sa.update(Action).where(col(Action.id).in_(ids)).values(what=GONE, owner=GONE))
    return len(ids)


def repeats_due(session: Session, cutoff: datetime, covered: Covered) -> list[UUID]:
    """Local repeats decided about before `cutoff` whose reporter is still named."""
    decided = col(Repeat.state) != WAITING, col(Repeat.settled_at) < cutoff, col(Repeat.reporter) != GONE
    found = session.exec(select(Repeat).where(*decided, col(Repeat.briefing_id).in_(_over(covered))))
    return legal_holds.free(session, covered, ((one.id, (one.venue, one.asked, one.reporter, one.post)) for one in found))


def forget_repeats(session: Session, ids: Sequence[UUID], by: Officer, at: datetime) -> int:
    """Who told of it, where it was and what was asked go; the day, how many came and its evidence stay."""
    for repeat_id in ids:
        repeats.forget(session, repeat_id)
    return len(ids)


def _over(covered: Covered) -> Any:
    """Briefings that are over, or have no date, and that no hold covers."""
    return _free(covered).where(col(Briefing.state) != "dated")


def _free(covered: Covered) -> Any:
    """Briefings that no hold covers, by campaign or by what was said at them."""
    free = col(Briefing.note_release_id).is_(None) | col(Briefing.note_release_id).not_in(covered.releases)
    found = sa.select(col(Briefing.id)).join(Tour, col(Tour.id) == col(Briefing.tour_id))
    return found.where(free, col(Tour.campaign_id).not_in(covered.campaigns))

"""Classes of records: what is kept for how long, which of it is due to go, and how it goes. Proofs, signatures and the log belong to none.

Each class finds what is due before a moment, leaving out what still runs and what a legal hold covers, and disposes of exactly that.
Source: UK GDPR, Article 5(1)(e) (storage limitation); the parties' own advisers decide the years, on the Records page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from audiences import briefing_records, erasures, incoming_records, legal_holds, letter_records, people, suggestions
from audiences.legal_holds import Covered
from audiences.people import KEPT, Person
from audiences.suggestions import WAITING, Suggestion
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.notices import Notice
from campaigns.drafting import reviews
from campaigns.drafting.reviews import FORGOTTEN, Review
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.officers import Officer

YEAR = 365
MAIL = "mail"
MOST_AT_ONCE = 1000  # people erased in one transaction

Due = Callable[[Session, datetime, Covered], Sequence[UUID]]
Dispose = Callable[[Session, Sequence[UUID], Officer, datetime], int]


@dataclass(frozen=True)
class RecordClass:
    """A class of records. `days` is what holds until officers decide otherwise; without `due` it is kept, and goes, outside this database."""

    key: str
    what: str
    then: str
    days: int
    due: Due | None = None
    dispose: Dispose | None = None


def leavers_due(session: Session, cutoff: datetime, covered: Covered) -> list[UUID]:
    """People who left before `cutoff` and hold no post now at the same address."""
    # Each asked of one person: with NOT IN PostgreSQL compares each with each once there are many.
    other = aliased(Person)
    later = sa.exists().where(col(other.address) == Person.address, sa.or_(col(other.until).is_(None), col(other.until) >= cutoff))
    held = sa.exists().where(col(SealedLetter.person_id) == Person.id, col(SealedLetter.release_id).in_(covered.releases))
    gone = select(Person).where(col(Person.until) < cutoff, KEPT, ~later, ~held, col(Person.id).not_in(covered.people))
    found = session.exec(gone.order_by(col(Person.until)).limit(MOST_AT_ONCE)).all()
    return [one.id for one in found if not covered.speaks_of(one.name, one.address)]


def erase_leavers(session: Session, ids: Sequence[UUID], by: Officer, at: datetime) -> int:
    """Erase each as an officer would. Whoever a hold covers by now, and whoever a letter is being sent to, waits for another day."""
    erased = 0
    for person_id in ids:
        try:
            with session.begin_nested():
                if not people.get(session, person_id).is_erased:
                    erasures.erase(session, person_id, by=by, at=at)
                    erased += 1
        except NotAllowedNow:
            continue
    return erased


def suggestions_due(session: Session, cutoff: datetime, covered: Covered) -> list[UUID]:
    """Suggestions answered before `cutoff` whose words are still kept."""
    said = (col(Suggestion.name) != "") | (col(Suggestion.address) != "") | (col(Suggestion.note) != "")
    found = session.exec(select(Suggestion).where(col(Suggestion.state) != WAITING, col(Suggestion.settled_at) < cutoff, said))
    theirs = ((one.id, (one.name, one.address, one.note)) for one in found if one.person_id not in covered.people)
    return legal_holds.free(session, covered, theirs)


def forget_suggestions(session: Session, ids: Sequence[UUID], by: Officer, at: datetime) -> int:
    """What was said goes; that something was suggested and how it was answered stays."""
    session.exec(sa.update(Suggestion).where(col(Suggestion.id).in_(ids)).values(suggestions.BLANK))
    return len(ids)


def notices_due(session: Session, cutoff: datetime, covered: Covered) -> list[UUID]:
    """Notices written before `cutoff` that wait no longer."""
    found = session.exec(select(Notice).where(col(Notice.written_at) < cutoff, col(Notice.text).is_(None), col(Notice.to) != ""))
    return legal_holds.free(session, covered, ((one.id, (one.to, one.subject)) for one in found))


def forget_notices(session: Session, ids: Sequence[UUID], by: Officer, at: datetime) -> int:
    """To whom it was and what it was called goes; that there was one stays."""
    session.exec(sa.update(Notice).where(col(Notice.id).in_(ids)).values(to="", subject="", refused=None))
    return len(ids)


def reviewers_due(session: Session, cutoff: datetime, covered: Covered) -> list[UUID]:
    """Links to review that ended before `cutoff` and still name somebody."""
    ended = select(Review).where(col(Review.until) < cutoff, col(Review.reviewer) != FORGOTTEN)
    found = session.exec(ended.where(col(Review.message_id).not_in(covered.messages)))
    return legal_holds.free(session, covered, ((one.id, (one.reviewer,)) for one in found))


def forget_reviewers(session: Session, ids: Sequence[UUID], by: Officer, at: datetime) -> int:
    """The name goes; what was said through the link stays."""
    for review in ids:
        reviews.forget(session, review, by=by, at=at)
    return len(ids)


CLASSES: tuple[RecordClass, ...] = (
    RecordClass(
        letter_records.KEY,
        "who each letter was to: names, addresses, the values in it, and what the relay replied",
        "erased, counted from the end of the release; its count and the proof that it was signed stay",
        7 * YEAR,
        letter_records.due,
        letter_records.forget,
    ),
    RecordClass("leavers", "people who left their post", "erased, counted from the day they left", 3 * YEAR, leavers_due, erase_leavers),
    RecordClass(
        MAIL,
        "replies, and mail that could not be matched to a letter, once an officer has dealt with it",
        "sender, subject and words go, counted from the day it came; what it was and what was done about it stay",
        90,
        incoming_records.mail_due,
        incoming_records.forget_mail,
    ),
    RecordClass(
        "imports",
        "the rows of files of people, once applied",
        "the rows go, counted from the day the file was applied; how many there were stays, and the import cannot be undone any more",
        30,
        incoming_records.files_due,
        incoming_records.forget_files,
    ),
    RecordClass(
        "suggestions",
        "what was suggested about whom to write to, once answered",
        "the words go, counted from the answer; the answer stays",
        2 * YEAR,
        suggestions_due,
        forget_suggestions,
    ),
    RecordClass(
        "notices", "notices to officers", "address and subject go, counted from the day written", YEAR, notices_due, forget_notices
    ),
    RecordClass(
        "reviewers", "names on links to review a message", "erased, counted from the link’s end", YEAR, reviewers_due, forget_reviewers
    ),
    RecordClass(
        "kit-holders",
        "who holds the kit of a briefing",
        "post and address go, counted from the day it was given, unless the briefing is still to come; that it was held stays",
        2 * YEAR,
        briefing_records.kits_due,
        briefing_records.forget_kits,
    ),
    RecordClass(
        "attendees",
        "names of who came to a briefing or sent apologies",
        "the name goes, counted from the day it was written; authority, role, count and evidence stay",
        3 * YEAR,
        briefing_records.attendees_due,
        briefing_records.forget_attendees,
    ),
    RecordClass(
        "briefing-words",
        "questions raised at a briefing and next actions, once answered or done",
        "the words go, counted from the answer; that something was asked or done stays",
        3 * YEAR,
        briefing_records.words_due,
        briefing_records.forget_words,
    ),
    RecordClass(
        "repeats",
        "who told of a local repeat, once it was decided about",
        "names and words go, counted from the decision; the day, the count and the evidence stay",
        2 * YEAR,
        briefing_records.repeats_due,
        briefing_records.forget_repeats,
    ),
    RecordClass(
        "web-logs", "the web server’s and the workers’ logs", "deleted by whoever runs the machine; they are not in this database", 90
    ),
)


def due(session: Session, one: RecordClass, cutoff: datetime) -> list[UUID]:
    """What of a class is due to go, legal holds minded."""
    return list(one.due(session, cutoff, legal_holds.covered(session))) if one.due else []


def what(key: str) -> str:
    """What a class of records is, in words; the key itself of one that is no more."""
    return next((one.what for one in CLASSES if one.key == key), key)

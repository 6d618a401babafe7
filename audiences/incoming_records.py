"""What came from outside and holds persons' words or rows, as classes of records: mail that came in, and files of people once applied.

Only mail that an officer has dealt with goes, and only files that were applied; nothing of either that a legal hold covers.
Source: UK GDPR, Article 5(1)(e) (storage limitation).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from audiences import imports, legal_holds
from audiences.imports import Import
from audiences.legal_holds import Covered
from campaigns.delivery import incoming
from campaigns.delivery.incoming import BLANK, DONE, IncomingMail
from campaigns.foundation.officers import Officer


def mail_due(session: Session, cutoff: datetime, covered: Covered) -> list[UUID]:
    """Mail that came before and was dealt with, whose sender or words are still kept."""
    came = select(IncomingMail).where(col(IncomingMail.at) < cutoff, col(IncomingMail.state) == DONE, incoming.WORDS_KEPT)
    free = col(IncomingMail.release_id).is_(None) | col(IncomingMail.release_id).not_in(covered.releases)
    theirs = incoming.of_letters_to(covered.people)
    found = session.exec(came.where(free, ~theirs).order_by(col(IncomingMail.at)))
    return legal_holds.free(session, covered, ((one.id, [getattr(one, line) for line in BLANK]) for one in found))


def forget_mail(session: Session, ids: Sequence[UUID], by: Officer, at: datetime) -> int:
    """Sender, subject and words go; what kind of mail it was, about which letter, and what was done about it stay."""
    incoming.forget(session, ids)
    return len(ids)


def files_due(session: Session, cutoff: datetime, covered: Covered) -> list[UUID]:
    """Files of people applied before, whose rows are still kept."""
    found = session.exec(select(Import).where(imports.was_applied(cutoff)).order_by(col(Import.applied_at))).all()
    if not (covered.people or covered.texts):
        return [one.id for one in found]
    return legal_holds.free(session, covered, ((one.id, [one.name, *one.header, *imports.texts(session, one.id)]) for one in found))


def forget_files(session: Session, ids: Sequence[UUID], by: Officer, at: datetime) -> int:
    """The rows go, and the file's name and what officers answered about it; how many rows there were stays. It cannot be undone any more."""
    imports.forget(session, ids)
    return len(ids)

"""A mail that came in: what it was, which letter it spoke of, and what was done about it. Each is taken once, however often it is heard.

Of most mails only this is kept. Of a reply, and of a mail that could not be matched, the sender and the words are kept, too, for an officer to
read. They go with its sender or its reader, when either is erased, or when the schedule of records says.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement.sealed import Particulars, SealedLetter
from campaigns.delivery.failures import SOFT
from campaigns.delivery.verp import Place
from campaigns.foundation import addresses, database, log, officers
from campaigns.foundation.errors import NotAllowedNow, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

DONE, WAITING, SET_ASIDE = "done", "waiting", "set aside"
CONFIRMS, CAME_BACK, STOP, FILE = "confirms", "came back", "stop", "file"
LONGEST_REASON = 500
BLANK = {"sender": "", "subject": "", "words": "", "whole": ""}
SAID_OF_IT = (*BLANK, "outcome", "status", "reason", "done")
SOMEBODY_ELSES = "their address, in words of somebody else"
SOFT_BOUNCES, OVER = 3, timedelta(days=7)


class ReplyFiled(Event):
    """Somebody answered a letter; an officer is asked what it says."""

    mail: UUID


class MailJudged(Event):
    """An officer said what a mail means."""

    mail: UUID
    verdict: str


class IncomingMail(SQLModel, table=True):
    """One row per mail. `digest` is of its bytes; `sender`, `subject`, `words` (the new ones) and `whole` are blanked in time."""

    __tablename__ = "incoming"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    digest: str = Field(unique=True)
    kind: str
    at: datetime
    state: str = Field(index=True)
    release_id: UUID | None = Field(default=None, index=True)
    position: int | None = None
    outcome: str = ""
    status: str = ""
    reason: str = ""
    done: str = ""
    sender: str = ""
    subject: str = ""
    words: str = ""
    whole: str = ""
    judged_by: str | None = None

    @property
    def place(self) -> Place | None:
        """The letter it speaks of, if that is known."""
        return None if self.release_id is None or self.position is None else Place(self.release_id, self.position)

    @property
    def confirms(self) -> bool:
        """Whether the officer's word that stands is that it confirms the letter was read."""
        return self.done == SAID[CONFIRMS]

    @property
    def is_forgotten(self) -> bool:
        """Whether nothing is kept of who sent it and of what it said."""
        return not any(getattr(self, line) for line in BLANK)


WORDS_KEPT = sa.or_(*(getattr(IncomingMail, line) != "" for line in BLANK))


def digest(raw: bytes) -> str:
    """SHA-256 in hex: how the same mail is recognised."""
    return hashlib.sha256(raw).hexdigest()


def take(session: Session, known_by: str, *, kind: str, at: datetime) -> IncomingMail | None:
    """Write down that a mail came, before anything is done about it; None when it was taken before, by whomever."""
    values = dict.fromkeys(SAID_OF_IT, "") | {"id": uuid4(), "digest": known_by, "kind": kind, "at": at, "state": DONE}
    unless = database.insert(session, IncomingMail).values(values).on_conflict_do_nothing(index_elements=["digest"])
    made = session.exec(unless.returning(col(IncomingMail.id))).scalars().first()
    return None if made is None else session.get_one(IncomingMail, made)


def set_aside(session: Session, known_by: str, *, why: str, at: datetime) -> None:
    """Write down a mail that could not be taken, for an officer to know of; it does not stop the others."""
    if mail := take(session, known_by, kind="other", at=at):
        mail.sqlmodel_update({"state": SET_ASIDE, "done": why[:LONGEST_REASON]})
        session.add(mail)


def get(session: Session, mail_id: UUID, *, lock: bool = False) -> IncomingMail:
    """The mail; refuses an unknown id."""
    return database.get(session, IncomingMail, mail_id, "There is no such mail.", lock=lock)


def judge(session: Session, mail_id: UUID, *, verdict: str, by: Officer, at: datetime) -> IncomingMail:
    """An officer's word on a mail that waits. Refuses one that was judged, and a verdict that does not fit it."""
    officers.require_writer(by)
    mail = get(session, mail_id, lock=True)
    if mail.state == DONE:
        raise NotAllowedNow("Somebody has said already what this mail means.")
    if verdict not in choices(mail):
        raise Refused("Choose what this mail means.", field="verdict")
    return _judged(session, mail, verdict, by=by, at=at)


def judge_anew(session: Session, mail_id: UUID, *, verdict: str, by: Officer, at: datetime) -> None:
    """An officer reads a reply otherwise. Refuses all but judged replies (what a bounce changed stays changed), and the word it has."""
    officers.require_writer(by)
    mail = get(session, mail_id, lock=True)
    if verdict != other_choice(mail):
        raise NotAllowedNow("This mail does not wait for another word: somebody else may have given it just now.")
    _judged(session, mail, verdict, by=by, at=at)


def choices(mail: IncomingMail) -> tuple[str, ...]:
    """What an officer may say of a mail that waits, the likeliest first."""
    meant = {"reply": CONFIRMS, "bounce": CAME_BACK, "complaint": STOP}.get(mail.kind)
    return (meant, FILE) if meant and mail.place else (FILE,)


def other_choice(mail: IncomingMail) -> str:
    """What an officer may say of a reply instead of the word that stands; empty of any other mail."""
    if mail.kind != "reply" or mail.place is None or mail.state != DONE or mail.judged_by is None:
        return ""
    return FILE if mail.confirms else CONFIRMS


def soft_bounces(session: Session, address: str, *, since: datetime | None) -> bool:
    """Whether letters to this address came back often enough, over long enough, to take it as gone; each counts once, when it first did.

    Mail that waits for an officer, or was filed by one, does not count: anybody who saw the Message-ID may have sent it. `since`: when an
    officer last corrected why letters came back; what came before does not count either.
    """
    place = (col(Particulars.release_id) == IncomingMail.release_id) & (col(Particulars.position) == IncomingMail.position)
    theirs = select(sa.func.min(IncomingMail.at)).join(Particulars, place).where(sa.func.lower(Particulars.address) == address.lower())
    believed = sa.or_(col(IncomingMail.judged_by).is_(None), col(IncomingMail.done) == SAID[CAME_BACK])
    letters = theirs.where(IncomingMail.outcome == SOFT, IncomingMail.state == DONE, believed)
    each = letters.group_by(col(IncomingMail.release_id), col(IncomingMail.position))
    times = [at for at in session.exec(each) if since is None or at > since]
    return len(times) >= SOFT_BOUNCES and max(times) - min(times) >= OVER


def of_letter(session: Session, release_id: UUID, position: int) -> list[IncomingMail]:
    """The mails that spoke of one letter, the oldest first."""
    mine = select(IncomingMail).where(IncomingMail.release_id == release_id, IncomingMail.position == position)
    return list(session.exec(mine.order_by(col(IncomingMail.at), col(IncomingMail.id))))


def of_releases(session: Session, release_ids: Collection[UUID]) -> list[IncomingMail]:
    """The mails that spoke of letters of these releases, the oldest first."""
    theirs = select(IncomingMail).where(col(IncomingMail.release_id).in_(release_ids))
    return list(session.exec(theirs.order_by(col(IncomingMail.at), col(IncomingMail.id))))


def waiting(session: Session, *, limit: int, offset: int = 0) -> list[IncomingMail]:
    """The mails about which an officer has yet to say something, the oldest first."""
    found = select(IncomingMail).where(IncomingMail.state != DONE).order_by(col(IncomingMail.at), col(IncomingMail.id))
    return list(session.exec(found.limit(limit).offset(offset)))


def count_waiting(session: Session) -> int:
    """How many mails wait for an officer."""
    return session.exec(select(sa.func.count()).select_from(IncomingMail).where(IncomingMail.state != DONE)).one()


def forget(session: Session, ids: Collection[UUID]) -> None:
    """Blank who sent these mails and what they said."""
    session.exec(sa.update(IncomingMail).where(col(IncomingMail.id).in_(ids)).values(BLANK))


def erase(session: Session, people: Collection[UUID], address: str) -> None:
    """Blank the words of mails about letters to these people, and of mails in which their address stands."""
    session.add_all(mail.sqlmodel_update(BLANK) for mail in naming(session, people, address))


def naming(session: Session, people: Collection[UUID], address: str) -> list[IncomingMail]:
    """The mails about letters to these people, and those from this address or in which it stands."""
    about_them = session.exec(select(IncomingMail).where(of_letters_to(people))).all()
    return [*about_them, *_saying(session, people, address)]


def reader_of(session: Session, mail: IncomingMail) -> UUID | None:
    """Whom the letter is to of which a mail spoke; None where it spoke of none."""
    theirs = select(SealedLetter.person_id).where(SealedLetter.release_id == mail.release_id, SealedLetter.position == mail.position)
    return session.exec(theirs).first()


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """The mails that came from this address, or about letters to these people; and without its words each of somebody else that says it."""
    told = {"kind", "at", "state", "outcome", "status", "reason", "done", "judged_by"}
    others = [mail.id for mail in _saying(session, ids, address) if not addresses.stands(address, mail.sender)]
    return [
        {**mail.model_dump(include=told), "says": SOMEBODY_ELSES} if mail.id in others else mail.model_dump(include={*told, *BLANK})
        for mail in sorted(naming(session, ids, address), key=lambda mail: (mail.at, mail.id))
    ]


def _saying(session: Session, people: Collection[UUID], address: str) -> list[IncomingMail]:
    """The mails about no letter to these people that are from this address, or in which it stands."""
    said = [getattr(IncomingMail, line).icontains(address, autoescape=True) for line in BLANK]
    found = session.exec(select(IncomingMail).where(~of_letters_to(people), sa.or_(*said)))
    return [mail for mail in found if addresses.stands(address, mail.sender, mail.subject, mail.words, mail.whole)]


def _judged(session: Session, mail: IncomingMail, verdict: str, *, by: Officer, at: datetime) -> IncomingMail:
    mail.sqlmodel_update({"state": DONE, "judged_by": by.name, "done": SAID[verdict]})
    session.add(mail)
    log.record(session, MailJudged(mail=mail.id, verdict=verdict), subject=mail.release_id or mail.id, by=by.name, at=at)
    return mail


def of_letters_to(people: Collection[UUID]) -> sa.ColumnElement[bool]:
    """The condition that a mail spoke of a letter to one of these people."""
    theirs = sa.exists().where(col(SealedLetter.person_id).in_(people), col(SealedLetter.release_id) == col(IncomingMail.release_id))
    return theirs.where(col(SealedLetter.position) == col(IncomingMail.position))


SAID = {
    CONFIRMS: "an officer read it as a confirmation",
    CAME_BACK: "an officer said that the letter came back",
    STOP: "an officer took it as a complaint",
    FILE: "filed",
}

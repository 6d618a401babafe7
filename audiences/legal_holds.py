"""A legal hold: what it covers is neither erased nor disposed of until it is lifted, whoever asks and whatever the schedule says.

It covers a campaign, a person, or whatever holds a text. Source: UK GDPR, Article 17(3)(e); Freedom of Information Act 2000, section 77.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from audiences import namesakes, people
from audiences.passages import Row
from audiences.people import Person
from audiences.quotations import Quotation
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.drafting import searches
from campaigns.drafting.messages import Message
from campaigns.foundation import clock, database, log, officers
from campaigns.foundation.errors import Invalid, NotAllowedNow, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from campaigns.planning import campaign_plans

KINDS = TEXT, CAMPAIGN, PERSON = ("text", "campaign", "person")
SHORTEST_TEXT, LONGEST_TEXT = 3, 200
LONGEST_REASON = 500


class HoldPlaced(Event):
    """A legal hold was placed; what it is about stands in its row alone."""

    kind: str


class HoldLifted(Event):
    """A legal hold was lifted; what it covered may be erased and disposed of again."""


class LegalHold(SQLModel, table=True):
    """One row per hold. `subject` is the campaign or the person; `about` the text. Texts that name an erased person are blanked with them."""

    __tablename__ = "legal_holds"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: str
    subject: UUID | None = None
    about: str
    reason: str
    by: str
    at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None


@dataclass(frozen=True)
class Covered:
    """What the standing holds cover, for whoever disposes of records: campaigns, messages, releases and people by id, and texts."""

    campaigns: frozenset[UUID]
    messages: frozenset[UUID]
    releases: frozenset[UUID]
    people: frozenset[UUID]
    texts: tuple[str, ...]

    def speaks_of(self, *said: str | None) -> bool:
        """Whether any of this holds a text under hold."""
        return any(searches.holds([part or "" for part in said], text) for text in self.texts)


def place(session: Session, *, kind: str, reason: str, by: Officer, at: datetime, about: str = "", subject: UUID | None = None) -> UUID:
    """Put something under hold: `about` is the text, `subject` the campaign or the person. Refuses a hold on nothing, and one without a reason."""
    officers.require_writer(by)
    about, reason = about.strip(), reason.strip()
    if found := problems(kind=kind, about=about, subject=subject, reason=reason):
        raise Invalid(found)
    _require_subject(session, kind, subject)
    text = about if kind == TEXT else ""
    hold = LegalHold(kind=kind, subject=None if kind == TEXT else subject, about=text, reason=reason, by=by.name, at=at)
    session.add(hold)
    log.record(session, HoldPlaced(kind=kind), subject=hold.id, by=by.name, at=at)
    return hold.id


def problems(*, kind: str, about: str, subject: UUID | None, reason: str) -> list[Problem]:
    """Whatever cannot be in a hold, field by field."""
    found = []
    if kind not in KINDS:
        found.append(Problem("kind", "Choose what the hold is on"))
    if kind == TEXT and not SHORTEST_TEXT <= len(about.strip()) <= LONGEST_TEXT:
        found.append(Problem("about", f"Enter the text it is about, {SHORTEST_TEXT} to {LONGEST_TEXT} characters"))
    if kind in (CAMPAIGN, PERSON) and subject is None:
        found.append(Problem(kind, f"Choose the {kind}"))
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        found.append(Problem("reason", f"Say why, in up to {LONGEST_REASON} characters: the reason is shown to whoever may not erase"))
    return found


def lift(session: Session, hold_id: UUID, *, by: Officer, at: datetime) -> None:
    """End a hold. Refuses one that was lifted already."""
    officers.require_writer(by)
    hold = database.get(session, LegalHold, hold_id, "There is no such hold.", lock=True)
    if hold.lifted_at is not None:
        raise NotAllowedNow(f"{hold.lifted_by} lifted this hold already.")
    hold.sqlmodel_update({"lifted_by": by.name, "lifted_at": at})
    session.add(hold)
    log.record(session, HoldLifted(), subject=hold.id, by=by.name, at=at)


def every(session: Session) -> list[LegalHold]:
    """All holds, those that stand first, then the newest first."""
    return list(session.exec(select(LegalHold).order_by(col(LegalHold.lifted_at).is_not(None), col(LegalHold.at).desc())))


def standing(session: Session) -> list[LegalHold]:
    """The holds that stand, oldest first."""
    return list(session.exec(select(LegalHold).where(col(LegalHold.lifted_at).is_(None)).order_by(col(LegalHold.at), col(LegalHold.id))))


def require_free(session: Session, them: Collection[Person], rows: Collection[Row | Quotation]) -> None:
    """Refuse, naming the hold, where one covers these people, a campaign that wrote to them, a text that names them, or one of `rows`."""
    for hold in standing(session):
        if _covers(session, hold, them) or _covers_any(session, hold, rows):
            raise NotAllowedNow(f"Nothing about this person can be erased: {sentence(session, hold)} Lift the hold first.")


def require_unheld(session: Session, row: Row) -> None:
    """Refuse, naming the hold, to blank a row that one covers, or that may name somebody who is under one."""
    for hold in standing(session):
        if _covers_any(session, hold, [row], or_may=True):
            raise NotAllowedNow(f"This text cannot be blanked: {sentence(session, hold)} Lift the hold first.")


def covered(session: Session) -> Covered:
    """Everything the standing holds cover."""
    holds = standing(session)
    texts = tuple(hold.about for hold in holds if hold.kind == TEXT)
    campaigns = frozenset(hold.subject for hold in holds if hold.kind == CAMPAIGN and hold.subject)
    spoken_of = searches.about_any(session, list(texts))
    under = col(Message.campaign_id).in_(campaigns) | col(Message.id).in_(spoken_of)
    messages = frozenset(session.exec(select(Message.id).where(under))) if holds else frozenset()
    releases = frozenset(session.exec(select(Release.id).where(col(Release.message_id).in_(messages)))) if messages else frozenset()
    return Covered(campaigns, messages, releases, frozenset(_people(session, holds)), texts)


def free(session: Session, covered: Covered, found: Iterable[tuple[UUID, Collection[str | None]]]) -> list[UUID]:
    """Of these things, each with its words, those in which nothing under hold stands: neither its text nor the name or address of anybody held."""
    held = session.exec(select(Person).where(col(Person.id).in_(covered.people))).all() if covered.people else []
    names = {text.casefold() for one in held for text in (one.name, one.address)}
    return [one for one, said in found if not covered.speaks_of(*said) and not _names(said, names)]


def sentence(session: Session, hold: LegalHold) -> str:
    """`a legal hold on the campaign “LOPP” stands since 12 May 2026 (placed by the HSE drafter: “claim 7”).`"""
    return f"a legal hold on {what(session, hold)} stands since {clock.day(clock.london(hold.at))} (placed by {hold.by}: “{hold.reason}”)."


def what(session: Session, hold: LegalHold) -> str:
    """What a hold is on, in words."""
    match hold.kind, hold.subject:
        case "campaign", UUID() as campaign:
            return f"the campaign “{campaign_plans.get(session, campaign).name}”"
        case "person", UUID() as person:
            return f"the person “{people.get(session, person).name}”"
        case _:
            return f"whatever speaks of “{hold.about}”"


def erase(session: Session, person_ids: Collection[UUID], words: Collection[str]) -> None:
    """Blank every hold on these people, and every one that says one of these `words`, which mean them alone, or is about a part of one."""
    for hold in every(session):
        about, reason = namesakes.plain(hold.about), namesakes.plain(hold.reason)
        said = any(namesakes.says(text, word) for text in (about, reason) for word in words)
        part = any(word.startswith(about) if "@" in about else "@" not in word and namesakes.says(word, about) for word in words)
        if hold.subject in person_ids or said or part:
            hold.sqlmodel_update({"about": "erased" if hold.about else "", "reason": "erased"})
            session.add(hold)


def _require_subject(session: Session, kind: str, subject: UUID | None) -> None:
    if subject is not None and kind == CAMPAIGN:
        campaign_plans.get(session, subject)
    if subject is not None and kind == PERSON and people.get(session, subject).is_erased:
        raise NotAllowedNow("This person has been erased already, so there is nothing to hold.")


def _covers(session: Session, hold: LegalHold, them: Collection[Person]) -> bool:
    ids = [one.id for one in them]
    if hold.kind == PERSON:
        return hold.subject in ids
    if hold.kind == TEXT and searches.holds([text for one in them for text in (one.name, one.address)], hold.about):
        return True
    spoken_of = col(Release.message_id).in_(searches.about(session, hold.about))
    under = spoken_of if hold.kind == TEXT else col(Release.campaign_id).in_([hold.subject])
    to_them = select(SealedLetter.release_id).join(Release, col(Release.id) == SealedLetter.release_id)
    return session.exec(to_them.where(under, col(SealedLetter.person_id).in_(ids)).limit(1)).first() is not None


def _covers_any(session: Session, hold: LegalHold, rows: Collection[Row | Quotation], *, or_may: bool = False) -> bool:
    if hold.kind == CAMPAIGN or not rows:
        return hold.subject in {row.campaign_id for row in rows}
    said = [list(row.said.values()) for row in rows]
    if hold.kind == PERSON:
        held = session.exec(select(Person).where(col(Person.id).in_(_people(session, [hold])))).all()
        if {one.id for one in held} & {row.person_id for row in rows}:
            return True
        whom, texts = namesakes.known(session, held), [namesakes.plain(text) for texts in said for text in texts]
        return any(namesakes.says(text, word) for text in texts for word in (whom.words | whom.names if or_may else whom.words))
    spoken_of = searches.about(session, hold.about)
    if searches.holds(said, hold.about) or spoken_of & {row.message_id for row in rows if isinstance(row, Quotation)}:
        return True
    read = select(Release.id).where(col(Release.message_id).in_(spoken_of), col(Release.id).in_({row.release_id for row in rows}))
    return session.exec(read.limit(1)).first() is not None


def _names(said: Collection[str | None], names: Iterable[str]) -> bool:
    whole = "\n".join(part or "" for part in said).casefold()
    return any(name in whole for name in names)


def _people(session: Session, holds: Collection[LegalHold]) -> set[UUID]:
    held = [hold.subject for hold in holds if hold.kind == PERSON]
    addresses = sa.select(col(Person.address)).where(col(Person.id).in_(held))
    return set(session.exec(select(Person.id).where(col(Person.address).in_(addresses)))) if held else set()

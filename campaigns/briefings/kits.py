"""The kit of a briefing: the speaking note, its hand-outs, the agreed answers that officers chose for it, and the sheet to sign in on.

The note and its hand-outs are those of the release pinned on the briefing; an answer is another release of the same campaign, pinned to its
version too. Source: HELA paper, Annex 3 ("Circulate a speaking note").
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Session, SQLModel, select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.briefings import supersessions, tours
from campaigns.briefings.tours import Briefing
from campaigns.foundation import log, officers
from campaigns.foundation.errors import Invalid, NotFound, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

NO_NOTE = "This briefing has no speaking note yet. Arrange the briefing and choose one."


class KitChosen(Event):
    """Which agreed answers travel with a briefing's kit was chosen."""

    answers: int


class KitItem(SQLModel, table=True):
    """One row per agreed answer in a kit."""

    __tablename__ = "kit_items"

    briefing_id: UUID = Field(primary_key=True, foreign_key="briefings.id")
    release_id: UUID = Field(primary_key=True, foreign_key="releases.id", index=True)


def choose(
    session: Session, briefing_id: UUID, answers: Collection[UUID], *, shown: Collection[UUID] | None = None, by: Officer, at: datetime
) -> bool:
    """Let exactly these agreed releases travel with the kit; tells whether anything changed. `shown`: those that did when the page was opened, where
    somebody may have chosen others meanwhile; only what is different from it is changed.

    Refuses one of another campaign, one that is not agreed by both parties or is superseded, unless it was in the kit already.
    """
    officers.require_writer(by)
    briefing = tours.get(session, briefing_id, lock=True)
    standing = {item.release_id: item for item in session.exec(select(KitItem).where(KitItem.briefing_id == briefing_id))}
    wanted, before = set(answers), set(standing if shown is None else shown)
    wanted = (standing.keys() | (wanted - before)) - (before - wanted)
    if not wanted - standing.keys() <= {release.id for release in offered(session, briefing)}:
        raise Invalid([Problem("answers", "Choose answers from the list; it may have changed since the page was opened")])
    for item in (standing[one] for one in standing.keys() - wanted):
        session.delete(item)
    session.add_all(KitItem(briefing_id=briefing_id, release_id=one) for one in wanted - standing.keys())
    if wanted == standing.keys():
        return False
    log.record(session, KitChosen(answers=len(wanted)), subject=briefing_id, by=by.name, at=at)
    return True


def offered(session: Session, briefing: Briefing) -> list[Release]:
    """What may be chosen: the campaign's other messages that both parties agreed to, each at its newest agreed version."""
    campaign, note = tours.tour(session, briefing.tour_id).campaign_id, briefing.note_release_id
    about = releases.get(session, note).message_id if note else None
    found = [one for one in releases.in_state(session, *supersessions.READABLE) if one.campaign_id == campaign and one.message_id != about]
    return supersessions.readable(session, found)


def answers(session: Session, briefing_id: UUID) -> list[Release]:
    """The agreed answers in a kit, by title."""
    chosen = select(Release).join(KitItem).where(KitItem.briefing_id == briefing_id)
    return list(session.exec(chosen.order_by(Release.title, Release.reference)))


def are_read_from(session: Session, release_id: UUID) -> bool:
    """Whether these words are some briefing's speaking note, or travel with a kit."""
    pinned = select(Briefing.id).where(Briefing.note_release_id == release_id)
    travels = select(KitItem.briefing_id).where(KitItem.release_id == release_id)
    return any(session.exec(one.limit(1)).first() for one in (pinned, travels))


def note(session: Session, briefing: Briefing) -> Release:
    """The release that is read from; refuses a briefing that has none."""
    if briefing.note_release_id is None:
        raise NotFound(NO_NOTE)
    return releases.get(session, briefing.note_release_id)

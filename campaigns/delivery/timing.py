"""When each letter of a claimed chunk may go: at once, later, or not at all, by its authority's calendar and by what that authority has had.

Asked whenever a chunk is claimed, and nowhere else, so that a rule added since holds what has not gone. What must wait is due again when
it may go; what has no day left before the latest time comes back for a decision. Nothing is sent late.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import leads, releases
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.releases import Release
from campaigns.delivery import before_briefings, deliveries, listings
from campaigns.delivery.before_briefings import Briefings, Letter
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.drafting.terms import BASICS
from campaigns.foundation import clock, log
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN
from campaigns.planning import turns
from campaigns.planning.turns import Turn
from campaigns.planning.windows import Rule
from campaigns.reach import touches

LOOK_AGAIN = timedelta(minutes=10)  # for the basics: whoever has had them may be written to a little later
FIRST = UUID(int=0)  # comes before every chunk
HELD, NO_WINDOW = "held", "no window"  # how the reason begins of a letter that waits for its turn, and of one that has none


class LettersHaveNoWindow(Event):
    """No day is left for some letters before the latest time that was signed: an officer decides what becomes of those readers."""

    letters: int


class Calendars(Protocol):
    """Gives the rules of each authority's calendar, by its code; the empty code stands for readers at no authority."""

    def __call__(self, session: Session, codes: Collection[str], *, first: date, last: date) -> Mapping[str, Sequence[Rule]]: ...


@dataclass(frozen=True)
class Spell:
    """Letters of one release that wait for the same reason. `until`: when they are looked at again; None: no window is left, and an officer decides."""

    why: str
    until: datetime | None
    letters: int


def now(
    session: Session,
    release: Release,
    said: Manifest,
    letters: Sequence[Letter],
    *,
    calendars: Calendars,
    briefings: Briefings,
    at: datetime,
) -> dict[int, datetime]:
    """Which letters may go now: position → from when they may no longer. Others are put off, or missed if no window is left."""
    found = _turns(session, release, said, letters, calendars, briefings, at)
    waiting = _without_basics(session, said, {letter.authority_code for letter in letters})
    going: dict[int, datetime] = {}
    for letter in letters:
        turn = found[letter.position]
        if turn.opens is None or turn.closes is None:
            _put(session, release.id, letter.position, state="missed", reply=f"{NO_WINDOW} before the latest time: {turn.why}", at=at)
        elif letter.authority_code in waiting:
            _put(session, release.id, letter.position, due_at=at + LOOK_AGAIN, reply=f"{HELD} until it has had the basics", at=at)
        elif turn.opens > at:
            _put(session, release.id, letter.position, due_at=turn.opens, reply=_held(turn), at=at)
        else:
            going[letter.position] = turn.closes
    if without := sum(turn.opens is None for turn in found.values()):
        log.record(session, LettersHaveNoWindow(letters=without), subject=release.id, by=COUNTERSIGN.name, at=at)
    return going


def waiting(session: Session, release_id: UUID) -> list[Spell]:
    """How many letters wait for their turn, by reason and until when; and how many have no window left, with `until` None."""
    told = col(Delivery.reply).startswith(HELD), col(Delivery.reply).startswith(NO_WINDOW)
    until = sa.case((col(Delivery.state) == "queued", col(Delivery.due_at)))
    counted = select(Delivery.reply, sa.func.min(until), sa.func.count()).where(
        Delivery.release_id == release_id, col(Delivery.chunk_id).in_(listings.were_looked_at(session, release_id))
    )
    held = sa.or_((col(Delivery.state) == "queued") & told[0], (col(Delivery.state) == "missed") & told[1])
    rows = session.exec(counted.where(held).group_by(Delivery.reply, Delivery.state).order_by(Delivery.reply)).all()
    return [Spell(str(reply), until, number) for reply, until, number in rows]


def look_again(session: Session, *, after: UUID = FIRST, at: datetime) -> UUID | None:
    """A calendar changed: make the letters that wait for a turn due again, in the next few chunks. Twice does no harm.

    Gives the last of these chunks, to go on `after` it in another transaction; None: there are no more.
    """
    going = select(Chunk.id).join(Release, col(Release.id) == Chunk.release_id).where(col(Release.state).in_(("sending", "stopped")))
    queued = going.where(Chunk.id > after, col(Chunk.due_at).is_not(None)).order_by(col(Chunk.id))
    chunks = session.exec(queued.limit(deliveries.AT_ONCE)).all()
    deliveries.lock(session, col(Chunk.id).in_(chunks))
    held = (
        col(Delivery.chunk_id).in_(chunks),
        col(Delivery.state) == "queued",
        col(Delivery.due_at) > at,
        col(Delivery.reply).startswith(HELD),
    )
    theirs = session.exec(select(Delivery.chunk_id).where(*held).distinct()).all()
    if theirs:
        session.connection().execute(sa.update(Delivery).where(*held).values(due_at=at))  # by the core: the ORM would ask for every row
        deliveries.recount(session, theirs)
    return chunks[-1] if chunks else None


def _turns(
    session: Session, release: Release, said: Manifest, letters: Sequence[Letter], calendars: Calendars, briefings: Briefings, at: datetime
) -> dict[int, Turn]:
    days = {"first": clock.london(at).date(), "last": clock.london(said.latest_send).date()}
    lead, rules = leads.of(session, release.id), calendars(session, {letter.authority_code for letter in letters}, **days)
    begins = briefings(session, lead.tour_id, letters) if lead else {}
    terms: dict[str, Any] = {"at": at, "latest": said.latest_send, "message_class": said.goes_under.message_class}
    terms["overrides_quiet"] = bool(said.goes_under.overrides_quiet)
    by_rules: dict[Any, Turn] = {}  # most authorities share theirs
    own = {letter.position: (letter.authority_code, tuple(begins.get(letter.position, ()))) for letter in letters}
    found: dict[Any, Turn] = {}
    for code, starts in set(own.values()):
        standing = tuple(rules.get(code, ()))
        if (standing, starts) not in by_rules:
            by_rules[standing, starts] = (
                before_briefings.turn(lead, starts, standing, look_again=LOOK_AGAIN, **terms)
                if lead
                else turns.of(standing, in_windows=release.in_windows, **terms)
            )
        found[code, starts] = by_rules[standing, starts]
    return {position: found[one] for position, one in own.items()}


def _without_basics(session: Session, said: Manifest, codes: Iterable[str]) -> set[str]:
    """The authorities that have not had the basics, if the letter's terms make it wait for them; otherwise none."""
    if not said.goes_under.asks_for_basics:
        return set()
    basics = [UUID(one.message) for one in _said_in(session, UUID(said.campaign_id)) if one.goes_under.stage == BASICS]
    return {code for code in codes if code} - touches.had(session, UUID(said.campaign_id), basics)


def _said_in(session: Session, campaign_id: UUID) -> list[Manifest]:
    gone = select(Release).where(Release.campaign_id == campaign_id, col(Release.began_at).is_not(None))
    return [said for release in session.exec(gone) if (said := releases.said(release)) is not None]


def _held(turn: Turn) -> str:
    return turn.why if turn.why.startswith(HELD) else f"{HELD}: {turn.why}"


def _put(session: Session, release_id: UUID, position: int, **columns: object) -> None:
    row = sa.update(Delivery).where(col(Delivery.release_id) == release_id, col(Delivery.position) == position)
    session.exec(row.where(col(Delivery.state) == "queued").values(**columns))

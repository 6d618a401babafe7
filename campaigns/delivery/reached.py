"""Whom a release reached, or may have: by audience, counted, or read a few at a time, as there may be a million. Who was erased is left out.

A letter that came back reached whoever says that they have read it: it had been passed on.
"""

from collections import Counter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import censuses, readers, releases
from campaigns.agreement.addressees import Addressee
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import PRIVATE, Particulars, SealedLetter, SealedProgram
from campaigns.delivery import departures
from campaigns.delivery.acknowledgements import Acknowledgement
from campaigns.delivery.deliveries import SEALED, Delivery

FROZEN = ("name", "organisation", "nation", "region")
SAME_LETTER = (col(Acknowledgement.release_id) == Delivery.release_id) & (col(Acknowledgement.position) == Delivery.position)
REACHED = departures.that_may_have_left() | ((col(Delivery.state) == "returned") & sa.exists().where(SAME_LETTER))
KNOWN = col(Particulars.address).is_not(None) & col(Particulars.fields).is_not(None)

Figures = tuple[Counter[tuple[str, str]], Counter[tuple[str | None, str]]]  # by audience and nation; by authority and role


def audiences(session: Session, release_id: UUID) -> set[str]:
    """The audiences of which it may have reached somebody. That it has nobody is mostly seen without a look at every letter."""
    if not departures.went(session, [release_id]) or censuses.has_only_erased(session, release_id):
        return set()
    sealed = session.exec(select(SealedProgram.audience).where(SealedProgram.release_id == release_id)).all()
    one = _letters(release_id, sa.literal(1)).limit(1)
    return {key for key in sealed if session.execute(one.where(col(SealedLetter.audience) == key)).first()}


def who(
    session: Session, release_id: UUID, *, such: sa.ColumnElement[bool] | None = None, limit: int | None = None, offset: int = 0
) -> list[Addressee]:
    """Those it may have reached, as frozen, in the order they were sealed: all or only `such`, whole or a page."""
    facts = (SealedLetter.person_id, Particulars.address, SealedLetter.audience, SealedLetter.role, SealedLetter.authority_code)
    query = _letters(release_id, *facts, *(_field(name) for name in FROZEN)).order_by(col(SealedLetter.position))
    chosen = query if such is None else query.where(such)
    rows = session.execute(chosen.limit(limit).offset(offset), execution_options={"yield_per": 1000})
    return [
        Addressee(person, address, audience, name, role, organisation, nation, region, code)
        for person, address, audience, role, code, name, organisation, nation, region in rows
    ]


def empty(session: Session, release_id: UUID, name: str, *, such: sa.ColumnElement[bool]) -> dict[str, int]:
    """How many such readers have nothing in a frozen value, by audience."""
    bare = sa.select(col(Particulars.position)).where(col(Particulars.release_id) == release_id, sa.func.trim(_field(name)) == "")
    query = _letters(release_id, col(SealedLetter.audience), sa.func.count()).where(col(SealedLetter.position).in_(bare), such)
    return {audience: int(number) for audience, number in session.execute(query.group_by(col(SealedLetter.audience)))}


def _field(name: str) -> sa.ColumnElement[str]:
    """One of a reader's frozen values."""
    value: sa.ColumnElement[str] = col(Particulars.fields)[name].as_string()
    return value


def is_one_letter_each(release: Release) -> bool:
    """Whether nobody can have had two letters of it: not so of an invitation, nor of a follow-up."""
    said = releases.said(release)
    return said is not None and not said.is_invitation and not said.goes_under.follows_up


def figures(session: Session, release: Release) -> Figures:
    """How many it may have reached, of a release of one letter each. Where that is most of them, the others are taken off its census."""
    gone = select(sa.func.count()).select_from(Delivery).where(Delivery.release_id == release.id)
    queued, left = session.exec(gone).one(), session.exec(gone.where(REACHED)).one()
    if left * 2 < release.people:
        return _added(session, _letters(release.id))
    census, seats = censuses.of(session, release.id), (col(SealedLetter.authority_code), col(SealedLetter.role))
    nations = Counter({(key, nation): number for key, counts in census.nations.items() for nation, number in counts.items()})
    mine = col(SealedLetter.release_id) == release.id, col(SealedLetter.condition) == release.choice
    held = Counter(
        {(code, role): number for code, role, number in session.execute(sa.select(*seats, sa.func.count()).where(*mine).group_by(*seats))}
    )
    every = sa.select().select_from(SealedLetter).join(Particulars, PRIVATE).where(*mine)
    stayed = select(Delivery.position).where(Delivery.release_id == release.id, ~REACHED)
    missed = [every.where(KNOWN, col(SealedLetter.position).in_(stayed))]
    if queued < release.people:
        missed.append(every.outerjoin(Delivery, SEALED).where(KNOWN, col(Delivery.position).is_(None)))
    if any(readers.ERASED in counts for counts in census.nations.values()):
        missed.append(every.where(~KNOWN))
    for those_missed in missed:
        by_nation, by_seat = _added(session, those_missed)
        nations.subtract(by_nation)
        held.subtract(by_seat)
    return +nations, +held


def _letters(release_id: UUID, *columns: Any) -> sa.Select[Any]:
    found: sa.Select[Any] = sa.select(*columns).select_from(SealedLetter).join(Delivery, SEALED).join(Particulars, PRIVATE)
    return found.where(col(SealedLetter.release_id) == release_id, REACHED, KNOWN)


def _added(session: Session, letters: sa.Select[Any]) -> Figures:
    nation = sa.case((~KNOWN, readers.ERASED), else_=sa.func.coalesce(_field("nation"), "")).label("nation")
    parts: list[Any] = [col(SealedLetter.audience), nation, col(SealedLetter.authority_code), col(SealedLetter.role)]
    nations, seats = Counter[tuple[str, str]](), Counter[tuple[str | None, str]]()
    for audience, name, code, role, number in session.execute(letters.with_only_columns(*parts, sa.func.count()).group_by(*parts)):
        nations[audience, name] += number
        seats[code, role] += number
    return nations, seats

"""A touch: evidence that an authority, in one role, was written to, confirmed, was briefed face to face, or has understood.

Touches are facts with an evidence key; putting one twice changes nothing, and one taken back keeps its row, so that one can look back.
Coverage is recounted from them, never incremented: a change marks the slices it is in (see slices.py), so that nobody can forget.
Opens and clicks are not evidence and cannot be put. Source: HELA paper, Annex 3 ("have not reached … all of the LAs").
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import database
from campaigns.foundation.errors import Refused
from campaigns.reach import slices

# In order: accepted by our relay or counted as sent by an officer, accepted by the reader's own server, no bounce after 72 hours; and from there
# on a person's act alone.
GRADES = WRITTEN, DELIVERED, UNRETURNED, CONFIRMED, BRIEFED, UNDERSTANDS = (
    "written",
    "delivered",
    "unreturned",
    "confirmed",
    "briefed",
    "understands",
)
CHANNELS = LETTER, BRIEFING, CALL, VISIT, RELAY, ARTICLE, POST = ("letter", "briefing", "call", "visit", "relay", "article", "post")
SAID = ("campaign_id", "authority_code", "role", "grade", "at", "by", "channel", "message_id")
ROWS_A_STATEMENT = 500
UNTAKEN, TAKEN_BACK = "withdrawn_at IS NULL", "withdrawn_at IS NOT NULL"
COUNTED = ("role", "grade", "channel", "message_id")  # what coverage tells apart within an authority
GONE = ("campaign_id", "withdrawn_at", "at", "authority_code", *COUNTED)  # what was taken back, without reading a row


class Touch(SQLModel, table=True):
    """One row per piece of evidence and time it stood. `role` is the reader's, or empty when a whole authority was touched.

    There is one for every letter, and each index is written for every row: whoever asks names the campaign, and is served by `ix_touches_counted`.
    """

    __tablename__ = "touches"
    __table_args__ = (
        sa.Index("uq_touches_standing", "evidence", unique=True, sqlite_where=sa.text(UNTAKEN), postgresql_where=sa.text(UNTAKEN)),
        sa.Index("ix_touches_taken_back", *GONE, sqlite_where=sa.text(TAKEN_BACK), postgresql_where=sa.text(TAKEN_BACK)),
        sa.Index("ix_touches_counted", "campaign_id", "authority_code", *COUNTED, "at", "withdrawn_at"),  # counted without reading a row
    )

    id: int | None = Field(default=None, sa_column=sa.Column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True))
    campaign_id: UUID
    authority_code: str
    role: str
    grade: str
    evidence: str
    at: datetime = Field(index=True)  # the load of contacts looks at the last days alone
    by: str
    channel: str = LETTER
    message_id: UUID | None = None
    withdrawn_at: datetime | None = None


STANDING = col(Touch.withdrawn_at).is_(None)  # what counts now


@dataclass(frozen=True)
class Fact:
    """What a touch says, as told by whoever holds the evidence."""

    campaign_id: UUID
    authority_code: str
    role: str
    grade: str
    evidence: str
    at: datetime
    by: str
    channel: str = LETTER
    message_id: UUID | None = None


def put(session: Session, facts: Iterable[Fact]) -> None:
    """Record touches; one already recorded under the same evidence is brought up to date. Refuses an unknown grade or channel."""
    by_evidence = {fact.evidence: fact for fact in facts}  # one statement may not touch a row twice
    if unknown := {fact.grade for fact in by_evidence.values()} - set(GRADES):
        raise Refused(f"{sorted(unknown)[0]!r} is not a grade of reach.")
    if unknown := {fact.channel for fact in by_evidence.values()} - set(CHANNELS):
        raise Refused(f"{sorted(unknown)[0]!r} is not a channel.")
    evidences = list(by_evidence)
    for start in range(0, len(evidences), ROWS_A_STATEMENT):
        _put(session, [by_evidence[evidence] for evidence in evidences[start : start + ROWS_A_STATEMENT]])


def unsaid(session: Session, facts: list[Fact]) -> list[Fact]:
    """Those facts under whose evidence nothing stands yet: what stands has stood since it was first said."""
    before = _before(session, facts)
    return [fact for fact in facts if fact.evidence not in before]


def put_found(session: Session, found: sa.Select[Any]) -> None:
    """Record what a query finds (columns: `evidence` and those in SAID) within the database, for a million. Again, it changes nothing."""
    insert = database.insert(session, Touch)
    facts = found.subquery()
    rows = sa.select(*(facts.c[name] for name in ("evidence", *SAID))).where(sa.true())  # SQLite asks for the WHERE
    said = {name: insert.excluded[name] for name in SAID}
    put = insert.from_select(["evidence", *SAID], rows)
    changed = sa.or_(*(getattr(Touch, name).is_distinct_from(value) for name, value in said.items()))
    session.execute(put.on_conflict_do_update(index_elements=["evidence"], index_where=STANDING, set_=said, where=changed))
    slices.mark_all(session, sa.select(facts.c.campaign_id, facts.c.authority_code).distinct())


def take_back(session: Session, evidences: Iterable[str], *, at: datetime) -> None:
    """The evidence did not hold (a tick was taken back): keep the row, count it no more from `at` on."""
    evidences = list(evidences)
    for start in range(0, len(evidences), ROWS_A_STATEMENT):
        these = sa.update(Touch).where(col(Touch.evidence).in_(evidences[start : start + ROWS_A_STATEMENT]), STANDING)
        gone = session.exec(these.values(withdrawn_at=at).returning(col(Touch.campaign_id), col(Touch.authority_code))).all()
        slices.mark(session, [(campaign, code) for campaign, code in gone])


def standing(*, at: datetime | None) -> sa.ColumnElement[bool]:
    """The condition that a touch counts: now, or at a moment to look back to, by which it had happened and was not taken back."""
    if at is None:
        return STANDING
    return (col(Touch.at) <= at) & sa.or_(STANDING, col(Touch.withdrawn_at) > at)


def is_any(session: Session, campaign_id: UUID) -> bool:
    """Whether anything of a campaign touched anybody."""
    return session.exec(select(Touch.id).where(Touch.campaign_id == campaign_id, STANDING).limit(1)).first() is not None


def had(session: Session, campaign_id: UUID, messages: Collection[UUID]) -> set[str]:
    """The authorities that had one of these messages in any way, or were briefed face to face in this campaign."""
    one_of = sa.or_(col(Touch.message_id).in_(messages), col(Touch.grade).in_([BRIEFED, UNDERSTANDS]))
    return set(session.exec(select(Touch.authority_code).where(Touch.campaign_id == campaign_id, one_of, STANDING).distinct()))


def of_authority(session: Session, code: str, campaigns: Collection[UUID], *, but: Collection[str] = ()) -> list[Touch]:
    """All touches that stand for an authority in these campaigns, oldest first; `but` letters of these grades, as there may be very many."""
    left_out = (col(Touch.channel) == LETTER) & col(Touch.grade).in_(but)
    theirs = select(Touch).where(col(Touch.campaign_id).in_(campaigns), Touch.authority_code == code, STANDING, ~left_out)
    return list(session.exec(theirs.order_by(col(Touch.at), col(Touch.evidence))))


def _put(session: Session, facts: list[Fact]) -> None:
    before = _before(session, facts)
    fresh = [fact for fact in facts if before.get(fact.evidence) != tuple(getattr(fact, name) for name in SAID)]
    if not fresh:
        return
    insert = database.insert(session, Touch)
    said = {name: insert.excluded[name] for name in SAID}
    put = insert.values([vars(fact) for fact in fresh])
    session.exec(put.on_conflict_do_update(index_elements=["evidence"], index_where=STANDING, set_=said))
    moved = [(was[0], was[1]) for fact in fresh if (was := before.get(fact.evidence))]
    slices.mark(session, [*moved, *((fact.campaign_id, fact.authority_code) for fact in fresh)])


def _before(session: Session, facts: list[Fact]) -> dict[str, tuple[Any, ...]]:
    """What stands under the same evidence already: whoever says it again changes nothing."""
    mine = col(Touch.evidence).in_([fact.evidence for fact in facts])
    said = sa.select(*(getattr(Touch, name) for name in ("evidence", *SAID))).where(mine, STANDING)
    return {evidence: tuple(rest) for evidence, *rest in session.execute(said)}

"""A touch: evidence that an authority, in one role, was written to, confirmed, was briefed face to face, or has understood.

Touches are facts with an evidence key; putting one twice changes nothing. Coverage is recounted from them, never incremented.
Opens and clicks are not evidence and cannot be put. Source: HELA paper, Annex 3 ("have not reached … all of the LAs").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation.errors import Refused

# In order: accepted by our relay, accepted by the reader's own server, no bounce after 72 hours; and from there on a person's act alone.
GRADES = WRITTEN, DELIVERED, UNRETURNED, CONFIRMED, BRIEFED, UNDERSTANDS = (
    "written",
    "delivered",
    "unreturned",
    "confirmed",
    "briefed",
    "understands",
)
CHANNELS = LETTER, BRIEFING, CALL, VISIT, RELAY, ARTICLE = ("letter", "briefing", "call", "visit", "relay", "article")
SAID = ("campaign_id", "authority_code", "role", "grade", "at", "by", "channel", "message_id", "withdrawn")
ROWS_A_STATEMENT = 500


class Touch(SQLModel, table=True):
    """One row per piece of evidence. `role` is the reader's, or empty when a whole authority was touched."""

    __tablename__ = "touches"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    campaign_id: UUID = Field(index=True)
    authority_code: str = Field(index=True)
    role: str
    grade: str
    evidence: str = Field(unique=True)
    at: datetime = Field(index=True)  # the load of contacts looks at the last days alone
    by: str
    channel: str = LETTER
    message_id: UUID | None = None
    withdrawn: bool = False


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
    rows = [{**vars(fact), "id": uuid4(), "withdrawn": False} for fact in by_evidence.values()]
    if unknown := {row["grade"] for row in rows} - set(GRADES):
        raise Refused(f"{sorted(unknown)[0]!r} is not a grade of reach.")
    if unknown := {row["channel"] for row in rows} - set(CHANNELS):
        raise Refused(f"{sorted(unknown)[0]!r} is not a channel.")
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        statement = insert(Touch).values(rows[start : start + ROWS_A_STATEMENT])
        fresh = {name: statement.excluded[name] for name in SAID}
        session.exec(statement.on_conflict_do_update(index_elements=["evidence"], set_=fresh))


def take_back(session: Session, evidences: Iterable[str]) -> None:
    """The evidence did not hold (a tick was taken back): keep the row, count it no more."""
    session.exec(sa.update(Touch).where(col(Touch.evidence).in_(list(evidences))).values(withdrawn=True))


def of_campaign(session: Session, campaign_id: UUID) -> list[Touch]:
    """All touches that stand for a campaign, oldest first."""
    standing = select(Touch).where(Touch.campaign_id == campaign_id, col(Touch.withdrawn).is_(False))
    return list(session.exec(standing.order_by(col(Touch.at), col(Touch.evidence))))

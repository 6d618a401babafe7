"""Versions of an audience: every rule it ever had, with the sentence it was said in, who made it so, and when. Never changed.

A release names the version its readers were found by; what becomes of the audience afterwards changes nothing in it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from audiences import mentions, sentences
from audiences.rules import Rule


class AudienceVersion(SQLModel, table=True):
    """One row per audience and change. `sentence` is empty where it was made before sentences were kept."""

    __tablename__ = "audience_versions"

    audience_id: UUID = Field(primary_key=True, foreign_key="audiences.id")
    number: int = Field(primary_key=True)
    rule: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON, nullable=False))
    sentence: str
    by: str
    at: datetime


def keep(session: Session, audience_id: UUID, number: int, rule: Rule, *, sentence: str, by: str, at: datetime) -> None:
    """Keep what an audience is from now on."""
    session.add(AudienceVersion(audience_id=audience_id, number=number, rule=rule.model_dump(mode="json"), sentence=sentence, by=by, at=at))
    session.flush()


def of(session: Session, audience_id: UUID) -> list[AudienceVersion]:
    """All versions of an audience, the newest first, each with its sentence."""
    mine = select(AudienceVersion).where(AudienceVersion.audience_id == audience_id).order_by(col(AudienceVersion.number).desc())
    return [_said(session, version) for version in session.exec(mine)]


def get(session: Session, audience_id: UUID, number: int) -> AudienceVersion:
    """One of them, with its sentence."""
    return _said(session, session.get_one(AudienceVersion, (audience_id, number)))


def _said(session: Session, version: AudienceVersion) -> AudienceVersion:
    rule = Rule.model_validate(version.rule)
    said = version.sentence or sentences.of(rule, mentions.names(session, rule))
    return AudienceVersion(**version.model_dump(exclude={"sentence"}), sentence=said)

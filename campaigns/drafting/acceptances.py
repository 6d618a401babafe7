"""Acceptances: an officer who takes a finding on their own name, for one revision and no other."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Session, SQLModel, select

from campaigns.drafting import messages
from campaigns.drafting.lint import Finding
from campaigns.drafting.messages import Message
from campaigns.foundation import log, officers
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, Problem
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer


class FindingAccepted(Event):
    """Somebody accepted by name what the lint had found."""

    revision: int
    code: str
    where: str
    said: str


class Acceptance(SQLModel, table=True):
    """One finding of one revision, and who accepted it; never changed (triggers see to that)."""

    __tablename__ = "acceptances"

    message_id: UUID = Field(primary_key=True, foreign_key="messages.id")
    revision: int = Field(primary_key=True)
    key: str = Field(primary_key=True)
    by_id: UUID
    by_name: str
    at: datetime


def accept(session: Session, message_id: UUID, found: Sequence[Finding], keys: Sequence[str], *, by: Officer, at: datetime) -> int:
    """Accept, by name, those of the findings whose keys are given; one accepted already stays as it is. Returns how many are new.

    `found` is what stands in the current words. Refuses a message that is not a draft, and a key that is no longer among the findings.
    """
    officers.require_writer(by)
    message = messages.get(session, message_id, lock=True)
    if message.state != "draft":
        raise NotAllowedNow("Findings are accepted before a message is submitted.")
    open_, known = open_findings(session, message, found), {finding.key for finding in found}
    if not set(keys) <= known:
        raise NotFound("The words changed since this page was shown. Look at the findings again.")
    chosen = [finding for finding in open_ if finding.key in keys]
    for finding in chosen:
        session.add(Acceptance(message_id=message_id, revision=message.revision, key=finding.key, by_id=by.id, by_name=by.name, at=at))
        fact = FindingAccepted(revision=message.revision, code=finding.code, where=finding.where, said=finding.said)
        log.record(session, fact, subject=message_id, by=by.name, at=at)
    return len(chosen)


def open_findings(session: Session, message: Message, found: Sequence[Finding]) -> list[Finding]:
    """Those of the findings that must be resolved and that nobody accepted for the current revision."""
    taken = accepted_by(session, message.id, message.revision)
    return [finding for finding in found if finding.must and finding.key not in taken]


def accepted_by(session: Session, message_id: UUID, revision: int) -> dict[str, str]:
    """Who accepted which finding of a revision: key → name."""
    query = select(Acceptance.key, Acceptance.by_name).where(Acceptance.message_id == message_id, Acceptance.revision == revision)
    return dict(session.exec(query).all())


def require_none_open(session: Session, message: Message, found: Sequence[Finding]) -> None:
    """Refuse, naming every one, while a finding is neither resolved nor accepted."""
    if waiting := open_findings(session, message, found):
        raise Invalid([Problem("findings", f"{finding.where}: {finding.said}") for finding in waiting])

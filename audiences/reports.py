"""Reports: what officers record by hand of authorities touched by a call, a visit, HELA's relay, an article or the post.

Each gives the grades its channel can honestly give and no more: an article or a relay shows no person who heard; understanding is recorded only
of somebody who answered the officer's own questions, never guessed. Source: HELA paper, Annex 3 ("the HELA Extranet and EHN").
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from audiences import reportable
from audiences.authorities import Authority
from audiences.roles import AUTHORITY_ROLES
from campaigns.foundation import clock, database, log, officers, one_line
from campaigns.foundation.errors import Invalid, NotAllowedNow, Problem, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer
from campaigns.reach import touches
from campaigns.reach.touches import ARTICLE, BRIEFED, CALL, CONFIRMED, POST, RELAY, UNDERSTANDS, VISIT, WRITTEN, Fact, Touch

# What a channel can show, recorded by hand. A letter by post was written; only a person's own act is more.
BY_HAND = {
    CALL: (CONFIRMED, UNDERSTANDS),
    VISIT: (BRIEFED, UNDERSTANDS),
    RELAY: (WRITTEN,),
    ARTICLE: (WRITTEN,),
    POST: (WRITTEN,),
}
UNTAKEN = "taken_back_at IS NULL"


class TouchRecorded(Event):
    """An officer recorded by hand that authorities were touched."""

    channel: str
    grade: str
    authorities: int


class TouchTakenBack(Event):
    """What an officer recorded by hand was wrong; it counts no more."""

    authorities: int


@dataclass(frozen=True)
class Told:
    """What an officer says happened: how, with what grade, for which authorities, in which role (empty: the whole authority), and when."""

    channel: str
    grade: str
    codes: tuple[str, ...]
    on: date
    evidence: str
    role: str = ""
    message_id: UUID | None = None


class Report(SQLModel, table=True):
    """One row per thing recorded; its touches name the authorities. `evidence` and `reason` are short lines that are to name nobody."""

    __tablename__ = "reports"
    __table_args__ = (
        sa.Index("uq_reports_standing", "digest", unique=True, sqlite_where=sa.text(UNTAKEN), postgresql_where=sa.text(UNTAKEN)),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    campaign_id: UUID = Field(index=True)
    message_id: UUID | None = None
    channel: str
    grade: str
    role: str
    evidence: str
    authorities: int
    happened_at: datetime
    by: str
    at: datetime
    digest: str  # the same thing twice is recorded once
    taken_back_at: datetime | None = None
    taken_back_by: str | None = None
    reason: str | None = None


def record(session: Session, campaign_id: UUID, told: Told, *, by: Officer, at: datetime) -> UUID:
    """Record it, and put a touch for each authority. Refuses, naming each field, what cannot be; and the same thing recorded already."""
    officers.require_writer(by)
    codes = sorted(set(told.codes))
    if found := [*problems(told, at=at), *_unknown(session, campaign_id, told, codes)]:
        raise Invalid(found)
    happened = min(clock.from_london(told.on, time(12)), at)
    report = Report(
        **{name: getattr(told, name) for name in ("message_id", "channel", "grade", "role")},
        campaign_id=campaign_id,
        evidence=told.evidence.strip(),
        authorities=len(codes),
        happened_at=happened,
        by=by.name,
        at=at,
        digest=_digest(campaign_id, told, codes),
    )
    _add(session, report)
    facts = [_fact(report, code) for code in codes]
    touches.put(session, facts)
    fact = TouchRecorded(channel=told.channel, grade=told.grade, authorities=len(codes))
    log.record(session, fact, subject=report.id, by=by.name, at=at)
    return report.id


def problems(told: Told, *, at: datetime) -> list[Problem]:
    """Whatever cannot be in what is recorded, field by field."""
    found = _line("evidence", told.evidence, "what shows it")
    if told.grade not in BY_HAND.get(told.channel, ()):
        found.append(Problem("what", "Choose what happened from the list"))
    if told.role not in ("", *AUTHORITY_ROLES):
        found.append(Problem("role", "Choose a role from the list"))
    if told.channel == ARTICLE and told.role:
        found.append(Problem("role", "An article is read by nobody in particular: record it for the whole authority"))
    if told.on > clock.london(at).date():
        found.append(Problem("on", "This day has not come yet. Enter the day it happened"))
    if not told.codes:
        found.append(Problem("authorities", "Say which authorities"))
    return found


def take_back(session: Session, report_id: UUID, *, reason: str, by: Officer, at: datetime) -> None:
    """It was wrong: its touches count no more. Needs a reason, and refuses what was taken back already."""
    officers.require_writer(by)
    if problems := _line("reason", reason, "why it is taken back"):
        raise Invalid(problems)
    report = get(session, report_id, lock=True)
    if report.taken_back_at:
        raise NotAllowedNow(f"{report.taken_back_by} has taken this back already.")
    report.sqlmodel_update({"taken_back_at": at, "taken_back_by": by.name, "reason": reason.strip()})
    session.add(report)
    touches.take_back(session, (_evidence(report, code) for code in codes_of(session, report_id)), at=at)
    log.record(session, TouchTakenBack(authorities=report.authorities), subject=report.id, by=by.name, at=at)


def get(session: Session, report_id: UUID, *, lock: bool = False) -> Report:
    """The report; refuses an unknown id."""
    return database.get(session, Report, report_id, "There is no such record.", lock=lock)


def of_campaign(session: Session, campaign_id: UUID) -> list[Report]:
    """Everything recorded by hand for a campaign, the newest first, what was taken back too."""
    return list(session.exec(select(Report).where(Report.campaign_id == campaign_id).order_by(col(Report.at).desc(), col(Report.id))))


def codes_of(session: Session, report_id: UUID) -> list[str]:
    """The authorities a report is about."""
    moment = get(session, report_id).happened_at  # by which its touches are found
    mine = col(Touch.at) == moment, col(Touch.evidence).startswith(f"{reportable.EVIDENCE}{report_id}:")
    return sorted(session.exec(select(Touch.authority_code).where(*mine)))


def places(session: Session, found: Collection[Report]) -> dict[UUID, list[str]]:
    """The names of the authorities that each of these reports is about, in order."""
    named: dict[UUID, list[str]] = {one.id: [] for one in found}
    about = select(Touch.evidence, Authority.name).join(Authority, col(Authority.code) == col(Touch.authority_code))
    moments = {one.happened_at for one in found}
    theirs = about.where(col(Touch.at).in_(moments), col(Touch.evidence).startswith(reportable.EVIDENCE)).order_by(Authority.name)
    for evidence, name in session.exec(theirs):
        if (report_id := UUID(evidence.split(":")[1])) in named:
            named[report_id].append(name)
    return named


def erase(session: Session, report_id: UUID, lines: Collection[str]) -> None:
    """Blank these lines of a report, which name somebody who is to be forgotten, although none should."""
    report = get(session, report_id)
    session.add(report.sqlmodel_update({**dict.fromkeys(lines, "erased"), "digest": f"erased {report.id}"}))


def _fact(report: Report, code: str) -> Fact:
    return Fact(
        report.campaign_id,
        code,
        report.role,
        report.grade,
        _evidence(report, code),
        report.happened_at,
        report.by,
        channel=report.channel,
        message_id=report.message_id,
    )


def _evidence(report: Report, code: str) -> str:
    return f"{reportable.EVIDENCE}{report.id}:{code}"


def _add(session: Session, report: Report) -> None:
    try:
        with session.begin_nested():
            session.add(report)
    except IntegrityError:
        raise Refused("Exactly this was recorded already. Nothing was changed.") from None


def _unknown(session: Session, campaign_id: UUID, told: Told, codes: list[str]) -> list[Problem]:
    known = set(session.exec(select(Authority.code).where(col(Authority.code).in_(codes))))
    problems = [Problem("authorities", f"There is no authority {code} in the register") for code in codes if code not in known]
    return [*problems, *reportable.too_early(session, campaign_id, told.message_id, told.on)]


def _line(field: str, text: str, what: str) -> list[Problem]:
    named = [Problem(field, "Leave out names and addresses of people: say their post")] if "@" in text else []
    return one_line.problems(field, text, what) or named


def _digest(campaign_id: UUID, told: Told, codes: list[str]) -> str:
    said = [str(campaign_id), told.channel, told.grade, told.role, str(told.message_id), told.on.isoformat(), told.evidence.strip(), codes]
    return sha256(json.dumps(said).encode()).hexdigest()

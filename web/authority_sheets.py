"""An authority's sheet: who held its posts, every letter to it with what became of it, what people there showed, and what waits."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import url_for
from sqlmodel import Session, col, select

from audiences import people, roles
from audiences.grades import BY_MACHINES, SAID, how
from audiences.people import HOLDING, Person
from audiences.reports import Report
from campaigns.agreement import replaced
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings.repeats import Repeat
from campaigns.briefings.tours import Briefing
from campaigns.delivery.acknowledgements import PULSE, READ
from campaigns.delivery.deliveries import SEALED, Delivery
from campaigns.foundation import lifecycles
from campaigns.planning import campaign_plans
from campaigns.reach import touches
from campaigns.reach.touches import Touch
from web import states
from web.deliveries import OUTCOME

MAY_GO = tuple(sorted(lifecycles.before(lifecycles.RELEASE, "miss")))  # releases of which a letter may still leave
NOT_GONE = ("queued", "attempting")  # waits, or is in hand
SHOWN = 100  # of each list on the page; the file has all


@dataclass(frozen=True)
class Letter:
    """One letter, what became of it, and its own page."""

    title: str
    address: str
    campaign: str
    role: str
    who: str
    state: str
    at: datetime
    page: str


@dataclass(frozen=True)
class Happened:
    """One thing there is evidence for beyond a letter: what, in which role, for which campaign, when, and who says so."""

    campaign: str
    role: str
    grade: str
    what: str
    address: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Waits:
    """A release that may still go to somebody there. `word`: whether it goes by `when`, its latest time; or on or from `when`, the time chosen."""

    title: str
    address: str
    state: str
    letters: int
    word: str
    when: datetime


def before(session: Session, code: str) -> list[Person]:
    """Who held a post there and does not any more, the last to leave first."""
    gone = select(Person).where(Person.place == code, ~HOLDING).order_by(col(Person.until).desc(), col(Person.id))
    return list(session.exec(gone))


def letters(session: Session, code: str, *, limit: int | None = None) -> list[Letter]:
    """Every letter to the authority that was queued, the newest first."""
    return _letters(session, col(SealedLetter.authority_code) == code, limit)


def letters_to(session: Session, person_id: UUID, *, limit: int | None = None) -> list[Letter]:
    """The same of one person, wherever they hold their post."""
    return _letters(session, col(SealedLetter.person_id) == person_id, limit)


def _letters(session: Session, theirs: sa.ColumnElement[bool], limit: int | None) -> list[Letter]:
    parts: tuple[Any, ...] = (Release.title, Release.message_id, Release.campaign_id, SealedLetter.role, SealedLetter.person_id)
    place: tuple[Any, ...] = (SealedLetter.release_id, SealedLetter.position)
    became: tuple[Any, ...] = (Delivery.state, Delivery.vouched_by, Delivery.maybe_twice, Delivery.at)
    query = (
        sa.select(*parts, *place, *became)
        .join_from(SealedLetter, Delivery, SEALED)
        .join(Release, col(Release.id) == SealedLetter.release_id)
    )
    mine = query.where(theirs).order_by(col(Delivery.at).desc(), col(SealedLetter.position))
    rows = session.execute(mine.limit(limit)).all()  # columns: a row as an object costs ten times as much, a release's with all it says
    names = _names(session, [row.person_id for row in rows])
    plans = _campaigns(session)
    return [
        Letter(
            row.title,
            url_for("messages.show", message_id=row.message_id),
            plans[row.campaign_id],
            roles.words(row.role),
            names.get(row.person_id, people.ERASED),
            _became(row.state, row.vouched_by, maybe_twice=row.maybe_twice),
            row.at,
            url_for("letters.show", release_id=row.release_id, position=row.position),
        )
        for row in rows
    ]


def happened(session: Session, code: str) -> list[Happened]:
    """What people there showed, and what officers recorded by hand, the newest first; letters have their own list."""
    plans = _campaigns(session)
    found = touches.of_authority(session, code, plans.keys(), but=BY_MACHINES)[::-1]
    sources = _sources(session, [touch.evidence.split(":") for touch in found])
    return [_happening(one, sources, plans[one.campaign_id]) for one in found]


def waiting(session: Session, code: str) -> list[Waits]:
    """Releases with a letter for somebody there that has not left and may: being signed, agreed, scheduled or going out."""
    query = select(SealedLetter.release_id, SealedLetter.person_id, Delivery.state)
    query = query.join(Release, col(Release.id) == SealedLetter.release_id).join(Delivery, SEALED, isouter=True)
    # Of several sealed for one reader, one goes: the others wait for nothing.
    became: defaultdict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    for release_id, person_id, state in session.exec(query.where(SealedLetter.authority_code == code, col(Release.state).in_(MAY_GO))):
        became[release_id, person_id] |= {state} if state else set()
    counted = Counter(release_id for (release_id, _), theirs in became.items() if not theirs or theirs.intersection(NOT_GONE))
    found = session.exec(
        select(Release).where(col(Release.id).in_(counted), replaced.IS_CURRENT | col(Release.began_at).is_not(None))
    ).all()
    said = states.of_each(session, found)
    waits = [
        Waits(one.title, url_for("messages.show", message_id=one.message_id), said[one.id], counted[one.id], *_when(one)) for one in found
    ]
    return sorted(waits, key=lambda one: (one.when, one.title))


def _became(state: str, vouched_by: str | None, *, maybe_twice: bool) -> str:
    """What became of a letter, on whose word if nothing else shows it, and whether it may have gone twice."""
    word = f", on the word of {vouched_by}" if vouched_by else ""
    return f"{OUTCOME[state]}{word}{', possibly twice' if maybe_twice else ''}"


def _when(release: Release) -> tuple[str, datetime]:
    if release.state != "scheduled" or release.scheduled_for is None:
        return "By", release.latest_send
    return "From" if release.in_windows else "On", release.scheduled_for


def _happening(touch: Touch, sources: Mapping[str, tuple[str, str]], campaign: str) -> Happened:
    kind, key, *_ = touch.evidence.split(":")
    said = f"{SAID[touch.grade]}: {how(touch.grade, touch.channel)}"
    return Happened(campaign, roles.words(touch.role), said, *sources.get(key, (kind, "")), touch.at, touch.by)


def _sources(session: Session, evidence: list[list[str]]) -> dict[str, tuple[str, str]]:
    """What pieces of evidence are, and the pages to see them on, by the id they name."""
    letters, briefings, local, told = (
        {UUID(key) for kind, key, *_ in evidence if kind in kinds}
        for kinds in (("letter", READ, PULSE), ("attendance",), ("repeat",), ("report",))
    )
    sent = select(Release.id, Release.reference, Release.title, Release.message_id).where(col(Release.id).in_(letters))
    said = {
        key: (f"letter {reference}, {title}", url_for("messages.show", message_id=message))
        for key, reference, title, message in session.exec(sent)
    }
    for briefing in session.exec(select(Briefing).where(col(Briefing.id).in_(briefings))):
        said[briefing.id] = f"briefing of {briefing.title}", url_for("briefings.show", briefing_id=briefing.id)
    for repeat in session.exec(select(Repeat).where(col(Repeat.id).in_(local))):
        said[repeat.id] = f"local repeat, {repeat.venue}", url_for("briefings.show", briefing_id=repeat.briefing_id)
    for report in session.exec(select(Report).where(col(Report.id).in_(told))):
        said[report.id] = report.evidence, url_for("recording.every", campaign=report.campaign_id)
    return {str(key): what for key, what in said.items()}


def _names(session: Session, ids: list[UUID]) -> dict[UUID, str]:
    return dict(session.exec(select(Person.id, Person.name).where(col(Person.id).in_(set(ids)))).all())


def _campaigns(session: Session) -> dict[UUID, str]:
    return {plan.id: plan.name for plan in campaign_plans.every(session)}

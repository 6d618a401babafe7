"""An authority's sheet: who held its posts, every letter to it with what became of it, what people there showed, and what waits."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for
from sqlmodel import Session, col, select

from audiences import people, reports, roles
from audiences.grades import BY_MACHINES, SAID, how
from audiences.people import HOLDING, Person
from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings import repeats
from campaigns.briefings.tours import Briefing
from campaigns.delivery.acknowledgements import PULSE, READ
from campaigns.delivery.deliveries import SEALED, Delivery
from campaigns.foundation import lifecycles
from campaigns.planning import campaign_plans
from campaigns.reach import touches
from campaigns.reach.touches import Touch
from web import deliveries, states

MAY_GO = tuple(sorted(lifecycles.before(lifecycles.RELEASE, "miss")))  # releases of which a letter may still leave
NOT_GONE = ("queued", "attempting")  # waits, or is in hand
SHOWN = 100  # of each list on the page; the file has all
OUTCOME = {state: said for said, found in deliveries.SAID.items() for state in found}


@dataclass(frozen=True)
class Letter:
    """One letter to somebody there, and what became of it."""

    title: str
    address: str
    campaign: str
    role: str
    who: str
    state: str
    at: datetime


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
    """A release that may still go to somebody there: by its latest time, on the chosen one, or from that on in its turn; `word` says which."""

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
    query = select(SealedLetter, Delivery, Release).join(Delivery, SEALED).join(Release, col(Release.id) == SealedLetter.release_id)
    mine = query.where(SealedLetter.authority_code == code).order_by(col(Delivery.at).desc(), col(SealedLetter.position))
    rows = session.exec(mine.limit(limit)).all()
    names = _names(session, [letter.person_id for letter, *_ in rows])
    plans = _campaigns(session)
    return [
        Letter(
            release.title,
            url_for("messages.show", message_id=release.message_id),
            plans[release.campaign_id],
            roles.words(letter.role),
            names.get(letter.person_id, people.ERASED),
            _became(delivery),
            delivery.at,
        )
        for letter, delivery, release in rows
    ]


def happened(session: Session, code: str) -> list[Happened]:
    """What people there showed, and what officers recorded by hand, the newest first; letters have their own list."""
    plans = _campaigns(session)
    found = touches.of_authority(session, code, plans.keys(), but=BY_MACHINES)[::-1]
    return [_happening(session, one, plans[one.campaign_id]) for one in found]


def waiting(session: Session, code: str) -> list[Waits]:
    """Releases with a letter for somebody there that has not left and may: being signed, agreed, scheduled or going out."""
    query = select(SealedLetter.release_id, SealedLetter.person_id, Delivery.state)
    query = query.join(Release, col(Release.id) == SealedLetter.release_id).join(Delivery, SEALED, isouter=True)
    # Of several sealed for one reader, one goes: the others wait for nothing.
    became: defaultdict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    for release_id, person_id, state in session.exec(query.where(SealedLetter.authority_code == code, col(Release.state).in_(MAY_GO))):
        became[release_id, person_id] |= {state} if state else set()
    counted = Counter(release_id for (release_id, _), theirs in became.items() if not theirs or theirs.intersection(NOT_GONE))
    found = [(releases.get(session, release_id), number) for release_id, number in counted.items()]
    waits = [
        Waits(
            release.title,
            url_for("messages.show", message_id=release.message_id),
            states.of_release(session, release),
            number,
            *_when(release),
        )
        for release, number in found
        if releases.is_current(session, release) or release.began_at
    ]
    return sorted(waits, key=lambda one: (one.when, one.title))


def _became(delivery: Delivery) -> str:
    """What became of a letter, on whose word if nothing else shows it, and whether it may have gone twice."""
    word = f", on the word of {delivery.vouched_by}" if delivery.vouched_by else ""
    return f"{OUTCOME[delivery.state]}{word}{', possibly twice' if delivery.maybe_twice else ''}"


def _when(release: Release) -> tuple[str, datetime]:
    if release.state != "scheduled" or release.scheduled_for is None:
        return "By", release.latest_send
    return "From" if release.in_windows else "On", release.scheduled_for


def _happening(session: Session, touch: Touch, campaign: str) -> Happened:
    what, address = _source(session, touch, *touch.evidence.split(":"))
    said = f"{SAID[touch.grade]}: {how(touch.grade, touch.channel)}"
    return Happened(campaign, roles.words(touch.role), said, what, address, touch.at, touch.by)


def _source(session: Session, touch: Touch, kind: str, key: str, *_: str) -> tuple[str, str]:
    """What a piece of evidence is, and the page to see it on."""
    if kind in ("letter", READ, PULSE):
        release = releases.get(session, UUID(key))
        return f"letter {release.reference}, {release.title}", url_for("messages.show", message_id=release.message_id)
    if kind == "attendance" and (briefing := session.get(Briefing, UUID(key))) is not None:
        return f"briefing of {briefing.title}", url_for("briefings.show", briefing_id=briefing.id)
    if kind == "repeat":
        repeat = repeats.get(session, UUID(key))
        return f"local repeat, {repeat.venue}", url_for("briefings.show", briefing_id=repeat.briefing_id)
    if kind == "report":
        return reports.get(session, UUID(key)).evidence, url_for("recording.every", campaign=touch.campaign_id)
    return kind, ""


def _names(session: Session, ids: list[UUID]) -> dict[UUID, str]:
    return dict(session.exec(select(Person.id, Person.name).where(col(Person.id).in_(set(ids)))).all())


def _campaigns(session: Session) -> dict[UUID, str]:
    return {plan.id: plan.name for plan in campaign_plans.every(session)}

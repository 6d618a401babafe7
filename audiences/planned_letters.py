"""Letters on their way: each sealed release with its state, its days, who it is for, and to which authorities its letters go.

Read for the forward plan, so for all of them at once: a handful of questions however many releases there are.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences import briefing_days
from campaigns.agreement import leads, releases, unsigned
from campaigns.agreement.leads import Lead
from campaigns.agreement.parties import Party
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery import deliveries, departures
from campaigns.delivery.deliveries import SEALED, Chunk, Delivery
from campaigns.drafting.messages import Message
from campaigns.drafting.terms import Terms
from campaigns.drafting.words import Words
from campaigns.foundation import clock
from campaigns.planning.windows import DAY, MINISTERIAL

PROPOSED, WAITING, AGREED, DUE, HELD, SENT, UNSENT = "proposed", "waiting", "agreed", "due", "held", "sent", "unsent"
COMING = (WAITING, AGREED, DUE, HELD)
LIVE, ENDED = ("sealed", "scheduled", "sending", "stopped"), ("sent", "missed", "withdrawn")


@dataclass(frozen=True)
class Letter:
    """A release as the plan sees it. `stands`: what its state is in words; `first` and `last`: between which days its letters go or went."""

    release: Release
    state: str
    stands: str
    first: date
    last: date
    moment: datetime | None
    audiences: frozenset[str]
    codes: frozenset[str]
    message_class: str
    overrides_quiet: bool = False
    gone: frozenset[str] = frozenset()  # the authorities to which none of its letters waits any more

    @property
    def waiting(self) -> frozenset[str]:
        """The authorities to which a letter of it may still go."""
        return self.codes - self.gone

    @property
    def is_of_interest(self) -> bool:
        """Whether the Government's interest in it is marked."""
        return self.message_class == MINISTERIAL


def read(session: Session, *, first: date, last: date, at: datetime) -> list[Letter]:
    """Every release whose letters go, may go or went between two days, the earliest first; what was replaced, or given up before any went, is left out."""
    found = [release for release in _of_interest(session, first) if _touches(release, first, last, at)]
    codes = _by_release(session, _places().where(col(SealedLetter.release_id).in_([release.id for release in found])))
    chosen = leads.among(session, [release.id for release in found])
    went = departures.went(session, [release.id for release in found if release.state in ENDED])
    missing = unsigned.missing(session, [release for release in found if release.state == "sealed"])
    letters = [
        _letter(release, codes.get(release.id, frozenset()), _state(release, release.id in went, missing.get(release.id, [])), at)
        for release in found
    ]
    left = _left(session, [release for release in found if release.began_at and release.state in LIVE])
    letters = [replace(one, gone=one.codes - left.get(one.release.id, one.codes)) for one in letters]
    letters = [_before_briefings(session, letter, chosen.get(letter.release.id)) for letter in letters]
    return sorted(letters, key=lambda letter: (letter.first, letter.last, letter.release.title))


def class_of(said: Words) -> str:
    """Which class of message these words are."""
    return said.terms.message_class


def _of_interest(session: Session, first: date) -> list[Release]:
    began = clock.from_london(first, datetime.min.time())
    ended = (
        col(Release.state).in_(ENDED) & (col(Release.ended_at) >= began) & sa.or_(col(Release.state) != "withdrawn", departures.some_went())
    )
    current = (col(Message.id) == Release.message_id) & (col(Message.revision) == Release.revision)
    chosen = select(Release).join(
        Message, current | ((col(Message.id) == Release.message_id) & col(Release.state).in_(("sending", *ENDED)))
    )
    return list(session.exec(chosen.where(col(Release.state).in_(LIVE) | ended)))


def _touches(release: Release, first: date, last: date, at: datetime) -> bool:
    begins, ends, _ = _days(release, at)
    return begins <= last and ends >= first


def until(latest_send: datetime) -> datetime:
    """The last moment at which a letter may go: where the latest time is midnight, the day before is its last."""
    return latest_send - timedelta(microseconds=1)


def _days(release: Release, at: datetime) -> tuple[date, date, datetime | None]:
    """Between which days its letters go or went, and the moment chosen or begun, if any."""
    latest = (release.ended_at if release.state in ENDED else None) or until(release.latest_send)
    moment = release.began_at or release.scheduled_for
    begins = moment or max(release.not_before or at, at)
    return clock.london(begins).date(), max(clock.london(latest).date(), clock.london(begins).date()), moment


def _letter(release: Release, codes: frozenset[str], state: tuple[str, str], at: datetime) -> Letter:
    said = releases.said(release)
    first, last, moment = _days(release, at)
    audiences = frozenset(variant.audience for variant in said.variants) if said else frozenset[str]()
    terms = said.goes_under if said else Terms()
    return Letter(release, *state, first, last, moment, audiences, codes, terms.message_class, overrides_quiet=bool(terms.overrides_quiet))


def _before_briefings(session: Session, letter: Letter, lead: Lead | None) -> Letter:
    """The days of a letter that goes so long before briefings, from the first of them that has a date to the last."""
    if lead is None or letter.state in (SENT, UNSENT):
        return letter
    found = briefing_days.of(session, lead.tour_id, letter.codes | briefing_days.bodies(session, letter.release.id))
    days = sorted(clock.london(moment).date() for moments in found.values() for moment in moments)
    stands = f"{letter.stands}, {lead.said}"
    if not days:
        return replace(letter, stands=f"{stands}, of which none has a date", moment=None)
    first = max(letter.first, days[0] - lead.days * DAY)
    return replace(letter, stands=stands, first=first, last=max(first, min(letter.last, days[-1])), moment=None)


def _state(release: Release, went: bool, missing: list[Party]) -> tuple[str, str]:
    if release.state == "sealed":
        return (WAITING, f"waiting for {' and '.join(party.name for party in missing)}") if missing else (AGREED, "agreed")
    return {
        "scheduled": (DUE, "scheduled"),
        "sending": (DUE, "going out"),
        "stopped": (HELD, "stopped"),
        "sent": (SENT, "gone out") if went else (UNSENT, "nothing went"),
        "missed": (SENT if went else UNSENT, "missed"),
        "withdrawn": (SENT, "withdrawn after letters of it had gone"),
    }[release.state]


def _left(session: Session, going: Collection[Release]) -> dict[UUID, frozenset[str]]:
    """Of releases that began, the authorities to which a letter waits, or is in hand. What is not all queued yet may go to any of them."""
    counts = deliveries.counted_each(session, [release.id for release in going], *deliveries.STATES)
    whole = [release.id for release in going if sum(counts.get(release.id, {}).values()) >= release.people]
    waits = _places().join(Delivery, SEALED).join(Chunk, col(Chunk.id) == Delivery.chunk_id)
    waits = waits.where(col(Chunk.release_id).in_(whole), col(Chunk.open) > 0, col(Delivery.state).in_(("queued", "attempting")))
    return dict.fromkeys(whole, frozenset[str]()) | _by_release(session, waits)


def _places() -> sa.Select[Any]:
    place: list[Any] = [col(SealedLetter.release_id), col(SealedLetter.authority_code)]
    return sa.select(*place).where(place[1].is_not(None)).distinct()


def _by_release(session: Session, places: sa.Select[Any]) -> dict[UUID, frozenset[str]]:
    found = places.subquery()  # a row for each release rather than for each of its places: a year's letters go to tens of thousands
    together = sa.select(found.c.release_id, sa.func.aggregate_strings(found.c.authority_code, ",")).group_by(found.c.release_id)
    return {release_id: frozenset(codes.split(",")) for release_id, codes in session.execute(together)}

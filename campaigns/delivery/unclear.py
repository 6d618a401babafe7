"""Letters whose dot may have gone but whose reply was not heard: what evidence says of each; where there is none, an officer is asked.

The evidence is the relay's log (see relay_logs.py), once it provably covers the time in which a letter could still turn up. Nothing is guessed. Where
both parties signed "better twice than never", a letter without evidence goes once more, and counts as possibly twice ever after.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import Particulars
from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import ENDED, Chunk, Delivery
from campaigns.delivery.relay_logs import Found, Sought
from campaigns.delivery.verp import ReturnAddress
from campaigns.foundation import lifecycles, log
from campaigns.foundation.log import Event
from campaigns.foundation.officers import COUNTERSIGN, Officer

SENT, AGAIN, HOLD = "count as sent", "send again", "hold"
AT_ONCE = 500
FAULT = re.compile(r"\A[A-Za-z]+(?:Error|Fault): ?")  # a fault's class name, which an officer need not read
SILENT_FOR, UNREADABLE_FOR = 10, 2  # how many waits until we give up on a log in which nothing new appears, or that cannot be read
NO_LOG = "No log of the mail relay is set up, so nothing shows whether it went"
UNREADABLE = "The mail relay’s log could not be read ({fault}), so nothing shows whether it went"
SILENT = "The mail relay’s log shows nothing from after it was tried, so it does not show whether it went"
TOO_SHORT = "The mail relay’s log does not go back to when it was tried, so it does not show whether it went"
DOUBTFUL = "The mail relay’s log shows a letter with its Message-ID that is on hold there, or went under another return address"
BEGUN = "The mail relay’s log shows that it began to take it, and not whether it did"
OPEN = (
    "The mail relay’s log shows that it was at a letter then, and neither which nor what became of it, so it does not show whether it went"
)
GAPS = "The mail relay’s log does not show it, but it lacks letters, too, that the relay said it took then"
OTHERS = "The mail relay’s log shows that it did not take it, but another relay may have"
ERASED = "Its reader was erased, so the mail relay’s log cannot be asked for it"
TOOK = "The mail relay’s log shows that it took it ({queue})"
ARRIVED = "The reader’s own mail server says that it has it"
NOT_TAKEN = "The mail relay’s log shows that it did not take it"
TWICE = "It went again under the signed term “better twice than never”"
LONGEST_REPLY = 500


class LettersResolved(Event):
    """What was found of letters whose reply was not heard: how many the relay took, go again, wait for an officer, or will not go."""

    chunk: UUID
    accepted: int = 0
    queued: int = 0
    held: int = 0
    missed: int = 0


@dataclass(frozen=True)
class Unclear:
    """A letter that is looked into. `since`: when its last attempt began, or earlier; `at`: when we stopped waiting for a reply; `reply`:
    why; `twice`: whether it may go once more without evidence; `way`: how it left.
    """

    release_id: UUID
    position: int
    chunk_id: UUID
    since: datetime
    at: datetime
    reply: str
    message_id: str
    ended: bool
    twice: bool
    way: str | None

    def sought(self, returns: Iterable[ReturnAddress]) -> Sought:
        """What to look for in the relay's log."""
        return Sought(self.message_id, frozenset(one.token(self.release_id, self.position) for one in returns))

    def is_covered(self, knocked: datetime | None, *, wait: timedelta) -> bool:
        """Whether a log that goes on until `knocked` covers all the time in which this letter could still turn up."""
        return knocked is not None and knocked > self.at + wait

    def is_given_up(self, now: datetime, *, after: int, asked: datetime, wait: timedelta) -> bool:
        """Whether to wait for evidence no longer: `after` waits are over, and one since we began to ask, in case nobody asked before."""
        return max(self.at + after * wait, asked + wait) < now


@dataclass(frozen=True)
class Finding:
    """What is to become of a letter, and why."""

    verb: str
    why: str


def waiting(session: Session, *, before: datetime, way: str = "") -> list[Unclear]:
    """Up to `AT_ONCE` letters whose reply was given up at `before` or earlier: first those that left this `way`, then the oldest."""
    if not session.exec(
        select(sa.exists().where(col(Chunk.unclear) > 0))
    ).one():  # a quick look, as this is asked each second and there are mostly none
        return []
    first = sa.case((col(Delivery.way) == way, 0), else_=1), col(Delivery.at)
    there = select(Delivery.release_id, Delivery.position).join(Chunk, col(Chunk.id) == Delivery.chunk_id).where(Chunk.unclear > 0)
    due = there.where(Delivery.state == "unknown", Delivery.at <= before).order_by(*first).limit(AT_ONCE).subquery()
    chosen = (due.c.release_id == Delivery.release_id) & (due.c.position == Delivery.position)
    query = select(Delivery, Particulars, Release).join(due, chosen).join(Particulars, deliveries.PARTICULARS)
    rows = session.exec(query.join(Release, col(Release.id) == Delivery.release_id).order_by(*first)).all()
    willing = {release.id: _may_go_twice(release) for _, _, release in rows}  # once a release: manifests are long
    return [_unclear(row, private.fields or {}, release, willing=willing[release.id]) for row, private, release in rows]


def judge(number: int, letter: Unclear, found: Found, *, covered: bool) -> Finding:
    """What the log says of a letter, which has this `number` in `found`. `covered`: whether the log goes on until nothing more of it can turn up."""
    if not letter.message_id:
        return Finding(HOLD, ERASED)
    if number in found.taken:
        return Finding(SENT, TOOK.format(queue=found.taken[number]))
    if number in found.doubtful:
        return Finding(HOLD, DOUBTFUL)
    if number in found.begun:
        return Finding(HOLD, BEGUN)
    if found.may_be_taking(number, at=letter.at):
        return Finding(HOLD, OPEN)
    if not covered:
        return Finding(HOLD, SILENT)
    return Finding(AGAIN, NOT_TAKEN) if found.reaches_back else Finding(HOLD, TOO_SHORT)


def settle(session: Session, findings: Iterable[tuple[Unclear, Finding]], *, seen: datetime, at: datetime) -> int:
    """Do what was found, chunk by chunk, for letters still unknown that were not tried again after `seen`; gives how many there were."""
    done = 0
    for (chunk_id, release_id), group in groupby(sorted(findings, key=_chunk), key=_chunk):
        counts = Counter[str]()
        together = defaultdict[tuple[str, bool, str], list[int]](list)
        for letter, finding in group:
            together[*_becomes(letter, finding), _said(letter, finding)].append(letter.position)
        deliveries.lock(session, Chunk.id == chunk_id)
        for (state, twice, said), places in together.items():
            counts[state] += _put(session, release_id, places, state, twice, said, seen=seen, at=at)
        if number := counts.total():
            done += number
            record(session, chunk_id, LettersResolved(chunk=chunk_id, **counts), subject=release_id, by=COUNTERSIGN, at=at)
    return done


def arrived(session: Session, row: Delivery, *, at: datetime) -> None:
    """Count an unclear letter as accepted, because the reader's own mail server says that it has it."""
    state = lifecycles.move(lifecycles.DELIVERY, row.state, SENT)
    row.sqlmodel_update({"state": state, "reply": ARRIVED, "at": at})
    session.add(row)
    resolved = LettersResolved(chunk=row.chunk_id, accepted=1)
    record(session, row.chunk_id, resolved, subject=row.release_id, by=COUNTERSIGN, at=at)


def record(session: Session, chunk_id: UUID, event: Event, *, subject: UUID, by: Officer, at: datetime) -> None:
    """Record what became of unclear letters of a chunk, and count the chunk again.

    Also records which of its letters have not come back: that may have been counted without these (see returns.py).
    """
    deliveries.recount(session, [chunk_id])
    session.exec(sa.update(Chunk).where(col(Chunk.id) == chunk_id).values(counted_at=None))
    log.record(session, event, subject=subject, by=by.name, at=at)


def maybe_twice(session: Session, release_id: UUID | None = None) -> int:
    """How many letters, of one release or of all, were queued again though nobody knows whether they had gone."""
    flagged = select(sa.func.count()).select_from(Delivery).where(deliveries.MAYBE_TWICE)
    return session.exec(flagged.where(Delivery.release_id == release_id) if release_id else flagged).one()


def _may_go_twice(release: Release) -> bool:
    said = releases.said(release) if release.state not in ENDED else None
    return said is not None and said.goes_under.better_twice


def _unclear(row: Delivery, fields: Mapping[str, str], release: Release, *, willing: bool) -> Unclear:
    since = row.tried_at or release.began_at or release.submitted_at
    return Unclear(
        row.release_id,
        row.position,
        row.chunk_id,
        min(since, row.at),
        row.at,
        row.reply or "",
        fields.get("message_id", ""),
        release.state in ENDED,
        willing and not row.maybe_twice,  # once more, not for ever
        row.way,
    )


def _chunk(one: tuple[Unclear, Finding]) -> tuple[UUID, UUID]:
    return one[0].chunk_id, one[0].release_id


def _becomes(letter: Unclear, finding: Finding) -> tuple[str, bool]:
    """The new state, and whether the letter may then arrive twice. One to be held goes again instead, where "better twice than never" was signed."""
    twice = finding.verb == HOLD and letter.twice
    state = lifecycles.move(lifecycles.DELIVERY, "unknown", AGAIN if twice else finding.verb)
    return (lifecycles.move(lifecycles.DELIVERY, state, "miss") if state == "queued" and letter.ended else state), twice


def _said(letter: Unclear, finding: Finding) -> str:
    why = f"{TWICE}. {finding.why}" if _becomes(letter, finding)[1] else finding.why
    heard = FAULT.sub("", letter.reply)
    return (f"{why}. What was heard last: {heard}" if heard and finding.verb == HOLD else why)[:LONGEST_REPLY]


def _put(session: Session, release_id: UUID, places: list[int], state: str, twice: bool, said: str, *, seen: datetime, at: datetime) -> int:
    rows = sa.update(Delivery).where(col(Delivery.release_id) == release_id, col(Delivery.position).in_(places))
    rows = rows.where(col(Delivery.state) == "unknown", col(Delivery.at) <= seen)  # not one that was tried again meanwhile
    fresh = {"state": state, "reply": said, "at": at, "due_at": at}
    fresh |= ({"maybe_twice": True} if twice else {}) | ({"claim": None, "way": None} if state == "queued" else {})
    return len(session.exec(rows.values(fresh).returning(col(Delivery.position))).all())

"""The mail domains we write to: when the next letter to each may go, which workers deliver to it now, and which are in trouble.

They are asked in the transaction that claims a chunk. A letter whose domain has no room is due again when it has, and no worker holds it until then.
A domain in trouble rests while the others go on. Where no pace is set, only domains in trouble have a row.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement.sealed import Particulars
from campaigns.delivery import pacing, troubles
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.manners import Manners
from campaigns.delivery.pacing import Waiting, domain_of
from campaigns.delivery.rooms import Letter, Room
from campaigns.delivery.transport import Outcome
from campaigns.delivery.troubles import LONGEST_REST, PROBING, Standing
from campaigns.foundation import database

CROWDED = timedelta(seconds=2)  # until a domain with as many connections as it may have is looked at again


class MailDomain(SQLModel, table=True):
    """A domain with turns to give, or with trouble; see `pacing` and `troubles` for what the columns mean. `words`: the last ones heard."""

    __tablename__ = "mail_domains"

    domain: str = Field(primary_key=True)
    free_at: datetime | None = None
    in_a_row: int = 0
    rests: int = 0
    until: datetime | None = None
    allowance: int = 0
    since: datetime | None = None
    words: str = ""

    @property
    def standing(self) -> Standing:
        """How the domain has been doing."""
        return Standing(self.in_a_row, self.rests, self.until, self.allowance)


class DomainHold(SQLModel, table=True):
    """A chunk whose worker delivers to a domain, for as long as the chunk is claimed."""

    __tablename__ = "domain_holds"

    domain: str = Field(primary_key=True)
    chunk_id: UUID = Field(primary_key=True, foreign_key="chunks.id")


def room_for(session: Session, chunk: Chunk, letters: Sequence[Letter], manners: Manners, *, at: datetime) -> Room:
    """Decide which of these letters go now. The others become due again when their domain has room."""
    by_domain = defaultdict[str, list[int]](list)
    for letter in letters:
        by_domain[domain_of(letter.address)].append(letter.position)
    rows = _rows(session, by_domain.keys(), every=manners.limits.any)
    later = _resting(rows, by_domain, at)
    if manners.limits.connections is not None:
        later |= _crowded(session, chunk, by_domain, manners.limits.connections, at)
    free = [letter for letter in letters if letter.position not in later]
    turns: dict[int, datetime | None] = {letter.position: None for letter in free}
    probes = _probes(rows, by_domain).difference(later)
    if manners.limits.any:
        dealt = _dealt(session, chunk, [letter for letter in free if letter.position not in probes], rows, manners, at)
        turns, later = dict.fromkeys(probes) | dealt.going, later | dealt.later
        _hold(session, chunk, {domain_of(letter.address) for letter in free if letter.position in turns}, manners)
    _put_off(session, chunk.release_id, later)
    session.add_all(rows.values())
    return Room(turns, frozenset(domain for domain, row in rows.items() if row.standing.is_troubled), probes, stride=manners.stride)


def heard(session: Session, room: Room, outcomes: Collection[tuple[str, Outcome]], *, chunk_id: UUID, at: datetime) -> None:
    """Keep what this chunk's outcomes, by address, say of mail domains.

    A domain that comes into trouble, or is silent once, is shut for the letters in hand. Where a domain did better than worse, the chunk's
    letters that waited for such news become due.
    """
    if not room.troubled and all(outcome.kind == "accepted" for _, outcome in outcomes):
        return  # as it mostly is
    bad, good, last = Counter[str](), Counter[str](), dict[str, str]()
    for address, outcome in outcomes:
        domain = domain_of(address)
        if weight := troubles.weight(outcome):
            bad[domain], last[domain] = bad[domain] + weight, outcome.said
            if troubles.is_silence(outcome):
                room.shut.add(domain)
        elif outcome.stage in troubles.OF_THE_DOMAIN:
            good[domain] += 1
    concerned = bad.keys() | (good.keys() & room.troubled)
    rows = _rows(session, concerned, every=True)
    _look_again(session, chunk_id, {row.until for domain, row in rows.items() if good[domain] > bad[domain] and row.until}, at)
    for domain, row in rows.items():
        standing = troubles.after(row.standing, bad=bad[domain], good=good[domain], at=at)
        row.sqlmodel_update(vars(standing) | {"since": (row.since or at) if standing.in_a_row or standing.is_troubled else None})
        row.words = troubles.words(last.get(domain, row.words))
        room.troubled |= {domain}
        if standing.until is not None and standing.until > at:
            room.shut.add(domain)
        session.add(row)


def troubled(session: Session, *, at: datetime) -> list[MailDomain]:
    """The domains that rest or are being tried again, the longest troubled first; without those to which nothing was sent for an hour after their rest."""
    still = select(MailDomain).where(MailDomain.rests > 0, col(MailDomain.until) > at - LONGEST_REST)
    return list(session.exec(still.order_by(col(MailDomain.since), col(MailDomain.domain))))


def untried(session: Session, release_id: UUID, letters: Collection[tuple[int, datetime | None]], *, at: datetime) -> None:
    """These letters (position → when taken in hand) were not tried: a domain that waited for news of one is to be tried again at once.

    A row that somebody else has locked is skipped: this transaction has locked domains before, and by waiting two transactions could block
    each other.
    """
    waited = {taken + PROBING for _, taken in letters if taken}
    trying = select(MailDomain).where(MailDomain.rests > 0, col(MailDomain.until).in_(waited)).order_by(col(MailDomain.domain))
    if waited and (rows := session.exec(trying.with_for_update(skip_locked=True).execution_options(populate_existing=True)).all()):
        theirs = col(Particulars.release_id) == release_id, col(Particulars.position).in_([position for position, _ in letters])
        domains = {domain_of(address) for address in session.exec(select(Particulars.address).where(*theirs)) if address}
        for row in rows:
            row.until = at if row.domain in domains else row.until
            session.add(row)


def leave(session: Session, chunk_id: UUID) -> None:
    """A chunk was given back: its worker no longer delivers to any domain."""
    session.exec(sa.delete(DomainHold).where(col(DomainHold.chunk_id) == chunk_id))


def _rows(session: Session, domains: Set[str], *, every: bool) -> dict[str, MailDomain]:
    """The rows of these domains, locked in one order, so that no two workers block each other: `every` one, or only troubled ones."""
    if not every:
        domains &= set(session.exec(select(MailDomain.domain).where(MailDomain.rests > 0)))  # without a lock
    if not domains:
        return {}
    if every:
        blank = {"in_a_row": 0, "rests": 0, "allowance": 0, "words": ""}
        fresh = [{"domain": domain, **blank} for domain in sorted(domains)]
        session.exec(database.insert(session, MailDomain).values(fresh).on_conflict_do_nothing())
    query = select(MailDomain).where(col(MailDomain.domain).in_(domains)).order_by(col(MailDomain.domain)).with_for_update()
    return {row.domain: row for row in session.exec(query.execution_options(populate_existing=True))}


Later = dict[int, tuple[datetime, datetime | None]]  # position → when a letter is due again, and the turn it was given


def _resting(rows: Mapping[str, MailDomain], by_domain: Mapping[str, list[int]], at: datetime) -> Later:
    """The letters that wait for a troubled domain, each with until when, but for the few that try it again; notes what these wait for."""
    later: Later = {}
    for domain, row in rows.items():
        if not row.standing.is_troubled or row.until is None:
            continue
        tried = 0 if row.until > at else row.allowance
        if tried:
            row.until = at + PROBING
        later |= dict.fromkeys(by_domain[domain][tried:], (row.until, None))
    return later


def _look_again(session: Session, chunk_id: UUID, waited: Collection[datetime], at: datetime) -> None:
    """Make due the letters of a chunk that wait until one of these moments, as what they waited for has been heard already."""
    if waited:
        behind = sa.update(Delivery).where(col(Delivery.chunk_id) == chunk_id, col(Delivery.state) == "queued")
        session.connection().execute(behind.where(col(Delivery.due_at).in_(waited)).values(due_at=at))


def _probes(rows: Mapping[str, MailDomain], by_domain: Mapping[str, list[int]]) -> frozenset[int]:
    """The one letter to each domain that has had its rest and not been heard of since. As there is only one, it needs no turn."""
    rested = [domain for domain, row in rows.items() if row.standing.is_troubled and row.allowance == 1]
    return frozenset(position for domain in rested for position in by_domain[domain][:1])


def _crowded(session: Session, chunk: Chunk, by_domain: Mapping[str, list[int]], most: int, at: datetime) -> Later:
    """The letters to domains to which as many other chunks deliver as may at once, each with when it is due again."""
    others = select(DomainHold.domain, sa.func.count()).join(Chunk, col(Chunk.id) == DomainHold.chunk_id)
    alive = others.where(col(Chunk.leased_until) > at, Chunk.id != chunk.id, col(DomainHold.domain).in_(list(by_domain)))
    full = [domain for domain, number in session.exec(alive.group_by(DomainHold.domain)) if number >= most]
    return {position: (at + CROWDED, None) for domain in full for position in by_domain[domain]}


def _dealt(
    session: Session, chunk: Chunk, letters: Sequence[Letter], rows: Mapping[str, MailDomain], manners: Manners, at: datetime
) -> pacing.Dealt:
    had = select(Delivery.position, Delivery.turn_at).where(Delivery.chunk_id == chunk.id, col(Delivery.turn_at).is_not(None))
    turns = dict(session.exec(had).all())
    asking = [Waiting(letter.position, domain_of(letter.address), turns.get(letter.position)) for letter in letters]
    asking.sort(key=lambda one: (one.turn is None, one.turn or at, one.position))
    free = {domain: row.free_at for domain, row in rows.items() if row.free_at is not None}
    dealt = pacing.deal(asking, free, manners.limits, step=manners.step, at=at)
    for domain, moment in dealt.free.items():
        rows[domain].free_at = moment
    return dealt


def _hold(session: Session, chunk: Chunk, domains: Collection[str], manners: Manners) -> None:
    if manners.limits.connections is not None:
        leave(session, chunk.id)
        session.add_all(DomainHold(domain=domain, chunk_id=chunk.id) for domain in domains)


def _put_off(session: Session, release_id: UUID, later: Later) -> None:
    if later:
        row = sa.update(Delivery).where(
            col(Delivery.release_id) == sa.bindparam("of"), col(Delivery.position) == sa.bindparam("place"), col(Delivery.state) == "queued"
        )
        rows = [{"of": release_id, "place": place, "due": due, "turn": turn} for place, (due, turn) in later.items()]
        values: dict[str, sa.ColumnElement[datetime]] = {"due_at": sa.bindparam("due"), "turn_at": sa.bindparam("turn")}
        session.connection().execute(row.values(values), rows)

"""A removal: an address that must not be written to, at all or about one campaign, and why. It can only take readers away, never add one.

It outlives whoever is erased, as a digest by which the address is known if it comes again. No key is in it: one that was changed would let
letters go again to somebody who asked for none.

Written from above in the same transaction as a preference, so that the gate never has to look up.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement.sealed import Particulars
from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.foundation import database, log
from campaigns.foundation.log import Event
from campaigns.planning import campaign_plans

ADDRESSES_A_QUERY = 2000
EVERYTHING = ""  # the topic of a removal that holds for every letter
VEILED = "sha256:"  # before a digest, which no address looks like
GONE = "letters to this address came back"


class AddressRemoved(Event):
    """No more letters go to an address; the log names the removal, not the address."""

    reason: str


class AddressRestored(Event):
    """A removal was lifted by the reader."""


class Removal(SQLModel, table=True):
    """One row per address and topic (a campaign's id, or every letter); once its person is erased, the digest of the address stands there."""

    __tablename__ = "removals"
    __table_args__ = (sa.UniqueConstraint("address", "topic", name="uq_removals_address_topic"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    address: str
    topic: str = EVERYTHING
    reason: str
    at: datetime  # since when nothing goes


def add(session: Session, address: str, *, reason: str, by: str, at: datetime, campaign_id: UUID | None = None) -> bool:
    """Write to this address no more, or no more about one campaign. Asked twice, even at once, it is recorded once; then False.

    The reason that letters came back, which an officer may put right, gives way to any other; no other does. It is removed since the first of them.
    For any other, a letter that a worker has in hand is given back within the second, to be looked at again.
    """
    topic = _topic(campaign_id)
    before = _standing(session, address, topic)
    row = {"id": uuid4(), "address": before.address if before else address.casefold(), "topic": topic, "reason": reason, "at": at}
    gives_way = (col(Removal.reason) == GONE) & (sa.literal(reason) != GONE)
    put = database.insert(session, Removal).values(row)
    put = put.on_conflict_do_update(index_elements=["address", "topic"], set_={"reason": reason}, where=gives_way)
    made = session.exec(put.returning(col(Removal.id))).first()
    if made is None:
        return False
    log.record(session, AddressRemoved(reason=reason), subject=made[0], by=by, at=at)
    if reason != GONE:
        deliveries.recall(session, _in_hand(session, address))
    return True


def lift(session: Session, address: str, *, by: str, at: datetime, campaign_id: UUID | None = None, reason: str | None = None) -> bool:
    """Write to this address again, or again about one campaign; with a `reason`, only if removed for that. False if nothing was lifted."""
    removal = _standing(session, address, _topic(campaign_id), lock=True)
    if removal is None or reason not in {None, removal.reason}:
        return False
    log.record(session, AddressRestored(), subject=removal.id, by=by, at=at)
    session.delete(removal)
    session.flush()
    return True


def veil(session: Session, address: str) -> None:
    """Go on removing this address, if it is removed, without knowing it: its digest is kept in its place."""
    session.exec(sa.update(Removal).where(col(Removal.address) == address.casefold()).values(address=_veiled(address)))


def among(session: Session, addresses: Iterable[str], *, campaign_id: UUID | None = None) -> dict[str, str]:
    """Which of these addresses get no letter, or none about this campaign, and why: address (casefolded) → reason."""
    topics = [_topic(campaign_id), EVERYTHING]  # what holds for all is told last
    plain = {address: address for address in map(str.casefold, addresses)}
    found = _kept_as(session, plain, topics)
    if _is_any_veiled(session):  # asked after the others, as one may be veiled at this moment
        found |= _kept_as(session, {_veiled(address): address for address in plain}, topics)
    return found


def removing(session: Session, address: Any, *, campaign_id: UUID | None, by: datetime | None = None) -> sa.ColumnElement[bool]:
    """A condition, for a million: a column's plain address is one of those `among` names. `by`: if removed by then, as far as known."""
    topic = col(Removal.topic).in_([_topic(campaign_id), EVERYTHING])

    def kept_as(said: Any) -> sa.ColumnElement[bool]:
        """One look into an index for each address: a list of all that are removed is made anew each time, and soon outgrows PostgreSQL's memory."""
        one = sa.exists().where(col(Removal.address) == said, topic).correlate_except(Removal)
        return one.where(col(Removal.at) <= by) if by else one

    plain: sa.ColumnElement[bool] = kept_as(sa.func.lower(address))
    if not _is_any_veiled(session):
        return plain
    if session.get_bind().dialect.name == "sqlite":
        driver: Any = session.connection().connection.driver_connection
        driver.create_function("veiled", 1, lambda said: said and _veiled(said), deterministic=True)
        return plain | kept_as(sa.func.veiled(address))
    digest = sa.func.encode(sa.func.sha256(sa.func.convert_to(sa.func.lower(address), "UTF8")), "hex")
    return plain | kept_as(sa.func.concat(VEILED, digest))


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """Whether this address is not written to, about which campaign or about anything, and why."""
    rows = session.exec(select(Removal).where(_is_of(address)).order_by(Removal.topic))
    return [{"topic": what(session, removal.topic), **removal.model_dump(include={"reason", "at"})} for removal in rows]


def what(session: Session, topic: str) -> str:
    """What a topic stands for, in words."""
    return f"the campaign “{campaign_plans.get(session, UUID(topic)).name}”" if topic else "everything"


def topics(session: Session, address: str) -> list[UUID]:
    """The campaigns about which nothing is to be written to this address."""
    return topics_each(session, [address])[address]


def topics_each(session: Session, addresses: Collection[str]) -> dict[str, list[UUID]]:
    """The same of each of these addresses."""
    kept_as = {kept: address for address in addresses for kept in (address.casefold(), _veiled(address))}
    found: dict[str, list[UUID]] = {address: [] for address in addresses}
    theirs = select(Removal.address, Removal.topic).where(col(Removal.address).in_(kept_as), Removal.topic != EVERYTHING)
    for kept, topic in session.exec(theirs.order_by(Removal.topic)):
        found[kept_as[kept]].append(UUID(topic))
    return found


def _is_any_veiled(session: Session) -> bool:
    return session.exec(select(Removal.id).where(col(Removal.address).startswith(VEILED)).limit(1)).first() is not None


def _kept_as(session: Session, meant: Mapping[str, str], topics: Collection[str]) -> dict[str, str]:
    """Which addresses are removed, of those that are `meant` by what may be kept of them, and why."""
    found, every = dict[str, str](), list(meant)
    for start in range(0, len(every), ADDRESSES_A_QUERY):
        these = _one_of(session, every[start : start + ADDRESSES_A_QUERY]), col(Removal.topic).in_(topics)
        part = select(Removal.address, Removal.reason).where(*these).order_by(col(Removal.topic).desc())
        found.update({meant[kept]: reason for kept, reason in session.exec(part)})
    return found


def _one_of(session: Session, addresses: list[str]) -> sa.ColumnElement[bool]:
    """As one text: a thousand parameters cost ten times as much, and this is asked for every letter."""
    said = sa.bindparam("addresses", json.dumps(addresses), type_=sa.Text())
    if session.get_bind().dialect.name == "sqlite":
        one = sa.func.json_each(said).table_valued("value")
        return col(Removal.address).in_(sa.select(one.c.value))
    return col(Removal.address).in_(sa.select(sa.func.json_array_elements_text(sa.cast(said, postgresql.JSON()))))


def _in_hand(session: Session, address: str) -> Sequence[UUID]:
    """The chunks in workers' hands with a letter to it that has not gone."""
    query = select(Delivery.chunk_id).join(Particulars, deliveries.PARTICULARS).join(Chunk, col(Chunk.id) == Delivery.chunk_id)
    theirs = col(Delivery.state) == "attempting", sa.func.lower(Particulars.address) == address.lower()
    return session.exec(query.where(col(Chunk.claim).is_not(None), *theirs)).all()


def _topic(campaign_id: UUID | None) -> str:
    return str(campaign_id) if campaign_id else EVERYTHING


def _standing(session: Session, address: str, topic: str, *, lock: bool = False) -> Removal | None:
    theirs = select(Removal).where(_is_of(address), Removal.topic == topic)
    return session.exec((theirs.with_for_update() if lock else theirs).execution_options(populate_existing=True)).first()


def _is_of(address: str) -> sa.ColumnElement[bool]:
    return col(Removal.address).in_([address.casefold(), _veiled(address)])


def _veiled(address: str) -> str:
    return f"{VEILED}{hashlib.sha256(address.casefold().encode()).hexdigest()}"

"""Signs of life of the workers: who is at work, and why one that is sends nothing; so that a page never says that letters leave while none can.

A worker's clock leaves one every few seconds. Nothing is decided by them: what a dead worker had in hand is found out by its journal and its lease.
"""

from collections import Counter
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import clock
from campaigns.foundation.log import LogEntry

QUIET = timedelta(minutes=2)  # without a sign: far above a tick of a busy worker's clock, and what clocks of two machines differ by
KEPT = timedelta(days=1)
TELL = "Tell whoever runs Countersign."


class Heartbeat(SQLModel, table=True):
    """A worker's last sign of life. `why`: what keeps it from sending, in a sentence, or empty; `ended`: it stopped as it was asked to."""

    __tablename__ = "heartbeats"

    worker: str = Field(primary_key=True)
    at: datetime
    why: str = ""
    ended: bool = False


def beat(session: Session, worker: str, *, why: str, at: datetime) -> None:
    """Record that this worker is alive. Signs older than a day are forgotten, and so are those from a clock that was a day ahead."""
    session.exec(sa.delete(Heartbeat).where(sa.not_(col(Heartbeat.at).between(at - KEPT, at + KEPT))))
    session.merge(Heartbeat(worker=worker, at=at, why=why))


def end(session: Session, worker: str) -> None:
    """This worker ends in peace."""
    session.exec(sa.update(Heartbeat).where(col(Heartbeat.worker) == worker).values(ended=True))


def lately(session: Session, *, at: datetime) -> list[Heartbeat]:
    """The workers that gave a sign lately and have not stopped."""
    alive = select(Heartbeat).where(col(Heartbeat.at) > at - QUIET, ~col(Heartbeat.ended))
    return list(session.exec(alive.order_by(col(Heartbeat.worker))))


def counted(session: Session, *, at: datetime) -> dict[str, int]:
    """How many of them may send, and how many may not."""
    idle = Counter(bool(one.why) for one in lately(session, at=at))
    return {"sending": idle[False], "idle": idle[True]}


def nobody(session: Session, *, at: datetime) -> str:
    """A sentence: no worker is at work, since when, and whom to tell. Empty while one is, and in a fresh installation."""
    if lately(session, at=at):
        return ""
    last = session.exec(select(sa.func.max(Heartbeat.at))).first()
    founded = session.exec(select(LogEntry.at).order_by(col(LogEntry.id)).limit(1)).first()
    if not last and (not founded or at < founded + QUIET):
        return ""
    return f"The program that seals and sends letters has not run{f' since {clock.say(last)}' if last else ' here yet'}. {TELL}"


def said(session: Session, *, at: datetime) -> str:
    """Why no letter can leave now, where that is for want of a worker that may send; empty while there is one."""
    workers = lately(session, at=at)
    if any(not one.why for one in workers):
        return ""
    why = f"{workers[0].why} {TELL}" if workers else nobody(session, at=at)
    return f"Nothing leaves. {why}" if why else ""

"""The clock: finds what is due and what was lost, every second, for ever. Any number of clocks may run; none is the leader.

Due and lost are columns in the database, never a delay in a queue.
"""

import os
from collections.abc import Callable, Collection
from itertools import count
from pathlib import Path

import structlog
from sqlalchemy.exc import DataError, SQLAlchemyError

from audiences import imports
from campaigns.agreement import schedules
from campaigns.delivery import deliveries, heartbeats, journals, recovery
from campaigns.foundation import audit, log
from campaigns.foundation.errors import TryLater
from campaigns.foundation.timekeeper import seconds
from workers import closing, disposing, heads, projecting, relay, reminding, resolving
from workers.tools import Tools

TICK = 1.0
SELDOM_EVERY = 10  # ticks
SIGN_EVERY = 10.0  # seconds
logger = structlog.get_logger()


def run(tools: Tools) -> None:
    """Tick until asked to stop, at once for the first time: a worker that died may have left letters, and its successor be the only one.
    Whatever goes wrong is tried again at the next tick: a clock that dies in silence would lose everything.
    """
    for number in count():
        if tools.stopping.is_set():
            return
        tick(tools, but=SELDOM if number % SELDOM_EVERY else ())
        tools.stopping.wait(TICK)


def tick(tools: Tools, *, but: Collection[Callable[[Tools], object]] = ()) -> list[str]:
    """One look at everything: whether this may send at all; overdue releases end, due ones begin, what a dead worker had in hand is settled,
    unclear letters are resolved, due letters are hinted at, new facts are chained, coverage is recounted, letters of which nothing was heard
    are counted as not come back, heads are kept, parties that have not signed are reminded, what is done is closed, files of people are forgotten,
    old records go. In the end a sign of life is given.

    Each look is on its own, so that what is wrong with one keeps no other waiting; gives the names of those that failed, as the log says.
    """
    return [look.__name__ for look in LOOKS if look not in but and not _took(look, tools)]


def end_overdue(tools: Tools) -> None:
    """What nobody signed or sent in time."""
    tools.require_sound_time()
    with tools.database.transaction() as session:
        schedules.end_overdue(session, at=tools.clock())


def begin_due(tools: Tools) -> None:
    """What was to go by now."""
    tools.require_sound_time()
    with tools.database.transaction() as session:
        schedules.begin_due(session, at=tools.clock())


def take_over(tools: Tools) -> None:
    """What was in the hands of a worker of this machine that is gone, by its journal."""
    tools.require_sound_time()
    for path in journals.orphans(tools.settings.journals):
        try:
            _take_over(path, tools)
        except (OSError, DataError) as fault:  # one file's fault keeps no other from being read
            logger.error("a journal could not be read, or not be put away", path=str(path), fault=str(fault))


def _take_over(path: Path, tools: Tools) -> None:
    claims, whole = journals.read(path)
    for evidence in claims:
        with tools.database.transaction() as session:
            recovery.replay(session, evidence, fell=True, plan=tools.manners.plan, at=tools.clock())
    with tools.database.transaction() as session:
        recovery.never_begun(session, path.name, whole=whole, at=tools.clock())
    try:
        path.unlink()
    except OSError:  # else it would be told again for ever
        os.truncate(path, 0)
        raise


def lapse(tools: Tools) -> None:
    """What was in the hands of a worker, on any machine, that has not given a sign of life for a lease."""
    tools.require_sound_time()
    with tools.database.transaction() as session:
        recovery.lapse(session, tools.settings.journals, abroad=tools.lease, plan=tools.manners.plan, at=tools.clock())


def hint_again(tools: Tools) -> None:
    """Chunks with letters due, in nobody's hands."""
    tools.require_sound_time()
    with tools.database.transaction() as session:
        log.tell_again(
            session, deliveries.due_chunks(session, at=tools.clock(), limit=relay.CHUNKS_AT_ONCE, forgotten=True), at=tools.clock()
        )


def chain(tools: Tools) -> None:
    """Facts recorded since the last link."""
    with tools.database.transaction() as session:
        audit.chain(session)


def delete_abandoned_files(tools: Tools) -> None:
    """Files of people that nobody applied."""
    with tools.database.reading() as session:
        due = imports.is_any_abandoned(session, at=tools.clock())
    if due:
        with tools.database.transaction() as session:
            imports.delete_abandoned(session, at=tools.clock())


def give_a_sign(tools: Tools) -> None:
    """That this worker lives, and whether it may send: now and then, and at once where that changed."""
    why, now = tools.why_idle, seconds()
    if tools.sign is None or tools.sign[0] != why or now - tools.sign[1] >= SIGN_EVERY:
        with tools.database.transaction() as session:
            heartbeats.beat(session, tools.name, why=why, at=tools.clock())
        tools.sign = why, now


def watch_arming(tools: Tools) -> None:
    """Whether this is still the installation that both parties let send, and no copy of it."""
    tools.arming.watch()


LOOKS: tuple[Callable[[Tools], object], ...] = (
    watch_arming, end_overdue, begin_due, take_over, lapse, resolving.resolve, hint_again, chain, projecting.recount, projecting.count_quiet, heads.keep, heads.publish,
    reminding.remind, closing.close_done, delete_abandoned_files, disposing.dispose, give_a_sign,
)  # fmt: skip

# What nobody waits for by the second: a worker that rests would spend a third of its looks on these, and one that sends would count nearly every
# slice of coverage anew each second, for the next chunk to touch it again; pages count those that wait by themselves.
SELDOM: frozenset[Callable[[Tools], object]] = frozenset(
    {
        projecting.recount,
        projecting.count_quiet,
        heads.keep,
        heads.publish,
        reminding.remind,
        closing.close_done,
        delete_abandoned_files,
        disposing.dispose,
    }
)

# What a copy does not do: others would hear of it, or get a letter twice.
OUTWARD: frozenset[Callable[[Tools], object]] = frozenset(
    {begin_due, take_over, lapse, resolving.resolve, hint_again, heads.publish, reminding.remind}
)


def _took(look: Callable[[Tools], object], tools: Tools) -> bool:
    try:
        if look not in OUTWARD or not tools.is_held():
            look(tools)
    except (TryLater, SQLAlchemyError) as fault:
        said = "the clock waits" if isinstance(fault, TryLater) else "the clock could not read the database"
        if tools.complaints.is_due(look.__name__, fault):
            logger.warning(said, look=look.__name__, fault=str(fault))
        return False
    except Exception as fault:
        if tools.complaints.is_due(look.__name__, fault):
            logger.exception("the clock stumbled", look=look.__name__, fault=f"{type(fault).__name__}: {fault}")
        return False
    return True

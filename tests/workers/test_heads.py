"""Heads of the chain leave the house: mailed to both parties' signatories on a schedule, once, and good to check the log against."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlmodel import select

from campaigns.agreement.rosters import RosterVersion
from campaigns.delivery.notices import NoticeWritten
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation import audit
from tests.campaigns.agreement.removals import lifted
from tests.campaigns.posting import Clock, reachable
from tests.campaigns.stories import House
from tests.workers.facts import every, facts, written
from tests.workers.letters import reads_as_agreed
from workers import heads, notifying
from workers.tools import Tools

SIGNATORIES = ["hse-deputy@posts.test", "hse-director@posts.test", "lacors-chair@posts.test", "lacors-deputy@posts.test"]


@pytest.fixture
def chained(house: House) -> House:
    """A house with addresses and a log that is linked."""
    reachable(house)
    with house.database.transaction() as session:
        audit.chain(session)
    return house


def test_the_head_is_mailed_to_every_signatory_once_in_so_many_hours(chained: House, tools: Tools, clock: Clock) -> None:
    assert heads.publish(tools)
    clock.at += timedelta(hours=tools.settings.head_hours) - timedelta(seconds=1)
    assert not heads.publish(tools)
    assert sorted(written(chained.database)) == SIGNATORIES
    clock.at += timedelta(seconds=1)
    assert heads.publish(tools)
    assert len(every(chained.database)) == 2 * len(SIGNATORIES)


def test_two_clocks_at_once_mail_it_once(chained: House, tools: Tools) -> None:
    start = Barrier(2)

    def tick(_: int) -> bool:
        start.wait()
        return heads.publish(tools)

    with ThreadPoolExecutor(2) as clocks:
        assert sorted(clocks.map(tick, range(2))) == [False, True]
    assert len(every(chained.database)) == len(SIGNATORIES)


def test_a_head_is_kept_once_at_the_end_of_however_long_a_file(chained: House, tools: Tools, clock: Clock) -> None:
    path, years = tools.settings.data_dir / heads.FILE, ["0 " + "f" * 64 + " 2020-01-01T00:00:00+00:00\n"] * 1000
    path.write_text("".join(years))
    ahead = (clock.at + timedelta(days=365)).timestamp()
    for moment in (ahead, 0, 0):  # another clock's, and then long ago, as by a clock that finds nothing new
        os.utime(path, (moment, moment))
        heads.keep(tools)

    kept = path.read_text().splitlines()[len(years) :]
    with chained.database.reading() as session:
        newest = audit.head(session)
    assert [audit.read_head(line) for line in kept] == [newest]


def test_before_anything_is_linked_nothing_is_mailed(house: House, tools: Tools) -> None:
    reachable(house)

    assert not heads.publish(tools)


def test_before_both_parties_have_signed_a_roster_nothing_is_mailed(chained: House, tools: Tools, clock: Clock) -> None:
    with chained.database.transaction() as session:
        session.execute(sa.update(RosterVersion).values(ended_at=clock.at))

    assert not heads.publish(tools)


def test_the_mail_reads_as_agreed(chained: House, tools: Tools) -> None:
    heads.publish(tools)
    notice = written(chained.database)[SIGNATORIES[0]]
    with chained.database.reading() as session:
        head = str(audit.head(session))

    assert reads_as_agreed("log_head", notice, number_hash=head)


def test_a_saved_mail_shows_that_the_log_s_tail_was_cut_off(chained: House, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    relay = RecordingTransport()
    monkeypatch.setattr(notifying.workshop, "connect", lambda *_: relay)
    heads.publish(tools)
    notifying.post_notice(facts(chained.database, NoticeWritten)[0], tools)
    kept = audit.read_head(relay.sent[0].message.decode())

    with chained.database.reading() as session:
        assert audit.verify(session, at=tools.clock(), known=kept).fault is None
    with chained.database.transaction() as session:
        lifted(session)
        newest = session.exec(select(audit.Link).order_by(audit.Link.number.desc())).first()  # type: ignore[attr-defined]
        session.delete(newest)
    with chained.database.reading() as session:
        found = audit.verify(session, at=tools.clock(), known=kept)
    assert "its tail is missing" in (found.fault or "")


def test_a_line_that_a_full_disk_cut_off_keeps_no_later_head_from_the_file(chained: House, tools: Tools) -> None:
    path = tools.settings.data_dir / heads.FILE
    path.write_text("12 ab", "ascii")
    os.utime(path, (0, 0))

    assert heads.keep(tools)
    os.utime(path, (0, 0))
    assert heads.keep(tools)

    with chained.database.reading() as session:
        assert audit.read_head(path.read_text("ascii")) == audit.head(session)

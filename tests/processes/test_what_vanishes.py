"""Brokers, databases, disks and file handles that go away in the middle of sending: their drills, in short."""

from collections.abc import Callable

import pytest

from tests.processes import broker_drill, clusters, database_drill, disk_drill

pytestmark = pytest.mark.long
Kept = Callable[[str, object], None]


def test_a_broker_that_vanishes_costs_no_letter(record_property: Kept) -> None:
    if reason := broker_drill.why_not():
        pytest.skip(reason)

    found = broker_drill.plays(70, pace=7, killed_every=6)

    record_property("figure", f"a broker vanishes: {found}")
    assert [fault for one in found.values() for fault in broker_drill.wrong(one)] == []
    assert all(one["accepted"] == 70 and one["harmed in mid-send"] for one in found.values())


def test_an_sqlite_writer_that_is_killed_leaves_a_whole_file(record_property: Kept) -> None:
    found = database_drill.kill(3, 240)

    record_property("figure", f"SQLite under kills: {found}")
    assert database_drill.wrong(found) == [] and found["accepted"] == 240


def test_a_postgresql_that_crashes_leaves_whole_indexes(record_property: Kept) -> None:
    if reason := clusters.why_not():
        pytest.skip(reason)

    found = database_drill.crash(160, every=3.0)

    record_property("figure", f"PostgreSQL under crashes: {found}")
    assert database_drill.wrong(found) == [] and found["accepted"] == 160
    assert found["crashes"] and (found["indexes looked through"] is None or found["indexes looked through"] > 100)


@pytest.mark.parametrize("name", disk_drill.PLAYS)
def test_what_cannot_be_written_down_is_not_sent_and_goes_on_afterwards(name: str, record_property: Kept) -> None:
    if reason := disk_drill.why_not():
        pytest.skip(reason)

    found = disk_drill.PLAYS[name](150)

    record_property("figure", f"{name}: {found}")
    assert disk_drill.wrong(found) == [] and found["accepted"] == 150
    assert found["told after"]

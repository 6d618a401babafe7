"""P25: an old copy never sends. Real workers, a real mail server, PostgreSQL and SQLite; the original goes on meanwhile."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from campaigns.delivery.arming import RESTORED, UNKNOWN
from tests import snapshots
from tests.processes import clusters, copies, kill_drill
from tests.processes.clusters import Cluster
from workers import rehearsal
from workers.rehearsal import Plan, Rehearsal

pytestmark = pytest.mark.long
PEOPLE, PACE = 160, 20.0


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in kill_drill.UNHURRIED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COUNTERSIGN_CHUNK_SIZE", "5")


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    if why := clusters.why_not():
        pytest.skip(why)
    with clusters.opened() as cluster:
        yield cluster


def everybody_once(played: Rehearsal) -> bool:
    """Whether the original sent every letter, each once."""
    return kill_drill.journal_lines(played) == PEOPLE and played.tally()["accepted"] == PEOPLE


@pytest.mark.parametrize("machine", ["another machine", "the same machine"])
def test_a_dump_restored_beside_the_original_sends_nothing_until_both_parties_confirm(
    cluster: Cluster, machine: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with rehearsal.opened(Plan(people=PEOPLE, pace=PACE, database_url=cluster.url)) as played:
        kill_drill.start(played)
        kill_drill.wait_for_journal(played, 30)
        url = copies.dumped(cluster, "yesterday")
        original = played.stage.settings.arming_path
        file = original if machine == "the same machine" else tmp_path / "state" / "arming.json"
        with copies.second_stack(played, database_url=url, folder=tmp_path / "copy", arming_file=file) as second:
            asks = copies.asking(second.stage.database)
            played.await_outcomes()
            time.sleep(copies.TICKS)
            by_the_copy, waiting = second.letters(), copies.tally(second.stage.database, played)["queued"]
            first_goes_on = everybody_once(played)

            copies.both_confirm(second.stage.database)
            copies.until(lambda: second.letters() >= waiting, copies.SENDS_WITHIN, "the copy sends once both have confirmed")

    record_property("figure", f"P25, PostgreSQL, {machine}: {by_the_copy} letters by the copy, {waiting} of {PEOPLE} waited there")
    assert (asks.reason, by_the_copy, first_goes_on) == (UNKNOWN, 0, True)
    assert waiting > 50


def test_a_cluster_put_back_on_the_same_machine_sends_nothing_until_both_parties_confirm(
    cluster: Cluster, record_property: Callable[[str, object], None]
) -> None:
    with rehearsal.opened(Plan(people=PEOPLE, pace=PACE, database_url=cluster.url)) as played:
        kill_drill.start(played)
        kill_drill.wait_for_journal(played, 20)
        played.stop_workers()
        cluster.run("stop -m fast")
        back = copies.keep_files(cluster)
        cluster.run("start")
        played.start_workers()
        kill_drill.wait_for_journal(played, 60)
        cluster.crash().wait()  # what was committed is kept: this disarms nothing
        kill_drill.wait_for_journal(played, 90)
        played.stop_workers()
        cluster.run("stop -m fast")
        back()
        cluster.run("start")
        gone = kill_drill.journal_lines(played)
        played.start_workers()
        asks = copies.asking(played.stage.database)
        time.sleep(copies.TICKS)
        by_the_copy, waiting = kill_drill.journal_lines(played) - gone, played.tally()["queued"]

        copies.both_confirm(played.stage.database)
        copies.until(lambda: played.tally()["queued"] == 0, copies.SENDS_WITHIN, "it sends once both have confirmed")

    record_property("figure", f"P25, a cluster put back: {by_the_copy} letters by it, {waiting} of {PEOPLE} waited there")
    assert (asks.reason, by_the_copy) == (RESTORED, 0)
    assert waiting > PEOPLE - gone


def test_a_copied_folder_of_sqlite_sends_nothing_until_both_parties_confirm(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with rehearsal.opened(Plan(people=PEOPLE, pace=PACE, keep=tmp_path / "original")) as played:
        kill_drill.start(played)
        kill_drill.wait_for_journal(played, 30)
        folder = tmp_path / "copy"
        shutil.copytree(played.stage.folder, folder, ignore=shutil.ignore_patterns("*.db*", "mail*"))  # the arming file, too
        _backup(snapshots.file_of(played.stage.database), folder / "rehearsal.db")
        url = f"sqlite:///{folder / 'rehearsal.db'}"
        with copies.second_stack(played, database_url=url, folder=folder, arming_file=folder / "arming.json") as second:
            asks = copies.asking(second.stage.database)
            played.await_outcomes()
            time.sleep(copies.TICKS)
            by_the_copy, waiting = second.letters(), copies.tally(second.stage.database, played)["queued"]
            first_goes_on = everybody_once(played)

            copies.both_confirm(second.stage.database)
            copies.until(lambda: second.letters() >= waiting, copies.SENDS_WITHIN, "the copy sends once both have confirmed")

    record_property("figure", f"P25, SQLite folder: {by_the_copy} letters by the copy, {waiting} of {PEOPLE} waited there")
    assert (asks.reason, by_the_copy, first_goes_on) == (UNKNOWN, 0, True)
    assert waiting > 50


def test_an_sqlite_file_put_back_sends_nothing_until_both_parties_confirm(tmp_path: Path) -> None:
    with rehearsal.opened(Plan(people=PEOPLE, pace=PACE, keep=tmp_path / "original")) as played:
        kill_drill.start(played)
        kill_drill.wait_for_journal(played, 20)
        _backup(snapshots.file_of(played.stage.database), tmp_path / "yesterday.db")
        kill_drill.wait_for_journal(played, 80)
        played.workers[0].kill()
        gone = kill_drill.journal_lines(played)
        played.stage.database.dispose()
        _put_back(tmp_path / "yesterday.db", snapshots.file_of(played.stage.database))
        played.start_workers()
        asks = copies.asking(played.stage.database)
        time.sleep(copies.TICKS)
        by_the_copy = kill_drill.journal_lines(played) - gone

        copies.both_confirm(played.stage.database)
        copies.until(lambda: played.tally()["queued"] == 0, copies.SENDS_WITHIN, "it sends once both have confirmed")

    assert (asks.reason, by_the_copy) == (RESTORED, 0)


def _put_back(copy: Path, original: Path) -> None:
    """Over the file that is there, which stays the same file."""
    for name in (f"{original.name}-wal", f"{original.name}-shm"):
        original.with_name(name).unlink(missing_ok=True)
    shutil.copy(copy, original)


def _backup(original: Path, copy: Path) -> None:
    """SQLite's own online copy, as a backup takes it."""
    source, target = sqlite3.connect(original), sqlite3.connect(copy)
    source.backup(target)
    target.close()
    source.close()

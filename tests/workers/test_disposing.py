"""A worker's clock disposes of what is old once a day, whichever clock comes first, and empties the write-ahead log behind it."""

from datetime import timedelta

from campaigns.delivery import notices
from campaigns.foundation import log
from tests import snapshots
from tests.campaigns.posting import Clock
from workers import disposing
from workers.tools import Tools

ADDRESS = "perpetua@posts.test"


def written(tools: Tools, clock: Clock) -> None:
    with tools.database.transaction() as session:
        notices.posted(session, notices.write(session, to=ADDRESS, subject="S", text="T", html=None, by="x", at=clock.at), at=clock.at)


def test_what_is_old_goes_once_a_day_and_nothing_of_it_is_left_in_the_files(tools: Tools, clock: Clock) -> None:
    written(tools, clock)
    clock.at += timedelta(days=364)
    assert disposing.dispose(tools) == 0
    clock.at += timedelta(hours=23)
    written_later = disposing.dispose(tools)
    clock.at += timedelta(hours=2)

    assert (written_later, disposing.dispose(tools), disposing.dispose(tools)) == (0, 1, 0)
    with tools.database.reading() as session:
        assert next(entry.by for entry in log.latest(session, 5) if entry.kind == "Disposed") == "Countersign"
    files = snapshots.file_of(tools.database).parent.glob("test.db*")
    assert not any(ADDRESS.encode() in file.read_bytes() for file in files)

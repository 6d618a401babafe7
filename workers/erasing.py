"""Subscribers that finish an erasure: releases that waited for nobody else are closed, and the database's own log is emptied."""

from campaigns.agreement import sealed
from campaigns.delivery import plans
from campaigns.foundation.errors import TryLater
from campaigns.foundation.log import LogEntry
from workers.tools import Tools


def close_releases(entry: LogEntry, tools: Tools) -> None:
    """The last letters of a release may have been this person's, and are not sent any more."""
    with tools.database.transaction() as session:
        for release_id in sealed.releases_to(session, entry.subject):
            plans.close_if_done(session, release_id, at=tools.clock())


def blank_the_log(entry: LogEntry, tools: Tools) -> None:
    """What was written over is still in SQLite's write-ahead log until that is emptied; tried again until nobody reads from it."""
    if not tools.database.blank_the_log():
        raise TryLater("somebody still reads what was there before a person was erased")

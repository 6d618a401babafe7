"""Once a day, for each class of records: what is older than the schedule allows goes, unless a legal hold covers it."""

from audiences import disposals, retention
from campaigns.foundation.officers import COUNTERSIGN
from workers.tools import Tools


def dispose(tools: Tools) -> int:
    """Look at every class nobody looked at in the last day, each by itself; gives how many things went."""
    with tools.database.reading() as session:
        keys = retention.to_look_at(session, at=tools.clock())
    gone = 0
    for key in keys:
        gone += disposals.dispose(tools.database, key, by=COUNTERSIGN, at=tools.clock())
    if gone:
        tools.database.blank_the_log()  # a reader in its way is no fault: SQLite writes the log over in its time, and the next erasure empties it
    return gone

"""Disposing of a class of records: in one transaction, except for the readers of letters.

A release may have a million readers, and a long transaction would stop everybody else from writing; so they go part by part. The
transaction of the last part also records the disposal: until then the release stays due.
"""

from datetime import datetime

from audiences import legal_holds, letter_records, retention
from campaigns.foundation import officers
from campaigns.foundation.database import Database
from campaigns.foundation.officers import Officer


def dispose(database: Database, key: str, *, by: Officer, at: datetime) -> int:
    """Dispose of what of a class is due, and write down how many; gives the number, and writes nothing when it is none."""
    officers.require_writer(by)
    if key == letter_records.KEY:
        return _forget_letters(database, by, at)
    with database.transaction() as session:
        return retention.dispose(session, key, by=by, at=at)


def _forget_letters(database: Database, by: Officer, at: datetime) -> int:
    with database.reading() as session:
        cutoff = retention.kept(session, letter_records.KEY).cutoff(at)
        due = letter_records.due(session, cutoff, legal_holds.covered(session))
        found = {release: letter_records.parts(session, release) for release in due}
    gone = 0
    for release, parts in found.items():
        for places in parts:
            with database.transaction() as session:
                if not letter_records.is_due(session, release, cutoff, legal_holds.covered(session)):
                    break
                if places == parts[-1]:
                    gone += retention.dispose_of(session, letter_records.KEY, [release], by=by, at=at)
                else:
                    letter_records.forget_part(session, release, places)
    with database.transaction() as session:
        retention.look(session, letter_records.KEY, at=at)
    return gone

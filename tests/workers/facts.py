"""What a database's log holds, and the system e-mails that were written of it: for tests of whoever hears a fact."""

from sqlmodel import col, select

from campaigns.delivery.notices import Notice
from campaigns.foundation.database import Database
from campaigns.foundation.log import Event, LogEntry

WRITERS = ["hse-deputy", "hse-director", "hse-drafter", "lacors-chair", "lacors-deputy"]


def facts(database: Database, *kinds: type[Event]) -> list[LogEntry]:
    """Those of these kinds, oldest first."""
    with database.reading() as session:
        found = select(LogEntry).where(col(LogEntry.kind).in_([kind.__name__ for kind in kinds]))
        return list(session.exec(found.order_by(col(LogEntry.id))))


def fact(database: Database, kind: type[Event]) -> LogEntry:
    """The newest of its kind."""
    return facts(database, kind)[-1]


def every(database: Database) -> list[Notice]:
    """Every system e-mail, by whom it is to."""
    with database.reading() as session:
        return list(session.exec(select(Notice).order_by(Notice.to)))


def written(database: Database) -> dict[str, Notice]:
    """The same, each by its address."""
    return {notice.to: notice for notice in every(database)}

"""Heads of the chain, kept outside the database so that a cut-off tail shows: a line in a file, and a mail to both parties' signatories."""

from contextlib import suppress
from datetime import datetime, timedelta
from os import SEEK_END
from pathlib import Path

from sqlmodel import Session, col, select

from campaigns.agreement import rosters
from campaigns.foundation import audit, clock, log, stamps
from campaigns.foundation.audit import HEADS, HeadPublished
from campaigns.foundation.errors import Invalid
from campaigns.foundation.log import LogEntry
from campaigns.foundation.officers import COUNTERSIGN
from workers import notifying, recipients
from workers.tools import Tools

FILE = "heads.txt"
EVERY = timedelta(minutes=1)
LONGEST_LINE = 256  # characters, generously


def keep(tools: Tools) -> bool:
    """Append the newest head to the data folder's file, at most once a minute; False when there is nothing new to keep."""
    path, at = tools.settings.data_dir / FILE, tools.clock()
    # A time that lies ahead was another clock's, and says nothing of when a head was kept.
    if path.exists() and at - EVERY < datetime.fromtimestamp(path.stat().st_mtime, at.tzinfo) <= at:
        return False
    with tools.database.reading() as session:
        newest = audit.head(session)
    if newest.number == 0 or newest == _last(path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as lines:
        lines.write(f"{newest} {at.isoformat()}\n")
    return True


def publish(tools: Tools) -> bool:
    """Mail the newest head to every signatory, once in so many hours, whichever clock comes first; False when it is not time."""
    with tools.database.reading() as session:
        if not _is_due(session, tools):
            return False
    with tools.database.transaction() as session:
        stamps.wait_turn(session)  # clocks queue here; the second finds that it is not time any more
        if not _is_due(session, tools):
            return False
        newest, at = audit.head(session), tools.clock()
        log.record(session, HeadPublished(number=newest.number, hash=newest.hash.hex()), subject=HEADS, by=COUNTERSIGN.name, at=at)
        notifying.write(session, "log_head", {"head": str(newest), "when": clock.say(at)}, to=_signatories(session), tools=tools)
    return True


def _is_due(session: Session, tools: Tools) -> bool:
    newest = select(LogEntry.at).where(LogEntry.subject == HEADS).order_by(col(LogEntry.id).desc()).limit(1)
    published = session.exec(newest).first()
    if published and published > tools.clock() - timedelta(hours=tools.settings.head_hours):
        return False
    return audit.head(session).number > 0 and bool(_signatories(session))


def _signatories(session: Session) -> list[str]:
    """Whom heads are sent to: nobody before both parties have signed a roster, as nothing is agreed yet that a rewritten log could deny."""
    return [one.email for one in recipients.signatories(session) if one.email] if rosters.rows(session) else []


def _last(path: Path) -> audit.Head | None:
    """The last line's head, read from the file's end: it grows for years, and the clock looks every second while all is quiet. None where no whole
    line stands there, as a full disk may leave it.
    """
    if not path.exists():
        return None
    with path.open("rb") as lines:
        lines.seek(-min(LONGEST_LINE, path.stat().st_size), SEEK_END)
        with suppress(Invalid):
            return audit.read_head(lines.read().decode("ascii"))
    return None

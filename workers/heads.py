"""Heads of the chain, written outside the database: one line whenever the chain has grown, so that a cut-off tail shows."""

from datetime import datetime, timedelta
from pathlib import Path

from campaigns.foundation import audit
from workers.tools import Tools

FILE = "heads.txt"
EVERY = timedelta(minutes=1)


def keep(tools: Tools) -> bool:
    """Append the newest head to the data folder's file, at most once a minute; False when there is nothing new to keep."""
    path, at = tools.settings.data_dir / FILE, tools.clock()
    if path.exists() and datetime.fromtimestamp(path.stat().st_mtime, at.tzinfo) > at - EVERY:
        return False
    with tools.database.reading() as session:
        newest = audit.head(session)
    if newest.number == 0 or newest == _last(path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as lines:
        lines.write(f"{newest} {at.isoformat()}\n")
    return True


def _last(path: Path) -> audit.Head | None:
    return audit.read_head(path.read_text("ascii")) if path.exists() and path.stat().st_size else None

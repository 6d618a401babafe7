"""The subscriber that seals what was submitted."""

from audiences.sealing import Sealer
from campaigns.agreement import releases
from campaigns.agreement.releases import RevisionSubmitted
from campaigns.foundation import log
from campaigns.foundation.errors import NotFound, TryLater
from campaigns.foundation.log import LogEntry
from workers.tools import Tools


def seal_release(entry: LogEntry, tools: Tools) -> None:
    """Seal a submitted release; while another worker's claim on it stands, come back later in case that worker died."""
    event = log.read(entry)
    if not isinstance(event, RevisionSubmitted):
        raise NotFound("This fact is not about a submitted revision.")
    only_under = ".test" if tools.settings.env == "test" else None
    sealer = Sealer(tools.database, tools.source, tools.settings.secret_key, tools.clock, only_under)
    if not sealer.seal(event.release):
        with tools.database.reading() as session:
            if releases.get(session, event.release).state == "sealing":
                raise TryLater("Another worker is sealing this release.")

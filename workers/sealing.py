"""The subscribers that seal what was submitted, and count the readers of what is sealed."""

from audiences.sealing import Sealer
from campaigns.agreement import censuses, releases, sealed
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


def take_census(entry: LogEntry, tools: Tools) -> None:
    """Count the readers of what was sealed, once, for the pages that say how many there are."""
    with tools.database.transaction() as session:
        censuses.take(session, entry.subject)


def take_censuses_again(entry: LogEntry, tools: Tools) -> None:
    """A reader was erased, so that the censuses that counted them were thrown away."""
    with tools.database.reading() as session:
        theirs = sealed.releases_to(session, entry.subject)
    for release_id in theirs:
        with tools.database.transaction() as session:
            if releases.get(session, release_id).state != "sealing":
                censuses.take(session, release_id)

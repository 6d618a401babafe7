"""The subscribers that seal what was submitted, and count the readers of what is sealed."""

from uuid import UUID

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
    sealer = Sealer(tools.database, tools.source, tools.settings.secret_key, tools.clock, tools.settings.only_under)
    if not sealer.seal(event.release):
        with tools.database.reading() as session:
            if releases.get(session, event.release).state == "sealing":
                raise TryLater("Another worker is sealing this release.")


def take_census(entry: LogEntry, tools: Tools) -> None:
    """Count the readers of what was sealed, once, for the pages that say how many there are."""
    _take_census(entry.subject, tools)


def take_censuses_again(entry: LogEntry, tools: Tools) -> None:
    """A reader was erased: releases to them that have no census yet are counted, so that no page has to."""
    with tools.database.reading() as session:
        theirs = [one for one in sealed.releases_to(session, entry.subject) if not censuses.is_taken(session, one)]
        theirs = [one for one in theirs if releases.get(session, one).state != "sealing"]
    for release_id in theirs:
        _take_census(release_id, tools)


def _take_census(release_id: UUID, tools: Tools) -> None:
    with tools.database.transaction() as session:
        claim = censuses.begin(session, release_id)
    if claim is None:
        return
    with tools.database.reading() as session:  # seconds for a million readers, and nothing is held
        counted = censuses.count(session, release_id)
    with tools.database.transaction() as session:
        kept = censuses.keep(session, counted, claim=claim)
    if not kept:
        raise TryLater("A reader was erased while the readers were counted.")

"""What officers decide about letters that nobody can say more of: each by its place, by name, for good."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from campaigns.agreement import releases
from campaigns.delivery import deliveries, unclear
from campaigns.delivery.deliveries import ENDED, Delivery
from campaigns.delivery.unclear import AGAIN, SENT
from campaigns.foundation import lifecycles, officers
from campaigns.foundation.errors import NotAllowedNow, NotFound
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

VERDICTS = (SENT, AGAIN, "leave")


class LetterDecided(Event):
    """An officer said what is to become of an unclear letter."""

    chunk: UUID
    position: int
    verdict: str


def never_left(row: Delivery) -> bool:
    """Whether a held letter failed here, before it reached a relay, each time it was tried."""
    return row.stage == "here" and not row.maybe_twice


def decide(session: Session, release_id: UUID, position: int, *, verdict: str, by: Officer, at: datetime) -> None:
    """Settle an unclear letter by an officer's word: count as sent (if it may have left), send again, leave. Refuses any other letter."""
    officers.require_writer(by)
    if (row := deliveries.locked(session, release_id, position)) is None:
        raise NotFound("There is no such letter.")
    if verdict not in VERDICTS:
        raise NotAllowedNow("Choose what to do with this letter.")
    if verdict == SENT and never_left(row):
        raise NotAllowedNow("This letter was never handed to the mail relay, so it cannot count as sent. Send it again, or leave it.")
    if verdict == AGAIN and releases.get(session, release_id).state in ENDED:
        raise NotAllowedNow("The release has ended, so nothing more of it can be sent.")
    row.state = lifecycles.move(lifecycles.DELIVERY, row.state, verdict)
    twice = row.maybe_twice or (verdict == AGAIN and not never_left(row))
    said = {"reply": f"{by.name} decided: {verdict}", "maybe_twice": twice, "vouched_by": by.name if verdict == SENT else None}
    row.sqlmodel_update({"at": at, "due_at": at, "first_at": None, "claim": None, "way": None, **said})
    session.add(row)
    decided = LetterDecided(chunk=row.chunk_id, position=position, verdict=verdict)
    unclear.record(session, row.chunk_id, decided, subject=release_id, by=by, at=at)

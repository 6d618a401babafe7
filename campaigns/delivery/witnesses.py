"""Letters that the relay said it took, near one of which nothing was heard: where its log lacks any of them, it has gaps, and its silence says nothing.

A log that goes on may still have lost lines: journald and rsyslog drop what comes too fast. What they drop lies together, and so do letters of
one claim, which left one after another by one relay. Where no letter was taken about then, nothing came too fast. What was taken a moment ago
may not stand in any log yet, and is not asked for.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement.sealed import Particulars
from campaigns.delivery.deliveries import PARTICULARS, Delivery
from campaigns.delivery.relay_logs import Sought
from campaigns.delivery.verp import ReturnAddress

NEAREST = 6
ABOUT = timedelta(minutes=1)
TAKEN = ("accepted", "returned")  # of a letter that an officer counted as sent no claim is kept


def near(session: Session, release_id: UUID, position: int, returns: Iterable[ReturnAddress], *, before: datetime) -> list[Sought]:
    """What to look for in the relay's log: the letters that a relay said `before` that it took, the nearest of the same claim.

    Where there are none, those of the release that any relay took about then. Erased ones are left out.
    """
    own = session.get_one(Delivery, (release_id, position))
    since, taken_at = own.tried_at or own.at, sa.case((col(Delivery.state) == "returned", col(Delivery.tried_at)), else_=col(Delivery.at))
    of_claim = Delivery.chunk_id == own.chunk_id, col(Delivery.claim).is_not(None), Delivery.claim == own.claim
    about_then = Delivery.release_id == release_id, col(Delivery.at).between(since - ABOUT, since + ABOUT)
    taken = col(Delivery.state).in_(TAKEN), taken_at <= before
    query = select(Delivery.position, Particulars.fields).join(Particulars, PARTICULARS).where(*taken)
    nearest = query.order_by(sa.func.abs(Delivery.position - position)).limit(NEAREST)
    found = session.exec(nearest.where(*of_claim)).all() or session.exec(nearest.where(*about_then, col(Delivery.claim).is_not(None))).all()
    keys = list(returns)
    return [
        Sought(fields["message_id"], frozenset(key.token(release_id, place) for key in keys))
        for place, fields in found
        if fields and fields.get("message_id")
    ]

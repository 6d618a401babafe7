"""Closing: the clock looks for releases whose every letter has its outcome. What ended the last one (a bounce, a moved date) closes none."""

from campaigns.agreement import releases
from campaigns.delivery import deliveries, plans
from workers.tools import Tools


def close_done(tools: Tools) -> None:
    """Close every release that is going and whose every letter has its outcome."""
    with tools.database.reading() as session:
        done = [one.id for one in releases.in_state(session, "sending") if deliveries.is_done(session, one)]
    for release_id in done:
        with tools.database.transaction() as session:
            plans.close_if_done(session, release_id, at=tools.clock())

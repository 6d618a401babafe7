"""What waits for an officer of the tours: of each the one thing that its page says is next."""

from datetime import datetime

from flask import url_for
from sqlmodel import Session

from campaigns.briefings import tours
from web import tour_rows
from web.letter_tasks import Task


def tasks(session: Session, *, at: datetime) -> list[Task]:
    """One task for each tour on which there is something to do now."""
    found = [(tour, tour_rows.waiting(tour_rows.of(session, tour.id, with_answers=False), at=at)) for tour in tours.every(session)]
    return [
        Task(
            f"{tour.name}: {waits.sentence}",
            waits.since or tour.opened_at,
            waits.button,
            url_for(waits.endpoint, briefing_id=waits.next.id),
        )
        for tour, waits in found
        if waits.next
    ]

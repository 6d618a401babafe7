"""What keeps letters that go by briefings from their readers, in sentences: an officer reads it before choosing when a release goes."""

from uuid import UUID

from sqlmodel import Session

from audiences import briefing_days
from campaigns.agreement.manifest import Manifest
from campaigns.briefings import tours
from campaigns.foundation import clock
from web import desk
from web.words import many

MOST_NAMED = 10


def said(session: Session, release_id: UUID, *, tour: UUID | None = None) -> list[str]:
    """For this tour, or for each: how many readers of a release have no briefing on it still to come, and where; nothing where all have one."""
    called = {one.id: one.name for one in tours.every(session) if tour in (None, one.id)}
    found = briefing_days.without(session, release_id, called, at=desk.now())
    return [
        f"On “{called[one]}”, {many(sum(places.values()), 'reader has', 'readers have')} no briefing of their own still to come: {_named(list(places))}."
        for one, places in found.items()
        if places
    ]


def unlisted(session: Session, said: Manifest | None) -> str:
    """Of a follow-up: that a letter waits for the list of its reader's briefing, and how many lists are complete; empty for any other."""
    if said is None or not said.goes_under.follows_up or (tour := tours.named(session, said.goes_under.follows_up)) is None:
        return ""
    briefings = [one for one in tours.briefings(session, tour.id) if one.state != "declined"]
    complete = sum(one.list_completed_at is not None for one in briefings)
    return (
        "Whatever you choose, each letter waits until the list of who came to its reader’s briefing is complete. On"
        f" “{tour.name}” that is so for {complete} of {many(len(briefings), 'briefing')} so far. Where it is not by"
        f" {clock.say(said.latest_send)}, no letter goes."
    )


def _named(places: list[str]) -> str:
    shown, more = places[:MOST_NAMED], len(places) - MOST_NAMED
    return ", ".join(shown) + (f" and {many(more, 'other place')}" if more > 0 else "")

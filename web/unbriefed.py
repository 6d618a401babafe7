"""Who has no briefing still to come, in sentences: an officer reads it before a release goes before briefings, and nothing goes to them so."""

from uuid import UUID

from sqlmodel import Session

from audiences import briefing_days
from campaigns.briefings import tours
from web import desk
from web.words import many

MOST_NAMED = 10


def said(session: Session, release_id: UUID, *, tour: UUID | None = None) -> list[str]:
    """For this tour, or for each, how many readers of a release it leaves without, and where; nothing of a tour on which all have one."""
    called = {one.id: one.name for one in tours.every(session) if tour in (None, one.id)}
    found = briefing_days.without(session, release_id, called, at=desk.now())
    return [f"On “{called[one]}”, {_number(sum(places.values()))}: {_named(list(places))}." for one, places in found.items() if places]


def _number(readers: int) -> str:
    return f"{many(readers, 'reader')} {'has' if readers == 1 else 'have'} no briefing of their own still to come"


def _named(places: list[str]) -> str:
    shown, more = places[:MOST_NAMED], len(places) - MOST_NAMED
    return ", ".join(shown) + (f" and {many(more, 'other place')}" if more > 0 else "")

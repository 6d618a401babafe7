"""Everything that could make a release's letters leave, tried one after another, whatever each step answers."""

import contextlib
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from campaigns.agreement import releases, schedules
from campaigns.agreement.releases import Release
from campaigns.delivery import plans
from campaigns.delivery.transport import Envelope, RecordingTransport
from tests.campaigns import posting
from tests.campaigns.agreement import removals
from tests.campaigns.posting import Clock
from tests.campaigns.stories import NOON, Story


def push(story: Story, *, at: datetime = NOON, by_force: bool = True, through: RecordingTransport | None = None) -> list[Envelope]:
    """By the product's own steps, scheduled first unless it is; `by_force`, then with its row at the database saying that it is going.

    Gives every letter that left.
    """
    transport = through or RecordingTransport()
    tries(story, lambda session: _is_scheduled(session, story, at))
    tries(story, lambda session: schedules.begin_due(session, at=at))
    _send(story, transport, at)
    if by_force:
        tries(story, lambda session: _is_going(session, story, at))
        _send(story, transport, at)
    return transport.sent


def tries(story: Story, step: Callable[[Session], object]) -> str:
    """One step in one transaction; gives the sentence that refused it, or nothing."""
    try:
        with story.database.transaction() as session:
            step(session)
    except Exception as refusal:  # noqa: BLE001 - whatever it is, no letter leaves by this step
        return str(refusal)
    return ""


def _is_scheduled(session: Session, story: Story, at: datetime) -> None:
    if releases.get(session, story.release).state != "scheduled":
        schedules.schedule(session, story.release, when=None, by=story.house.drafter, at=at)


def _send(story: Story, transport: RecordingTransport, at: datetime) -> None:
    tries(story, lambda session: plans.plan_next(session, story.release, size=100, at=at))
    for chunk in posting.chunks(story):
        with contextlib.suppress(Exception):
            if (claim := posting.claim(story, at=at, chunk=chunk)) is not None:
                posting.sender(story.database, transport, Clock(at)).send(claim)


def _is_going(session: Session, story: Story, at: datetime) -> None:
    removals.lifted(session)
    going = {"state": "sending", "began_at": at, "ended_at": None, "stopped_by": None}
    session.exec(sa.update(Release).values(**going).where(col(Release.id) == story.release))

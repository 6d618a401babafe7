"""What waits for an officer of letters that went, or are going: to decide about them, and to correct what was withdrawn."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import url_for
from sqlmodel import Session, col, select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.delivery import corrections, deliveries, windowless
from campaigns.delivery.deliveries import Chunk
from campaigns.delivery.timing import LettersHaveNoWindow
from campaigns.foundation import log
from campaigns.foundation.log import Event
from web.words import many

UNFINISHED = ("sending", "stopped", "sent", "withdrawn", "missed")
NONE = {"held": 0, "missed": 0}
LATELY = timedelta(days=14)  # after its end; who has not written again by then does not mean to


@dataclass(frozen=True)
class Task:
    """Something to do: a sentence, since when it waits, and the one button."""

    sentence: str
    since: datetime
    button: str
    address: str


def tasks(session: Session, *, at: datetime) -> list[Task]:
    """Letters that need somebody's decision, of whatever is going or has gone, and what was withdrawn and is not yet corrected."""
    going = _to_decide_on(session, at)
    counts = deliveries.counted_each(session, [release.id for release in going], "held", "missed")
    counted = [(release, counts.get(release.id, NONE)) for release in going]
    return [*_unclear(counted), *_without_a_window(session, counted, at), *_never_begun(session, going, at), *_uncorrected(session)]


def since(session: Session, found: Collection[Release], what: type[Event]) -> dict[UUID, datetime]:
    """When this happened last to each of these releases."""
    happened = log.last_each(session, [one.id for one in found], what.__name__) if found else {}
    return {one.id: happened.get(one.id) or one.sealed_at or one.submitted_at for one in found}


def _to_decide_on(session: Session, at: datetime) -> list[Release]:
    """Releases that are going, ended lately, or have letters of which nobody knows whether they went; the oldest first. Of a year's these are few."""
    lately = col(Release.ended_at).is_(None) | (col(Release.ended_at) > at - LATELY)
    held = select(Chunk.release_id).where(col(Chunk.tally)["held"].as_integer() > 0)
    found = select(Release).where(col(Release.state).in_(UNFINISHED), lately | col(Release.id).in_(held))
    return list(session.exec(found.order_by(col(Release.submitted_at), col(Release.id))))


def _unclear(counted: list[tuple[Release, dict[str, int]]]) -> list[Task]:
    found = []
    for release, letters in counted:
        if number := letters["held"]:
            needs, it = ("needs", "it") if number == 1 else ("need", "they")
            sentence = (
                f"{many(number, 'letter')} of “{release.title}” {needs} you: nothing shows whether {it} went, or {it} could not be sent."
            )
            address = url_for("deliveries.show", release_id=release.id, _anchor="needs-you")
            found.append(Task(sentence, release.began_at or release.submitted_at, "Decide", address))
    return found


def _without_a_window(session: Session, counted: list[tuple[Release, dict[str, int]]], at: datetime) -> list[Task]:
    """Letters that will not go, unless somebody withdrew them or said that they are dealt with, or that is long past."""
    found = []
    for release, letters in counted:
        if release.ended_at is not None and at - release.ended_at >= LATELY:
            continue
        was_missed = release.state == "missed"  # then letters may be missing that were never queued, and counted with no chunk
        number = windowless.number(session, release) if was_missed else windowless.of_missed(release, letters["missed"])
        if number and not windowless.dealt_with(session, release.id, number):
            sentence = f"{many(number, 'letter')} of “{release.title}” {'does' if number == 1 else 'do'} not go: no window was left, or its latest time passed."
            address = url_for("deliveries.show", release_id=release.id, _anchor="no-window")
            ended = release.ended_at or since(session, [release], LettersHaveNoWindow)[release.id]
            found.append(Task(sentence, ended, "See for whom, and decide", address))
    return found


def _never_begun(session: Session, ended: list[Release], at: datetime) -> list[Task]:
    """What missed its latest time whole, unless its words were changed since, or that is long past."""
    late = [one for one in ended if one.state == "missed" and one.began_at is None and one.ended_at and at - one.ended_at < LATELY]
    return [
        Task(
            f"“{one.title}” missed its latest time, so none of its {many(one.people, 'letter')} went.",
            one.ended_at or one.submitted_at,
            "Look at it",
            url_for("messages.show", message_id=one.message_id),
        )
        for one in late
        if releases.is_current(session, one)
    ]


def _uncorrected(session: Session) -> list[Task]:
    return [
        Task(
            f"“{release.title}” was withdrawn after letters had gone. Their readers have not been told what is right.",
            release.ended_at or release.submitted_at,
            "Correct it",
            url_for("messages.show", message_id=release.message_id),
        )
        for release in corrections.wanted(session)
    ]

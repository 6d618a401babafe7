"""A correction: a message for exactly the readers to whom another release went, or may have gone.

Source: HELA paper, paragraph 9 ("avoid damage to LAs' and HSE's reputations").
"""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.delivery import reached
from campaigns.drafting import lint, messages
from campaigns.drafting.messages import Message
from campaigns.drafting.words import after_the_greeting
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.officers import Officer

CORRECTED_WITHIN = timedelta(days=14)
GOING = frozenset({"sending", "stopped"})  # more letters of it may leave, which a correction sealed today would not follow
OPENING = f"We wrote to you before, and something in that letter needs correcting. {lint.TO_BE_SAID}"


def begin(session: Session, release_id: UUID, *, by: Officer, at: datetime) -> UUID:
    """Draft a correction of a release that has ended: the audiences its letters reached, words to be written, no approval copied.

    Refuses a release of which more letters may leave, or of which none can have reached anybody, and a second correction while one stands.
    """
    release = releases.get(session, release_id, lock=True)
    if (begun := standing(session, release_id)) is not None:
        raise NotAllowedNow(f"A correction of this release was begun already: “{begun.title}”. Change that one, or withdraw it first.")
    require_ended(release)
    if not (went := reached.audiences(session, release_id)):
        raise NotAllowedNow("No letter of this release has left, so there is nothing to correct.")
    original = messages.revision(session, release.message_id, release.revision)
    words = original.read()
    fresh = {
        "audiences": [key for key in words.audiences if key in went],
        "title": f"Correction: {words.title}"[:150],
        "subject": f"Correction: {words.subject}"[:150],
        "core": after_the_greeting(words.core, OPENING),
    }
    when = {"not_before": None, "latest_send": max(words.latest_send, at + CORRECTED_WITHIN)}
    terms = words.terms.model_copy(update={"waits_for": ""})  # what never happened after all is a reason to correct, not to wait
    corrected = words.model_copy(update={**fresh, **when, "terms": terms})
    return messages.draft(session, release.campaign_id, corrected, corrects=release_id, parent=original, by=by, at=at)


def standing(session: Session, release_id: UUID) -> Message | None:
    """The correction of a release that was begun and not withdrawn, or none."""
    begun = select(Message).where(Message.corrects == release_id, Message.state != "withdrawn")
    return session.exec(begun).first()


def may_begin(session: Session, release: Release) -> bool:
    """Whether a correction of it can be begun: no more of its letters may leave, some may have arrived, and none is begun."""
    return release.state not in GOING and bool(reached.audiences(session, release.id)) and standing(session, release.id) is None


def wanted(session: Session) -> list[Release]:
    """What was withdrawn after letters of it may have left to readers who are known yet, and of which no correction is begun, the longest ago first."""
    begun = sa.exists().where(col(Message.corrects) == Release.id, col(Message.state) != "withdrawn")
    withdrawn = select(Release).where(Release.state == "withdrawn", col(Release.began_at).is_not(None), ~begun)
    return [one for one in session.exec(withdrawn.order_by(col(Release.ended_at), col(Release.id))) if reached.audiences(session, one.id)]


def require_ended(release: Release) -> None:
    """Refuses a release of which more letters may leave."""
    if release.state in GOING:
        raise NotAllowedNow("More letters of this release may leave. Withdraw it, or wait until it has gone out; then correct it.")

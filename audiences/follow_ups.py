"""A follow-up: a draft for exactly those authorities that are not yet written to, confirmed or briefed, made from the list an officer saw.

Who gets it is said by a rule: those authorities by name, the roles looked at, and *not yet*. Whoever confirms before it is sealed gets none:
only less, never more. Source: HELA paper, Annex 3 ("all stakeholders, in particular all of the LAs").
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from audiences import contactable, coverage, definitions, rules
from audiences.coverage import Row
from audiences.coverage_views import View
from audiences.grades import SAID, at_least
from audiences.people import Person
from audiences.rules import Condition, Rule
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.deliveries import SEALED, Delivery
from campaigns.drafting import messages
from campaigns.drafting.placeholders import YOUR_PART
from campaigns.drafting.words import LONGEST_LINE, Words, after_the_greeting
from campaigns.foundation import clock, officers
from campaigns.foundation.errors import NotAllowedNow, Refused
from campaigns.foundation.officers import Officer
from campaigns.planning import campaign_plans
from campaigns.reach.touches import BRIEFED, CONFIRMED, UNDERSTANDS, WRITTEN

SENT_WITHIN = timedelta(days=28)
ASKS = {
    WRITTEN: "We have not written to you about it before.",
    CONFIRMED: "Please tell us that this has come to you, or who else at ((organisation)) should have it.",
    BRIEFED: "We have not yet met anybody in your role from ((organisation)) to talk about it. Please tell us when you could come to a briefing.",
    UNDERSTANDS: "Please tell us in a few words what it means for ((organisation)), and what is not clear.",
}


def gap(rows: Iterable[Row], grade: str) -> list[Row]:
    """The authorities where nobody in the roles looked at has this grade, or one that counts towards it."""
    return [row for row in rows if not row.grades & set(at_least(grade))]


def draft(session: Session, campaign_id: UUID, view: View, grade: str, codes: Collection[str], *, by: Officer, at: datetime) -> UUID:
    """Draft a message to everybody in the roles looked at, at these authorities, who is not yet at the grade. Gives its id.

    Refuses an empty list, an authority that is not among those looked at, and a look at one channel or a day gone by: neither says who
    is still to be written to now.
    """
    officers.require_writer(by)
    if view.channel or view.on:
        raise NotAllowedNow("A follow-up goes to those not yet told by any channel, as things stand today. Look at that list first.")
    shown = [row for row in coverage.grid(session, campaign_id, view).rows if row.authority.code in set(codes)]
    if not codes or len(shown) < len(set(codes)):
        raise Refused("The list of authorities is not one that this page shows. Open the page again.")
    rule = _rule(campaign_id, view, grade, sorted(set(codes)))
    about = messages.get(session, view.message).title if view.message else campaign_plans.get(session, campaign_id).name
    key = _audience(session, rule, f"Not yet {SAID[grade]}: {about}", by=by, at=at)
    words = _words(session, campaign_id, view, grade, key, opening=_opening(session, campaign_id, set(codes), view), at=at)
    return messages.draft(session, campaign_id, words, by=by, at=at)


def _rule(campaign_id: UUID, view: View, grade: str, codes: list[str]) -> Rule:
    about = f"{rules.MESSAGE}{view.message}" if view.message else f"{rules.CAMPAIGN}{campaign_id}"
    asked = (Condition(asks=rules.ROLE, of=view.roles), rules.not_yet(grade, about), Condition(asks=rules.AUTHORITY, of=tuple(codes)))
    return rules.all_of(*asked, enforcing_only=not view.opted_in)


def _audience(session: Session, rule: Rule, name: str, *, by: Officer, at: datetime) -> str:
    """The audience with this rule: the one there is, or a new one under the first name that is free."""
    standing = definitions.every(session)
    for audience in standing:
        if definitions.rule_of(audience) == rule:
            return audience.key
    taken, day = {audience.key for audience in standing}, clock.london(at)
    tails = (f", {day.day} {day:%b %Y}{f' ({number})' if number > 1 else ''}" for number in count(1))
    names = (f"{name[: definitions.LONGEST_NAME - len(tail)].rstrip()}{tail}" for tail in tails)
    return definitions.define(session, name=next(one for one in names if definitions.key_of(one) not in taken), rule=rule, by=by, at=at)


def _words(session: Session, campaign_id: UUID, view: View, grade: str, key: str, *, opening: str, at: datetime) -> Words:
    latest = at + SENT_WITHIN
    if view.message is None:
        name = campaign_plans.get(session, campaign_id).name
        core = "\n\n".join(filter(None, ["Dear ((name)),", opening, f"This is about {name}.", ASKS[grade]]))
        return Words(title=f"Follow-up: {name}"[:LONGEST_LINE], subject=name[:LONGEST_LINE], core=core, audiences=[key], latest_send=latest)
    said = messages.current(session, messages.get(session, view.message)).read()
    core = said.core.replace(f"(({YOUR_PART}))", "")
    return said.model_copy(
        update={
            "title": f"Follow-up: {said.title}"[:LONGEST_LINE],
            "core": after_the_greeting(core, opening),
            "audiences": [key],
            "not_before": None,
            "latest_send": max(said.latest_send, latest),
        }
    )


def _opening(session: Session, campaign_id: UUID, codes: Collection[str], view: View) -> str:
    """That we wrote, and when: only if a letter went to everybody who would read it. What went to another in the same role says nothing of them."""
    about = col(Release.message_id) == view.message if view.message else col(Release.campaign_id) == campaign_id
    letters = sa.select(col(SealedLetter.person_id), col(Delivery.at)).join(Delivery, SEALED)
    went = letters.join(Release, col(Release.id) == SealedLetter.release_id).where(about, col(Delivery.state) == "accepted").subquery()
    readers = sa.select(went.c.at).select_from(Person).outerjoin(went, went.c.person_id == col(Person.id))
    here = col(Person.role).in_(view.roles), col(Person.place).in_(codes), contactable.now(session, campaign_id=campaign_id)
    moments = session.scalars(readers.where(*here)).all()
    if not moments or None in moments:
        return ""
    days = sorted({clock.london(moment).date() for moment in (min(moments), max(moments))})
    said = [clock.day(day) for day in days]
    return f"We wrote to you on {said[0]}." if len(said) == 1 else f"We wrote to you between {said[0]} and {said[1]}."

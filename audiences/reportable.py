"""What can be recorded by hand: of a campaign's work, and of a message once its letters went; and for whom it does not count."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences.authorities import IN_FORCE, Authority
from campaigns.agreement.releases import Release
from campaigns.drafting import messages
from campaigns.foundation import clock
from campaigns.foundation.errors import Problem
from campaigns.planning import campaign_plans
from campaigns.reach import cells
from campaigns.reach.touches import LETTER, WRITTEN, Touch

EVIDENCE = "report:"  # how the keys of touches recorded by hand begin
WORK_BEFORE = timedelta(days=365)  # a campaign's work may have begun before it was set up here
UNCOUNTED = ~(IN_FORCE & col(Authority.enforces))


def going(session: Session) -> dict[UUID, datetime]:
    """The messages that have begun to go out, and since when."""
    began = sa.select(col(Release.message_id), sa.func.min(Release.began_at)).where(col(Release.began_at).is_not(None))
    return {message: cells.moment(at) for message, at in session.execute(began.group_by(col(Release.message_id)))}


def too_early(session: Session, campaign_id: UUID, message_id: UUID | None, on: date) -> list[Problem]:
    """Why nothing of this campaign, or of this message, can have happened on a day. Refuses an unknown campaign or message."""
    problems = []
    begun = clock.london(campaign_plans.get(session, campaign_id).begun_at).date()
    if on < begun - WORK_BEFORE:
        problems.append(Problem("on", f"The campaign was set up here on {clock.day(begun)}. Enter a day at most a year before that"))
    if message_id is None:
        return problems
    if messages.get(session, message_id).campaign_id != campaign_id:
        return [*problems, Problem("message", "Choose a message of this campaign, or none")]
    if (began := going(session).get(message_id)) is None:
        return [*problems, Problem("message", "This message has not begun to go out. Choose another, or none")]
    if not problems and on < (first := clock.london(_first_letter(session, campaign_id, message_id) or began).date()):
        problems.append(Problem("on", f"The first letter of this message went on {clock.day(first)}. Enter that day or a later one"))
    return problems


def uncounted(session: Session, codes: Collection[str]) -> list[Authority]:
    """Those of these authorities that coverage does not count today, by name: they do not enforce, or have come to an end."""
    return list(session.exec(select(Authority).where(col(Authority.code).in_(codes), UNCOUNTED).order_by(col(Authority.name))))


def uncounted_so_far(session: Session, campaign_id: UUID) -> dict[str, list[Authority]]:
    """The same of everything recorded by hand for a campaign, by the report's id."""
    about = select(Touch.evidence, Authority).join(Authority, col(Authority.code) == Touch.authority_code)
    theirs = about.where(Touch.campaign_id == campaign_id, col(Touch.evidence).startswith(EVIDENCE), UNCOUNTED)
    found: defaultdict[str, list[Authority]] = defaultdict(list)
    for evidence, authority in session.exec(theirs.order_by(col(Authority.name))):
        found[evidence.split(":")[1]].append(authority)
    return found


def _first_letter(session: Session, campaign_id: UUID, message_id: UUID) -> datetime | None:
    letters = cells.counted(session, campaign_id, message=message_id, channel=LETTER)
    return min((cells.moment(one.first) for one in letters if one.grade == WRITTEN), default=None)

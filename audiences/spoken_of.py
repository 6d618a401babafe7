"""What else than messages speaks of a subject: briefings' questions, next actions and local repeats; rows of communications plans, what was
recorded by hand, and milestones; mail that came in; and what was suggested about whom to write to.

Each is one line of a disclosure: when, what it is, where it belongs, who wrote it down, and what it says. The name of whoever told of a
repeat or sent a mail is not said, nor that of whoever was suggested.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from audiences.reports import Report
from audiences.suggestions import Suggestion
from campaigns.agreement.releases import Release
from campaigns.briefings.actions import Action
from campaigns.briefings.questions import Question
from campaigns.briefings.repeats import Repeat
from campaigns.briefings.tours import Briefing
from campaigns.delivery import incoming
from campaigns.delivery.incoming import IncomingMail
from campaigns.drafting import searches
from campaigns.planning.campaign_plans import Campaign
from campaigns.planning.milestones import Milestone
from campaigns.planning.plan_rows import PlanRow


@dataclass(frozen=True)
class Line:
    """Something that was written down; `dated`: every moment at which it said something new."""

    at: datetime
    what: str
    where: str
    by: str
    said: tuple[str | None, ...]
    dated: tuple[datetime | None, ...] = ()

    @property
    def text(self) -> str:
        """What it says, in one cell."""
        return " — ".join(part.strip() for part in self.said if part and part.strip())


def find(session: Session, about: str, *, within: Callable[[datetime | None], bool], but: Collection[UUID]) -> list[Line]:
    """Every line that holds the text and is dated in the time, by date; `but` for mail about the letters of these messages."""
    found = [line for line in _every(session, but) if searches.holds(line.said, about) and any(map(within, (line.at, *line.dated)))]
    return sorted(found, key=lambda line: line.at)


def _every(session: Session, but: Collection[UUID]) -> Iterator[Line]:
    yield from _of_briefings(session)
    yield from _of_campaigns(session)
    yield from _from_outside(session, but)


def _from_outside(session: Session, but: Collection[UUID]) -> Iterator[Line]:
    mails = select(IncomingMail, Release.reference).outerjoin(Release, col(Release.id) == IncomingMail.release_id)
    of_others = col(Release.id).is_(None) | col(Release.message_id).not_in(but)
    for mail, reference in session.exec(mails.where(of_others, incoming.WORDS_KEPT)):
        what = f"a mail about a letter ({mail.kind})" if reference else f"a mail that came in ({mail.kind})"
        yield Line(mail.at, what, reference or "no letter of ours", "its sender", (mail.subject, mail.whole or mail.words))
    for suggestion in session.exec(select(Suggestion).where(Suggestion.note != "")):
        what, settled = f"a suggestion about whom to write to ({suggestion.kind})", (suggestion.settled_at,)
        yield Line(suggestion.at, what, suggestion.authority_code, suggestion.by, (suggestion.note,), settled)


def _of_briefings(session: Session) -> Iterator[Line]:
    questions = select(Question, Briefing).join(Briefing, col(Briefing.id) == Question.briefing_id)
    for question, briefing in session.exec(questions):
        settled = (question.settled_at,)
        yield Line(
            question.at,
            "a question at a briefing, and its outcome",
            briefing.title,
            question.by,
            (question.question, question.outcome),
            settled,
        )
    for action, briefing in session.exec(select(Action, Briefing).join(Briefing, col(Briefing.id) == Action.briefing_id)):
        yield Line(action.at, "a next action after a briefing", briefing.title, action.by, (action.what, action.owner), (action.done_at,))
    for repeat, briefing in session.exec(select(Repeat, Briefing).join(Briefing, col(Briefing.id) == Repeat.briefing_id)):
        told = (repeat.venue, repeat.asked)
        yield Line(repeat.at, "a local repeat of a briefing", briefing.title, "whoever held it", told, (repeat.settled_at,))


def _of_campaigns(session: Session) -> Iterator[Line]:
    for row, campaign in session.exec(select(PlanRow, Campaign.name).join(Campaign, col(Campaign.id) == PlanRow.campaign_id)):
        said = (row.title, row.hse_owner, row.lacors_owner, row.note)
        yield Line(row.added_at, "a row of the communications plan", campaign, row.added_by, said)
    for report, campaign in session.exec(select(Report, Campaign.name).join(Campaign, col(Campaign.id) == Report.campaign_id)):
        what, dated = f"what was recorded by hand ({report.channel})", (report.happened_at, report.taken_back_at)
        yield Line(report.at, what, campaign, report.by, (report.evidence, report.reason), dated)
    for milestone, campaign in session.exec(select(Milestone, Campaign.name).join(Campaign, col(Campaign.id) == Milestone.campaign_id)):
        if milestone.reached_at:
            reached = (milestone.name, milestone.evidence)
            yield Line(milestone.reached_at, "a milestone, and what shows it", campaign, milestone.by, reached)

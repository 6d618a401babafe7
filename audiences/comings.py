"""Who comes to a briefing: everybody whose invitation went, and what they answered to it as it stands now.

What was answered before the date or place was changed is shown, and counts no more. It is what people intend, and evidence of nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from audiences import invitations, invitees
from audiences.invitees import Invitee
from campaigns.agreement import occasions
from campaigns.briefings import answers, tours
from campaigns.briefings.answers import ANSWERS, COMING, InvitationAnswer
from campaigns.briefings.tours import Briefing
from campaigns.foundation.officers import Officer

NOT_ANSWERED, CAME_BACK = "not answered", "the invitation came back"


@dataclass(frozen=True)
class Coming:
    """One invited person, and their answer. `earlier`: it was to a date or place that was changed since."""

    invitee: Invitee
    answer: InvitationAnswer | None
    earlier: bool

    @property
    def says(self) -> str:
        """What they answer to the briefing as it stands."""
        if self.answer is None and self.invitee.state == "returned":
            return CAME_BACK
        return NOT_ANSWERED if self.answer is None or self.earlier else self.answer.answer


@dataclass(frozen=True)
class WhoIsComing:
    """Everybody who was invited to a briefing."""

    lines: list[Coming]

    @property
    def tally(self) -> dict[str, int]:
        """How many gave each answer, or none."""
        return dict.fromkeys((*ANSWERS, NOT_ANSWERED), 0) | Counter(line.says for line in self.lines)

    @property
    def coming(self) -> int:
        """How many said that they come."""
        return self.tally[COMING]

    @property
    def answered(self) -> set[UUID]:
        """Who has answered it as it stands: they are not reminded."""
        return {line.invitee.person_id for line in self.lines if line.says != NOT_ANSWERED}


def who_is_coming(session: Session, briefing: Briefing) -> WhoIsComing:
    """Who was invited to a briefing as it is now, by authority, and what each answered."""
    uid = invitations.uid_of(briefing)
    newest, said = newest_number(session, briefing), answers.of_event(session, uid)
    invited = sorted(invitees.invitees(session, briefing), key=lambda one: (one.authority_code, one.role, one.address))
    lines = [(one, said.get(one.person_id)) for one in invited]
    return WhoIsComing([Coming(one, row, row is not None and row.sequence < newest) for one, row in lines])


def not_told(session: Session, briefing: Briefing) -> list[Coming]:
    """Those whose invitations came back: they may answer by telephone, and are counted as invited from then on."""
    return [Coming(one, None, earlier=False) for one in invitees.whose_came_back(session, briefing)]


def of_tour(session: Session, briefings: Iterable[Briefing]) -> dict[UUID, WhoIsComing]:
    """The same of those briefings to which invitations have gone."""
    briefings = list(briefings)
    told = occasions.told_of(session, [str(briefing.id) for briefing in briefings])
    return {one.id: who_is_coming(session, one) for one in briefings if str(one.id) in told and _numbers(session, one)}


def remind(session: Session, briefing_id: UUID, *, by: Officer, at: datetime) -> int:
    """Have those reminded who have not answered. Returns how many. Nobody answers meanwhile: the briefing is locked before their answers are read."""
    briefing = tours.get(session, briefing_id, lock=True)
    return invitees.remind(session, briefing_id, who_is_coming(session, briefing).answered, by=by, at=at)


def newest_number(session: Session, briefing: Briefing) -> int:
    """The number of the newest letter that has gone about a briefing as it is now."""
    return max(_numbers(session, briefing), default=0)


def _numbers(session: Session, briefing: Briefing) -> list[int]:
    return [one.to.sequence for one in invitations.gone(session, briefing)]

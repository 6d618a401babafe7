"""A campaign: a name and the objective it serves, to which every message and briefing belongs.

Source: HELA paper, Annex 3 ("Revitalise LOPP communications plan"); success is measured against the objective, not in volume.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.foundation import clock, database, log, officers, stamps
from campaigns.foundation.errors import Invalid, NotFound, Problem, Refused
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer

LONGEST_NAME = 120
LONGEST_OBJECTIVE = 600


class CampaignBegun(Event):
    """A campaign was set up."""

    name: str


class Campaign(SQLModel, table=True):
    """One row per campaign."""

    __tablename__ = "campaigns"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str
    objective: str
    begun_at: datetime


def begin(session: Session, *, name: str, objective: str, by: Officer, at: datetime) -> UUID:
    """Set up a campaign. Refuses a missing or overlong name or objective, and the name of one that there is: older data may hold doubles."""
    officers.require_writer(by)
    name, objective = name.strip(), objective.strip()
    problems = []
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        problems.append(Problem("name", f"Enter a name of up to {LONGEST_NAME} characters, on one line"))
    if not 0 < len(objective) <= LONGEST_OBJECTIVE:
        problems.append(Problem("objective", f"Enter what this campaign is for, in up to {LONGEST_OBJECTIVE} characters"))
    stamps.wait_turn(session)  # whoever begins one at the same moment waits here, and then sees ours
    if same := next((one for one in every(session) if one.name.casefold() == name.casefold()), None):
        facts = log.of_kinds(session, same.id, CampaignBegun.__name__)
        begun = "".join(f", begun by {fact.by} on {clock.say(fact.at)}" for fact in facts)
        problems.append(Problem("name", f"There is a campaign of this name already{begun}. Give this one another name"))
    if problems:
        raise Invalid(problems)
    campaign = Campaign(name=name, objective=objective, begun_at=at)
    session.add(campaign)
    session.flush()
    log.record(session, CampaignBegun(name=name), subject=campaign.id, by=by.name, at=at)
    return campaign.id


def get(session: Session, campaign_id: UUID) -> Campaign:
    """The campaign; refuses an unknown id."""
    return database.get(session, Campaign, campaign_id, "There is no such campaign.")


def find(session: Session, ref: str) -> Campaign:
    """The campaign by its id or its name, in whatever capitals. Refuses what names none, and what names several."""
    named = [one for one in every(session) if str(one.id) == ref.strip().lower() or one.name.casefold() == ref.strip().casefold()]
    if len(named) > 1:
        raise Refused(f"{len(named)} campaigns are called {ref.strip()}: use the id of one, {' or '.join(str(one.id) for one in named)}.")
    if not named:
        raise NotFound(f"There is no campaign {ref.strip()}.")
    return named[0]


def asked(session: Session, campaign_id: str) -> Campaign:
    """The campaign an address names by its id; the newest when it names none. Refuses what is no campaign."""
    plans = every(session)
    found = [plan for plan in plans if campaign_id in ("", str(plan.id))]
    if not found:
        raise NotFound("There is no such campaign." if plans else "There is no campaign yet.")
    return found[0]


def every(session: Session) -> list[Campaign]:
    """All campaigns, the newest first."""
    return list(session.exec(select(Campaign).order_by(col(Campaign.begun_at).desc())))

"""A founded house with a crowd, where a test submits what is to be sealed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import select

from campaigns.agreement import releases, seals
from campaigns.agreement.releases import Release, RevisionSubmitted
from campaigns.agreement.seals import Order
from campaigns.drafting import messages
from campaigns.drafting.words import Words
from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.log import LogEntry
from campaigns.planning import campaign_plans
from tests.workers.facts import fact
from workers.rehearsal_cast import Cast

CROWD = 30


@dataclass
class Office:
    """A founded house with a crowd, and what a test submits there."""

    database: Database
    cast: Cast

    def submit(self, core: str, *audiences: str) -> UUID:
        now = clock.now()
        with self.database.transaction() as session:
            campaign = campaign_plans.begin(session, name="Sealing", objective="To be sealed", by=self.cast.drafter, at=now)
            words = Words(title="T", subject="S", core=core, audiences=list(audiences), latest_send=now + timedelta(days=1))
            message = messages.draft(session, campaign, words, by=self.cast.drafter, at=now)
            return releases.submit(session, message, by=self.cast.drafter, at=now)

    def submitted(self) -> LogEntry:
        return fact(self.database, RevisionSubmitted)

    def release(self) -> Release:
        with self.database.reading() as session:
            return session.exec(select(Release)).one()

    def take(self, at: datetime) -> Order:
        with self.database.transaction() as session:
            order = seals.take(session, self.release().id, at=at)
        assert order is not None
        return order

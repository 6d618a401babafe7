"""What the tests of a reader's pages begin with: a release that went to five readers, its letters as they arrived, and the links in them."""

import re
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from audiences.people import Person
from audiences.suggestions import Suggestion
from campaigns.agreement import readers, releases
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.acknowledgements import Acknowledgement, PulseAnswered, ReadingConfirmed
from campaigns.delivery.removals import Removal
from campaigns.drafting import letters
from campaigns.foundation.database import Database
from campaigns.foundation.log import LogEntry
from campaigns.reach.touches import STANDING, Touch
from tests import armed, snapshots
from tests.web import beginnings, visitors
from tests.web.office import Office
from workers import projecting
from workers.tools import Tools

TOKENS = {"stops.stop.token": "stop", "readings.read.token": "read", "readings.pulse.token": "read", "passing_on.share.token": "share"}
LINK = re.compile(r"http://localhost:8000(/(stop|read|share)/[\w-]+)")


@dataclass(frozen=True)
class Out:
    """The release, and for every reader the path of each link in their letter."""

    office: Office
    release: UUID
    links: list[dict[str, str]]

    @property
    def client(self) -> FlaskClient:
        """A browser of nobody in particular."""
        return self.office.client.application.test_client()

    @property
    def database(self) -> Database:
        """Where it all is."""
        return self.office.database

    def person(self, position: int) -> Person:
        """The reader at a place."""
        with self.database.reading() as session:
            letter = session.get_one(SealedLetter, (self.release, position))
            return session.get_one(Person, letter.person_id)

    def campaign(self) -> UUID:
        """What the letters are about."""
        return self.office.campaign

    def hear(self) -> None:
        """The worker hears of every answer."""
        tools = Tools(self.office.desk.settings, self.database, None, self.office.desk.clock, arming=armed.ALWAYS)  # type: ignore[arg-type]
        with self.database.reading() as session:
            kinds = [ReadingConfirmed.__name__, PulseAnswered.__name__]
            entries = session.exec(select(LogEntry).where(col(LogEntry.kind).in_(kinds)).order_by(col(LogEntry.id))).all()
        for entry in entries:
            projecting.recount_answers(entry, tools)

    def grades(self) -> list[tuple[str, str, str]]:
        """The touches that stand beyond written: authority, role and grade."""
        with self.database.reading() as session:
            standing = session.exec(select(Touch).where(STANDING, Touch.grade != "written")).all()
            return sorted((touch.authority_code, touch.role, touch.grade) for touch in standing)

    def changed(self) -> dict[str, int]:
        """How much readers have changed: rows of each kind."""
        with self.database.reading() as session:
            return {table.__tablename__: _count(session, table) for table in (Removal, Acknowledgement, Suggestion)}


NOTHING = {"removals": 0, "acknowledgements": 0, "suggestions": 0}


def sent(client: FlaskClient) -> Out:
    """Five letters that went, at an office without anybody signed in."""
    database = visitors.desk_of(client.application).database
    campaign, release, links = snapshots.of(database, "letters out", partial(_sent, client))
    client.post("/sign-out")
    return Out(Office(client, campaign), release, links)


def _sent(client: FlaskClient, database: Database) -> tuple[UUID, UUID, list[dict[str, str]]]:
    office = Office(client, beginnings.office(client.application, database))
    release = office.going(states={"accepted": 5})
    with database.reading() as session:
        row = releases.get(session, release)
        opened = [letters.open_letter(readers.letter(session, row, reader)) for reader in readers.of(session, release, limit=9)]
    return office.campaign, release, [{kind: path for path, kind in LINK.findall(letter.text)} for letter in opened]


def _count(session: Session, table: type) -> int:
    return session.exec(select(sa.func.count()).select_from(table)).one()

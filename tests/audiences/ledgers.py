"""A ledger under a storm: letters, sheets, reports, bounces and confirmations of three campaigns by the real steps, heard late and twice.

`happened` keeps what was done, in plain words, for whoever counts without our code.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, select

from audiences import reports
from audiences.reports import BY_HAND, Told
from audiences.roles import AUTHORITY_ROLES
from campaigns.agreement import releases
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings import attendance, tours
from campaigns.briefings.tours import Briefing, Group
from campaigns.delivery import decisions
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.settling import ChunkSent
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation import clock, log
from campaigns.foundation.database import Database
from campaigns.foundation.log import LogEntry
from campaigns.foundation.settings import Settings
from campaigns.planning import campaign_plans
from campaigns.reach import cells, touches
from campaigns.reach.touches import Fact
from tests import armed
from tests.campaigns import stories
from tests.campaigns.stories import NOON
from tests.web import grounds
from workers import subscriptions
from workers.tools import Tools

CODES = ("E07000223", "W06000015", "S12000047", "E09000003", "E06000001", "E08000003", "W06000001", "S12000033", "E10000011", "E06000047")
CHUNKS, LETTERS = 12, 25


@dataclass
class Ledger:
    """Three campaigns, and a clock that goes on with every event."""

    database: Database
    settings: Settings
    chance: random.Random
    at: datetime = NOON
    happened: list[tuple[Any, ...]] = field(default_factory=list)
    untold: list[LogEntry] = field(default_factory=list)
    told: list[LogEntry] = field(default_factory=list)
    known: int = 0
    campaigns: dict[UUID, list[UUID | None]] = field(default_factory=dict)  # with what a touch may be about
    letters: dict[tuple[UUID, int], tuple[str, str, str]] = field(default_factory=dict)
    briefings: dict[UUID, str] = field(default_factory=dict)
    recorded: list[tuple[UUID, list[str]]] = field(default_factory=list)
    keys: list[tuple[str, str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tools = Tools(self.settings, self.database, RecordingTransport(), lambda: self.at, arming=armed.ALWAYS)
        self.house = grounds.found(self.database).house
        for name in ("Letters", "Milestones", "Progress"):
            self._campaign(name)

    @cached_property
    def deeds(self) -> list[Callable[[Session], None]]:
        """What may happen, each as likely as the others."""
        return [self.accept, self.decide, self.tick, self.mistake, self.record, self.take_back, self.bounce, self.confirm, self.deliver]

    def storm(self, events: int) -> None:
        """So many events: deeds, facts heard (some again), and recounts, in any order; and at last every fact is heard."""
        for _ in range(events):
            self.at += timedelta(minutes=self.chance.randrange(1, 20))
            match self.chance.random():
                case draw if draw < 0.55:
                    with self.database.transaction() as session:
                        self.chance.choice(self.deeds)(session)
                    self._overhear()
                case draw if draw < 0.9:
                    self.hear(self.chance.choice(self.untold + self.told[-20:] or [None]))
                case draw if draw < 0.995:
                    with self.database.transaction() as session:
                        cells.recount_stale(session, limit=self.chance.randrange(1, 8))
                case _:
                    with self.database.transaction() as session:
                        cells.recount(session, self.chance.choice(list(self.campaigns)))
        waiting = self.untold * 2
        self.chance.shuffle(waiting)
        for entry in waiting:
            self.hear(entry)

    def hear(self, entry: LogEntry | None) -> None:
        """Tell a fact to those who keep the ledger."""
        if entry is None:
            return
        for subscriber in subscriptions.SUBSCRIPTIONS[type(log.read(entry))]:
            if subscriber.__module__ == "workers.projecting":
                subscriber(entry, self.tools)
        if entry in self.untold and self.chance.random() < 0.8:
            self.untold.remove(entry)
            self.told.append(entry)

    def accept(self, session: Session) -> None:
        """The relay took some letters of a chunk; of others it was not heard."""
        chunk = self.chance.choice(session.exec(select(Chunk)).all())
        rows = session.exec(select(Delivery).where(Delivery.chunk_id == chunk.id, Delivery.state == "queued").limit(3)).all()
        for row in rows:
            row.sqlmodel_update({"state": self.chance.choice(["accepted", "accepted", "unknown"]), "at": self.at})
            session.add(row)
            if row.state == "accepted":
                self._written(row)
        log.record(session, ChunkSent(chunk=chunk.id, accepted=len(rows)), subject=chunk.release_id, by="Countersign", at=self.at)

    def decide(self, session: Session) -> None:
        """An officer settles an unclear letter."""
        rows = session.exec(select(Delivery).where(Delivery.state == "unknown").limit(20)).all()
        if rows:
            row, verdict = self.chance.choice(rows), self.chance.choice(["count as sent", "leave", "send again"])
            decisions.decide(session, row.release_id, row.position, verdict=verdict, by=self.house.drafter, at=self.at)
            if verdict == "count as sent":
                self._written(row)

    def tick(self, session: Session) -> None:
        """A sheet is entered or corrected."""
        briefing, campaign = self.chance.choice(list(self.briefings.items()))
        if tours.get(session, briefing).state == "held":
            ticks = {(self.chance.choice(CODES), self.chance.choice(["", *AUTHORITY_ROLES])) for _ in range(self.chance.randrange(6))}
            attendance.record(session, briefing, ticks, by=self.house.drafter, at=self.at)
            self.happened.append(("sheet", str(briefing), campaign, ticks))

    def mistake(self, session: Session) -> None:
        """A briefing was not held after all, or was."""
        briefing = tours.get(session, self.chance.choice(list(self.briefings)))
        verb = "reopened" if briefing.state == "held" else "held"
        if verb == "held":
            tours.hold(session, briefing.id, why="Nobody wrote it down", by=self.house.drafter, at=self.at)
        else:
            tours.reopen(session, briefing.id, by=self.house.drafter, at=self.at)
        self.happened.append((verb, str(briefing.id)))

    def record(self, session: Session) -> None:
        """An officer records something by hand."""
        campaign, channel = self.chance.choice(list(self.campaigns)), self.chance.choice(list(BY_HAND))
        role = "" if channel == "article" else self.chance.choice(["", *AUTHORITY_ROLES])
        grade, codes = self.chance.choice(BY_HAND[channel]), self.chance.sample(CODES, self.chance.randrange(1, 5))
        message = self.chance.choice(self.campaigns[campaign])
        day = clock.london(
            self.at - timedelta(days=0 if message else self.chance.randrange(20))
        ).date()  # a message went today at the latest
        told = Told(channel, grade, tuple(codes), day, f"note {uuid4()}", role=role, message_id=message)
        report = reports.record(session, campaign, told, by=self.house.drafter, at=self.at)
        self.recorded.append((report, codes))
        self.happened += [("put", f"{report}:{code}", campaign.hex, code, role, grade) for code in codes]

    def take_back(self, session: Session) -> None:
        """It was wrong."""
        if self.recorded:
            report, codes = self.recorded.pop(self.chance.randrange(len(self.recorded)))
            reports.take_back(session, report, reason="Another council", by=self.house.drafter, at=self.at)
            self.happened += [("take", f"{report}:{code}") for code in codes]

    def confirm(self, session: Session) -> None:
        """A reader says so, some of them twice."""
        self._put(session, "confirmed", "understands")

    def deliver(self, session: Session) -> None:
        """A server took a letter, and nothing came back."""
        self._put(session, "delivered", "unreturned")

    def bounce(self, session: Session) -> None:
        """Something came back after all; perhaps it is told of twice."""
        if self.keys:
            gone = self.chance.choices([key for key, *_ in self.keys], k=2)
            touches.take_back(session, gone, at=self.at)
            self.happened += [("take", key) for key in gone]

    def _put(self, session: Session, *grades: str) -> None:
        (release, position), (campaign, code, role) = self.chance.choice(list(self.letters.items()))
        grade = self.chance.choice(grades)
        said = (f"{grade}:{release}:{position}", campaign, code, role)
        touches.put(
            session, [Fact(UUID(campaign), code, role, grade, said[0], self.at, "reader", message_id=self.chance.choice([None, release]))]
        )
        self.keys.append(said)
        self.happened.append(("put", *said, grade))

    def _written(self, row: Delivery) -> None:
        place = self.letters[row.release_id, row.position]
        self.happened.append(("put", f"letter:{row.release_id}:{row.position}", *place, "written"))

    def _overhear(self) -> None:
        with self.database.reading() as session:
            fresh = session.exec(select(LogEntry).where(LogEntry.id > self.known).order_by(LogEntry.id)).all()  # type: ignore[operator,arg-type]
        self.known = fresh[-1].id or 0 if fresh else self.known
        heard = subscriptions.SUBSCRIPTIONS
        self.untold += [one for one in fresh if any(kind.__name__ == one.kind for kind in heard) and one.kind != "NoticeWritten"]

    def _campaign(self, name: str) -> None:
        with self.database.transaction() as session:
            campaign = campaign_plans.begin(session, name=name, objective="x", by=self.house.drafter, at=self.at - timedelta(days=20))
        story = stories.agreed_release(replace(self.house, campaign=campaign))
        self.campaigns[campaign] = [None, story.message]
        with self.database.transaction() as session:
            tour = tours.open_tour(session, campaign, name=name, groups=[Group("g", "G", "England")] * 4, by=self.house.drafter, at=self.at)
            for briefing in tours.briefings(session, tour):
                self._held(session, briefing, campaign)
            releases.get(session, story.release).began_at = self.at
            for _ in range(CHUNKS):
                self._chunk(session, story.release, campaign)
        self._overhear()
        self.untold.clear()

    def _held(self, session: Session, briefing: Briefing, campaign: UUID) -> None:
        briefing.sqlmodel_update({"state": "held", "starts_at": self.at - timedelta(days=1)})
        session.add(briefing)
        self.briefings[briefing.id] = campaign.hex
        self.happened.append(("held", str(briefing.id)))

    def _chunk(self, session: Session, release: UUID, campaign: UUID) -> None:
        chunk = Chunk(release_id=release, not_before=self.at)
        session.add(chunk)
        session.flush()
        for _ in range(LETTERS):
            position, code, role = 100 + len(self.letters), self.chance.choice(CODES), self.chance.choice(AUTHORITY_ROLES)
            session.add(
                SealedLetter(
                    release_id=release, position=position, person_id=uuid4(), audience="x", role=role, authority_code=code, leaf=b""
                )
            )
            session.add(Delivery(release_id=release, position=position, chunk_id=chunk.id, due_at=self.at, at=self.at))
            self.letters[release, position] = (campaign.hex, code, role)

"""One attack: what is tried on a release, what refuses it, how hard it is then pushed out, and how many letters the mail server was given."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from audiences import calendars, overtaken
from campaigns.agreement import schedules
from campaigns.agreement.releases import Release
from campaigns.delivery import claims, plans
from campaigns.foundation import audit
from campaigns.foundation.errors import Refused
from campaigns.foundation.officers import Officer
from campaigns.foundation.settings import Settings
from tests.campaigns import posting, stories
from tests.campaigns.posting import LEASE, Clock
from tests.campaigns.stories import NOON, House, Story
from workers import tools as workshop

Step = Callable[[Session], object]
ALL_QUEUED = "Every letter is queued."


@dataclass(frozen=True)
class Relay:
    """A real mail server on this machine, and its journal, which has so many lines `before` an attack."""

    settings: Settings
    journal: Path
    before: int = 0

    @property
    def lines(self) -> list[str]:
        """The whole journal."""
        return self.journal.read_text("utf-8").splitlines() if self.journal.exists() else []

    def letters(self, story: Story) -> int:
        """How many letters of a release it was given since."""
        return sum(f"<{story.release.hex}." in json.loads(line)["message_id"] for line in self.lines[self.before :])


@dataclass
class Scene:
    """A house under attack. `refusals`: every sentence it answered with."""

    house: House
    relay: Relay
    refusals: list[str] = field(default_factory=list)
    second: Officer | None = None  # who signs the control for HSE, where its second signatory cannot

    def tries(self, step: Step) -> bool:
        """One step in one transaction; False when it was refused."""
        try:
            with self.house.database.transaction() as session:
                step(session)
        except Refused as refusal:
            self.refusals.append(refusal.sentence)
            return False
        return True

    def push(self, story: Story, *, at: datetime = NOON) -> int:
        """Schedule it, begin it, plan and claim and send its letters, whatever each step answers; gives what reached the mail server."""
        self.tries(lambda session: schedules.schedule(session, story.release, when=None, by=self.house.lacors, at=at))
        self.tries(lambda session: schedules.begin_due(session, at=at))
        with self.house.database.reading() as session:
            held = session.get_one(Release, story.release).reason
        self.refusals += [held] if held else []
        while self.tries(lambda session: _plan(session, story, at)):
            pass
        for chunk in posting.chunks(story):
            self._send(story, chunk, at)
        return self.relay.letters(story)

    def _send(self, story: Story, chunk: object, at: datetime) -> None:
        claimed: list[claims.Claim | None] = []
        if not self.tries(
            lambda session: claimed.append(
                claims.claim_chunk(
                    session, chunk, calendars=calendars.of, outdated=overtaken.letters, briefings=posting.tomorrow, lease=LEASE, at=at
                )
            )
        ):  # type: ignore[arg-type]
            return
        transport = workshop.connect(self.relay.settings, Clock(at))
        try:
            if claimed[0] is not None:
                posting.sender(self.house.database, transport, Clock(at)).send(claimed[0])
        except Refused as refusal:
            self.refusals.append(refusal.sentence)
        finally:
            transport.close()

    def control(self, *, at: datetime = NOON) -> int:
        """The same campaign without the attack: so many letters reach the same mail server."""
        story = stories.waiting_release(self.house)
        story.sign(self.second or self.house.hse_other)
        story.sign(self.house.lacors)
        return self.push(story, at=at)

    def log_is_whole(self) -> bool:
        """Whether the chain over what happened still verifies."""
        with self.house.database.transaction() as session:
            audit.chain(session)
        with self.house.database.reading() as session:
            return audit.verify(session, at=NOON).fault is None


def _plan(session: Session, story: Story, at: datetime) -> None:
    if not plans.plan_next(session, story.release, size=100, at=at):
        raise Refused(ALL_QUEUED)


def write_down(name: str, tried: str, refusal: str, sink: int, control: int) -> None:
    """One line for the table, where somebody asked for it."""
    if path := os.environ.get("COUNTERSIGN_TEST_ATTACKS"):
        with Path(path).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps([name, tried, refusal, sink, control]) + "\n")

"""A release on whose first letter no reply was heard, the relay's log as the test writes it, and the clock's look at both."""

import os
from datetime import timedelta
from pathlib import Path

from campaigns.agreement.sealed import Particulars
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.delivery.unclear import LettersResolved
from campaigns.delivery.verp import ReturnAddress
from campaigns.drafting.terms import Terms
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests import armed
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import NOON, Story
from tests.workers.facts import facts
from workers import resolving
from workers.tools import Tools

WAIT = 60.0
SECOND = timedelta(seconds=1)
CUT = Outcome("unknown", "dot", "LineFault: the relay closed the connection")


class Scene:
    """A release of three letters on whose first no reply was heard, a log, and a clock."""

    def __init__(self, database: Database, settings: Settings, folder: Path, terms: Terms | None = None) -> None:
        self.log, self.clock = folder / "mail.log", Clock()
        told = {"relay_log": self.log, "smtp_url": "smtp://127.0.0.1:1", "unclear_seconds": WAIT}
        self.tools = Tools(settings.model_copy(update=told), database, RecordingTransport(), self.clock, arming=armed.ALWAYS)
        said = stories.words(terms=terms) if terms else None
        self.story: Story = stories.sending_release(stories.house(database), said)
        self.send(CUT)
        self.write(-1, "postfix/master", "daemon started -- version 3.7.11")
        for position in (1, 2):
            self.took(0, position=position)

    def send(self, *outcomes: Outcome) -> int:
        transport = RecordingTransport(outcomes=list(outcomes))
        posting.send(self.story, transport, self.clock, way=self.tools.way)
        return len(transport.sent)

    def write(self, seconds: float, program: str, text: str, *, pid: int = 42) -> None:
        """A line of the relay's log, so many seconds after the letter was cut."""
        at = NOON + seconds * SECOND
        with self.log.open("a") as lines:
            lines.write(f"{at.isoformat()} mail {program}[{pid}]: {text}\n")
        os.utime(self.log, (at.timestamp(), at.timestamp()))

    def took(self, seconds: float, *, position: int = 0, sender: str = "", secret: str = "") -> None:
        """The log says that the relay took a letter, the first unless another is named."""
        own = ReturnAddress(self.tools.settings.returns_to, secret or self.tools.settings.secret_key).of_release(self.story.release)(
            position
        )
        queue = f"4A{2 + position}"
        self.write(seconds, "postfix/cleanup", f"{queue}: message-id={self.message_id(position)}")
        self.write(seconds, "postfix/qmgr", f"{queue}: from=<{sender or own}>, size=293, nrcpt=1 (queue active)")

    def knocked(self, seconds: float) -> None:
        noops = resolving.noops(self.tools)
        words = f"disconnect from unknown[127.0.0.1] ehlo=1 noop={noops} quit=1 commands={noops + 2}"
        self.write(seconds, "postfix/smtpd", words, pid=43)

    def message_id(self, position: int = 0) -> str:
        with self.story.database.reading() as session:
            return (session.get_one(Particulars, (self.story.release, position)).fields or {})["message_id"]

    def look(self, seconds: float) -> str:
        """What the first letter is, after a look so many seconds later."""
        self.clock.at = NOON + seconds * SECOND
        resolving.resolve(self.tools)
        return self.row().state

    def row(self) -> Delivery:
        with self.story.database.reading() as session:
            return session.get_one(Delivery, (self.story.release, 0))

    def resolved(self) -> list[LettersResolved]:
        entries = facts(self.story.database, LettersResolved)
        return [event for entry in entries if isinstance(event := log.read(entry), LettersResolved)]

    def put(self, state: str) -> None:
        """As if the first letter stood so."""
        with self.story.database.transaction() as session:
            session.get_one(Delivery, (self.story.release, 0)).state = state
            posting.recount(session, self.story.release)

    def without_a_log(self) -> None:
        """No log is set up."""
        self.tools.settings = self.tools.settings.model_copy(update={"relay_log": None})

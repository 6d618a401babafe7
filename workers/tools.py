"""What every subscriber works with: settings, the database, a clock, a way to the relay, and whether we are asked to stop."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from campaigns.agreement import keyrings
from campaigns.delivery import plain
from campaigns.delivery.journals import Journal
from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.sender import Sender
from campaigns.delivery.transport import Transport
from campaigns.delivery.verp import ReturnAddress
from campaigns.drafting import letters
from campaigns.foundation import clock, stamps, timekeeper
from campaigns.foundation.database import Database
from campaigns.foundation.errors import TryLater
from campaigns.foundation.settings import Settings


@dataclass
class Tools:
    """One set for a worker process. `transport` belongs to the sending lane, which has one thread."""

    settings: Settings
    database: Database
    transport: Transport
    clock: Callable[[], datetime] = clock.now
    doubt: Callable[[], str | None] = lambda: None  # of the clock
    stopping: threading.Event = field(default_factory=threading.Event)

    def require_sound_time(self) -> None:
        """Refuse, for now, to decide anything by a clock that jumped."""
        if said := self.doubt():
            raise TryLater(f"{said}, so this worker decides nothing by it until it is put right or the worker is started again.")

    def is_to_pause(self) -> bool:
        """Whether no other letter is to be begun: asked to stop, or not sure of the time."""
        return self.stopping.is_set() or self.doubt() is not None

    @property
    def lease(self) -> timedelta:
        """How long a claim stands without a sign of life."""
        return timedelta(seconds=self.settings.lease_seconds)

    @cached_property
    def journal(self) -> Journal:
        """This process's evidence of what it sends."""
        return Journal(self.settings.journals)

    @property
    def sender(self) -> Sender:
        """The one sender, as this process is set up."""
        room = timedelta(seconds=2 * self.settings.smtp_timeout)  # the dot's way, and its answer's
        how = self.clock, self.settings.pace, self.lease, room, self.is_to_pause, self.returns
        return Sender(self.database, self.transport, self.journal, *how)

    @property
    def source(self) -> letters.Sender:
        """The single credible source every letter names."""
        return letters.source(self.settings)

    @property
    def returns(self) -> ReturnAddress:
        """Where letters come back to that cannot be delivered."""
        return ReturnAddress(self.settings.returns_to, self.settings.secret_key)


def gather(settings: Settings) -> Tools:
    """Tools for a worker process. Refuses a database of another kind of installation."""
    database = Database(settings.database_url)
    with database.reading() as session:
        stamps.check(session, settings.env)
        if settings.env != "test":
            keyrings.refuse_software(session)
    time = timekeeper.of(database)
    return Tools(settings, database, connect(settings), time, time.doubt)


def connect(settings: Settings) -> Transport:
    """A way to the relay; a rehearsal's reaches addresses under .test alone."""
    only_under = ".test" if settings.env == "test" else None
    if plain.is_asked_for(settings.smtp_url):
        return plain.PlainTransport(settings.smtp_url, timeout=settings.smtp_timeout, only_under=only_under)
    return PipelinedTransport(settings.smtp_url, timeout=settings.smtp_timeout, only_under=only_under)

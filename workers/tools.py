"""What every subscriber works with: settings, the database, a clock, a way to the relay, and whether we are asked to stop."""

import math
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from uuid import uuid4

import structlog

from campaigns.agreement import keyrings
from campaigns.delivery import dkim, manners
from campaigns.delivery.armed import Keeper
from campaigns.delivery.brakes import Brake
from campaigns.delivery.dkim import SigningTransport
from campaigns.delivery.journals import Journal
from campaigns.delivery.manners import Manners
from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.plain import PlainTransport
from campaigns.delivery.relay_urls import Relay
from campaigns.delivery.relays import Relays
from campaigns.delivery.transport import Transport
from campaigns.delivery.verp import ReturnAddress
from campaigns.drafting import letters
from campaigns.foundation import clock, log, stamps, timekeeper
from campaigns.foundation.database import Database
from campaigns.foundation.errors import TryLater
from campaigns.foundation.settings import BadSettings, Settings
from workers.complaints import Complaints

LARGER, CHUNK_SECONDS = 6, 2.0
UNREADABLE = (
    "COUNTERSIGN_SMTP_URL is to be like `smtp://host:25` or `smtps://host`, with `?starttls=require` and `?client=plain` alone behind it; "
    "in a user or a password write `/` as `%2F`, `@` as `%40` and `:` as `%3A`"
)

logger = structlog.get_logger()


@dataclass
class Tools:
    """One set for a worker process. `transport` belongs to the sending lane, which has one thread."""

    settings: Settings
    database: Database
    transport: Transport
    arming: Keeper = field(kw_only=True)
    clock: Callable[[], datetime] = clock.now
    doubt: Callable[[], str | None] = lambda: None  # of the clock
    stopping: threading.Event = field(default_factory=threading.Event)
    news: threading.Event = field(default_factory=threading.Event)  # this process recorded something that is to be told
    sign: tuple[str, float] | None = None  # the last that this process gave of itself, and when (see scheduler.py)
    hearing: set[int] = field(default_factory=set)  # facts that this process's threads are at (see actors.py)
    complaints: Complaints = field(default_factory=Complaints)  # what this process's log said lately
    unclear_since: datetime | None = None  # since when this process has looked, without a break, into letters of which no reply was heard
    alive_at: float = field(default_factory=time.monotonic)  # when the sending lane last took something up (see watchdog.py)

    def require_sound_time(self) -> None:
        """Refuse, for now, to decide anything by a clock that jumped."""
        if said := self.doubt():
            raise TryLater(f"{said}, so this worker decides nothing by it until it is put right or the worker is started again.")

    def is_held(self) -> bool:
        """Whether nothing is to be begun from here, as this may be a copy. Not an error that is tried again: it may last for days."""
        return self.arming.held() is not None

    def may_claim(self) -> bool:
        """Whether letters may be claimed from here; looked at now, and counted, so that a database from before this claim is found out. To ask is a
        sign of life of the sending lane, here and in `is_to_pause`.
        """
        self.alive_at = time.monotonic()
        return self.arming.held_from_claiming() is None

    def is_to_pause(self) -> bool:
        """Whether no other letter is to be begun: asked to stop, not sure of the time, or this machine may not send, as its clock found lately."""
        self.alive_at = time.monotonic()
        return self.stopping.is_set() or self.doubt() is not None or self.arming.said is not None

    @property
    def why_idle(self) -> str:
        """What keeps this process from sending, in a sentence that an officer can pass on; empty where nothing does."""
        if doubt := self.doubt():
            return f"{doubt}: letters go again once it is put right, or the worker is started again."
        return f"{said.rstrip('.')}." if (said := self.arming.said) else ""

    @property
    def chunk_size(self) -> int:
        """Letters claimed together: at a high pace more than the setting says, as many as go in `CHUNK_SECONDS`; at most `LARGER` times as many.
        Whatever is asked once a chunk (the gate, the calendars) then costs a letter less, and no chunk is for longer in hand.
        """
        return max(self.settings.chunk_size, min(LARGER * self.settings.chunk_size, int(CHUNK_SECONDS * self.settings.pace)))

    @property
    def way(self) -> str:
        """How letters leave from here: this machine, as the arming file knows it, and its relays. Other ways' letters do not stand in our relay's log."""
        return " ".join((self.arming.place, *self.settings.relay_hosts))

    @property
    def lease(self) -> timedelta:
        """How long a claim stands without a sign of life."""
        return timedelta(seconds=self.settings.lease_seconds)

    @cached_property
    def name(self) -> str:
        """This process, as its signs of life name it."""
        return f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"

    @cached_property
    def journal(self) -> Journal:
        """This process's evidence of what it sends."""
        return Journal(self.settings.journals)

    @cached_property
    def brake(self) -> Brake:
        """Of the sending lane. Where there are several relays, each that is silent rests by itself (see relays.py)."""
        return Brake() if len(self.settings.smtp_urls) == 1 else Brake(silent_from=math.inf)

    @cached_property
    def notice_brake(self) -> Brake:
        """Of the notices, whose threads do everything else at the desk, too: a relay that is silent once is left alone, lest they all wait for it."""
        return Brake(silent_from=1)

    @cached_property
    def manners(self) -> Manners:
        """How considerate we are of those we write to."""
        return manners.of(self.settings)

    @property
    def source(self) -> letters.Sender:
        """The single credible source every letter names."""
        return letters.source(self.settings)

    @property
    def returns(self) -> ReturnAddress:
        """Where letters come back to that cannot be delivered."""
        in_use, *former = self.settings.secrets
        return ReturnAddress(self.settings.returns_to, in_use, tuple(former))


def gather(settings: Settings) -> Tools:
    """Tools for a worker process. Refuses settings that cannot be read, before it asks for the database; and one of another kind of installation."""
    manners.of(settings)  # else each look of the clock would find out, and nobody be told
    database = Database(settings.database_url)  # not asked for anything yet
    kept = timekeeper.of(database)
    transport = connect(settings, kept)
    with database.reading() as session:
        stamps.check(session, settings.env)
        if settings.env != "test":
            keyrings.refuse_software(session)
    _compare(database, kept())
    return Tools(settings, database, transport, kept, kept.doubt, arming=Keeper(database, settings.arming_path, kept))


def _compare(database: Database, now: datetime) -> None:
    """Say so where something is known to have happened later than now. It ends nothing: which of the two clocks is, or was, wrong only a person sees."""
    with database.reading() as session:
        newest = next((entry.at for entry in log.latest(session)), now)
    if newest - now > timekeeper.BELIEVED:
        logger.error("the newest fact is later than the clock: it goes slow now, or went fast then", newest=str(newest), clock=str(now))


def connect(settings: Settings, now: Callable[[], datetime]) -> Transport:
    """A way to the relay; a rehearsal's reaches addresses under .test alone. What goes through it is signed, as of `now`, where we have a key."""
    try:
        ways = [_to_relay(url, settings) for url in settings.smtp_urls]
    except ValueError:  # whose words may be a part of a password
        raise BadSettings(UNREADABLE) from None
    to_relay: Transport = Relays([(way.relay.name, way) for way in ways]) if len(ways) > 1 else ways[0]
    if settings.dkim_key_file is None:
        return to_relay
    domain = settings.sender_address.rpartition("@")[2]
    return SigningTransport(to_relay, dkim.signer(settings.dkim_key_file, domain=domain, selector=settings.dkim_selector), now)


def _to_relay(url: str, settings: Settings) -> PlainTransport | PipelinedTransport:
    kind = PlainTransport if Relay.at(url).plainly else PipelinedTransport
    return kind(url, timeout=settings.smtp_timeout, only_under=settings.only_under)

"""Whether this process may send: what the arming file remembers, compared with what stands in the database, again and again.

Nothing is sent unless the file, which no copy of the database brings along, names an epoch that stands armed in the database; unless the
newest log entry the file has seen is still there; and unless at least as many claims are counted there as here. Every worker of the machine
moves those marks on, never back, and only to what was seen committed: a crash that keeps what was committed disarms nothing, and a database
from before the last claim is found out, whoever put it back.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from sqlmodel import Session

from campaigns.delivery import arming
from campaigns.delivery.arming import ASKED, RESTORED, UNKNOWN, Arming, Mark
from campaigns.foundation import arming_files, places
from campaigns.foundation.arming_files import ArmingFile, ArmingFileFault, Entry
from campaigns.foundation.database import Database
from campaigns.foundation.places import Place
from campaigns.foundation.timekeeper import seconds

EVERY = 1.0  # seconds for which an answer is believed
WAITING, REFUSED, ARMED = "waiting", "refused", ""
SAID = {
    UNKNOWN: "this machine was never let send from this database",
    RESTORED: "the database lacks what had stood in it: it was put back to an earlier state, or is a copy",
    WAITING: "it waits for both parties to let this machine send",
    REFUSED: "a party does not let this machine send",
}
logger = structlog.get_logger()


@dataclass(frozen=True)
class Finding:
    """What a look came to: the place, what the file remembers of it, and why nothing may be sent, or nothing."""

    place: Place
    entry: Entry | None
    why: str
    mark: Mark


@dataclass
class Keeper:
    """Asked by everything that begins or claims. One for a process; `clock` says when something was asked for."""

    database: Database
    path: Path
    clock: Callable[[], datetime]

    def __post_init__(self) -> None:
        self.place = ""  # the key of where this is, once it was looked at
        self.said: str | None = None  # why nothing may be begun, as was last found
        self._looked: float | None = None

    def held(self) -> str | None:
        """Why nothing may be begun from here; None when it may. The answer is at most a second old."""
        if self._looked is None or seconds() - self._looked >= EVERY:
            return self._answer(self._look)
        return self.said

    def held_from_claiming(self) -> str | None:
        """The same, looked at now; where it may, the claim that follows is counted, in the database first."""
        return self._answer(self._count)

    def watch(self) -> None:
        """Look; where this is not sure to be the installation, ask both parties, or found a new one. The clock's part, every second."""
        self._answer(self._settle)

    def ask_anew(self) -> None:
        """Ask both parties, whatever stands: the operator's part, where a party had refused."""
        with arming_files.opened(self.path) as file:
            self._ask(file, self.find(file).place, ASKED)

    def find(self, file: ArmingFile) -> Finding:
        """Compare, and change nothing."""
        with self.database.reading() as session:
            place = places.here(session, self.database.url, file.own)
            entry = file.entries.get(place.key)
            return Finding(place, entry, judge(session, entry), arming.mark(session))

    def _here(self, file: ArmingFile) -> Finding:
        """The same, and remember the place."""
        found = self.find(file)
        self.place = found.place.key
        return found

    def _answer(self, look: Callable[[], str]) -> str | None:
        began = seconds()
        try:
            why = look()
            said = f"Sending is switched off: {SAID[why]}." if why else None
        except ArmingFileFault as fault:
            said = f"Sending is switched off: {fault}"
        if said and said != self.said:
            logger.error("nothing leaves from here", why=said, file=str(self.path))
        self.said, self._looked = said, began
        return said

    def _look(self) -> str:
        """The file's lock is not held meanwhile: a process that stops in the middle of it stops no other."""
        return self._remembered(self._here(arming_files.read(self.path)))

    def _count(self) -> str:
        found = self._here(arming_files.read(self.path))
        if found.why or found.entry is None:
            return found.why
        with self.database.transaction() as session:
            mark = arming.count_claim(session, UUID(found.entry.epoch))
        return self._remembered(replace(found, mark=mark)) if mark else REFUSED

    def _settle(self) -> str:
        why = self._look()
        if why not in {UNKNOWN, RESTORED}:
            return why
        with arming_files.opened(self.path) as file:  # of several processes one asks
            found = self._here(file)
            if found.why not in {UNKNOWN, RESTORED}:
                return found.why
            if self._found(file, found.place):
                return ARMED
            self._ask(file, found.place, found.why)
            return WAITING

    def _remembered(self, found: Finding) -> str:
        """Move the mark on to how far the database has come. A waiting machine does so, too: what is confirmed must be this database, and
        no older state of it. If another process has asked both parties meanwhile, we wait for their answer.
        """
        if found.entry is None or found.why not in {ARMED, WAITING}:
            return found.why
        seen = Entry(found.entry.epoch, found.mark.number, found.mark.fingerprint, found.mark.claims)
        return found.why if arming_files.move_on(self.path, found.place.key, seen) else WAITING

    def _found(self, file: ArmingFile, place: Place) -> bool:
        with self.database.reading() as session:
            if not arming.is_new(session):
                return False
        epoch = self._begin(file, place)
        with self.database.transaction() as session:
            return arming.found(session, epoch, place, at=self.clock())

    def _ask(self, file: ArmingFile, place: Place, reason: str) -> None:
        epoch = self._begin(file, place)
        with self.database.transaction() as session:
            arming.ask(session, epoch, place, reason=reason, at=self.clock())

    def _begin(self, file: ArmingFile, place: Place) -> UUID:
        """A new epoch, in the file before the database knows it: whatever happens between, it says less there, never more."""
        epoch = uuid4()
        file.put(place.key, Entry(str(epoch)))
        return epoch


def judge(session: Session, entry: Entry | None) -> str:
    """Why a machine with this entry in its arming file may not send from this database; empty when it may."""
    if entry is None:
        return UNKNOWN
    row = session.get(Arming, UUID(entry.epoch))
    if row is None or not arming.has_come_to(session, Mark(entry.number, entry.fingerprint, entry.claims)):
        return RESTORED
    if row.ended_at is not None:
        return REFUSED
    return WAITING if row.armed_at is None else ARMED

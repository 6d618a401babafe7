"""A walk through the product's own steps, told move by move to an independent model; tests steer it, and so does Hypothesis.

A step that is refused changes nothing and returns False. Nothing here forgives anything but a refusal.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlmodel import Session, col, select

from audiences import calendars, invitees
from campaigns.agreement import releases, roster_changes, schedules, sealed
from campaigns.agreement.addressees import Addressee
from campaigns.delivery import claims, plans, recovery
from campaigns.delivery.deliveries import Chunk
from campaigns.drafting import messages, proposals
from campaigns.foundation import officers
from campaigns.foundation.errors import GateClosed, Refused
from campaigns.foundation.officers import Officer
from tests.campaigns import posting, stories
from tests.campaigns.agreement.model import Model, Sealed
from tests.campaigns.agreement.watching import Watched
from tests.campaigns.posting import LEASE
from tests.campaigns.stories import House

WORDS = (
    stories.words(),
    stories.words(subject="What LOPP asks of you"),
    stories.words(
        core="Dear ((name)),\n\n((your part))\n\nOther words for ((organisation)).", not_before=stories.NOON + timedelta(hours=2)
    ),
)
Step = Callable[[Session], object]


@dataclass
class Walk:
    """One sequence of moves on one message."""

    house: House
    message: UUID
    readers: Sequence[Addressee] = stories.READERS
    at: datetime = stories.NOON
    model: Model = field(default_factory=Model)
    releases: list[UUID] = field(default_factory=list)
    transport: Watched = field(default_factory=Watched)
    ask_every: float = 0.0  # seconds for which a worker goes by what it was told last

    def __post_init__(self) -> None:
        self.transport.judge = lambda address, message: self.model.left_the_house(address, message, self.at)
        self.model.register = {officer.id: (officer.party, officer.duty) for officer in self.house.everyone()}
        self.model.editors = {self.house.drafter.id}

    @property
    def latest(self) -> UUID:
        """The newest release."""
        return self.releases[-1]

    @property
    def sealed(self) -> Sealed:
        """What the model knows of the newest release."""
        return self.model.releases[self.latest]

    def take(self, step: Step) -> bool:
        """One step in one transaction; False when it was refused."""
        try:
            with self.house.database.transaction() as session:
                step(session)
        except Refused:
            return False
        return True

    def acting(self, session: Session, officer: Officer) -> Officer:
        """Whoever comes in at the door is looked up there, as a page does."""
        return officers.get(session, officer.id)

    # --- words ---

    def edit(self, by: Officer, number: int) -> bool:
        """Change the words to one of a few."""
        changed: list[bool] = []
        took = self.take(
            lambda session: changed.append(messages.revise(session, self.message, WORDS[number], by=self.acting(session, by), at=self.at))
        )
        if took and changed == [True]:
            self.model.editors.add(by.id)
            self.model.revision += 1
        return took and changed == [True]

    def propose(self, by: Officer, accepted_by: Officer, number: int) -> bool:
        """A signatory proposes, the author accepts and is then the editor."""
        if not self.take(partial(self._propose, by, accepted_by, number)):
            return False
        with self.house.database.reading() as session:
            self.model.revision = messages.get(session, self.message).revision
        self.model.editors.add(accepted_by.id)
        return True

    def _propose(self, by: Officer, accepted_by: Officer, number: int, session: Session) -> None:
        proposal = proposals.propose(session, self.message, WORDS[number], by=self.acting(session, by), at=self.at)
        proposals.answer(session, proposal, accept=True, by=self.acting(session, accepted_by), at=self.at)

    def submit(self, by: Officer | None = None) -> bool:
        """Submit and seal."""
        made: list[UUID] = []
        by = by or self.house.drafter
        if not self.take(lambda session: made.append(releases.submit(session, self.message, by=self.acting(session, by), at=self.at))):
            return False
        digest = stories.seal(self.house, made[0], self.readers, at=self.at)
        self.releases.append(made[0])
        self.model.releases[made[0]] = self._as_sealed(made[0], digest)
        return True

    def _as_sealed(self, release_id: UUID, digest: str) -> Sealed:
        with self.house.database.reading() as session:
            release = releases.get(session, release_id)
            assert release.manifest is not None and digest == hashlib.sha256(release.manifest).hexdigest()
            programs = sealed.programs_of(session, release_id)
            rows = select(sealed.SealedLetter.audience, sealed.Particulars.address, sealed.Particulars.fields).where(
                sealed.SealedLetter.release_id == release_id,
                sealed.Particulars.release_id == release_id,
                col(sealed.SealedLetter.position) == sealed.Particulars.position,
            )
            letters = {str(address): programs[audience].join(fields or {}) for audience, address, fields in session.exec(rows)}
            return Sealed(release.revision, self.at, digest, letters, release.not_before, release.latest_send)

    # --- agreement ---

    def sign(self, by: Officer, release: UUID | None = None, *, seen: str | None = None, checked_at: datetime | None = None) -> bool:
        """Sign the newest release, or another, over what it says or over something else."""
        release = release or self.latest
        seen = seen or self.model.releases[release].digest
        took = self.take(partial(self._sign, by, release, seen, checked_at or self.at))
        if took:
            self.model.signed(release, by.id, seen, self.at, fresh=checked_at is None)
        return took

    def _sign(self, by: Officer, release: UUID, seen: str, checked_at: datetime, session: Session) -> None:
        evidence = stories.evidence(session, release, by, at=checked_at)
        releases.sign(session, release, seen=seen, evidence=evidence, by=self.acting(session, by), at=self.at)

    def suspend(self, officer: Officer) -> bool:
        """Somebody's keys may be in other hands."""
        by = self.house.drafter
        took = self.take(lambda session: roster_changes.suspend(session, officer.id, reason="Lost.", by=by, at=self.at))
        if took:
            self.model.suspended.add(officer.id)
        return took

    def agree(self) -> bool:
        """Both parties sign."""
        return self.sign(self.house.hse) and self.sign(self.house.lacors)

    def end(self, by: Officer, how: str, release: UUID | None = None) -> bool:
        """Return or withdraw."""
        release = release or self.latest
        verb = {"returned": releases.return_, "withdrawn": releases.withdraw}[how]
        took = self.take(lambda session: verb(session, release, reason="Not yet", by=self.acting(session, by), at=self.at))
        if took:
            self.model.releases[release].ended = how
        return took

    def give_up_the_message(self, by: Officer) -> bool:
        """Withdraw the message itself."""
        took = self.take(
            lambda session: messages.withdraw(session, self.message, reason="Not now", by=self.acting(session, by), at=self.at)
        )
        self.model.given_up |= took
        return took

    # --- going ---

    def schedule(self, by: Officer | None = None, release: UUID | None = None, *, when: datetime | None = None) -> bool:
        """Let it go now or at a time."""
        release, by = release or self.latest, by or self.house.drafter
        took = self.take(lambda session: schedules.schedule(session, release, when=when, by=self.acting(session, by), at=self.at))
        if took:
            known = self.model.releases[release]
            known.goes_at = when or max(self.at, known.not_before or self.at)
        return took

    def stop(self, by: Officer, release: UUID | None = None) -> bool:
        """Either party stops it."""
        release = release or self.latest
        took = self.take(lambda session: schedules.stop(session, release, by=self.acting(session, by), at=self.at))
        if took:
            self.model.releases[release].stopped_by.add(self.model.register[by.id][0])
        return took

    def resume(self, by: Officer, release: UUID | None = None) -> bool:
        """Let it go on; the model forgets a stop only at the word of the party that stopped it."""
        release = release or self.latest
        took = self.take(lambda session: schedules.resume(session, release, by=self.acting(session, by), at=self.at))
        if took:
            self.model.releases[release].stopped_by.discard(self.model.register[by.id][0])
        return took

    def wait(self, delta: timedelta) -> None:
        """Time passes."""
        self.at += delta

    # --- the clock and the workers ---

    def tick(self, *, between: Callable[[], object] = lambda: None) -> None:
        """Everything the clock and the sending workers would do now; `between`: what happens after a claim and before its letters."""
        self.take(lambda session: schedules.begin_due(session, at=self.at))
        self.take(lambda session: schedules.end_overdue(session, at=self.at))
        for release in self.releases:
            while self._plan(release):
                pass
        self.send_chunks(self.chunks(), between=between)

    def _plan(self, release: UUID) -> bool:
        with self.house.database.transaction() as session:
            return plans.plan_next(session, release, size=2, at=self.at)

    def chunks(self) -> list[UUID]:
        """Every chunk there is, whoever's."""
        with self.house.database.reading() as session:
            return list(session.exec(select(Chunk.id).order_by(col(Chunk.entry_id))))

    def send_chunks(self, chunk_ids: Sequence[UUID], *, between: Callable[[], object] = lambda: None) -> None:
        """What a worker does when it is hinted at these chunks."""
        sender = posting.sender(self.house.database, self.transport, lambda: self.at, ask_every=self.ask_every)
        with self.house.database.transaction() as session:
            recovery.lapse(session, posting.journal().path.parent, at=self.at)
        for chunk_id in chunk_ids:
            try:
                with self.house.database.transaction() as session:
                    said = {"calendars": calendars.of, "outdated": invitees.outdated, "briefings": posting.tomorrow}
                    claim = claims.claim_chunk(session, chunk_id, **said, journal=posting.journal().name, lease=LEASE, at=self.at)  # type: ignore[arg-type]
                if claim is None:
                    continue
                between()
                sender.send(claim)
            except GateClosed as closed:
                self._hold(chunk_id, closed)

    def _hold(self, chunk_id: UUID, closed: GateClosed) -> None:
        with self.house.database.transaction() as session:
            chunk = session.get(Chunk, chunk_id)
            assert chunk is not None
            schedules.hold(session, chunk.release_id, reason=closed.sentence, at=self.at)

"""A rehearsal: the whole job on made-up people, by the real steps, in real processes, over real SMTP, honestly counted.

Always ENV=test, in a database stamped for that, and only to addresses under `.test`. Times: *sealed* from submitting to the release that
waits for signatures; *sent* from scheduling to the last letter's outcome. CPU is the workers' own (their children included) while sending.
"""

import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import make_url
from sqlmodel import select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.delivery import deliveries
from campaigns.foundation import audit, urls
from campaigns.foundation.errors import CountersignError, Refused
from campaigns.foundation.log import Untold
from workers import actors, brokers
from workers import rehearsal_accounts as accounts
from workers import rehearsal_cast as casting
from workers import rehearsal_processes as processes
from workers import rehearsal_stage as staging
from workers.rehearsal_cast import Cast
from workers.rehearsal_processes import Child
from workers.rehearsal_stage import Stage

LOOK_EVERY = 0.1  # seconds
FAULTS = accounts.FAULTS
GIVES_UP_AFTER = 120.0  # seconds in which nothing at all moved


class Stuck(CountersignError):
    """Nothing moved for a long time."""


@dataclass(frozen=True)
class Plan:
    """What to rehearse. `pace`: letters a second our own catcher takes at most; `smtp`: HOST:PORT of another mail server."""

    people: int
    variants: int = casting.MOST_VARIANTS
    workers: int = 1
    smtp: str | None = None
    database_url: str | None = None
    broker_url: str | None = None
    pace: float | None = None
    keep: Path | None = None

    def check(self) -> None:
        """Refuse what cannot be rehearsed."""
        if self.workers > 1 and not self.broker_url:
            raise Refused("Several workers need a broker they share: give --broker-url amqp://… or redis://…")
        if self.smtp and self.pace:
            raise Refused("--pace slows our own catcher; with --smtp the mail server keeps its own pace.")
        if self.smtp and not self.smtp.rpartition(":")[2].isdigit():
            raise Refused("--smtp is HOST:PORT, like localhost:2525.")
        if self.database_url and not urls.names_a_database(self.database_url):
            raise Refused("--database-url is like sqlite:///path or postgresql+psycopg://user@host/name.")


@dataclass
class Rehearsal:
    """One rehearsal under way: where it is, who plays, and the processes that run."""

    plan: Plan
    stage: Stage
    workers: list[Child] = field(default_factory=list)
    catcher: Child | None = None
    port: int = 0
    cast: Cast | None = None
    release_id: UUID = field(default_factory=lambda: UUID(int=0))

    def start_workers(self) -> None:
        """Start as many workers as are planned."""
        self.workers = [processes.worker(self.stage, number + 1) for number in range(self.plan.workers)]

    def stop_workers(self) -> list[int]:
        """Ask every worker to stop; gives their exit codes."""
        return [worker.stop() for worker in self.workers]

    def gather(self) -> None:
        """Make the people, and wait until everything is up and a worker has heard of it all."""
        self.cast = casting.gather(self.stage.database, people=self.plan.people)
        if self.catcher:
            processes.wait_for(self.catcher, self.port)
        while self._untold():
            self._check()
            time.sleep(LOOK_EVERY)

    def seal(self) -> None:
        """Draft, submit, and wait until the workers sealed it."""
        self.release_id = casting.submit(self.stage.database, self._players(), variants=self.plan.variants)
        for release in self._watch():
            if release.state == "unsealed":
                raise Refused(f"It could not be sealed: {release.reason}")
            if release.state != "sealing":
                return

    def agree(self) -> None:
        """Sign for both parties and let it go."""
        casting.sign(self.stage.database, self._players(), self.release_id)
        casting.schedule(self.stage.database, self._players(), self.release_id)

    def tally(self) -> dict[str, int]:
        """How many letters stand in each state."""
        with self.stage.database.reading() as session:
            return deliveries.tally(session, releases.get(session, self.release_id))

    def release(self) -> Release:
        """The release as it stands."""
        with self.stage.database.reading() as session:
            return releases.get(session, self.release_id)

    def await_outcomes(self) -> None:
        """Wait until every letter has an outcome; one that is unclear holds nothing up, and a release that was stopped is not waited for."""
        for release in self._watch():
            figures = self.tally()
            if release.state not in {"scheduled", "sending"} or figures["queued"] + figures["attempting"] == 0:
                return

    def finish(self) -> None:
        """Wait until the release is closed; only letters that wait for an officer's word keep it open."""
        for release in self._watch():
            if release.state != "sending" or self.tally()["held"]:
                return

    def counts(self) -> dict[str, int]:
        """Lost, duplicated, altered, unsigned, unknown and accepted: by the checker where the journal is ours, else by our tables."""
        if self.plan.smtp:
            return accounts.by_the_tables(self.stage.database, self.release_id)
        return accounts.by_the_journal(self.stage.journal, self.stage.audience)

    def _players(self) -> Cast:
        if self.cast is None:
            raise Refused("Nobody was gathered yet.")
        return self.cast

    def _watch(self) -> Iterator[Release]:
        seen, since = None, time.monotonic()
        while True:
            release = self.release()
            yield release
            self._check()
            now = (release.state, release.sealed, self.tally())
            if now != seen:
                seen, since = now, time.monotonic()
            if time.monotonic() - since > GIVES_UP_AFTER:
                raise Stuck(f"Nothing moved for {GIVES_UP_AFTER:.0f} seconds; the release is {release.state}: {self.tally()}")
            time.sleep(LOOK_EVERY)

    def _check(self) -> None:
        for child in [*self.workers, *([self.catcher] if self.catcher else [])]:
            child.check()

    def _untold(self) -> int:
        with self.stage.database.reading() as session:
            return session.exec(select(sa.func.count()).select_from(Untold)).one()


@contextmanager
def opened(plan: Plan) -> Iterator[Rehearsal]:
    """A rehearsal with its stage and its catcher; no worker runs yet. Whatever runs at the end is stopped."""
    plan.check()
    port = processes.free_port()
    smtp = plan.smtp or f"{processes.HOST}:{port}"
    with staging.build(smtp=smtp, database_url=plan.database_url, broker_url=plan.broker_url, keep=plan.keep) as stage:
        rehearsal = Rehearsal(plan, stage, port=port)
        try:
            if plan.smtp is None:
                rehearsal.catcher = processes.catcher(stage, port=port, pace=plan.pace)
            yield rehearsal
        finally:
            for child in [*rehearsal.workers, *([rehearsal.catcher] if rehearsal.catcher else [])]:
                child.stop()
            if plan.broker_url:
                brokers.forget(plan.broker_url, [brokers.queue(lane, stage.settings.database_url) for lane in actors.LANES])


def rehearse(plan: Plan) -> dict[str, Any]:
    """Play it through; gives the figures that are printed."""
    with opened(plan) as rehearsal:
        rehearsal.start_workers()
        rehearsal.gather()
        began = time.monotonic()
        rehearsal.seal()
        sealed = time.monotonic() - began
        used, began = _cpu(rehearsal), time.monotonic()
        rehearsal.agree()
        rehearsal.await_outcomes()
        sent, used = time.monotonic() - began, _cpu(rehearsal) - used
        rehearsal.finish()
        peak = max(worker.peak_mb() for worker in rehearsal.workers)
        rehearsal.stop_workers()
        audit.chain_all(rehearsal.stage.database)  # a worker that had to be killed linked nothing
        return _figures(rehearsal, sealed, sent, used, peak)


def proofs(plan: Plan, figures: dict[str, Any]) -> list[str]:
    """Of a rehearsal that was kept, the two commands with which anybody exports its bundle and holds a caught letter against it."""
    if plan.keep is None:
        return []
    bundle, caught = plan.keep.absolute() / "bundle.zip", plan.keep.absolute() / "mail" / "new"
    letter = next(iter(sorted(caught.iterdir())), None) if caught.exists() else None
    export = ["countersign", "bundle", "export", figures["reference"], "-o", str(bundle)]
    verify = ["countersign", "bundle", "verify", str(bundle), "--rehearsal", *(["--message", str(letter)] if letter else [])]
    return [
        f"COUNTERSIGN_ENV=test COUNTERSIGN_DATABASE_URL={shlex.quote(figures['database_url'])} {shlex.join(export)}",
        shlex.join(verify),
    ]


def _cpu(rehearsal: Rehearsal) -> float:
    return sum(worker.cpu_seconds() for worker in rehearsal.workers)


def _figures(rehearsal: Rehearsal, sealed: float, sent: float, cpu: float, peak: float) -> dict[str, Any]:
    plan, stage = rehearsal.plan, rehearsal.stage
    exported = accounts.export(stage.database, rehearsal.release_id, stage.audience)
    counts = rehearsal.counts()
    return {
        "people": exported.letters,
        "variants": plan.variants,
        "message_bytes": exported.message_bytes,
        "sealed_seconds": round(sealed, 3),
        "sent_seconds": round(sent, 3),
        "messages_per_second": round(counts["accepted"] / sent, 1),
        "cpu_us_per_message": round(cpu / max(counts["accepted"], 1) * 1e6),
        "peak_rss_mb": round(peak, 1),
        **{name: counts[name] for name in accounts.COUNTS},
        "counted_by": "tables" if plan.smtp else "journal",
        "database": make_url(stage.settings.database_url).get_backend_name(),
        "broker": plan.broker_url.partition(":")[0] if plan.broker_url else "memory",
        "reference": rehearsal.release().reference,
        "database_url": staging.shown(stage.settings.database_url),
    }

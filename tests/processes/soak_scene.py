"""Releases that overlap: begun one after another for the same crowd, each to some of its audiences, paused, let go on, and accounted for together."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from audiences import definitions, rules
from campaigns.agreement import releases, schedules
from campaigns.delivery import deliveries
from campaigns.drafting import messages
from campaigns.drafting.words import Words
from campaigns.foundation import clock
from campaigns.planning import campaign_plans
from tests.processes import storm_accounts
from tests.processes.storm_scene import Storm
from workers import checker, rehearsal_accounts
from workers import rehearsal_cast as casting
from workers.rehearsal_cast import ROLES, Cast
from workers.rehearsal_stage import Stage

UNDER_WAY = ("scheduled", "sending", "stopped")
GOES_WITHIN = timedelta(days=2)


@dataclass
class Overlap:
    """One of the releases: sealed in the storm like any other, signed and let go as soon as it can be."""

    stage: Stage
    cast: Cast
    release_id: UUID

    def go_on(self) -> str:
        """Sign it and let it go once it is sealed; gives its state."""
        with self.stage.database.reading() as session:
            release = releases.get(session, self.release_id)
        if release.state == "sealed" and not self._lacks_signatures():
            casting.schedule(self.stage.database, self.cast, self.release_id)
        elif release.state == "sealed":
            casting.sign(self.stage.database, self._those_who_have_not(), self.release_id)
        return release.state

    def pause(self) -> None:
        """HSE stops it."""
        with self.stage.database.transaction() as session:
            schedules.stop(session, self.release_id, by=self.cast.signatories[0], at=clock.now())

    def resume(self) -> None:
        """HSE lets it go on."""
        with self.stage.database.transaction() as session:
            schedules.resume(session, self.release_id, by=self.cast.signatories[0], at=clock.now())

    def tally(self) -> tuple[int, dict[str, int]]:
        """How many were signed for, and where their letters stand."""
        with self.stage.database.reading() as session:
            release = releases.get(session, self.release_id)
            return release.people, deliveries.tally(session, release)

    def _lacks_signatures(self) -> bool:
        with self.stage.database.reading() as session:
            return bool(releases.missing(session, releases.get(session, self.release_id)))

    def _those_who_have_not(self) -> Cast:
        with self.stage.database.reading() as session:
            missing = {party.code for party in releases.missing(session, releases.get(session, self.release_id))}
        return Cast(self.cast.drafter, [officer for officer in self.cast.signatories if officer.party in missing])


def first(storm: Storm) -> Overlap:
    """The release that the storm began with, to the whole crowd."""
    assert storm.played.cast
    return Overlap(storm.played.stage, storm.played.cast, storm.played.release_id)


def begin(storm: Storm, number: int) -> Overlap:
    """Draft the letter of this number for one, two or all three of the roles, in turn, and submit it."""
    stage, cast, now = storm.played.stage, storm.played.cast, clock.now()
    assert cast
    with stage.database.transaction() as session:
        to = rules.ticked(roles=ROLES[: 1 + number % len(ROLES)])
        key = definitions.define(session, name=f"Readers of letter {number}", rule=to, by=cast.drafter, at=now)
        campaign = campaign_plans.begin(session, name=f"Soak {number}", objective="Every letter arrives once.", by=cast.drafter, at=now)
        words = Words(
            title=f"Letter {number}",
            subject=f"What the partnership offers you, part {number}",
            core=casting.CORE,
            parts={key: casting.PARTS[number % len(casting.PARTS)]},
            audiences=[key],
            latest_send=now + GOES_WITHIN,
        )
        message = messages.draft(session, campaign, words, by=cast.drafter, at=now)
        return Overlap(stage, cast, releases.submit(session, message, by=cast.drafter, at=now))


def counts(storm: Storm, overlaps: Sequence[Overlap]) -> dict[str, int]:
    """The checker's counts over all releases, each held against the lines of the sink's journal that are its own."""
    journal, found, known = (
        storm_accounts.read(storm.played.stage.journal),
        dict.fromkeys(("accepted", *checker.FAULTS, "unknown"), 0),
        set(),
    )
    for overlap in overlaps:
        audience = storm.played.stage.audience
        rehearsal_accounts.export(storm.played.stage.database, overlap.release_id, audience)
        names = {line["message_id"] for line in storm_accounts.read(audience)[1:]}
        own = audience.with_name("own-journal.jsonl")
        _write(own, [line for line in journal if line.get("message_id") in names])
        for name, number in rehearsal_accounts.by_the_journal(own, audience).items():
            found[name] += number
        known |= names
    strays = {line["message_id"] for line in journal if line.get("reply", "").startswith("2")} - known
    return found | {"unexpected": found["unexpected"] + len(strays), "unsigned": found["unsigned"] + len(strays)}


def decide(storm: Storm, overlaps: Sequence[Overlap]) -> None:
    """What stayed unclear in any of them is decided by somebody who can read the sink's log."""
    for overlap in overlaps:
        storm.played.release_id = overlap.release_id
        storm_accounts.decide(storm)


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

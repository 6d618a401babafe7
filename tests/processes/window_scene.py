"""What the window drill is played on: an empty installation with a mail server, both parties, the register with its calendars, and one letter.

The product's clock, relay and senders run in this process, by a clock that the drill moves.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from sqlmodel import Session, select

from audiences import authorities, definitions, founding
from audiences import rules as audience_rules
from audiences.organisations import Membership
from audiences.pilot import demo
from audiences.rules import Condition
from campaigns.agreement import parties, passkeys, releases, schedules, software_keys
from campaigns.drafting import messages
from campaigns.drafting.terms import Terms
from campaigns.drafting.words import Words
from campaigns.foundation import officers
from campaigns.foundation.officers import Officer
from campaigns.planning import campaign_plans, rules
from campaigns.planning.rules import CalendarRule, Typed
from tests import armed
from tests.campaigns.planning.day_by_day import Plain
from tests.campaigns.posting import Clock
from tests.processes.window_answers import CALLED, GOES, LATEST, SHARED, Year, years
from workers import actors, rehearsal_stage, relay, scheduler, tools
from workers import rehearsal_processes as processes
from workers.rehearsal_stage import Stage
from workers.tools import Tools

DRAFTED, SIGNED = datetime(2026, 3, 18, 10, 0, tzinfo=UTC), datetime(2026, 3, 19, 14, 0, tzinfo=UTC)
POSTS = [("drafter", "hse", "officer"), ("director", "hse", "signatory"), ("deputy", "hse", "signatory")]
POSTS += [("chair", "lacors", "signatory"), ("vice chair", "lacors", "signatory")]
CORE = "Dear ((name)),\n\nThe partnership's autumn campaign begins at ((organisation)).\n\nReference: ((reference))"


@dataclass
class Ear:
    """A lane where every hint is heard at once."""

    tools: Tools

    def send(self, entry_id: int) -> None:
        """As Dramatiq's actor does."""
        actors.hear(entry_id, self.tools)


@dataclass
class Drill:
    """Who plays, where, and by which clock."""

    stage: Stage
    tools: Tools
    clock: Clock
    years: dict[str, Year] = field(default_factory=dict)
    cast: list[Officer] = field(default_factory=list)
    release: UUID = field(default_factory=lambda: UUID(int=0))

    def hear(self) -> None:
        """Everything that is told is heard, until nothing is due."""
        lanes = {lane: Ear(self.tools) for lane in actors.LANES}
        while relay.tell_due(self.tools, lanes):  # type: ignore[arg-type]
            pass

    def look(self, at: datetime) -> None:
        """What the product does at a moment."""
        self.clock.at = at
        failed = scheduler.tick(self.tools)
        assert not failed, failed
        self.hear()


@contextmanager
def opened(database_url: str | None) -> Iterator[Drill]:
    """An empty installation with a mail server of its own."""
    port = processes.free_port()
    with rehearsal_stage.build(smtp=f"{processes.HOST}:{port}", database_url=database_url, broker_url=None, keep=None) as stage:
        catcher, moved = processes.catcher(stage, port=port, pace=None), Clock(DRAFTED)
        transport = tools.connect(stage.settings, moved)
        try:
            processes.wait_for(catcher, port)
            yield Drill(stage, Tools(stage.settings, stage.database, transport, moved, arming=armed.ALWAYS), moved)
        finally:
            transport.close()
            catcher.stop()


def found(drill: Drill, count: int, chance: Random) -> None:
    """Both parties, the register with one head of service at each authority, and the calendars of those that are written to."""
    with drill.stage.database.transaction() as session:
        parties.found(session)
        drill.cast = [
            officers.add(session, name=name, party=party, duty=duty, email=f"{name.replace(' ', '-')}@{party}.test", by="drill", at=DRAFTED)
            for name, party, duty in POSTS
        ]
        software_keys.found_roster(session, drill.cast[1:], at=DRAFTED)
        founding.found(session, by=drill.cast[0], at=DRAFTED)
        every = authorities.every(session)
        demo.crowd(session, len(every), by=drill.cast[0], at=DRAFTED)
        groups = dict(session.exec(select(Membership.authority_code, Membership.group_code)).all())
        chosen = every if count >= len(every) else chance.sample(every, count)
        places = [(one.code, one.nation, one.region, groups.get(one.code, "")) for one in chosen]
        drill.years = {year.code: year for year in years(places, chance)}
        _hang(session, drill)
    drill.hear()


def _hang(session: Session, drill: Drill) -> None:
    """Every rule where it stands."""
    for place, plain in SHARED.items():
        _add(session, drill, place, plain)
    polled = session.exec(select(CalendarRule.id).where(CalendarRule.uid == "2026-05-07 England: local elections")).one()
    for code, year in drill.years.items():
        for plain in year.own:
            _add(session, drill, ("authority", code), plain)
        if not year.polls:
            rules.exempt(session, polled, code, source="No election in 2026", by=drill.cast[0], at=DRAFTED)


def _add(session: Session, drill: Drill, place: tuple[str, str], plain: Plain) -> None:
    typed = Typed(*place, plain.kind, plain.kind, plain.first, plain.last, "the drill", plain.text(), plain.excepted, plain.lead_days)
    rules.add(session, typed, by=drill.cast[0], at=drill.clock.at)


def hear_of_by_elections(drill: Drill) -> None:
    """An officer puts them into the calendar, for these authorities alone."""
    drill.clock.at = CALLED
    with drill.stage.database.transaction() as session:
        for code, year in drill.years.items():
            if year.called:
                _add(session, drill, ("authority", code), year.called)


def agree(drill: Drill) -> None:
    """Drafted, sealed by the worker, signed by both parties days before, and let go within windows."""
    drafter, database = drill.cast[0], drill.stage.database
    asked = (Condition(asks=audience_rules.ROLE, of=("senior_manager",)), Condition(asks=audience_rules.AUTHORITY, of=tuple(drill.years)))
    with database.transaction() as session:
        key = definitions.define(session, name="The autumn's", rule=audience_rules.all_of(*asked), by=drafter, at=DRAFTED)
        campaign = campaign_plans.begin(session, name="Autumn", objective="Every council knows.", by=drafter, at=DRAFTED)
        said = {"title": "The autumn", "subject": "What begins in autumn", "core": CORE, "audiences": [key], "latest_send": LATEST}
        words = Words(**said, terms=Terms(message_class="publicity"))  # type: ignore[arg-type]
        message = messages.draft(session, campaign, words, by=drafter, at=DRAFTED)
        drill.release = releases.submit(session, message, by=drafter, at=DRAFTED)
    drill.hear()
    drill.clock.at = SIGNED
    for officer in (drill.cast[1], drill.cast[3]):
        with database.transaction() as session:
            release = releases.get(session, drill.release)
            body, seen = release.manifest or b"", str(release.digest)
            evidence = software_keys.evidence(session, tag=passkeys.RELEASE, body=body, digest=seen, by=officer, at=SIGNED)
            releases.sign(session, drill.release, seen=seen, evidence=evidence, by=officer, at=SIGNED)
    drill.clock.at = GOES
    with database.transaction() as session:
        schedules.schedule(session, drill.release, when=None, in_windows=True, by=drafter, at=GOES)
    drill.hear()

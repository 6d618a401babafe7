"""The story a demonstration begins in: a campaign in mid-flow, made with the same steps officers take.

*Save the date* is signed by both parties and goes out as the workers start; *What LOPP is* waits for both signatures; two regional
groups have been briefed, one with its list complete, and officers have called and visited some councils. Facts from the HELA paper of 21 March 2006; the words are ours, and nobody living is named.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from sqlmodel import Session

from audiences import founding, organisations, people, reports, suggestions, targets
from audiences.pilot import demo, story_plans, story_words
from audiences.reports import Told
from audiences.sealing import Sealer
from campaigns.agreement import candidates, parties, releases, roster_changes, schedules
from campaigns.agreement.identity import Evidence
from campaigns.agreement.passkeys import Site
from campaigns.briefings import actions, additions, arranging, attendance, questions, sign_ins, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.attendance import APOLOGIES
from campaigns.briefings.sign_ins import Attendee, Line
from campaigns.briefings.tours import Briefing, Group
from campaigns.drafting import messages
from campaigns.drafting.letters import Sender
from campaigns.drafting.words import Words
from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.foundation.officers import COUNTERSIGN, Officer
from campaigns.planning import campaign_plans
from campaigns.reach.touches import CONFIRMED

BRIEFED = {"North West": ("Preston", 6), "Wales": ("Cardiff", 2)}  # where two briefings were held, and how many days ago
COMPLETED = "North West"  # the one whose list is complete
COMING = {"Yorkshire": ("Leeds", 5), "Scotland": ("Perth", 9)}  # and where two are arranged, in how many days


@dataclass(frozen=True)
class Cast:
    """Who does what in the story."""

    drafter: Officer
    hse: Officer
    lacors: Officer


def load(database: Database, cast: Cast, *, source: Sender, key: str, at: datetime) -> None:
    """Tell the story into an empty database; `at` is the present moment, from which its dates are counted, in whole minutes."""
    at = at.replace(second=0, microsecond=0)  # as officers type them
    with database.transaction() as session:
        parties.found(session)
        founding.found(session, by=COUNTERSIGN, at=at)
        demo.load(session, by=COUNTERSIGN, at=at - timedelta(days=12))
        _roster(session, cast, source, at=at - timedelta(days=12))
        name, objective = story_words.CAMPAIGN
        campaign = campaign_plans.begin(session, name=name, objective=objective, by=cast.drafter, at=at - timedelta(days=10))
    note = _agreed(database, campaign, story_words.save_the_date(at), cast, Sealer(database, source, key, lambda: at - timedelta(days=9)))
    with database.transaction() as session:
        schedules.schedule(session, note, when=None, by=cast.drafter, at=at)
        _tour(session, campaign, note, cast.drafter, at=at)
        _told(session, campaign, cast.drafter, at=at)
        story_plans.load(session, campaign, by=cast.drafter, at=at)
    _submitted(database, campaign, story_words.what_lopp_is(at), cast, Sealer(database, source, key, lambda: at - timedelta(days=3)))


def _roster(session: Session, cast: Cast, source: Sender, *, at: datetime) -> None:
    """The first roster: everybody whose duty it is to sign; passwords allowed, since a demonstration's visitors bring no passkeys."""
    both = [party.code for party in parties.required(session)]
    members, site = candidates.listed(session), Site.of(source.base_url)
    row = roster_changes.propose(session, members=members, passwords=both, site=site, by=cast.drafter, at=at)
    for signatory in (cast.hse, cast.lacors):
        roster_changes.sign(session, seen=row.fingerprint, evidence=_entered(at), by=signatory, at=at)


def _entered(at: datetime) -> Evidence:
    return Evidence("password", at, {"entered": "when the demonstration was set up"})


def _submitted(database: Database, campaign: UUID, words: Words, cast: Cast, sealer: Sealer) -> UUID:
    with database.transaction() as session:
        message = messages.draft(session, campaign, words, by=cast.drafter, at=sealer.clock())
        release = releases.submit(session, message, by=cast.drafter, at=sealer.clock())
    sealer.seal(release)
    return release


def _agreed(database: Database, campaign: UUID, words: Words, cast: Cast, sealer: Sealer) -> UUID:
    release = _submitted(database, campaign, words, cast, sealer)
    evidence = _entered(sealer.clock())
    for signatory in (cast.hse, cast.lacors):
        with database.transaction() as session:
            seen = releases.get(session, release).digest or ""
            releases.sign(session, release, seen=seen, evidence=evidence, by=signatory, at=sealer.clock())
    return release


def _tour(session: Session, campaign: UUID, note: UUID, by: Officer, *, at: datetime) -> None:
    groups = [Group(body.code, body.name, body.nation) for body in organisations.groups(session)]
    tour = tours.open_tour(session, campaign, name=story_words.TOUR, groups=groups, by=by, at=at - timedelta(days=8))
    panel = organisations.get(session, "lgp")
    panels = Group(panel.code, panel.name, panel.nation)
    additions.add(session, tour, panels, awaits_steer=True, by=by, at=at - timedelta(days=8))  # para 5: advice on its focus is asked for
    for briefing in tours.briefings(session, tour):
        for region, (place, days) in {**BRIEFED, **COMING}.items():
            if region in briefing.group_name:
                morning = _weekday(at, -days if region in BRIEFED else days)
                arrangement = Arrangement(morning, f"{place}, council offices", "LOPP team, HSE", "LOPP lead, LACoRS", note)
                arranging.arrange(session, briefing.id, arrangement, by=by, at=at - timedelta(days=7))
                if region in BRIEFED:
                    _held(session, briefing, by, at=at)
                if region == COMPLETED:
                    _followed_up(session, briefing, by, at=at)


def _held(session: Session, briefing: Briefing, by: Officer, *, at: datetime) -> None:
    tours.hold(session, briefing.id, by=by, at=at)
    attendance.record(session, briefing.id, _sheet(session, briefing.group_code), by=by, at=at)


def _followed_up(session: Session, briefing: Briefing, by: Officer, *, at: datetime) -> None:
    """Some who did not come had sent apologies, the list is complete, a question is still to be answered and an action to be done."""
    came = {code for code, _ in _sheet(session, briefing.group_code)}
    missing = [member.code for member in organisations.members(session, briefing.group_code) if member.code not in came]
    lines = [Line(Attendee("practitioner", authority_code=code), APOLOGIES) for code in missing[::2]]
    sign_ins.enter(session, briefing.id, lines, by=by, at=at)
    attendance.complete(session, briefing.id, by=by, at=at)
    questions.raise_one(session, briefing.id, question=story_words.QUESTION, authority_code=missing[0], by=by, at=at)
    due = clock.london(at + timedelta(days=10)).date()
    actions.add(session, briefing.id, what=story_words.ACTION, party=actions.LACORS, owner=story_words.DONE_BY, due=due, by=by, at=at)


def _told(session: Session, campaign: UUID, by: Officer, *, at: datetime) -> None:
    """What officers recorded by hand, a target, and somebody who says that they are the wrong person."""
    for region, what, days in story_words.TOLD:
        codes = tuple(member.code for member in organisations.members(session, region))[::3]
        day = clock.london(at - timedelta(days=days)).date()
        reports.record(session, campaign, Told(*what, codes, day, story_words.NOTE, role="practitioner"), by=by, at=at)
    by_day = clock.london(at + timedelta(days=60)).date()
    share = {"role": "", "grade": CONFIRMED, "measure": targets.SHARE, "wanted": 80}
    targets.set_target(session, campaign, **share, by_day=by_day, by=by, at=at)  # type: ignore[arg-type]
    adur = people.at_place(session, story_words.SAYS_SO)[0]
    suggestions.make(
        session, about=adur.id, authority_code=adur.place, kind=suggestions.WRONG_PERSON, source="the reader's page", by="the reader", at=at
    )


def _weekday(at: datetime, days: int) -> datetime:
    """Ten o'clock, `days` away or a little further where that falls on a weekend."""
    morning = (at + timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)
    return morning + timedelta(days=2 if days > 0 else -2) if morning.weekday() > 4 else morning


def _sheet(session: Session, group: str) -> list[tuple[str, str]]:
    """A sign-in sheet as they are: most authorities send a practitioner, some a manager, few a member, some nobody."""
    ticks = []
    for place, authority in zip(count(), organisations.members(session, group), strict=False):
        roles = ["practitioner"] * (place % 4 != 3) + ["senior_manager"] * (place % 3 == 0) + ["elected_member"] * (place % 8 == 0)
        ticks += [(authority.code, role) for role in roles if place % 4 != 3]
    return ticks

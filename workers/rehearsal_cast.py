"""Who takes part in a rehearsal and what they say: posts of both parties, a crowd over the real councils, a letter of some 5 kB.

Every step is the real one: draft, submit, sign for each party, schedule. The keys that sign are a program's own, which the gate accepts
in databases stamped for tests and in no other. Nobody in the cast has an address, so that no notice mixes with the letters.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from audiences import definitions, founding, rules
from audiences.pilot import demo
from campaigns.agreement import parties, passkeys, releases, schedules, software_keys
from campaigns.drafting import messages
from campaigns.drafting.words import Words
from campaigns.foundation import clock, officers
from campaigns.foundation.database import Database
from campaigns.foundation.officers import COUNTERSIGN, Officer
from campaigns.planning import campaign_plans

BY = COUNTERSIGN.name
GOES_WITHIN = timedelta(days=2)
ROLES = tuple(demo.POSTS)
MOST_VARIANTS = len(ROLES)

CORE = """Dear ((name)),

# What the partnership offers ((organisation))

HSE and the local authorities agreed to work as one: a large organisation with sites in many places has **one lead authority** that
speaks for all of them, and inspectors everywhere build on what it already knows.

- One plan for each organisation, agreed once and read by everybody.
- One contact, who knows the organisation and answers within five working days.
- No second visit about what another authority has looked into already.

((your part))

## What happens next

A briefing is held for authorities in ((region)). The slides and the agreed text come to you as ((role)) beforehand.
Questions are welcome at the [partnership's pages](https://partnership.example.test/questions).

Reference: ((reference))
"""
PARTS = (
    "**For managers.** Decide by the end of the month who at ((organisation)) is the contact, and tell your inspectors.",
    "**For elected members.** Your committee can expect a short report on what the partnership did in ((nation)) each quarter.",
    "**For practitioners.** You will find an organisation's plan beside your own records; write into it what you saw, not what to do.",
)


@dataclass(frozen=True)
class Cast:
    """Who acts: one who drafts, one who signs for each party."""

    drafter: Officer
    signatories: list[Officer]


def gather(database: Database, *, people: int) -> Cast:
    """Set up the house: parties, officers, the register, the audiences, and the crowd."""
    now = clock.now()
    with database.transaction() as session:
        parties.found(session)
        founding.found(session, by=COUNTERSIGN, at=now)
        demo.crowd(session, people, by=COUNTERSIGN, at=now)
        drafter = officers.add(session, name="Rehearsal drafter", party="hse", duty="officer", by=BY, at=now)
        signatories = [
            officers.add(session, name=f"Rehearsal signatory {number}, {party.name}", party=party.code, duty="signatory", by=BY, at=now)
            for number in (1, 2)
            for party in parties.required(session)
        ]
        software_keys.found_roster(session, signatories, at=now)
    return Cast(drafter, signatories[: len(signatories) // 2])


def submit(database: Database, cast: Cast, *, variants: int, core: str = CORE) -> UUID:
    """Draft the letter for so many audiences, which together hold the whole crowd, and submit it; gives the release."""
    now = clock.now()
    with database.transaction() as session:
        keys = [audience.key for audience in definitions.every(session)][: variants - 1]
        rest = rules.ticked(roles=ROLES[variants - 1 :])
        keys.append(definitions.define(session, name=f"Rehearsal variant {variants}", rule=rest, by=cast.drafter, at=now))
        campaign = campaign_plans.begin(session, name="Rehearsal", objective="Every letter arrives once.", by=cast.drafter, at=now)
        words = Words(
            title="A rehearsal",
            subject="What the partnership offers you",
            core=core,
            parts=dict(zip(keys, PARTS, strict=False)),
            audiences=keys,
            latest_send=now + GOES_WITHIN,
        )
        message = messages.draft(session, campaign, words, by=cast.drafter, at=now)
        return releases.submit(session, message, by=cast.drafter, at=now)


def sign(database: Database, cast: Cast, release_id: UUID) -> None:
    """Sign for every party what is shown to them."""
    for officer in cast.signatories:
        with database.reading() as session:
            release = releases.get(session, release_id)
        body, seen, now = release.manifest or b"", str(release.digest), clock.now()
        with database.transaction() as session:
            evidence = software_keys.evidence(session, tag=passkeys.RELEASE, body=body, digest=seen, by=officer, at=now)
            releases.sign(session, release_id, seen=seen, evidence=evidence, by=officer, at=now)


def schedule(database: Database, cast: Cast, release_id: UUID) -> None:
    """Let it go, now."""
    with database.transaction() as session:
        schedules.schedule(session, release_id, when=None, by=cast.drafter, at=clock.now())

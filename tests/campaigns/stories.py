"""What tests are given: a house with its officers, and a message as far along its life as a test needs it, by the real steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlmodel import Session

from campaigns.agreement import parties, passkeys, releases, schedules, seals, software_keys
from campaigns.agreement.addressees import Addressee, LeftOut
from campaigns.agreement.identity import Evidence
from campaigns.agreement.manifest import Definition
from campaigns.agreement.seals import Letter, Order
from campaigns.delivery import deliveries, heartbeats, plans
from campaigns.drafting import holding_lines, invitations, letters, messages
from campaigns.drafting.invitations import Occasion
from campaigns.drafting.words import Words
from campaigns.foundation import officers, reader_links
from campaigns.foundation.database import Database
from campaigns.foundation.officers import Officer
from campaigns.planning import campaign_plans
from tests import snapshots

NOON = datetime(2026, 5, 12, 11, 0, tzinfo=UTC)
LATEST = NOON + timedelta(days=30)
OCCASIONS: list[Occasion] = []  # what a release of these stories invites to
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SENDER = letters.Sender("LOPP team, HSE and LACoRS", "lopp@countersign.test", "lopp-replies@countersign.test", "http://localhost:8000")
AUDIENCES = {"senior-managers": "Senior managers", "practitioners": "Practitioners"}
DEFINITIONS = [Definition(audience=key, name=name, version=1, rule=f"{name}.") for key, name in AUDIENCES.items()]
NAMESPACE = UUID(int=7)


def reader(number: int, variant: str = "senior-managers", **changes: Any) -> Addressee:
    """One reader at a made-up council."""
    values: dict[str, Any] = {
        "person_id": uuid5(NAMESPACE, str(number)),
        "address": f"post{number}@council{number}.test",
        "variant": variant,
        "name": f"Head of service {number}",
        "role": "senior_manager" if variant == "senior-managers" else "practitioner",
        "organisation": f"Council {number}",
        "nation": "England",
        "region": "North West",
        "authority_code": f"E0700000{number}",
    }
    return Addressee(**(values | changes))


READERS = (reader(0), reader(1), reader(2, "practitioners"))


def words(**changes: Any) -> Words:
    """Words that can be sealed."""
    values: dict[str, Any] = {
        "title": "What LOPP is",
        "subject": "What LOPP offers you",
        "core": "Dear ((name)),\n\n((your part))\n\nOne *lead authority* speaks for ((organisation)).",
        "parts": {"senior-managers": "You decide what to do.", "practitioners": "You will see less paper."},
        "audiences": ["senior-managers", "practitioners"],
        "latest_send": LATEST,
    }
    return Words(**(values | changes))


@dataclass(frozen=True)
class House:
    """A database with both parties, their officers and one campaign."""

    database: Database
    campaign: UUID
    drafter: Officer
    hse: Officer
    hse_other: Officer
    lacors: Officer
    lacors_other: Officer
    observer: Officer
    administrator: Officer

    def everyone(self) -> list[Officer]:
        """All officers."""
        return [self.drafter, self.hse, self.hse_other, self.lacors, self.lacors_other, self.observer, self.administrator]


def house(database: Database) -> House:
    """Set up both parties, their officers and a campaign."""
    return House(database, *snapshots.of(database, "a house", _founded))


def _founded(database: Database) -> tuple[Any, ...]:
    posts = [
        ("HSE drafter", "hse", "officer"),
        ("HSE director", "hse", "signatory"),
        ("HSE deputy", "hse", "signatory"),
        ("LACoRS chair", "lacors", "signatory"),
        ("LACoRS deputy", "lacors", "signatory"),
        ("A visitor", None, "observer"),
        ("Accounts", None, "administrator"),
    ]
    with database.transaction() as session:
        parties.found(session)
        heartbeats.beat(session, "a worker", why="", at=LATEST + 1000 * DAY)
        cast = [officers.add(session, name=name, party=party, duty=duty, by="test", at=NOON) for name, party, duty in posts]
        software_keys.found_roster(session, [one for one in cast if one.duty == "signatory"], at=NOON)
        return campaign_plans.begin(session, name="LOPP", objective="Every council knows what LOPP offers.", by=cast[0], at=NOON), *cast


def evidence(session: Session, release_id: UUID, by: Officer, *, at: datetime = NOON) -> Evidence:
    """What a signatory's software key gives over a release, good in a database stamped for tests."""
    release = releases.get(session, release_id)
    body, digest = release.manifest or b"", str(release.digest)
    return software_keys.evidence(session, tag=passkeys.RELEASE, body=body, digest=digest, by=by, at=at)


@dataclass(frozen=True)
class Story:
    """A release and the house it stands in."""

    house: House
    message: UUID
    release: UUID

    @property
    def database(self) -> Database:
        """Where it all is."""
        return self.house.database

    def digest(self) -> str:
        """What the signing page shows."""
        with self.database.reading() as session:
            return str(releases.get(session, self.release).digest)

    def state(self) -> str:
        """The release's state."""
        with self.database.reading() as session:
            return releases.get(session, self.release).state

    def sign(self, by: Officer, *, seen: str | None = None, at: datetime = NOON) -> None:
        """Sign what is shown, or something else that was `seen`."""
        seen = seen or self.digest()
        with self.database.transaction() as session:
            given = evidence(session, self.release, by, at=at)
            releases.sign(session, self.release, seen=seen, evidence=given, by=by, at=at)

    def schedule(self, *, when: datetime | None = None, at: datetime = NOON, **how: Any) -> None:
        """Let it go."""
        with self.database.transaction() as session:
            schedules.schedule(session, self.release, when=when, **how, by=self.house.drafter, at=at)

    def tally(self) -> dict[str, int]:
        """How many letters stand in each state."""
        with self.database.reading() as session:
            return deliveries.tally(session, releases.get(session, self.release))


def drafted(house: House, said: Words | None = None, *, at: datetime = NOON) -> UUID:
    """A draft by HSE's drafter."""
    with house.database.transaction() as session:
        return messages.draft(session, house.campaign, said or words(), by=house.drafter, at=at)


def submitted(house: House, message_id: UUID, *, at: datetime = NOON) -> UUID:
    """A release on its way to be sealed."""
    with house.database.transaction() as session:
        return releases.submit(session, message_id, by=house.drafter, at=at)


def letter(addressee: Addressee, order: Order, case: Mapping[str, str] | None = None, occasions: Sequence[Occasion] = ()) -> Letter:
    """A reader with the values of every field, as the sealing worker makes them; invited to the first of the occasions, if to any."""
    case = case or {}
    invited = [invitations.values(one, case, stage=invitations.stage_of(order.words.closed, case)) for one in occasions[:1]]
    person, release = addressee.person_id, order.release_id
    own = {
        "reference": order.reference,
        "address": addressee.address,
        "message_id": f"<{release.hex}.{person.hex}@countersign.test>",
        **reader_links.of_nobody(SENDER.base_url, person.hex),
    }
    return Letter(
        addressee, addressee.fields() | own | (invited[0] if invited and order.words.invites_to else dict(case)), holding_lines.key(case)
    )


def seal(
    house: House,
    release_id: UUID,
    readers: Sequence[Addressee] = READERS,
    left_out: Sequence[LeftOut] = (),
    *,
    occasions: Sequence[Occasion] = (),
    at: datetime = NOON,
) -> str:
    """Seal it as the worker does; returns the digest."""
    with house.database.transaction() as session:
        order = seals.take(session, release_id, at=at)
    assert order is not None
    programs = seals.compile_variants(order, sender=SENDER)
    cases, occasions = holding_lines.cases(order.words.closed), occasions or OCCASIONS
    frozen = [letter(addressee, order, case, occasions) for addressee in readers for case in cases]
    with house.database.transaction() as session:
        seals.keep_programs(session, order, programs, people=len(frozen), at=at)
        seals.keep_audiences(session, order, [one for one in DEFINITIONS if one.audience in order.words.audiences], at=at)
        seals.keep_occasions(session, order, occasions, at=at)
        seals.keep_left_out(session, order, left_out, at=at)
        seals.keep_letters(session, order, programs, frozen, start=0, at=at)
        return seals.seal(session, order, sender=SENDER, by="test", at=at)


@snapshots.once
def waiting_release(house: House, said: Words | None = None, readers: Sequence[Addressee] = READERS) -> Story:
    """Sealed, and signed by nobody."""
    message = drafted(house, said)
    release = submitted(house, message)
    seal(house, release, readers)
    return Story(house, message, release)


def half_signed_release(house: House, said: Words | None = None) -> Story:
    """Signed by HSE alone."""
    story = waiting_release(house, said)
    story.sign(house.hse)
    return story


@snapshots.once
def agreed_release(house: House, said: Words | None = None, readers: Sequence[Addressee] = READERS) -> Story:
    """Signed by both, and not scheduled."""
    story = waiting_release(house, said, readers)
    story.sign(house.hse)
    story.sign(house.lacors)
    return story


@snapshots.once
def sending_release(house: House, said: Words | None = None, readers: Sequence[Addressee] = READERS, *, size: int = 100) -> Story:
    """Begun, every letter queued, none sent."""
    story = agreed_release(house, said, readers)
    story.schedule()
    begin(story, size=size)
    return story


def begin(story: Story, *, size: int = 100) -> None:
    """The moment of a scheduled release comes: it begins, and every letter is queued."""
    with story.database.transaction() as session:
        schedules.begin_due(session, at=NOON)
        while plans.plan_next(session, story.release, size=size, at=NOON):
            pass

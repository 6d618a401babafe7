"""What tests of invitations begin with: a tour of two dated briefings, readers in both groups, and invitations sealed, signed and sent for real."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any
from uuid import UUID

from sqlmodel import select

from audiences import founding, people
from audiences.sealing import Sealer
from campaigns.agreement.releases import Release
from campaigns.briefings import arranging, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.tours import Briefing, Group
from campaigns.delivery.deliveries import Chunk
from campaigns.delivery.transport import RecordingTransport
from campaigns.drafting.words import Words
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from tests import snapshots
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import DAY, HOUR, NOON, House, Story

WALES, YORKSHIRE = "group-wales", "group-yorkshire-and-the-humber"
CARDIFF, SWANSEA, LEEDS = "W06000015", "W06000011", "E08000035"
KEY = Settings(env="test").secret_key  # so that the pages of a test know the links
INVITED = ["Please come, and bring a colleague.", "You have not told us yet whether you come.", "The briefing does not take place."]
CORE = "Dear ((name)),\n\n((invitation))\n\nOn ((date)), ((time)), at ((place)).\n\n((your part))"
PEOPLE = (
    ("Head of Health", "senior_manager", CARDIFF, "Head@Cardiff.test"),
    ("Inspector", "practitioner", CARDIFF, "inspector@cardiff.test"),
    ("Inspector", "practitioner", SWANSEA, "inspector@swansea.test"),
    ("Head of Health", "senior_manager", LEEDS, "head@leeds.test"),
)


@dataclass
class Invited:
    """A tour of two groups, and whatever has been sent about it."""

    house: House
    tour: UUID
    transport: RecordingTransport = field(default_factory=RecordingTransport)

    @property
    def database(self) -> Database:
        """Where it all is."""
        return self.house.database

    def briefing(self, group: str = WALES) -> Briefing:
        """A group's briefing as it stands."""
        with self.database.reading() as session:
            return next(one for one in tours.briefings(session, self.tour) if one.group_code == group)

    def person(self, address: str) -> UUID:
        """Whose address it is."""
        with self.database.reading() as session:
            return people.at_address(session, address)[0].id

    def arrange(self, group: str, starts_at: datetime, place: str = "County Hall", ends_at: datetime | None = None) -> None:
        """Give a briefing a date."""
        arrangement = Arrangement(starts_at, place, "LOPP team, HSE", "LOPP lead, LACoRS", None, ends_at=ends_at)
        with self.database.transaction() as session:
            arranging.arrange(session, self.briefing(group).id, arrangement, by=self.house.drafter, at=NOON)

    def agreed(self, *groups: str, at: datetime = NOON, **changes: Any) -> Story:
        """An invitation to these groups' briefings that both parties have signed."""
        said = words([self.briefing(group) for group in groups], **changes)
        message = stories.drafted(self.house, said, at=at)
        release = stories.submitted(self.house, message, at=at)
        sealer = Sealer(self.database, stories.SENDER, KEY, lambda: at)
        assert sealer.seal(release)
        story = Story(self.house, message, release)
        assert story.state() == "sealed", self.why(release)
        for signatory in (self.house.hse, self.house.lacors):
            story.sign(signatory, at=at)
        return story

    def why(self, release: UUID) -> str | None:
        """Why a release was given back."""
        with self.database.reading() as session:
            return session.exec(select(Release.reason).where(Release.id == release)).one()

    def invite(self, *groups: str, **changes: Any) -> Story:
        """The same, gone."""
        story = self.agreed(*(groups or (WALES, YORKSHIRE)), **changes)
        story.schedule()
        stories.begin(story)
        self.send(story.release)
        return story

    def send(self, release: UUID, *, at: datetime = NOON) -> None:
        """Whatever of a release is queued goes."""
        with self.database.reading() as session:
            ready = session.exec(select(Chunk.id).where(Chunk.release_id == release)).all()
        for chunk in ready:
            taken = posting.claim(Story(self.house, release, release), at=at, chunk=chunk)
            if taken is not None:
                posting.sender(self.database, self.transport, Clock(at)).send(taken)

    def calendars(self) -> list[tuple[str, Message]]:
        """The calendar part of each letter that went, with the address it went to."""
        return [(one.recipient, calendar_of(one.message)) for one in self.transport.sent]


def calendar_of(raw: bytes) -> Message:
    """The one part of a letter that a calendar reads."""
    (part,) = (part for part in message_from_bytes(raw).walk() if part.get_content_type() == "text/calendar")
    return part


def words(briefings: list[Briefing], **changes: Any) -> Words:
    """The words of an invitation."""
    values: dict[str, Any] = {
        "title": "Come to a briefing",
        "subject": "Come to the briefing of your group",
        "core": CORE,
        "closed": {"invitation": INVITED},
        "invites_to": [str(one.id) for one in briefings],
        "latest_send": NOON + 3 * DAY,
    }
    return stories.words(**(values | changes))


def planned(house: House, crowd: Sequence[tuple[str, str, str, str]] = PEOPLE) -> Invited:
    """A tour of both groups, and somebody to invite in each; no briefing has a date."""
    by = {"by": house.drafter, "at": NOON}
    with house.database.transaction() as session:
        for name, role, place, address in crowd:
            people.add(session, name=name, role=role, place=place, address=address, test_domains_allowed=True, **by)
        groups = [Group(WALES, "Wales", "Wales"), Group(YORKSHIRE, "Yorkshire", "England")]
        tour = tours.open_tour(session, house.campaign, name="Spring", groups=groups, **by)
    return Invited(house, tour)


def toured(house: House, *, starts_at: datetime = NOON + 7 * DAY) -> Invited:
    """The same with both briefings dated."""
    made = planned(house)
    made.arrange(WALES, starts_at)
    made.arrange(YORKSHIRE, starts_at + HOUR + timedelta(minutes=30), "Civic Hall; Leeds, 2nd floor")
    return made


def gone(database: Database) -> tuple[Invited, Story]:
    """An invitation to both groups that went, on SQLite."""
    house, tour, message, release, sent = snapshots.of(database, "an invitation that went", _gone)
    made = Invited(House(database, *house), tour)
    made.transport.sent.extend(sent)
    return made, Story(made.house, message, release)


def dated(database: Database) -> Invited:
    """The same before anybody was invited."""
    house, tour = snapshots.of(database, "two dated briefings", _dated)
    return Invited(House(database, *house), tour)


def _gone(database: Database) -> tuple[Any, ...]:
    house, tour = _dated(database)
    made = Invited(House(database, *house), tour)
    story = made.invite()
    return house, tour, story.message, story.release, made.transport.sent


def _dated(database: Database) -> tuple[Any, ...]:
    house = founded(database)
    return (house.campaign, *house.everyone()), toured(house).tour


def founded(database: Database) -> House:
    """Both parties, on a founded register."""
    house = stories.house(database)
    with database.transaction() as session:
        founding.found(session, by=house.drafter, at=NOON)
    return house

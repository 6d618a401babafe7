"""What tests of invitations that go start from: two dated briefings, with one practitioner to invite to each, and one to neither."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import select

from campaigns.briefings import arranging
from campaigns.briefings.arrangements import Arrangement
from campaigns.delivery.deliveries import Chunk
from campaigns.delivery.transport import Envelope
from campaigns.foundation.database import Database
from tests import snapshots
from tests.audiences import invited
from tests.audiences.invited import CARDIFF, INVITED, LEEDS, WALES, YORKSHIRE, Invited
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import DAY, NOON, House, Story
from tests.web import grounds

ADUR, LINES = grounds.ADUR, INVITED
SOON, LATER = NOON + 20 * DAY, NOON + 30 * DAY
ADDRESSES = {CARDIFF: "inspector@cardiff.test", LEEDS: "inspector@leeds.test", ADUR: "inspector@adur.test"}
CROWD = [("Inspector", "practitioner", place, address) for place, address in ADDRESSES.items()]


class Tour(Invited):
    """A tour of Wales and Yorkshire, both dated."""

    def __init__(self, database: Database) -> None:
        house, tour = snapshots.of(database, "a tour of practitioners", _made)
        super().__init__(House(database, *house), tour)
        self.by: dict[str, Any] = {"by": self.house.drafter, "at": NOON}
        self.wales, self.yorkshire = self.briefing(WALES).id, self.briefing(YORKSHIRE).id

    def date(self, briefing: UUID, when: datetime, place: str) -> None:
        """Give a briefing its date."""
        with self.database.transaction() as session:
            arranging.arrange(session, briefing, Arrangement(when, place), **self.by)

    def both(self, **changes: Any) -> Story:
        """A message that invites practitioners to both briefings, signed by both parties."""
        said = {"audiences": ["practitioners"], "parts": {}, "latest_send": LATER}
        return self.agreed(WALES, YORKSHIRE, **(said | changes))

    def going(self, **changes: Any) -> Story:
        """The same, with its letters planned."""
        story = self.both(**changes)
        story.schedule()
        stories.begin(story)
        return story

    def again(self, when: datetime) -> Story:
        """What was planned goes; Wales is given another date, and everybody is invited anew."""
        with self.database.reading() as session:
            planned = session.exec(select(Chunk.release_id).distinct()).all()
        for release in planned:
            sent(Story(self.house, release, release))
        self.date(self.wales, when, "Cardiff City Hall")
        story = self.going(subject="Come on another day")
        sent(story)
        return story


def _made(database: Database) -> tuple[Any, ...]:
    house = invited.founded(database)
    made = invited.planned(house, CROWD)
    made.arrange(WALES, SOON, "Cardiff City Hall")
    made.arrange(YORKSHIRE, LATER, "Leeds Town Hall")
    return (house.campaign, *house.everyone()), made.tour


def sent(story: Story, *, at: datetime = NOON) -> list[Envelope]:
    """Everything due, as a worker sends it; it closes the release, as the worker does."""
    transport = posting.sent(story, Clock(at))
    return transport.sent


def entry(letter: Envelope) -> dict[str, str]:
    """The calendar entry of a letter: property → value."""
    part = invited.calendar_of(letter.message)
    lines = part.get_payload(decode=True).decode().replace("\r\n", "\n").replace("\n ", "").splitlines()  # type: ignore[union-attr]
    found = dict(line.partition(":")[::2] for line in lines if line.partition(":")[0] not in {"BEGIN", "END"})
    assert part.get_param("method") == found["METHOD"]
    return found


def by_address(letters: Sequence[Envelope]) -> dict[str, dict[str, str]]:
    """Address → entry; nobody has two."""
    assert len({one.recipient for one in letters}) == len(letters)
    return {one.recipient: entry(one) for one in letters}

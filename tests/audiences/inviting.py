"""What tests of invitations start from: a tour of two dated briefings, with somebody to invite to each, and somebody to neither."""

from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes, policy
from functools import partial
from uuid import UUID

from audiences import people
from audiences.sealing import Sealer
from campaigns.agreement import releases
from campaigns.briefings import tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.tours import Group
from campaigns.delivery.transport import Envelope, RecordingTransport
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import DAY, NOON, House, Story
from tests.web import grounds

KEY = "a key for links that nobody follows"
LINES = ["You are invited.", "Please answer.", "It does not take place."]
CORE = "Dear ((name)),\n\n((invitation))\n\n((date)), ((time)), ((place)).\n\n((your part))"
CARDIFF, LEEDS, ADUR = "W06000015", "E08000035", grounds.ADUR
YORKSHIRE = "group-yorkshire-and-the-humber"
SOON, LATER = NOON + 20 * DAY, NOON + 30 * DAY
ADDRESSES = {CARDIFF: "inspector@cardiff.gov.uk", LEEDS: "inspector@leeds.gov.uk", ADUR: "inspector@adur.gov.uk"}


class Tour:
    """A tour of Wales and Yorkshire, both dated, with one practitioner each, and one in Adur, whose group is not on it."""

    def __init__(self, database: Database) -> None:
        self.house: House = grounds.found(database).house
        self.database, self.by = database, {"by": self.house.drafter, "at": NOON}
        with database.transaction() as session:
            add = partial(people.add, session, role="practitioner", **self.by)
            for place, address in ADDRESSES.items():
                add(name="Inspector", place=place, address=address)
            groups = [Group("group-wales", "Wales", "Wales"), Group(YORKSHIRE, "Yorkshire", "England")]
            tour = tours.open_tour(session, self.house.campaign, name="Spring", groups=groups, **self.by)
            found = {one.group_code: one.id for one in tours.briefings(session, tour)}
        self.wales, self.yorkshire = found["group-wales"], found[YORKSHIRE]
        self.date(self.wales, SOON, "Cardiff City Hall")
        self.date(self.yorkshire, LATER, "Leeds Town Hall")

    def date(self, briefing: UUID, when: datetime, place: str) -> None:
        """Give a briefing its date."""
        with self.database.transaction() as session:
            tours.arrange(session, briefing, Arrangement(when, place), **self.by)

    def agreed(self, **changes: object) -> Story:
        """A message that invites to both briefings, as the worker seals it, signed by both parties."""
        said = {
            "audiences": ["practitioners"],
            "parts": {},
            "core": CORE,
            "closed": {"invitation": LINES},
            "invites_to": [str(self.wales), str(self.yorkshire)],
            "latest_send": LATER,
        }
        message = stories.drafted(self.house, stories.words(**(said | changes)))
        story = Story(self.house, message, stories.submitted(self.house, message))
        assert Sealer(self.database, stories.SENDER, KEY, lambda: NOON).seal(story.release)
        with self.database.reading() as session:
            assert releases.get(session, story.release).state == "sealed", releases.get(session, story.release).reason
        for signatory in (self.house.hse, self.house.lacors):
            story.sign(signatory)
        return story

    def going(self, **changes: object) -> Story:
        """The same, with its letters planned."""
        story = self.agreed(**changes)
        story.schedule()
        stories.begin(story)
        return story


def sent(story: Story, *, at: datetime = NOON) -> list[Envelope]:
    """Everything due, as a worker sends it; it closes the release, as the worker does."""
    transport = RecordingTransport()
    posting.send(story, transport, Clock(at))
    return transport.sent


def entry(letter: Envelope) -> dict[str, str]:
    """The calendar entry of a letter: property → value."""
    mail = message_from_bytes(letter.message, policy=policy.default)
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    lines = part.get_content().replace("\r\n", "\n").replace("\n ", "").splitlines()
    found = dict(line.partition(":")[::2] for line in lines if line.partition(":")[0] not in {"BEGIN", "END"})
    assert part["Content-Type"].params["method"] == found["METHOD"]
    return found


def by_address(letters: Sequence[Envelope]) -> dict[str, dict[str, str]]:
    """Address → entry; nobody has two."""
    assert len({one.recipient for one in letters}) == len(letters)
    return {one.recipient: entry(one) for one in letters}

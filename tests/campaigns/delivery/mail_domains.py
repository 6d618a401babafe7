"""Letters to a few mail domains, and a relay that answers for each."""

from sqlmodel import select

from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.transport import Envelope, MayGo, Outcome, RecordingTransport, always
from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.stories import Story


class ByDomain(RecordingTransport):
    """A relay that answers by the reader's domain."""

    def __init__(self, **says: Outcome) -> None:
        super().__init__()
        self.says, self.asked = says, list[str]()

    def deliver(self, envelope: Envelope, *, may_go: MayGo = always, **_: object) -> Outcome:
        domain = envelope.recipient.rpartition("@")[2].partition(".")[0]
        self.asked.append(domain)
        return self.says.get(domain) or super().deliver(envelope, may_go=may_go)


def story_of(database: Database, *mixed: str, size: int = 100) -> Story:
    """Letters to these domains, in this order."""
    readers = [stories.reader(number, address=f"post{number}@{domain}.test") for number, domain in enumerate(mixed)]
    return stories.sending_release(stories.house(database), readers=readers, size=size)


def rows(story: Story) -> list[Delivery]:
    with story.database.reading() as session:
        return list(session.exec(select(Delivery).where(Delivery.release_id == story.release).order_by(Delivery.position)))  # type: ignore[arg-type]


def to(claim: object, story: Story) -> list[str]:
    return [] if claim is None else [letter.address.rpartition("@")[2].partition(".")[0] for letter in claim.letters]  # type: ignore[attr-defined]


def closing() -> Outcome:
    return Outcome("deferred", "RCPT", "421 4.7.0 ann@dead.test is not welcome")

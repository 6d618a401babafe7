"""What tests of the post start from: three letters to three people at three councils, and mails of ours about them."""

from pathlib import Path
from typing import Any

from sqlmodel import Session

from audiences import people
from audiences.authorities import Authority
from audiences.contacts import Given
from audiences.roles import Place
from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.stories import NOON, READERS, House, Story

MAILS = Path(__file__).parent / "delivery" / "mails"
SOMEBODY = b"anna@ashby.test"  # whom our mails are about
THEIRS = b"<11111111111111111111111111111111.22222222222222222222222222222222@countersign.test>"  # the letter that they give back


def letters(database: Database) -> Story:
    """Queued, none sent; each reader is a person who holds a role at a council of the register."""
    house = stories.house(database)
    with database.transaction() as session:
        for reader in READERS:
            _settle(session, str(reader.authority_code), reader.organisation)
            seat = Place(str(reader.authority_code), reader.organisation, None)
            row = Given(reader.name, reader.role, seat, reader.address).row(source="tests")
            people.insert(session, [row | {"id": reader.person_id}], at=NOON)
    return stories.sending_release(house)


def kept(story: Story) -> tuple[Any, ...]:
    """A story as a snapshot keeps it: without its database."""
    house = story.house
    return (house.campaign, *house.everyone()), story.message, story.release


def told(database: Database, made: tuple[Any, ...]) -> Story:
    """The same story in a copy of its database."""
    house, message, release = made
    return Story(House(database, *house), message, release)


def mail(name: str, address: str, letter: bytes = THEIRS) -> bytes:
    """One of our mails, about this address and this letter."""
    return (MAILS / f"{name}.eml").read_bytes().replace(SOMEBODY, address.encode()).replace(THEIRS, letter)


def _settle(session: Session, code: str, name: str) -> None:
    place = {"domain": f"{code.lower()}.test", "latitude": 52.0, "longitude": 0.0, "enforces": True, "kind": "District"}
    session.add(Authority(code=code, name=name, official_name=name, nation="England", region="East", **place))
    session.flush()

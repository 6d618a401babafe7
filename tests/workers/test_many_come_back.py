"""When more letters come back than can be by chance: both parties are told, and what is still going is held."""

import pytest
from sqlmodel import Session

from campaigns.agreement import releases
from campaigns.delivery import pauses, plans, returns
from campaigns.delivery.returns import LettersCameBack
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.delivery.verp import Place
from campaigns.foundation import log
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.posting import reachable
from tests.campaigns.stories import NOON, House, Story
from tests.workers.facts import WRITERS, every, fact
from workers import telling
from workers.tools import Tools


def comes_back(session: Session, story: Story, position: int) -> None:
    place = Place(story.release, position)
    assert returns.come_back(session, place, permanent=False, status="5.7.1", reason="we do not want your mail", at=NOON)


def state(database: Database, story: Story) -> tuple[str, str | None]:
    with database.reading() as session:
        release = releases.get(session, story.release)
        return release.state, release.reason


@pytest.mark.parametrize("going", [True, False])
def test_more_than_a_third_back_is_told_once_and_holds_what_is_going(
    house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch, going: bool
) -> None:
    monkeypatch.setattr(pauses, "FEWEST", 2)
    story = stories.sending_release(reachable(house))
    posting.sent(story)
    if not going:
        with house.database.transaction() as session:
            assert plans.close_if_done(session, story.release, at=NOON)

    with house.database.transaction() as session:
        comes_back(session, story, 0)
    assert state(house.database, story)[0] == ("sending" if going else "sent")
    with house.database.transaction() as session:
        comes_back(session, story, 1)
        comes_back(session, story, 2)

    held = ("stopped", "Of 3 letters that the mail relay took 2 came back. See why before you resume it.")
    assert state(house.database, story) == (held if going else ("sent", None))
    for _ in range(2):
        telling.tell_of_letters(fact(house.database, LettersCameBack), tools)
    found = [one for one in every(house.database) if "Many letters came back" in one.subject]
    assert sorted(one.to for one in found) == [f"{name}@posts.test" for name in WRITERS]
    assert "did not: 2 letters so far." in " ".join((found[0].text or "").split())
    assert f"/releases/{story.release}/delivery/letters?state=came+back" in (found[0].text or "")


def test_a_third_and_fewer_than_twenty_are_their_readers_matter(house: House, tools: Tools) -> None:
    story = stories.sending_release(reachable(house))
    posting.send(story, RecordingTransport(outcomes=[Outcome("accepted", "dot", "250 ok")]))

    with house.database.transaction() as session:
        for position in range(3):
            comes_back(session, story, position)
        assert [entry for entry in log.history(session, story.release) if entry.kind == LettersCameBack.__name__] == []

    assert state(house.database, story)[0] == "sending"

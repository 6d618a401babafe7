"""Both parties are told how a release goes, and of letters for which no window was left."""

from uuid import uuid4

import pytest

from campaigns.agreement.schedules import ReleaseScheduled
from campaigns.delivery.timing import LettersHaveNoWindow
from campaigns.foundation import log
from tests.campaigns import stories
from tests.campaigns.stories import NOON, House
from tests.workers.test_telling import WRITERS, fact, reachable, written
from workers import telling
from workers.tools import Tools


@pytest.mark.parametrize(("number", "said"), [(1, "for 1 letter:"), (1200, "for 1,200 letters:")])
def test_letters_without_a_window_are_told_to_both_parties(house: House, tools: Tools, number: int, said: str) -> None:
    story = stories.agreed_release(reachable(house))
    with house.database.transaction() as session:
        log.record(session, LettersHaveNoWindow(letters=number), subject=story.release, by="Countersign", at=NOON)

    telling.tell_both_parties(fact(house.database, LettersHaveNoWindow), tools)

    found = written(house.database)
    assert sorted(found) == [f"{name}@posts.test" for name in WRITERS]
    assert said in " ".join((found["lacors-chair@posts.test"].text or "").split())


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({}, "May 2026, 12:00. "),
        ({"in_windows": True}, "May 2026, 12:00, within each authority’s own windows. "),
        ({"tour": uuid4(), "days": 1}, "May 2026, 12:00, within each authority’s own windows, 1 day before its own briefing. "),
    ],
)
def test_both_parties_read_how_a_release_goes(house: House, tools: Tools, how: dict[str, object], said: str) -> None:
    story = stories.agreed_release(reachable(house))
    story.schedule(**how)  # type: ignore[arg-type]

    telling.tell_both_parties(fact(house.database, ReleaseScheduled), tools)

    assert said in " ".join((written(house.database)["lacors-chair@posts.test"].text or "").split()) + " "

"""Both parties are told how a release goes, and of letters for which no window was left."""

from datetime import timedelta
from uuid import uuid4

import pytest

from campaigns.agreement import schedules
from campaigns.agreement.schedules import ReleaseScheduled, SendingStopped
from campaigns.delivery.settling import LettersGivenUp, LettersHeld
from campaigns.delivery.timing import LettersHaveNoWindow
from campaigns.delivery.unclear import LettersResolved
from campaigns.foundation import log
from campaigns.foundation.log import Event, LogEntry
from tests.campaigns import stories
from tests.campaigns.stories import HOUR, NOON, House
from tests.workers.test_telling import WRITERS, every, fact, reachable, written
from workers import telling
from workers.tools import Tools


@pytest.mark.parametrize(("number", "said"), [(1, "for 1 letter, and perhaps more"), (1200, "for 1,200 letters, and perhaps more")])
def test_letters_without_a_window_are_told_to_both_parties(house: House, tools: Tools, number: int, said: str) -> None:
    story = stories.agreed_release(reachable(house))
    with house.database.transaction() as session:
        log.record(session, LettersHaveNoWindow(letters=number), subject=story.release, by="Countersign", at=NOON)

    telling.tell_of_letters(fact(house.database, LettersHaveNoWindow), tools)

    found = written(house.database)
    assert sorted(found) == [f"{name}@posts.test" for name in WRITERS]
    text = " ".join((found["lacors-chair@posts.test"].text or "").split())
    assert said in text
    assert text.endswith(f"/releases/{story.release}/delivery#no-window")


def test_letters_given_up_are_told_to_both_parties_and_those_of_the_next_hours_not_again(house: House, tools: Tools) -> None:
    story = stories.agreed_release(reachable(house))
    entries = []
    for hours in (0, 5, 7):
        with house.database.transaction() as session:
            at = NOON + timedelta(hours=hours)
            entries.append(log.record(session, LettersGivenUp(letters=3), subject=story.release, by="Countersign", at=at).id)

    tools.clock = lambda: NOON
    for entry in entries[:2]:
        telling.tell_of_letters(facts(house, entry), tools)
    found = every(house.database)
    assert sorted(one.to for one in found) == [f"{name}@posts.test" for name in WRITERS]
    assert "the time for it was over: 3 letters, and perhaps more" in " ".join((found[0].text or "").split())

    tools.clock = lambda: NOON + timedelta(hours=7)
    telling.tell_of_letters(facts(house, entries[2]), tools)
    assert len(every(house.database)) == 2 * len(WRITERS)


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (LettersHeld(letters=1), "could not be put together: 1 letter. The others go on."),
        (LettersResolved(chunk=uuid4(), accepted=5, queued=0, held=1200, missed=0), "shows whether they went: 1,200 letters, and perhaps"),
        (LettersResolved(chunk=uuid4(), accepted=5, queued=2, held=0, missed=1), ""),
    ],
)
def test_letters_that_wait_for_an_officer_are_told_to_both_parties(house: House, tools: Tools, happened: Event, said: str) -> None:
    story = stories.agreed_release(reachable(house))
    with house.database.transaction() as session:
        log.record(session, happened, subject=story.release, by="Countersign", at=NOON)

    telling.tell_of_letters(fact(house.database, type(happened)), tools)

    found = every(house.database)
    assert sorted(one.to for one in found) == ([f"{name}@posts.test" for name in WRITERS] if said else [])
    assert all(said in " ".join((one.text or "").split()) for one in found)


def facts(house: House, entry: int | None) -> LogEntry:
    with house.database.reading() as session:
        found = log.get(session, entry or 0)
    assert found is not None
    return found


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


def test_who_stopped_a_release_is_told_in_a_sentence_of_its_own(house: House, tools: Tools) -> None:
    story = stories.agreed_release(reachable(house))
    story.schedule(when=NOON + HOUR)
    with house.database.transaction() as session:
        schedules.stop(session, story.release, by=house.hse, at=NOON)

    telling.tell_both_parties(fact(house.database, SendingStopped), tools)

    text = " ".join((written(house.database)["lacors-chair@posts.test"].text or "").split())
    assert "Stopped by HSE director. Nothing leaves until it is let go on." in text

"""Both parties are told how a release goes, and of letters for which no window was left."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from campaigns.agreement import schedules
from campaigns.agreement.descriptions import APPROVAL_DAYS
from campaigns.agreement.schedules import ReleaseLapsed, ReleaseMissed, ReleaseScheduled, ReleaseSent, SendingStopped
from campaigns.delivery import decisions, plans
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.settling import LettersGivenUp, LettersHeld
from campaigns.delivery.timing import LettersHaveNoWindow
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.delivery.unclear import LettersResolved
from campaigns.drafting import messages
from campaigns.foundation import log
from campaigns.foundation.log import Event, LogEntry
from tests.campaigns import posting, stories
from tests.campaigns.posting import reachable
from tests.campaigns.stories import HOUR, LATEST, MINUTE, NOON, House
from tests.workers.facts import WRITERS, every, fact, written
from workers import telling
from workers.subscriptions import Subscriber
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
    for hours in (0, 5, 7, 8):
        with house.database.transaction() as session:
            at = NOON + timedelta(hours=hours)
            entries.append(log.record(session, LettersGivenUp(letters=3), subject=story.release, by="Countersign", at=at).id)

    tools.clock = lambda: NOON
    for entry in entries[:2]:
        telling.tell_of_letters(facts(house, entry), tools)
    found = every(house.database)
    assert sorted(one.to for one in found) == [f"{name}@posts.test" for name in WRITERS]
    assert "until their time was up: 3 letters, and perhaps more" in " ".join((found[0].text or "").split())

    for hours, entry in ((7, entries[2]), (8, entries[3])):
        tools.clock = posting.Clock(NOON + hours * HOUR)
        telling.tell_of_letters(facts(house, entry), tools)
        assert len(every(house.database)) == 2 * len(WRITERS)


def test_what_was_told_of_letters_without_a_window_keeps_those_given_up_from_nobody(house: House, tools: Tools) -> None:
    story = stories.agreed_release(reachable(house))
    for happened in (LettersHaveNoWindow(letters=1), LettersGivenUp(letters=1)):
        with house.database.transaction() as session:
            log.record(session, happened, subject=story.release, by="Countersign", at=NOON)
        telling.tell_of_letters(fact(house.database, type(happened)), tools)

    assert len(every(house.database)) == 2 * len(WRITERS)


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (LettersHeld(letters=1), "could not be put together: 1 letter. The others go on."),
        (
            LettersResolved(chunk=uuid4(), accepted=5, queued=0, held=1200, missed=0),
            "shows whether letters went: 1,200 letters, and perhaps",
        ),
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


@pytest.mark.parametrize("happened", [LettersHeld(letters=1), LettersResolved(chunk=uuid4(), held=1)])
def test_letters_held_since_officers_decided_all_they_were_told_of_are_told_in_any_hour(
    house: House, tools: Tools, happened: Event
) -> None:
    story = stories.sending_release(reachable(house))
    told = 0

    def held(*positions: int, minutes: int) -> int:
        at = NOON + timedelta(minutes=minutes)
        tools.clock = lambda: at
        with house.database.transaction() as session:
            for position in positions:
                session.get_one(Delivery, (story.release, position)).sqlmodel_update({"state": "held", "at": at})
            posting.recount(session, story.release)
            entry = log.record(session, happened, subject=story.release, by="Countersign", at=at).id
        telling.tell_of_letters(facts(house, entry), tools)
        return len(every(house.database))

    told = held(0, minutes=0)
    assert told == len(WRITERS)
    assert held(1, minutes=10) == told
    with house.database.transaction() as session:
        for position in (0, 1):
            decisions.decide(session, story.release, position, verdict="leave", by=story.house.drafter, at=NOON)

    assert held(2, minutes=20) == 2 * told


@pytest.mark.parametrize(("refused", "said"), [(0, ""), (1, "Refused for good: 1 letter."), (2, "Refused for good: 2 letters.")])
def test_of_a_release_that_has_gone_out_refusals_are_told_to_both_parties(house: House, tools: Tools, refused: int, said: str) -> None:
    story = stories.sending_release(reachable(house))
    no = Outcome("rejected", "RCPT", "550 5.7.1 not from you")
    posting.send(story, RecordingTransport(outcomes=[no] * refused))
    with house.database.transaction() as session:
        assert plans.close_if_done(session, story.release, at=NOON)

    for _ in range(2):
        telling.tell_of_refusals(fact(house.database, ReleaseSent), tools)

    found = [one for one in every(house.database) if "Some letters were refused" in one.subject]
    assert sorted(one.to for one in found) == ([f"{name}@posts.test" for name in WRITERS] if refused else [])
    assert all(said in " ".join((one.text or "").split()) and "/delivery/letters?state=refused" in (one.text or "") for one in found)


def test_of_an_invitation_that_has_gone_out_again_refusals_are_told_only_where_others_were_refused_since(
    house: House, tools: Tools
) -> None:
    story = stories.sending_release(reachable(house))
    told = []
    for hours, refused in enumerate((0, None, 1)):
        with house.database.transaction() as session:
            if refused is not None:
                row = session.get_one(Delivery, (story.release, refused))
                row.state, row.at = "rejected", NOON + hours * HOUR
                posting.recount(session, story.release)
            entry = log.record(session, ReleaseSent(), subject=story.release, by="Countersign", at=NOON + hours * HOUR + MINUTE).id
        telling.tell_of_refusals(facts(house, entry), tools)
        told.append(len(every(house.database)))

    assert told == [len(WRITERS), len(WRITERS), 2 * len(WRITERS)]


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (0, "3 letters had not gone by then, and will not go."),
        (2, "1 letter had not gone by then, and will not go."),
        (3, "0 letters had not gone by then, and will not go."),
    ],
)
def test_of_a_release_whose_time_is_over_it_is_told_how_much_had_not_gone(house: House, tools: Tools, gone: int, said: str) -> None:
    story = stories.sending_release(reachable(house))
    with house.database.transaction() as session:
        for position in range(gone):
            session.get_one(Delivery, (story.release, position)).state = "accepted" if position else "held"
        posting.recount(session, story.release)
        assert schedules.end_overdue(session, at=LATEST) == 1

    telling.tell_of_its_end(fact(house.database, ReleaseMissed), tools)

    found = [one for one in every(house.database) if "Its time is over" in one.subject]
    assert len(found) == len(WRITERS) and all(said in " ".join((one.text or "").split()) for one in found)


@pytest.mark.parametrize("is_revised", [False, True])
@pytest.mark.parametrize(
    ("late", "kind", "tell"),
    [(LATEST, ReleaseMissed, telling.tell_of_its_end), (NOON + timedelta(days=APPROVAL_DAYS), ReleaseLapsed, telling.tell_both_parties)],
)
def test_the_end_of_a_release_is_told_unless_its_words_were_changed_before(
    house: House, tools: Tools, late: datetime, kind: type[Event], tell: Subscriber, is_revised: bool
) -> None:
    story = stories.waiting_release(reachable(house))
    with house.database.transaction() as session:
        if is_revised:
            messages.revise(session, story.message, stories.words(subject="Other"), by=house.drafter, at=NOON)
        schedules.end_overdue(session, at=late)
        ended = log.of_kinds(session, story.release, kind.__name__)

    for entry in ended:
        tell(entry, tools)

    assert (len(ended), len(every(house.database))) == ((0, 0) if is_revised else (1, len(WRITERS)))


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
        ({"tour": uuid4(), "days": 1}, "May 2026, 12:00, within each authority’s own windows, 1 day before each reader’s own briefing. "),
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
    assert "Stopped by HSE director. Nothing leaves until it is resumed." in text

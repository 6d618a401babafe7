"""Letters before a briefing: so many days before it begins, within the authority's windows; without a date they wait, and without a turn come back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from audiences import overtaken
from campaigns.agreement import leads
from campaigns.delivery import claims, timing
from campaigns.delivery.before_briefings import Letter
from campaigns.delivery.timing import LettersHaveNoWindow
from campaigns.delivery.transport import RecordingTransport
from campaigns.drafting.terms import Terms
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid
from campaigns.planning import turns
from campaigns.planning.windows import PUBLICITY, Rule
from tests.campaigns import posting, stories
from tests.campaigns.delivery.test_timing import FIRST, SECOND, THIRD, Wall, address, rows
from tests.campaigns.planning import day_by_day
from tests.campaigns.planning.day_by_day import Plain
from tests.campaigns.posting import LEASE, Clock
from tests.campaigns.stories import DAY, LATEST, MINUTE, NOON, Story

TOUR = uuid4()
BEGINS = datetime(2026, 5, 21, 9, 30, tzinfo=UTC)  # Thursday, half past ten in London
EIGHT = datetime(2026, 5, 18, 7, 0, tzinfo=UTC)  # Monday at eight there: three days before


@dataclass
class Tour:
    """When whose briefing begins, as a test says it."""

    begins: dict[str, list[datetime]] = field(default_factory=dict)

    def __call__(self, session: Session, tour_id: UUID, letters: Sequence[Letter]) -> dict[int, list[datetime]]:
        assert tour_id == TOUR
        return {letter.position: self.begins[letter.authority_code] for letter in letters if letter.authority_code in self.begins}


def going(database: Database, *, days: int = 3, **said: Any) -> Story:
    """Three letters queued, of a release that goes before the briefings of the tour."""
    story = stories.agreed_release(stories.house(database), stories.words(**said))
    story.schedule(tour=TOUR, days=days)
    stories.begin(story)
    return story


def send(story: Story, tour: Tour, at: datetime, wall: Wall | None = None) -> list[str]:
    """What the clock's hints make of every chunk at a moment, once everything that waits is looked at: the addresses written to."""
    transport = RecordingTransport()
    with story.database.transaction() as session:
        timing.look_again(session, at=at)
    for chunk in posting.chunks(story):
        with story.database.transaction() as session:
            taken = claims.claim_chunk(
                session, chunk, calendars=wall or Wall(), outdated=overtaken.letters, briefings=tour, lease=LEASE, at=at
            )
        if taken is not None:
            posting.sender(story.database, transport, Clock(at)).send(taken)
    return sorted(envelope.recipient for envelope in transport.sent)


def test_each_letter_goes_from_eight_so_many_days_before_its_own_briefing(database: Database) -> None:
    story, tour = going(database), Tour({FIRST: [BEGINS], SECOND: [BEGINS + DAY]})

    assert send(story, tour, NOON) == send(story, tour, EIGHT - MINUTE) == []
    assert rows(story)[0] == ("queued", "held: it goes 3 days before its briefing on 21 May")
    assert rows(story)[2] == ("queued", "held until its briefing has a date")
    assert send(story, tour, EIGHT) == [address(0)]
    assert send(story, tour, EIGHT + DAY) == [address(1)]
    assert send(story, tour, EIGHT + DAY) == []


def test_another_date_moves_what_has_not_gone_and_no_date_lets_it_wait(database: Database) -> None:
    story, tour = going(database), Tour({FIRST: [BEGINS], SECOND: [BEGINS], THIRD: [BEGINS]})
    send(story, tour, NOON)
    tour.begins[FIRST] = [BEGINS + 7 * DAY]
    del tour.begins[SECOND]

    assert send(story, tour, EIGHT) == [address(2)]
    assert rows(story)[1] == ("queued", "held until its briefing has a date")
    tour.begins[SECOND] = [BEGINS + 1 * DAY]
    assert send(story, tour, EIGHT + DAY) == [address(1)]
    assert send(story, tour, EIGHT + 7 * DAY) == [address(0)]


def test_a_turn_that_the_calendar_moves_is_still_before_the_briefing_or_none(database: Database) -> None:
    week = [Rule("do not send", "moving offices", date(2026, 5, 18), date(2026, 5, 20))]
    story, tour, wall = going(database), Tour({FIRST: [BEGINS], SECOND: [BEGINS - DAY]}), Wall({FIRST: week, SECOND: week})

    assert send(story, tour, NOON, wall) == []
    assert rows(story)[0] == ("queued", "held: it goes 3 days before its briefing on 21 May; held to 20 May: moving offices")
    state, reply = rows(story)[1]  # its briefing is on the week's last day, and three days before is a Sunday
    assert (state, reply) == (
        "missed",
        "no window before the latest time: it goes 3 days before its briefing on 20 May; held to 17 May: weekend; then to 20 May: moving offices",
    )
    with database.reading() as session:
        assert LettersHaveNoWindow(letters=1) in [log.read(entry) for entry in log.history(session, story.release)]
    assert send(story, tour, BEGINS - timedelta(hours=2), wall) == [address(0)]


def test_once_its_briefing_has_begun_a_letter_comes_back_unless_another_date_is_ahead(database: Database) -> None:
    story, tour = going(database), Tour({FIRST: [BEGINS], SECOND: [BEGINS, BEGINS + 7 * DAY]})

    assert send(story, tour, BEGINS) == []
    assert rows(story)[0][0] == "missed"
    assert rows(story)[1] == ("queued", "held: it goes 3 days before its briefing on 28 May")
    assert send(story, tour, EIGHT + 7 * DAY) == [address(1)]


def test_a_briefing_that_begins_while_a_worker_holds_its_letters_stops_them(sqlite: Database) -> None:
    story, transport = going(sqlite), RecordingTransport()
    with sqlite.transaction() as session:
        tour = Tour({code: [BEGINS] for code in (FIRST, SECOND, THIRD)})
        taken = claims.claim_chunk(
            session,
            posting.chunks(story)[0],
            calendars=Wall(),
            outdated=overtaken.letters,
            briefings=tour,
            lease=LEASE,
            at=BEGINS - timedelta(seconds=1),
        )
    assert taken is not None
    posting.sender(sqlite, transport, Clock(BEGINS)).send(taken)

    assert transport.sent == []


def test_what_never_gets_a_date_comes_back_before_the_latest_time_and_is_not_sent(database: Database) -> None:
    story = going(database)
    last = LATEST - timing.LOOK_AGAIN

    assert send(story, Tour(), last - MINUTE) == []
    assert rows(story)[0] == ("queued", "held until its briefing has a date")
    assert send(story, Tour(), last) == []
    assert set(rows(story).values()) == {("missed", "no window before the latest time: its briefing has no date")}


def test_what_has_no_date_comes_back_when_no_working_hour_is_left_and_not_only_at_the_latest_time(sqlite: Database) -> None:
    story, closes = going(sqlite, latest_send=datetime(2026, 5, 16, 11, 0, tzinfo=UTC)), datetime(2026, 5, 15, 17, 0, tzinfo=UTC)

    assert send(story, Tour(), closes - timing.LOOK_AGAIN - MINUTE) == []
    assert rows(story)[0] == ("queued", "held until its briefing has a date")
    assert send(story, Tour(), closes - timing.LOOK_AGAIN) == []
    assert rows(story)[0] == ("missed", "no window before the latest time: its briefing has no date")


def test_a_quiet_period_holds_it_unless_both_parties_signed_that_it_goes_on(sqlite: Database) -> None:
    poll = Rule("pre-election", "by-election", date(2026, 5, 1), date(2026, 6, 30))
    tour, day_before = Tour({FIRST: [BEGINS], SECOND: [BEGINS]}), EIGHT + 2 * DAY
    story = going(sqlite, days=1, terms=Terms(overrides_quiet="The factory is unsafe now"))

    assert send(story, tour, day_before - MINUTE, wall := Wall({FIRST: [poll], SECOND: [poll]})) == []
    assert rows(story)[0] == ("queued", "held: it goes 1 day before its briefing on 21 May")
    assert send(story, tour, day_before, wall) == [address(0), address(1)]
    held = turns.before([BEGINS], 1, [poll], at=NOON, latest=LATEST, message_class=PUBLICITY)
    assert (held.opens, held.why) == (None, "it goes 1 day before its briefing on 21 May; held to 30 June: by-election")


def test_what_waits_for_its_briefing_holds_no_letter_of_another_release(sqlite: Database) -> None:
    story = going(sqlite)
    other = stories.agreed_release(story.house, stories.words(title="Another"))
    other.schedule()
    stories.begin(other)

    assert send(story, Tour({FIRST: [BEGINS]}), NOON) == []

    assert set(rows(other).values()) == {("queued", None)}


@pytest.mark.parametrize("days", [-1, 0, 61])
def test_days_that_cannot_be_are_refused(sqlite: Database, days: int) -> None:
    story = stories.agreed_release(stories.house(sqlite))

    with pytest.raises(Invalid, match="between 1 and 60"):
        story.schedule(tour=TOUR, days=days)
    assert story.state() == "sealed"


def test_what_follows_a_briefing_cannot_go_before_one(sqlite: Database) -> None:
    closed = {"attendance": ["You came.", "You did not.", "You were sorry."]}
    said = stories.words(core="((attendance))\n\n((your part))", terms=Terms(follows_up=str(TOUR)), closed=closed)
    story = stories.agreed_release(stories.house(sqlite), said)

    with pytest.raises(Invalid, match="cannot go before one"):
        story.schedule(tour=TOUR, days=3)


def test_another_choice_forgets_the_briefings(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite))
    story.schedule(tour=TOUR, days=3, when=NOON + DAY)
    with sqlite.reading() as session:
        assert (lead := leads.of(session, story.release)) and (lead.tour_id, lead.days) == (TOUR, 3)

    story.schedule(when=NOON + DAY)
    with sqlite.reading() as session:
        assert leads.of(session, story.release) is None


def test_turns_before_briefings_are_those_of_a_count_hour_by_hour() -> None:
    chance, found = Random(21), 0
    for _ in range(300):
        at = NOON + chance.randrange(40 * 24) * timedelta(hours=1)
        latest, days = at + chance.randrange(1, 30) * DAY, chance.randrange(1, 15)
        begins = [at + chance.randrange(-48, 600) * timedelta(hours=1) for _ in range(chance.randrange(1, 3))]
        first = at.date() + chance.randrange(20) * DAY
        plain = [Plain("do not send", first, first + chance.randrange(12) * DAY) for _ in range(2)]
        rules = [Rule(one.kind, one.kind, one.first, one.last) for one in plain]
        turn = turns.before(begins, days, rules, at=at, latest=latest, message_class=PUBLICITY)

        expected = next((one for begin in sorted(begins) if (one := _slowly(plain, at, latest, begin, days))), (None, None))
        assert (turn.opens, turn.closes) == expected
        found += turn.opens is not None
        assert bool(turn.why) == (turn.opens is None or turn.opens > at)
    assert 60 < found < 280


def _slowly(plain: list[Plain], at: datetime, latest: datetime, begin: datetime, days: int) -> tuple[datetime, datetime] | None:
    day = day_by_day.london(begin).date() - days * DAY
    eight = next(hour for utc in (7, 8) if day_by_day.london(hour := datetime(day.year, day.month, day.day, utc, tzinfo=UTC)).hour == 8)
    free = set(day_by_day.free(plain, at.date() - DAY, latest.date() + DAY, PUBLICITY))
    return day_by_day.turn(free, max(at, eight), min(latest, begin), all_day=False)

"""A letter's turn: held by its authority's calendar, sent when that lets it go, returned for a decision when it never does, never late."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences import overtaken
from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.delivery import claims, timing
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.timing import LettersHaveNoWindow, Spell
from campaigns.delivery.transport import RecordingTransport
from campaigns.drafting.terms import Terms
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.planning.windows import Rule
from campaigns.reach import touches
from campaigns.reach.touches import BRIEFED, BRIEFING, Fact
from tests.campaigns import posting, stories
from tests.campaigns.posting import LEASE, Clock
from tests.campaigns.stories import DAY, HOUR, NOON, Story

POLL = Rule("pre-election", "pre-election period", date(2026, 5, 1), date(2026, 5, 20))
FIRST, SECOND, THIRD = (reader.authority_code or "" for reader in stories.READERS)


@dataclass
class Wall:
    """A calendar for each authority, as a test hangs it up."""

    rules: dict[str, list[Rule]] = field(default_factory=dict)

    def __call__(self, session: Session, codes: Collection[str], *, first: date, last: date) -> dict[str, list[Rule]]:
        return {code: self.rules.get(code, []) for code in codes}


@dataclass(frozen=True)
class Seat:
    """A letter, as it is asked when it may go."""

    position: int
    authority_code: str
    says: tuple[str, ...] = ()


def going(database: Database, *, terms: Terms | None = None, in_windows: bool = False) -> Story:
    """Three letters queued, of a release that is going."""
    story = stories.agreed_release(stories.house(database), stories.words(terms=terms or Terms()))
    story.schedule(in_windows=in_windows)
    stories.begin(story)
    return story


def send(story: Story, wall: Wall, at: datetime) -> list[str]:
    """What a hint makes of every chunk at a moment: the addresses written to."""
    transport = RecordingTransport()
    for chunk in posting.chunks(story):
        with story.database.transaction() as session:
            taken = claims.claim_chunk(
                session, chunk, calendars=wall, outdated=overtaken.letters, briefings=posting.tomorrow, lease=LEASE, at=at
            )
        if taken is not None:
            posting.sender(story.database, transport, Clock(at)).send(taken)
    return sorted(envelope.recipient for envelope in transport.sent)


def address(number: int) -> str:
    return stories.READERS[number].address


def rows(story: Story) -> dict[int, tuple[str, str | None]]:
    with story.database.reading() as session:
        return {row.position: (row.state, row.reply) for row in session.exec(select(Delivery).where(Delivery.release_id == story.release))}


def test_without_rules_everything_goes_at_once(database: Database) -> None:
    assert len(send(going(database), Wall(), NOON)) == 3


def test_a_quiet_period_holds_publicity_where_there_is_a_poll_and_nowhere_else(database: Database) -> None:
    story, wall = going(database), Wall({FIRST: [POLL]})

    assert send(story, wall, NOON) == [address(1), address(2)]
    assert rows(story)[0] == ("queued", "held to 20 May: pre-election period")
    assert send(story, wall, datetime(2026, 5, 20, 22, 59, tzinfo=UTC)) == []
    assert send(story, wall, datetime(2026, 5, 20, 23, 0, tzinfo=UTC)) == [address(0)]  # midnight in London


def test_what_waits_is_due_when_its_turn_comes_and_is_listed_with_the_reason(database: Database) -> None:
    story = going(database)
    send(story, Wall({FIRST: [POLL]}), NOON)
    with database.reading() as session:
        assert timing.waiting(session, story.release) == [
            Spell("held to 20 May: pre-election period", datetime(2026, 5, 20, 23, 0, tzinfo=UTC), 1)
        ]


def test_what_waits_is_listed_reason_by_reason_of_its_release_alone_and_without_what_a_relay_put_off(sqlite: Database) -> None:
    story, called = going(sqlite), Rule("pre-election", "by-election", date(2026, 5, 10), date(2026, 5, 14))
    with sqlite.transaction() as session:
        session.exec(sa.update(Delivery).where(col(Delivery.position) == 2).values(due_at=NOON + DAY, reply="450 try later"))
        posting.recount(session, story.release)
    send(story, Wall({FIRST: [POLL], SECOND: [called]}), NOON)
    other = stories.agreed_release(story.house, stories.words(title="Another"))
    other.schedule()
    stories.begin(other)
    send(other, Wall({FIRST: [POLL]}), NOON)

    with sqlite.reading() as session:
        assert timing.waiting(session, story.release) == [
            Spell("held to 14 May: by-election", datetime(2026, 5, 14, 23, 0, tzinfo=UTC), 1),
            Spell("held to 20 May: pre-election period", datetime(2026, 5, 20, 23, 0, tzinfo=UTC), 1),
        ]


@pytest.mark.parametrize("terms", [Terms(message_class="operational"), Terms(overrides_quiet="The factory is unsafe now")])
def test_an_operational_message_goes_on_and_so_does_one_for_which_both_parties_signed_why(sqlite: Database, terms: Terms) -> None:
    assert len(send(going(sqlite, terms=terms), Wall({FIRST: [POLL]}), NOON)) == 3


def test_other_rules_hold_only_what_goes_within_windows(sqlite: Database) -> None:
    week = Rule("do not send", "moving offices", date(2026, 5, 12), date(2026, 5, 15))

    assert len(send(going(sqlite), Wall({FIRST: [week]}), NOON)) == 3


def test_within_windows_a_letter_waits_for_a_working_hour(sqlite: Database) -> None:
    story = going(sqlite, in_windows=True)
    evening = datetime(2026, 5, 12, 18, 0, tzinfo=UTC)

    assert send(story, Wall(), evening) == []
    assert rows(story)[0][1] == "held: outside working hours, which are 8:00 to 18:00"
    assert len(send(story, Wall(), datetime(2026, 5, 13, 7, 0, tzinfo=UTC))) == 3  # eight in London


def test_where_no_day_is_left_the_letter_comes_back_for_a_decision(database: Database) -> None:
    story = going(database)
    whole = Rule("pre-election", "pre-election period", date(2026, 5, 1), date(2026, 6, 30))

    assert send(story, Wall({THIRD: [whole]}), NOON) == [address(0), address(1)]
    state, reason = rows(story)[2]
    assert (state, reason) == ("missed", "no window before the latest time: held to 30 June: pre-election period")
    with database.reading() as session:
        assert LettersHaveNoWindow(letters=1) in [log.read(entry) for entry in log.history(session, story.release)]
        assert [spell.until for spell in timing.waiting(session, story.release)] == [None]


def test_letters_without_a_window_are_counted_and_not_their_authorities(sqlite: Database) -> None:
    story, whole = going(sqlite), Rule("pre-election", "pre-election period", date(2026, 5, 1), date(2026, 6, 30))
    with sqlite.transaction() as session:
        release = releases.get(session, story.release)
        both = [Seat(position, FIRST) for position in (0, 1)]
        timing.now(session, release, releases.read(release), both, calendars=Wall({FIRST: [whole]}), briefings=posting.tomorrow, at=NOON)

        assert log.read(log.history(session, story.release)[-1]) == LettersHaveNoWindow(letters=2)


def test_calendars_are_asked_for_the_days_that_london_has(sqlite: Database) -> None:
    story, asked = going(sqlite), list[tuple[date, date]]()

    def calendars(session: Session, codes: Collection[str], *, first: date, last: date) -> dict[str, list[Rule]]:
        asked.append((first, last))
        return {}

    night, latest = datetime(2026, 5, 12, 23, 30, tzinfo=UTC), datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    with sqlite.transaction() as session:
        release = releases.get(session, story.release)
        said = releases.read(release).model_copy(update={"latest_send": latest})
        timing.now(session, release, said, [Seat(0, FIRST)], calendars=calendars, briefings=posting.tomorrow, at=night)

    assert asked == [(date(2026, 5, 13), date(2026, 6, 2))]


def test_a_window_that_closes_while_a_worker_holds_the_letters_stops_the_rest(sqlite: Database) -> None:
    story, transport = going(sqlite), RecordingTransport()
    wall = Wall(
        {code: [Rule("pre-election", "pre-election period", date(2026, 5, 13), date(2026, 5, 20))] for code in (FIRST, SECOND, THIRD)}
    )
    late = datetime(2026, 5, 12, 22, 59, 59, tzinfo=UTC)
    with sqlite.transaction() as session:
        taken = claims.claim_chunk(
            session, posting.chunks(story)[0], calendars=wall, outdated=overtaken.letters, briefings=posting.tomorrow, lease=LEASE, at=late
        )
    assert taken is not None
    posting.sender(sqlite, transport, Clock(late + timedelta(seconds=1))).send(taken)  # within its lease

    assert transport.sent == []
    assert {state for state, _ in rows(story).values()} == {"queued"}


def test_a_rule_added_since_holds_what_has_not_gone_and_one_retired_lets_it_go(database: Database) -> None:
    story = going(database)
    send(story, Wall({FIRST: [POLL]}), NOON)
    with database.transaction() as session:
        timing.look_again(session, at=NOON + HOUR)

    assert send(story, Wall(), NOON + HOUR) == [address(0)]


def test_looking_again_touches_nothing_else_that_waits(sqlite: Database) -> None:
    story = going(sqlite)
    with sqlite.transaction() as session:
        session.exec(sa.update(Delivery).values(due_at=NOON + DAY, reply="450 try later"))
        posting.recount(session, story.release)
    with sqlite.transaction() as session:
        timing.look_again(session, at=NOON)
    assert send(story, Wall(), NOON) == []


def test_a_milestone_goes_only_where_the_basics_have_been(database: Database) -> None:
    story = going(database, terms=Terms(stage="milestone"))
    briefed = Fact(story.house.campaign, SECOND, "practitioner", BRIEFED, f"attendance:{uuid4()}", NOON, "test", channel=BRIEFING)
    with database.transaction() as session:
        touches.put(session, [briefed])

    assert send(story, Wall(), NOON) == [address(1)]
    assert rows(story)[0] == ("queued", "held until it has had the basics")


@pytest.mark.long
def test_the_basics_by_letter_let_the_milestone_follow(database: Database) -> None:
    basics = going(database, terms=Terms(stage="basics"))
    assert len(send(basics, Wall(), NOON)) == 3
    milestone = stories.agreed_release(basics.house, stories.words(title="Progress", terms=Terms(stage="milestone")))
    milestone.schedule()
    stories.begin(milestone)
    assert send(milestone, Wall(), NOON) == []

    with database.reading() as session:
        message = session.get_one(Release, basics.release).message_id
    with database.transaction() as session:
        facts = [
            Fact(basics.house.campaign, code, "practitioner", "written", f"letter:{code}", NOON, "test", message_id=message)
            for code in (FIRST, SECOND, THIRD)
        ]
        touches.put(session, facts)
    assert len(send(milestone, Wall(), NOON + timing.LOOK_AGAIN)) == 3


def test_both_parties_may_waive_the_basics(sqlite: Database) -> None:
    terms = Terms(stage="milestone", waives_basics="The plenary asked for it")

    assert len(send(going(sqlite, terms=terms), Wall(), NOON)) == 3

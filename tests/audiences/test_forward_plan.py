"""What has a date is read into one plan, on both engines: each thing once, in its state, and only what was asked for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from audiences import forward_plan, outlooks, planned_letters
from audiences.contact_load import Limit
from audiences.forward_plan import Item, View
from audiences.outlooks import Outlook
from campaigns.agreement import releases, schedules
from campaigns.delivery import plans
from campaigns.delivery.deliveries import Delivery
from campaigns.drafting.terms import Terms
from campaigns.foundation.database import Database
from campaigns.planning import plan_rows, rules
from campaigns.planning.plan_rows import Typed as Row
from campaigns.planning.rules import Typed as Rule
from tests.campaigns import posting, stories
from tests.campaigns.stories import DAY
from tests.web import grounds
from tests.web.grounds import ADUR, CARDIFF, Ground

pytestmark = pytest.mark.long  # `make test` stays within five minutes

NOON = stories.NOON  # Tuesday 12 May 2026
LIMIT = Limit(30, 4)
VIEW = View(NOON.date())
ROW = Row("practitioners", "A row", "letter", date(2026, 6, 2))
POLL = Rule("nation", "Wales", "pre-election", "pre-election period", date(2026, 5, 1), date(2026, 6, 20), "the returning officer")


@pytest.fixture
def ground(database: Database) -> Ground:
    """A founded register and a campaign."""
    return grounds.found(database)


def plan(ground: Ground, row: Row = ROW) -> UUID:
    with ground.database.transaction() as session:
        return plan_rows.add(session, ground.campaign, row, by=ground.house.drafter, at=NOON)


def rule(ground: Ground, typed: Rule) -> None:
    with ground.database.transaction() as session:
        rules.add(session, typed, by=ground.house.drafter, at=NOON)


def agreed(ground: Ground, *codes: str) -> stories.Story:
    readers = [stories.reader(number, authority_code=code) for number, code in enumerate(codes)]
    return stories.agreed_release(ground.house, readers=readers)


def read(ground: Ground, view: View = VIEW) -> Outlook:
    with ground.database.reading() as session:
        return outlooks.read(session, view, LIMIT, at=NOON)


def move(ground: Ground, story: stories.Story, states: dict[int, str]) -> None:
    with ground.database.transaction() as session:
        for position, state in states.items():
            session.get_one(Delivery, (story.release, position)).state = state
        posting.recount(session, story.release)


def told(items: list[Item]) -> list[tuple[str, str, str]]:
    return [(item.title, item.state, item.stands) for item in items]


def test_what_may_go_until_midnight_has_no_day_where_a_quiet_period_ends_on_the_day_before(ground: Ground) -> None:
    rule(ground, replace(POLL, last=date(2026, 6, 11)))
    words = stories.words(latest_send=datetime(2026, 6, 11, 23, 0, tzinfo=UTC))  # midnight in London
    stories.agreed_release(ground.house, words, [stories.reader(0, authority_code=CARDIFF)])

    found = read(ground)

    assert [clash.said for clash in found.clashes] == [
        ": 1 Welsh authority is held to 11 June: pre-election period; 1 has no day before its latest time."
    ]
    assert [item.last for item in found.items if item.title == "What LOPP is"] == [date(2026, 6, 11)]
    stories.drafted(ground.house, words.model_copy(update={"title": "A draft"}))
    assert [item.last for item in read(ground).items if item.title == "A draft"] == [date(2026, 6, 11)]


def test_a_message_is_on_the_plan_once_from_row_to_draft_to_release(ground: Ground) -> None:
    row = plan(ground)
    assert told(read(ground).items) == [("A row", "proposed", "proposed")]

    message = stories.drafted(ground.house)
    assert ("What LOPP is", "proposed", "draft") in told(read(ground).items)
    with ground.database.transaction() as session:
        plan_rows.draft_for(session, row, message, by=ground.house.drafter, at=NOON)
    assert told(read(ground).items) == [("A row", "proposed", "draft")]

    with ground.database.transaction() as session:
        releases.submit(session, message, by=ground.house.drafter, at=NOON)
    assert told(read(ground).items) == [("A row", "proposed", "submitted")]


def test_a_release_is_waiting_agreed_due_and_held_in_turn(ground: Ground) -> None:
    story = stories.waiting_release(ground.house, readers=[stories.reader(1, authority_code=CARDIFF)])
    assert told(read(ground).items) == [("What LOPP is", "waiting", "waiting for HSE and LACoRS")]

    for signatory in (ground.house.hse, ground.house.lacors):
        story.sign(signatory)
    assert told(read(ground).items) == [("What LOPP is", "agreed", "agreed")]
    story.schedule(when=NOON + 3 * DAY)
    (item,) = read(ground).items
    assert (item.state, item.moment, item.places) == ("due", NOON + 3 * DAY, {("nation", "Wales"), ("region", "Wales")})
    rule(ground, POLL)
    assert told((found := read(ground)).items) == [("What LOPP is", "held", "scheduled, held")]
    assert found.clashes[0].sentence.startswith("“What LOPP is”: 1 Welsh authority is held to 20 June: pre-election period; 1 has no day")
    with ground.database.reading() as session:
        assert [release.title for _, release in outlooks.blocked(session, at=NOON)] == ["What LOPP is"]


def test_an_authority_is_held_only_while_a_letter_to_it_waits_whatever_else_keeps_the_release_going(ground: Ground) -> None:
    story = agreed(ground, CARDIFF, CARDIFF, ADUR)
    rule(ground, POLL)
    story.schedule()
    with ground.database.transaction() as session:
        schedules.begin_due(session, at=NOON)
    assert "1 Welsh authority is held" in read(ground).clashes[0].sentence  # nothing is queued yet

    with ground.database.transaction() as session:
        plans.plan_next(session, story.release, size=9, at=NOON)
    move(ground, story, {0: "accepted", 2: "held"})
    assert "1 Welsh authority is held" in read(ground).clashes[0].sentence
    move(ground, story, {1: "accepted"})
    assert (found := read(ground)).clashes == [] and told(found.items) == [("What LOPP is", "due", "going out")]


def test_what_is_held_for_some_is_held_for_them_alone(ground: Ground) -> None:
    agreed(ground, CARDIFF, ADUR)
    rule(ground, POLL)

    assert told((found := read(ground)).items) == [("What LOPP is", "agreed", "agreed")]
    assert "1 Welsh authority is held" in found.clashes[0].sentence and "English" not in found.clashes[0].sentence


@pytest.mark.parametrize("terms", [Terms(message_class="operational"), Terms(overrides_quiet="The factory is unsafe now")])
def test_what_goes_on_in_a_quiet_period_by_its_signed_terms_is_not_held(ground: Ground, terms: Terms) -> None:
    stories.agreed_release(ground.house, stories.words(terms=terms), [stories.reader(1, authority_code=CARDIFF)])
    rule(ground, POLL)

    assert told((found := read(ground)).items) == [("What LOPP is", "agreed", "agreed")]
    assert (found.clashes, found.items[0].message_class) == ([], terms.message_class)


def test_a_ministerial_draft_is_marked_of_interest(ground: Ground) -> None:
    stories.drafted(ground.house, stories.words(terms=Terms(message_class="ministerial")))

    assert [item.is_of_interest for item in read(ground).items] == [True]


def test_an_authority_without_a_poll_is_not_held(ground: Ground) -> None:
    agreed(ground, CARDIFF)
    rule(ground, POLL)
    with ground.database.transaction() as session:
        (row,) = rules.standing(session, calendar="")
        rules.exempt(session, row.id, CARDIFF, source="the council", by=ground.house.drafter, at=NOON)

    assert read(ground).clashes == []


def test_words_that_changed_take_their_release_off_the_plan(ground: Ground) -> None:
    story = agreed(ground, ADUR)
    with ground.database.transaction() as session:
        stories.messages.revise(
            session, releases.get(session, story.release).message_id, stories.words(subject="Others"), by=ground.house.drafter, at=NOON
        )

    assert told(read(ground).items) == [("What LOPP is", "proposed", "draft")]


def test_what_was_withdrawn_stands_where_letters_of_it_had_gone_from_the_first_to_that_day(ground: Ground) -> None:
    story = stories.sending_release(ground.house)

    def withdrawn() -> list[Item]:
        with ground.database.transaction() as session:
            releases.withdraw(session, story.release, reason="A wrong figure", by=ground.house.hse, at=NOON + DAY)
        return read(ground).items

    posting.sent(story)
    (item,) = withdrawn()

    assert told([item]) == [("What LOPP is", "sent", "withdrawn after letters of it had gone")]
    assert (item.first, item.last, item.audiences) == (NOON.date(), NOON.date() + DAY, {"senior-managers", "practitioners"})
    story = stories.sending_release(ground.house, stories.words(title="Nothing of it went"))
    assert [item.title for item in withdrawn()] == ["What LOPP is"]


def test_only_what_was_asked_for_is_shown_and_what_is_everybodys_stays(ground: Ground) -> None:
    plan(ground)
    agreed(ground, ADUR)
    rule(ground, Rule("nation", "Wales", "meeting", "Welsh meeting", date(2026, 6, 9), date(2026, 6, 10), "known"))
    rule(ground, Rule("everywhere", "", "copy date", "Copy", date(2026, 5, 20), date(2026, 5, 20), "known", recurrence="FREQ=MONTHLY"))

    def titles(**asked: str) -> set[str]:
        return {item.title for item in read(ground, replace(VIEW, **asked)).items}  # type: ignore[arg-type]

    assert titles() == {"A row", "What LOPP is", "Welsh meeting", "Copy"}
    assert titles(nation="Wales") == {"A row", "Welsh meeting", "Copy"} == titles(region="Wales")
    assert titles(region="South East") == {"A row", "What LOPP is", "Copy"}
    assert titles(audience="unions") == {"Welsh meeting", "Copy"}
    assert [item.first for item in read(ground).items if item.title == "Copy"] == [date(2026, 5, 20), date(2026, 6, 20), date(2026, 7, 20)]


def test_a_meeting_stands_where_its_rule_does_and_what_begins_after_the_last_day_is_not_shown(ground: Ground) -> None:
    day = date(2026, 6, 9)
    for scope, place, title in (("region", "London", "Londoners"), ("group", "group-wales", "Group"), ("authority", CARDIFF, "Council")):
        rule(ground, Rule(scope, place, "meeting", title, day, day, "known"))
    plan(ground, replace(ROW, title="Last", day=VIEW.last))
    plan(ground, replace(ROW, title="After", day=VIEW.last + timedelta(days=1)))

    assert [item.title for item in read(ground).items] == ["Council", "Group", "Londoners", "Last"]
    assert [item.title for item in read(ground, replace(VIEW, nation="Wales")).items] == ["Council", "Group", "Last"]
    assert [item.title for item in read(ground, replace(VIEW, region="London")).items] == ["Londoners", "Last"]


def test_a_copy_date_of_every_day_does_not_fill_the_plan(ground: Ground) -> None:
    rule(ground, Rule("everywhere", "", "copy date", "Daily", date(2026, 1, 1), date(2026, 1, 1), "known", recurrence="FREQ=DAILY"))

    assert len(read(ground).items) == forward_plan.MOST_OCCURRENCES


def test_calendars_count_the_authorities_looked_at(ground: Ground) -> None:
    rule(ground, replace(POLL, title="poll"))
    rule(ground, Rule("region", "London", "season", "budget", date(2026, 6, 1), date(2026, 6, 12), "known"))

    bands = {band.name: [mark.said for mark in band.marks] for band in read(ground).bands}
    assert bands["Quiet periods"] == ["poll: 22 of 350 authorities"]
    assert bands["Own closed days"] == ["Own closed days: 33 of 350 authorities"] * 2
    wales = {band.name: [mark.said for mark in band.marks] for band in read(ground, replace(VIEW, nation="Wales")).bands}
    assert wales["Quiet periods"] == ["poll: all 22 authorities"] and "Own closed days" not in wales
    assert next(iter(wales)) == "Bank holidays, Wales" and "Spring Bank Holiday" in wales["Bank holidays, Wales"]


def test_what_went_before_the_weeks_shown_is_not_read(ground: Ground) -> None:
    agreed(ground, ADUR)

    with ground.database.reading() as session:
        later = planned_letters.read(session, first=date(2026, 9, 1), last=date(2026, 10, 1), at=NOON)
        now = planned_letters.read(session, first=NOON.date(), last=NOON.date() + timedelta(days=1), at=NOON)
    assert later == [] and [letter.codes for letter in now] == [frozenset({ADUR})]

"""An authority left with nobody to write to, in a role it had somebody, is an alarm: once, to both parties."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from audiences import incoming_post, people, preferences, suggestions, vacancies
from audiences.contacts import Given
from audiences.roles import Place as Seat
from campaigns.delivery.notices import Notice
from campaigns.delivery.removals import AddressRemoved
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation import officers
from campaigns.foundation.database import Database
from tests.audiences.posts import OFFICER
from tests.campaigns.posting import Clock
from tests.campaigns.stories import NOON, READERS, Story
from tests.workers import gone, letters
from tests.workers.facts import fact, facts
from workers import mailbox, telling
from workers.tools import Tools


@pytest.fixture
def story(sqlite: Database, transport: RecordingTransport) -> Story:
    """Three letters that our relay accepted."""
    return gone.letters(sqlite, transport)


def alarms(tools: Tools) -> list[Notice]:
    with tools.database.reading() as session:
        return list(session.exec(select(Notice).where(col(Notice.subject).contains("Nobody")).order_by(Notice.to)))


def appoint(tools: Tools) -> None:
    """An officer of each party who can be written to."""
    with tools.database.transaction() as session:
        for party in ("hse", "lacors"):
            officers.add(session, name=f"{party} desk", party=party, duty="officer", email=f"{party}@posts.test", by="tests", at=NOON)


def test_a_role_left_with_nobody_is_told_to_both_parties_once(story: Story, tools: Tools, transport: RecordingTransport) -> None:
    appoint(tools)
    for name in ("dsn-no-such-mailbox", "complaint"):
        mailbox.take(gone.bounce(name, transport, 2), tools)

    for _ in range(2):
        telling.tell_where_nobody_is_left(fact(tools.database, AddressRemoved), tools)

    assert [notice.to for notice in alarms(tools)] == ["hse@posts.test", "lacors@posts.test"]
    assert letters.reads_as_agreed("nobody_left", alarms(tools)[0])
    with tools.database.reading() as session:
        assert [(one.place, one.role) for one, _ in vacancies.standing(session)] == [("Council 2", "practitioner")]


@pytest.mark.parametrize("is_answered", [False, True])
def test_an_address_taken_off_for_another_reason_since_leaves_nobody_anew(
    story: Story, tools: Tools, transport: RecordingTransport, is_answered: bool
) -> None:
    appoint(tools)
    mailbox.take(gone.bounce("dsn-no-such-mailbox", transport, 2), tools)
    telling.tell_where_nobody_is_left(fact(tools.database, AddressRemoved), tools)
    if is_answered:
        with tools.database.transaction() as session:
            (alarm,) = (one for one in suggestions.waiting(session) if one.source == vacancies.SOURCE)
            suggestions.settle(session, alarm.id, verdict=suggestions.LET_BE, by=OFFICER, at=NOON)

    tools.clock = Clock(NOON + timedelta(hours=2))
    with tools.database.transaction() as session:
        preferences.stop(session, READERS[2].person_id, by="the reader", at=tools.clock())
    telling.tell_where_nobody_is_left(fact(tools.database, AddressRemoved), tools)

    assert len(facts(tools.database, AddressRemoved)) == 2 and len(facts(tools.database, vacancies.NobodyLeft)) == 1
    assert len(alarms(tools)) == 2
    with tools.database.reading() as session:
        assert len(vacancies.standing(session)) == (0 if is_answered else 1), "whatever else is asked about the person"


@pytest.mark.parametrize(("minutes", "mails"), [((0, 59), 2), ((0, 60), 4), ((0, 50, 100), 4), ((0, 60, 110), 4)])
def test_of_those_that_follow_within_the_hour_of_a_mail_none_is_sent_but_the_first_page_lists_them(
    story: Story, tools: Tools, transport: RecordingTransport, minutes: tuple[int, ...], mails: int
) -> None:
    appoint(tools)
    for number, after in zip((2, 0, 1), minutes, strict=False):
        tools.clock = Clock(NOON + timedelta(minutes=after))
        mailbox.take(gone.bounce("dsn-no-such-mailbox", transport, number), tools)
        telling.tell_where_nobody_is_left(fact(tools.database, AddressRemoved), tools)

    assert len(alarms(tools)) == mails
    with tools.database.reading() as session:
        assert len(vacancies.standing(session)) == len(minutes)


@pytest.mark.parametrize(("answered", "mails"), [(None, 4), (40, 4), (55, 4)])
def test_one_that_was_kept_quiet_counts_as_mailed_for_none_that_follows_though_the_one_before_it_is_answered(
    story: Story, tools: Tools, transport: RecordingTransport, answered: int | None, mails: int
) -> None:
    appoint(tools)
    for number, after in ((2, 0), (0, 50), (1, 100)):
        if answered is not None and after - 50 < answered <= after:
            settle_the_first(tools, at=NOON + timedelta(minutes=answered))
        tools.clock = Clock(NOON + timedelta(minutes=after))
        mailbox.take(gone.bounce("dsn-no-such-mailbox", transport, number), tools)
        telling.tell_where_nobody_is_left(fact(tools.database, AddressRemoved), tools)

    assert len(alarms(tools)) == mails


def settle_the_first(tools: Tools, *, at: datetime) -> None:
    """An officer answers the alarm that has waited longest."""
    with tools.database.transaction() as session:
        first = next(one for one in suggestions.waiting(session) if one.source == vacancies.SOURCE)
        suggestions.settle(session, first.id, verdict=suggestions.LET_BE, by=OFFICER, at=at)


@pytest.mark.parametrize("meanwhile", ["the address is put right", "the person has left"])
def test_where_nobody_was_written_to_any_more_or_letters_may_go_again_no_alarm_is_raised(
    story: Story, tools: Tools, transport: RecordingTransport, meanwhile: str
) -> None:
    appoint(tools)
    mailbox.take(gone.bounce("dsn-no-such-mailbox", transport, 2), tools)
    with tools.database.transaction() as session:
        if meanwhile == "the person has left":
            people.leave(session, READERS[2].person_id, by=OFFICER, at=NOON)
        else:
            incoming_post.lift(session, READERS[2].person_id, by=OFFICER, at=NOON)

    telling.tell_where_nobody_is_left(fact(tools.database, AddressRemoved), tools)

    assert alarms(tools) == [] == facts(tools.database, vacancies.NobodyLeft)


@pytest.mark.parametrize(("deputy", "told"), [({}, 0), ({"until": NOON}, 2), ({"confirmed": False}, 2)])
def test_a_role_that_somebody_else_holds_too_raises_no_alarm(
    story: Story, tools: Tools, transport: RecordingTransport, deputy: dict[str, Any], told: int
) -> None:
    appoint(tools)
    with tools.database.transaction() as session:
        given = Given("Deputy", READERS[0].role, Seat(str(READERS[0].authority_code), "Council 0", None), "deputy@council0.test")
        people.insert(session, [given.row(source="tests") | deputy], at=NOON)
    mailbox.take(gone.bounce("dsn-no-such-mailbox", transport, 0), tools)

    telling.tell_where_nobody_is_left(fact(tools.database, AddressRemoved), tools)

    assert len(alarms(tools)) == told

"""A briefing moved: the notice that was agreed in advance, and what calendars take and do not take."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from audiences import invitees
from campaigns.agreement import occasions, releases, schedules
from campaigns.briefings import arranging, cancellations, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.delivery import removals
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow
from tests.audiences.inviting import ADDRESSES, CARDIFF, LATER, LEEDS, SOON, Tour, by_address, entry, sent
from tests.campaigns import stories
from tests.campaigns.stories import DAY, NOON, Story


@pytest.fixture
def tour(database: Database) -> Tour:
    """Two dated briefings."""
    return Tour(database)


def test_dated_anew_after_it_was_called_off_a_briefing_is_another_event(tour: Tour) -> None:
    sent(tour.going())
    with tour.database.transaction() as session:
        cancellations.call_off(session, tour.wales, reason="Snow", **tour.by)
    tour.date(tour.wales, SOON + DAY, "Swansea Guildhall")
    again = by_address(sent(tour.going(invites_to=[str(tour.wales)], latest_send=SOON + DAY)))
    assert (again[ADDRESSES[CARDIFF]]["UID"], again[ADDRESSES[CARDIFF]]["SEQUENCE"]) == (f"{tour.wales}-1", "0")
    with tour.database.transaction() as session:
        assert invitees.cancel(session, tour.wales, at=NOON) == 1  # of the first, though its event is told of late
        (one,) = invitees.invitees(session, tours.get(session, tour.wales))
        assert one.is_current


def test_a_briefing_is_told_of_once_an_invitation_to_it_has_begun_to_go(tour: Tour) -> None:
    both = [str(tour.wales), str(tour.yorkshire)]
    tour.both()
    with tour.database.reading() as session:
        assert occasions.told_of(session, both) == set()

    tour.going(invites_to=both[:1], latest_send=SOON)
    with tour.database.reading() as session:
        assert occasions.told_of(session, both) == set(both[:1]) and occasions.told_of(session, both[1:]) == set()


def notice(tour: Tour) -> Story:
    """A notice for Yorkshire, agreed in advance: another day and another place."""
    closed = {"date": ["Friday 12 June 2026", "Monday 15 June 2026"], "place": ["Bradford City Hall"], "time": ["14:00 to 16:30"]}
    core = "It is now on ((date)), ((time)), at ((place)).\n\n((your part))"
    return tour.both(core=core, holding_line=True, closed=closed, invites_to=[str(tour.yorkshire)])


def test_a_notice_of_change_updates_the_entries_of_whoever_was_invited_and_of_nobody_else(tour: Tour) -> None:
    change, first = notice(tour), tour.going()
    case = {"date": "Friday 12 June 2026", "place": "Bradford City Hall", "time": "14:00 to 16:30"}
    sent(first)
    moved = datetime.fromisoformat("2026-06-12T13:00:00+00:00")
    with tour.database.transaction() as session:
        to = Arrangement(moved, "Bradford City Hall", ends_at=moved + timedelta(hours=2, minutes=30))
        arranging.arrange(session, tour.yorkshire, to, **tour.by)
        (one,) = invitees.invitees(session, tours.get(session, tour.yorkshire))
        assert not one.is_current
    change.schedule(case=case)
    stories.begin(change)
    (letter,) = sent(change)
    said = entry(letter)
    assert letter.recipient == ADDRESSES[LEEDS]
    assert (said["METHOD"], said["UID"]) == ("REQUEST", f"{tour.yorkshire}-0") and int(said["SEQUENCE"]) > 0
    assert said["DTSTART;TZID=Europe/London"] == "20260612T140000" and said["DTEND;TZID=Europe/London"] == "20260612T163000"
    with tour.database.transaction() as session:
        (one,) = invitees.invitees(session, tours.get(session, tour.yorkshire))
        assert one.is_current
        cancellations.call_off(session, tour.yorkshire, reason="Snow", **tour.by)
        assert invitees.cancel(session, tour.yorkshire, at=NOON) == 1


def test_a_second_notice_is_numbered_behind_the_first(tour: Tour) -> None:
    tour.going()
    notices = [notice(tour), notice(tour)]

    with tour.database.reading() as session:
        said = [releases.read(releases.get(session, one.release)).occasions or () for one in notices]
    ((first,), (second,)) = said
    assert 0 < first.sequence < second.sequence


def move_to_bradford(tour: Tour, change: stories.Story) -> None:
    """Yorkshire's briefing moves, and the notice of it is let go."""
    moved = datetime.fromisoformat("2026-06-12T13:00:00+00:00")
    with tour.database.transaction() as session:
        to = Arrangement(moved, "Bradford City Hall", ends_at=moved + timedelta(hours=2, minutes=30))
        arranging.arrange(session, tour.yorkshire, to, **tour.by)
    change.schedule(case={"date": "Friday 12 June 2026", "place": "Bradford City Hall", "time": "14:00 to 16:30"})
    stories.begin(change)


def test_a_notice_does_not_go_to_a_reader_who_was_never_invited(tour: Tour) -> None:
    change = notice(tour)
    sent(tour.going(invites_to=[str(tour.wales)], latest_send=SOON))
    move_to_bradford(tour, change)

    assert sent(change) == []
    with tour.database.reading() as session:
        assert session.exec(select(Delivery.reply).where(Delivery.release_id == change.release)).all() == [invitees.NOT_INVITED]


def test_a_notice_that_says_another_day_than_the_briefing_has_does_not_go(tour: Tour) -> None:
    change = notice(tour)
    sent(tour.going())
    change.schedule(case={"date": "Monday 15 June 2026", "place": "Bradford City Hall", "time": "14:00 to 16:30"})
    stories.begin(change)
    assert sent(change) == []


def test_more_readers_may_be_invited_later_and_what_is_older_than_calendars_have_is_refused(tour: Tour) -> None:
    old, second = tour.both(), tour.both()
    tour.date(tour.yorkshire, LATER, "Bradford City Hall")
    newer = tour.going()
    sent(newer)
    with tour.database.reading() as session:
        numbers = [
            [one.sequence for one in releases.read(releases.get(session, story.release)).occasions or ()] for story in (old, second, newer)
        ]
    assert numbers == [[0, 0], [0, 0], [0, 1]]
    with pytest.raises(NotAllowedNow, match="newer letter about the briefing of Yorkshire"):
        old.schedule()


def test_an_invitation_scheduled_ahead_does_not_begin_nor_is_resumed_once_a_newer_one_has_gone(tour: Tour) -> None:
    due, held = tour.both(), tour.both()
    for story in (due, held):
        story.schedule(when=NOON + timedelta(hours=1))
    with tour.database.transaction() as session:
        schedules.stop(session, held.release, by=held.house.hse, at=NOON)
    tour.date(tour.yorkshire, LATER, "Bradford City Hall")
    sent(tour.going())
    with tour.database.transaction() as session:
        schedules.begin_due(session, at=NOON + timedelta(hours=1))
        assert "newer letter" in str(releases.get(session, due.release).reason)

    assert (due.state(), held.state(), sent(due)) == ("stopped", "stopped", [])
    for story in (due, held):
        with tour.database.transaction() as session, pytest.raises(NotAllowedNow, match="newer letter about the briefing of Yorkshire"):
            schedules.resume(session, story.release, by=held.house.hse, at=NOON)


def test_of_a_cancellation_is_said_who_is_not_told_any_more_and_nothing_of_another_event(tour: Tour) -> None:
    sent(tour.going())
    with tour.database.transaction() as session:
        assert invitees.of_a_cancellation(session, tours.get(session, tour.wales), at=LATER - DAY) == (1, 0)
        assert invitees.of_a_cancellation(session, tours.get(session, tour.wales), at=LATER) == (0, 1)
        cancellations.call_off(session, tour.wales, reason="Snow", **tour.by)
    tour.date(tour.wales, SOON + DAY, "Swansea Guildhall")
    with tour.database.reading() as session:
        assert invitees.of_a_cancellation(session, tours.get(session, tour.wales), at=NOON) == (0, 0)


def test_whoever_was_invited_and_wants_no_letters_since_gets_no_cancellation_and_is_counted_so(tour: Tour) -> None:
    story = tour.going()
    sent(story)
    with tour.database.transaction() as session:
        removals.add(session, ADDRESSES[CARDIFF], reason="asked for none", by="the reader", at=NOON)
        assert invitees.of_a_cancellation(session, tours.get(session, tour.wales), at=NOON) == (0, 1)
        cancellations.call_off(session, tour.wales, reason="Snow", **tour.by)
        invitees.cancel(session, tour.wales, at=NOON)
    assert sent(story) == []


def test_nobody_is_reminded_by_an_invitation_older_than_calendars_have_nor_whose_own_is_unclear(tour: Tour) -> None:
    tour.going()
    second = tour.again(SOON + DAY)
    with tour.database.transaction() as session:
        session.exec(sa.update(Delivery).where(col(Delivery.release_id) == second.release).values(state="unknown"))
        assert invitees.remind(session, tour.wales, [], **tour.by) == 0
    tour.date(tour.wales, SOON, "Cardiff City Hall")  # as the first invitation says, which calendars have replaced
    with pytest.raises(NotAllowedNow), tour.database.transaction() as session:
        invitees.remind(session, tour.wales, [], **tour.by)


def test_moved_back_after_a_notice_an_invitation_is_numbered_behind_it_though_it_says_what_the_first_said(tour: Tour) -> None:
    change = notice(tour)
    sent(tour.going())
    move_to_bradford(tour, change)
    (told,) = sent(change)

    tour.date(tour.yorkshire, LATER, "Leeds Town Hall")
    again = by_address(sent(tour.going(invites_to=[str(tour.yorkshire)])))
    assert int(again[ADDRESSES[LEEDS]]["SEQUENCE"]) > int(entry(told)["SEQUENCE"])

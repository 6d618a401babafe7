"""Invitations: each reader to their own group's briefing, gone only while it is so, cancelled at once, reminded once."""

from datetime import timedelta
from email import message_from_bytes

import pytest
from sqlmodel import select

from audiences import invitees
from campaigns.agreement import releases, schedules, sealed
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings import cancellations, tours
from campaigns.delivery import deliveries, fates, plans, settling
from campaigns.delivery.deliveries import SEALED, Delivery
from campaigns.delivery.retries import USUAL
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours, TryLater
from tests.audiences.invited import CORE
from tests.audiences.inviting import ADDRESSES, CARDIFF, LATER, LEEDS, LINES, SOON, Tour, by_address, entry, sent
from tests.campaigns import posting, stories
from tests.campaigns.stories import DAY, NOON
from tests.crossings import at_once

pytestmark = pytest.mark.long
TAKEN = Outcome("accepted", "dot", "250 ok")


@pytest.fixture
def tour(database: Database) -> Tour:
    """Two dated briefings."""
    return Tour(database)


def test_each_reader_is_invited_to_their_own_groups_briefing_and_whose_group_has_none_is_left_out(tour: Tour) -> None:
    story = tour.going()
    found = by_address(sent(story))
    assert set(found) == {ADDRESSES[CARDIFF], ADDRESSES[LEEDS]}
    wales, yorkshire = found[ADDRESSES[CARDIFF]], found[ADDRESSES[LEEDS]]
    assert (wales["UID"], yorkshire["UID"]) == (f"{tour.wales}-0", f"{tour.yorkshire}-0")
    assert wales["DTSTART;TZID=Europe/London"] == "20260601T120000" and wales["LOCATION"] == "Cardiff City Hall"
    assert yorkshire["DTSTART;TZID=Europe/London"] == "20260611T120000" and yorkshire["METHOD"] == "REQUEST"
    with tour.database.reading() as session:
        assert sealed.left_out_by_reason(session, story.release) == {"the reader's group has none of these briefings": 1}
        said = releases.read(releases.get(session, story.release))
        assert said.occasions is not None and [one.group for one in said.occasions] == ["Wales", "Yorkshire"]
        assert (said.letters, said.readers) == (6, 2)
        assert deliveries.is_done(session, releases.get(session, story.release))


def test_called_off_whoever_was_invited_gets_the_sealed_cancellation_once_though_the_release_has_gone_out(tour: Tour) -> None:
    story = tour.going()
    assert len(sent(story)) == 2
    with tour.database.transaction() as session:
        assert schedules.finish(session, story.release, at=NOON)
    for _ in range(2):  # heard twice
        with tour.database.transaction() as session:
            briefing = tours.get(session, tour.wales)
            if briefing.state == "dated":
                assert invitees.of_a_cancellation(session, briefing, at=NOON) == (1, 0)
                cancellations.call_off(session, tour.wales, reason="The hall is flooded", **tour.by)
            invitees.cancel(session, tour.wales, at=NOON)
    (letter,) = sent(story)
    said = entry(letter)
    assert letter.recipient == ADDRESSES[CARDIFF] and LINES[2].encode() in letter.message
    assert (said["METHOD"], said["STATUS"], said["UID"]) == ("CANCEL", "CANCELLED", f"{tour.wales}-0")
    assert int(said["SEQUENCE"]) > 1000
    with tour.database.reading() as session:
        assert deliveries.tally(session, releases.get(session, story.release))["accepted"] == 3


@pytest.mark.parametrize("is_stopped", [False, True])
def test_whoever_was_invited_anew_to_another_day_is_cancelled_and_reminded_once(tour: Tour, is_stopped: bool) -> None:
    first, second = tour.going(), tour.again(SOON + DAY)
    with tour.database.transaction() as session:
        assert invitees.remind(session, tour.yorkshire, [], **tour.by) == 1  # whose two invitations say the same
        if is_stopped:
            schedules.stop(session, second.release, by=tour.house.hse, at=NOON)
        assert invitees.of_a_cancellation(session, tours.get(session, tour.wales), at=NOON) == (1, 0)
        cancellations.call_off(session, tour.wales, reason="Snow", **tour.by)
        assert invitees.cancel(session, tour.wales, at=NOON) == 1
    with tour.database.transaction() as session:  # heard twice, the second time when nothing is stopped
        if is_stopped:
            assert schedules.resume(session, second.release, by=tour.house.hse, at=NOON)
        assert invitees.cancel(session, tour.wales, at=NOON) == 0

    went = [{(one.recipient, entry(one)["METHOD"]) for one in sent(story)} for story in (first, second)]
    cancelled, reminded = (ADDRESSES[CARDIFF], "CANCEL"), (ADDRESSES[LEEDS], "REQUEST")
    assert sorted([*went[0], *went[1]]) == sorted([cancelled, reminded]) and cancelled in went[0 if is_stopped else 1]


def test_no_two_letters_to_one_reader_have_one_message_id(tour: Tour) -> None:
    story = tour.going()
    first = {one.recipient: message_from_bytes(one.message)["Message-ID"] for one in sent(story)}
    with tour.database.transaction() as session:
        assert invitees.remind(session, tour.wales, [], **tour.by) == 1
    (letter,) = sent(story)
    assert message_from_bytes(letter.message)["Message-ID"] != first[letter.recipient]
    assert LINES[1].encode() in letter.message and entry(letter)["SEQUENCE"] == "0"


def test_a_letter_that_has_not_gone_does_not_go_once_its_briefing_is_called_off_moved_or_begun(tour: Tour) -> None:
    story = tour.going()
    tour.date(tour.yorkshire, LATER, "Bradford City Hall")
    with tour.database.transaction() as session:
        cancellations.decline(session, tour.wales, reason="They want none", **tour.by)
    assert sent(story) == []
    with tour.database.reading() as session:
        why = dict(session.exec(select(Delivery.state, Delivery.reply).where(Delivery.release_id == story.release)).all())
        assert set(why) == {"removed"}
    with tour.database.transaction() as session:  # whom nothing was sent, nothing is cancelled
        assert invitees.cancel(session, tour.wales, at=NOON) == 0
    begun = tour.going(invites_to=[str(tour.yorkshire)])
    assert sent(begun, at=LATER - timedelta(seconds=1)) != []


def test_letters_in_a_workers_hands_are_taken_off_when_the_briefing_is_called_off(tour: Tour) -> None:
    story = tour.going()
    claim = posting.claimed(story)
    assert len(claim.letters) == 2
    with tour.database.transaction() as session:
        cancellations.call_off(session, tour.wales, reason="Snow", **tour.by)
        assert invitees.take_off(session, tour.wales, at=NOON)
    with pytest.raises(TryLater), tour.database.transaction() as session:
        invitees.cancel(session, tour.wales, at=NOON)  # who was invited is known only when the letters are back
    transport = RecordingTransport()
    posting.sender(tour.database, transport).send(claim)
    assert transport.sent == []
    with tour.database.transaction() as session:
        assert invitees.cancel(session, tour.wales, at=NOON) == 0
    posting.send(story, transport)
    assert [one.recipient for one in transport.sent] == [ADDRESSES[LEEDS]]


def test_letters_taken_off_while_a_worker_gives_their_chunk_back_are_counted_by_both(on_postgres: Database) -> None:
    tour = Tour(on_postgres)
    story = tour.going()
    with on_postgres.transaction() as session:
        (waits,) = session.exec(select(SealedLetter.position).join(Delivery, SEALED).where(SealedLetter.authority_code == CARDIFF)).all()
        session.get_one(Delivery, (story.release, waits)).due_at = LATER
        posting.recount(session, story.release)
    claim = posting.claimed(story)
    with on_postgres.transaction() as session:
        cancellations.call_off(session, tour.wales, reason="Snow", **tour.by)
    gone = [fates.of(letter, TAKEN, release_id=story.release, plan=USUAL, at=NOON) for letter in claim.letters]

    at_once(
        on_postgres,
        lambda session: settling.give_back(session, claim.hand, gone, (), not_before=NOON, at=NOON),
        lambda session: invitees.take_off(session, tour.wales, at=NOON),
    )

    figures = story.tally()
    assert (len(gone), figures["accepted"], figures["removed"], figures["queued"]) == (1, 1, 1, 0)


def test_a_letter_being_attempted_while_the_briefing_is_called_off_may_have_gone_so_it_is_cancelled(tour: Tour) -> None:
    story = tour.going()
    sent(story)
    with tour.database.transaction() as session:
        for row in session.exec(select(Delivery)):
            row.state = "unknown"
            session.add(row)
        cancellations.call_off(session, tour.wales, reason="Snow", **tour.by)
        assert invitees.cancel(session, tour.wales, at=NOON) == 1


def test_a_reminder_goes_once_to_those_who_were_written_to_and_did_not_answer(tour: Tour) -> None:
    story = tour.going()
    with pytest.raises(NotYours), tour.database.transaction() as session:
        invitees.remind(session, tour.wales, [], by=tour.house.observer, at=NOON)
    letters = sent(story)
    with tour.database.reading() as session:
        (one,) = invitees.invitees(session, tours.get(session, tour.wales))
        assert one.address == ADDRESSES[CARDIFF] and one.is_current and one.authority_code == CARDIFF
    assert len(letters) == 2
    with tour.database.transaction() as session:
        assert invitees.remind(session, tour.wales, [one.person_id], **tour.by) == 0
        assert invitees.remind(session, tour.wales, [], **tour.by) == 1
        assert invitees.remind(session, tour.wales, [], **tour.by) == 0


def test_nobody_is_reminded_of_what_is_called_off_moved_begun_or_was_never_sent(tour: Tour) -> None:
    with pytest.raises(NotAllowedNow), tour.database.transaction() as session:
        invitees.remind(session, tour.wales, [], **tour.by)
    story = tour.going()
    sent(story)
    with pytest.raises(NotAllowedNow), tour.database.transaction() as session:
        invitees.remind(session, tour.wales, [], by=tour.house.drafter, at=SOON)
    for place in ("Swansea Guildhall", "Cardiff City Hall"):  # moved, and back again: then the invitation holds once more
        tour.date(tour.wales, SOON, place)
        with tour.database.transaction() as session:
            assert bool(invitees.speaking(session, tours.get(session, tour.wales), at=NOON)) is (place == "Cardiff City Hall")
            if place != "Cardiff City Hall":
                with pytest.raises(NotAllowedNow):
                    invitees.remind(session, tour.wales, [], **tour.by)
    with tour.database.transaction() as session:
        cancellations.call_off(session, tour.wales, reason="Snow", **tour.by)
    with pytest.raises(NotAllowedNow), tour.database.transaction() as session:
        invitees.remind(session, tour.wales, [], **tour.by)


def test_planning_goes_on_where_it_was_though_a_cancellation_came_between(tour: Tour) -> None:
    story = tour.both()
    story.schedule()
    with tour.database.transaction() as session:
        schedules.begin_due(session, at=NOON)
    with tour.database.transaction() as session:
        assert plans.plan_next(session, story.release, size=1, at=NOON)
    sent(story)
    with tour.database.transaction() as session:
        first = session.exec(select(sealed.SealedLetter.authority_code).join(Delivery, SEALED)).one()
        briefing = tour.wales if first == CARDIFF else tour.yorkshire
        cancellations.call_off(session, briefing, reason="Snow", **tour.by)
        assert invitees.cancel(session, briefing, at=NOON) == 1
    with tour.database.transaction() as session:
        assert plans.plan_next(session, story.release, size=1, at=NOON)
        assert not plans.plan_next(session, story.release, size=1, at=NOON)
    assert {entry(one)["METHOD"] for one in sent(story)} == {"CANCEL", "REQUEST"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"latest_send": LATER + DAY}, "before the last of the briefings begins"), ({"core": CORE + " ((link))"}, "no link to join by")],
)
def test_what_cannot_be_invited_to_gives_the_message_back_with_the_reason(tour: Tour, changes: dict[str, object], says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        tour.both(**changes)


def test_a_cancellation_waits_for_no_window(tour: Tour) -> None:
    story = tour.both()
    story.schedule(in_windows=True)
    stories.begin(story)
    monday = NOON  # a Tuesday at noon: within hours
    assert len(sent(story, at=monday)) == 2
    night = NOON.replace(hour=23)
    with tour.database.transaction() as session:
        cancellations.call_off(session, tour.wales, reason="Snow", by=tour.house.drafter, at=night)
        invitees.cancel(session, tour.wales, at=night)
        assert invitees.remind(session, tour.yorkshire, [], by=tour.house.drafter, at=night) == 1
    assert [one.recipient for one in sent(story, at=night)] == [ADDRESSES[CARDIFF]]

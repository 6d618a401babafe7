"""A full mailbox: its address is kept until three letters have come back over a week, however often each is said to have.

And an address that an officer has put right: what came back before says nothing of it any more.
"""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import select

from audiences import incoming_post, people, suggestions
from audiences.contacts import Given
from audiences.incoming_post import AddressCorrected
from audiences.roles import Place as Seat
from campaigns.agreement import sealed
from campaigns.agreement.sealed import Particulars
from campaigns.delivery import bounces, incoming, removals
from campaigns.delivery.bounces import Reading, Recipient
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.incoming import IncomingMail
from campaigns.delivery.removals import Removal
from campaigns.delivery.verp import Found, Place
from campaigns.foundation import log
from campaigns.foundation.database import Database
from tests import snapshots
from tests.audiences.posts import OFFICER
from tests.campaigns import coming_back
from tests.campaigns.stories import DAY, NOON, READERS, Story

ADDRESS = READERS[0].address


@pytest.fixture
@snapshots.beginning
def story(sqlite: Database) -> Story:
    """Three letters, the first of them to our reader."""
    return coming_back.letters(sqlite)


def come(story: Story, at: datetime) -> dict[str, str]:
    """Our reader's letter comes back; gives who is not written to then."""
    raw = coming_back.mail("gmx", ADDRESS) + at.isoformat().encode()
    with story.database.transaction() as session:
        incoming_post.take(session, incoming.digest(raw), bounces.read(raw), Found(Place(story.release, 0)), at=at)
        return removals.among(session, [ADDRESS])


def another_came(story: Story, at: datetime, *, state: str = incoming.DONE, **said: str) -> None:
    """A letter to them from another release came back."""
    release, lines = uuid4(), dict.fromkeys(incoming.SAID_OF_IT, "") | {"outcome": "soft"} | said
    with story.database.transaction() as session:
        session.add(Particulars(release_id=release, position=0, address=ADDRESS.upper(), fields={}, salt=b""))
        session.add(IncomingMail(**lines, digest=str(release), kind="bounce", at=at, state=state, release_id=release, position=0))


@pytest.mark.parametrize(("days", "gone"), [((0,), {}), ((1, 6), {}), ((0, 6), {ADDRESS: incoming_post.GONE})])
def test_three_letters_that_came_back_over_a_week_take_the_address_off_and_not_sooner(
    story: Story, days: tuple[int, ...], gone: dict[str, str]
) -> None:
    for day in days:
        another_came(story, NOON + day * DAY)

    assert come(story, NOON + 7 * DAY) == gone


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ({"state": incoming.WAITING}, {}),
        ({"outcome": "delayed"}, {}),
        ({"judged_by": "an officer", "done": incoming.SAID[incoming.FILE]}, {}),
        ({"judged_by": "an officer", "done": incoming.SAID[incoming.CAME_BACK]}, {ADDRESS: incoming_post.GONE}),
    ],
)
def test_only_what_came_back_counts_and_a_mail_without_a_token_of_ours_once_an_officer_says_that_it_did(
    story: Story, said: dict[str, str], gone: dict[str, str]
) -> None:
    for day in (0, 6):
        another_came(story, NOON + day * DAY, **said)

    assert come(story, NOON + 7 * DAY) == gone


def test_one_letter_that_is_said_again_and_again_to_have_come_back_counts_once(story: Story) -> None:
    assert [come(story, NOON + day * DAY) for day in range(9)] == [{}] * 9
    for day in (1, 2):
        another_came(story, NOON + day * DAY)
    assert come(story, NOON + 9 * DAY) == {}, "it counts from when it first came back"


def test_letters_to_others_that_came_back_do_not_count(story: Story) -> None:
    lines = dict.fromkeys(incoming.SAID_OF_IT, "") | {"kind": "bounce", "outcome": "soft", "state": incoming.DONE}
    with story.database.transaction() as session:
        for release, place, day in ((story.release, 1, 0), (story.release, 2, 6), (uuid4(), 0, 0), (uuid4(), 0, 6)):
            session.add(IncomingMail(**lines, digest=uuid4().hex, at=NOON + day * DAY, release_id=release, position=place))
        session.flush()
        assert [(one.release_id, one.position) for one in incoming.of_letter(session, story.release, 1)] == [(story.release, 1)]

    assert come(story, NOON + 7 * DAY) == {}


@pytest.mark.parametrize(("days", "gone"), [((9,), {}), ((9, 15), {ADDRESS: incoming_post.GONE})])
def test_once_an_officer_has_put_right_what_was_wrong_three_letters_have_to_come_back_anew(
    story: Story, days: tuple[int, ...], gone: dict[str, str]
) -> None:
    for day in (0, 6, 7, *days):
        another_came(story, NOON + day * DAY)
    with story.database.transaction() as session:
        log.record(session, AddressCorrected(), subject=READERS[0].person_id, by="tests", at=NOON + 8 * DAY)

    assert come(story, NOON + (days[-1] + 1) * DAY) == gone


def test_an_officer_s_word_that_the_third_letter_came_back_takes_the_address_off_as_a_token_does(story: Story) -> None:
    for day in (0, 6):
        another_came(story, NOON + day * DAY)
    with story.database.transaction() as session:
        said = dict.fromkeys(incoming.SAID_OF_IT, "") | {"outcome": "soft"}
        mail = IncomingMail(
            **said, digest="7", kind="bounce", at=NOON + 7 * DAY, state=incoming.WAITING, release_id=story.release, position=0
        )
        session.add(mail)
        session.flush()
        incoming_post.judge(session, mail.id, verdict=incoming.CAME_BACK, by=OFFICER, at=NOON + 8 * DAY)

        assert removals.among(session, [ADDRESS]) == {ADDRESS: incoming_post.GONE}


def test_of_several_times_that_it_was_put_right_by_whoever_is_written_to_there_the_last_counts(story: Story) -> None:
    gone = {ADDRESS: incoming_post.GONE}
    with story.database.transaction() as session:
        given = Given("Deputy", "elected_member", Seat(str(READERS[0].authority_code), "Council 0", None), ADDRESS)
        people.insert(session, [given.row(source="tests")], at=NOON)
        deputy = next(one.id for one in people.at_address(session, ADDRESS) if one.name == "Deputy")

    for person, days, back, put_right in ((READERS[0].person_id, (0, 6), 7, 8), (deputy, (9, 14, 16), 17, 18)):
        for day in days:
            another_came(story, NOON + day * DAY)
        assert come(story, NOON + back * DAY) == gone
        with story.database.transaction() as session:
            incoming_post.lift(session, person, by=OFFICER, at=NOON + put_right * DAY)

    assert come(story, NOON + 19 * DAY) == {}


@pytest.mark.parametrize(
    ("address", "original", "gone"),
    [
        ("head@elsewhere.test", ADDRESS, {ADDRESS: incoming_post.GONE}),
        (ADDRESS, "", {ADDRESS: incoming_post.GONE}),
        ("head@elsewhere.test", "", {}),
    ],
)
def test_a_bounce_that_names_the_address_we_wrote_to_is_about_our_reader_and_one_of_another_alone_is_not(
    story: Story, address: str, original: str, gone: dict[str, str]
) -> None:
    one = Recipient(address, "hard", permanent=True, status="5.1.1", reason="no such mailbox", original=original)
    with story.database.transaction() as session:
        incoming_post.take(session, "9", Reading("bounce", recipients=(one,)), Found(Place(story.release, 0)), at=NOON)

        assert removals.among(session, [ADDRESS]) == gone


@pytest.mark.parametrize(("outcome", "taken_as"), [("hard", "soft"), ("", "soft"), ("delayed", "delayed"), ("delivered", "delivered")])
def test_what_is_said_of_another_address_is_at_the_most_taken_as_a_full_mailbox(story: Story, outcome: str, taken_as: str) -> None:
    one = Recipient("head@elsewhere.test", outcome, permanent=outcome == "hard")
    with story.database.transaction() as session:
        mail = incoming_post.take(session, "9", Reading("bounce", recipients=(one,)), Found(Place(story.release, 0)), at=NOON)

        assert mail and mail.outcome == taken_as


@pytest.mark.parametrize("kind", ["bounce", "complaint"])
def test_what_comes_of_a_letter_whose_reader_was_erased_takes_no_address_off(story: Story, kind: str) -> None:
    one = Recipient(ADDRESS, "hard", permanent=True, status="5.1.1", reason="no such mailbox")
    with story.database.transaction() as session:
        sealed.erase(session, [READERS[0].person_id])
        assert incoming_post.take(session, "9", Reading(kind, recipients=(one,)), Found(Place(story.release, 0)), at=NOON)

        assert session.exec(select(Removal)).all() == []


@pytest.mark.parametrize(("kind", "asked"), [("bounce", [suggestions.NO_LONGER]), ("complaint", [])])
def test_only_where_letters_came_back_an_officer_is_asked_who_should_be_written_to(story: Story, kind: str, asked: list[str]) -> None:
    one = Recipient(ADDRESS, "hard", permanent=True, status="5.1.1", reason="no such mailbox")
    reading = Reading(kind, recipients=(one,), sender=ADDRESS, subject="Undeliverable", text="No such mailbox.", whole="No such mailbox.")
    with story.database.transaction() as session:
        mail = incoming_post.take(session, "9", reading, Found(Place(story.release, 0)), at=NOON)

        assert [found.kind for found in suggestions.waiting(session)] == asked and removals.among(session, [ADDRESS])
        assert mail and mail.is_forgotten, "what was dealt with at once is not kept in its words"


def test_of_somebody_who_has_left_nobody_asks_who_should_be_written_to_instead(story: Story) -> None:
    with story.database.transaction() as session:
        people.leave(session, READERS[0].person_id, by=OFFICER, at=NOON)
        one = Recipient(ADDRESS, "hard", permanent=True, status="5.1.1", reason="no such mailbox")
        incoming_post.take(session, "9", Reading("bounce", recipients=(one,)), Found(Place(story.release, 0)), at=NOON)

        assert removals.among(session, [ADDRESS]) == {ADDRESS: incoming_post.GONE} and suggestions.waiting(session) == []


@pytest.mark.parametrize(("put_right", "gone"), [(-DAY, {ADDRESS: incoming_post.GONE}), (DAY, {})])
def test_a_letter_that_had_come_back_when_its_address_was_put_right_does_not_take_it_off_again(
    story: Story, put_right: timedelta, gone: dict[str, str]
) -> None:
    def bounces_hard(digest: str, at: datetime) -> None:
        one = Recipient(ADDRESS, "hard", permanent=True, status="5.1.1", reason="no such mailbox")
        incoming_post.take(session, digest, Reading("bounce", recipients=(one,)), Found(Place(story.release, 0)), at=at)

    with story.database.transaction() as session:
        session.exec(sa.update(Delivery).values(state="accepted"))
        bounces_hard("1", NOON)
        removals.lift(session, ADDRESS, by="tests", at=NOON + put_right)
        log.record(session, AddressCorrected(), subject=READERS[0].person_id, by="tests", at=NOON + put_right)
        bounces_hard("2", NOON + 2 * DAY)

        assert removals.among(session, [ADDRESS]) == gone

"""A review link is kept as a digest, opens one revision for a while, and takes comments under the reviewer's name."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from campaigns.drafting import comments, messages, reviews
from campaigns.drafting.reviews import Review, ReviewerForgotten, ReviewLinkMade, ReviewLinkTakenBack
from campaigns.foundation import log
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from campaigns.foundation.officers import Officer
from tests.campaigns import stories
from tests.campaigns.stories import DAY, MINUTE, NOON, House


def made(house: House, message: UUID, *, reviewer: str = "Head of Health, Adur", until: datetime | None = None) -> str:
    with house.database.transaction() as session:
        return reviews.make(session, message, reviewer=reviewer, until=until, by=house.lacors, at=NOON)


def row(house: House) -> Review:
    with house.database.reading() as session:
        return session.exec(select(Review)).one()


def said(house: House, token: str, text: str = "Which councils?", *, at: datetime = NOON) -> UUID:
    with house.database.transaction() as session:
        return reviews.comment(session, token, text, at=at)


def test_a_link_opens_the_revision_it_was_made_for_and_of_its_token_only_a_digest_is_kept(house: House) -> None:
    message = stories.drafted(house)
    token = made(house, message)
    with house.database.transaction() as session:
        messages.revise(session, message, stories.words(subject="Other"), by=house.drafter, at=NOON)

    with house.database.reading() as session:
        found = reviews.opened(session, token, at=NOON + 13 * DAY)
        told = [log.read(entry) for entry in log.history(session, message)]
    assert (found.revision, found.reviewer, found.made_by) == (1, "Head of Health, Adur", "LACoRS chair")
    assert len(token) == 43 and token not in str(row(house).model_dump()) + str(told)
    assert ReviewLinkMade(review=found.id, revision=1) in told and "Adur" not in str(told)


def test_every_link_is_another(house: House) -> None:
    message = stories.drafted(house)

    assert made(house, message) != made(house, message)


@pytest.mark.parametrize(("until", "last"), [(None, NOON + 14 * DAY), (NOON + 3 * DAY, NOON + 3 * DAY)])
def test_a_link_ends_on_the_minute(house: House, until: datetime | None, last: datetime) -> None:
    token = made(house, stories.drafted(house), until=until)

    said(house, token, at=last - MINUTE)

    with pytest.raises(NotAllowedNow, match="This link ended on"):
        said(house, token, at=last)
    with house.database.reading() as session, pytest.raises(NotAllowedNow, match="This link ended on"):
        reviews.opened(session, token, at=last)


def test_a_link_that_was_taken_back_opens_nothing_and_what_was_said_stays(house: House) -> None:
    message = stories.drafted(house)
    token = made(house, message)
    said(house, token)
    with house.database.transaction() as session:
        assert reviews.take_back(session, row(house).id, by=house.drafter, at=NOON) == message

    with pytest.raises(NotAllowedNow, match="taken back"):
        said(house, token)
    with house.database.transaction() as session, pytest.raises(NotAllowedNow, match="HSE drafter took this link back already"):
        reviews.take_back(session, row(house).id, by=house.hse, at=NOON)
    with house.database.reading() as session:
        assert len(comments.of_message(session, message)) == 1
        assert log.history(session, message)[-1].kind == ReviewLinkTakenBack.__name__


@pytest.mark.parametrize(
    "change", [lambda token: "", lambda token: token[:-1], lambda token: token.swapcase(), lambda token: token + "A", lambda _: "\udcff"]
)
def test_a_token_nobody_was_given_opens_nothing(house: House, change: Callable[[str], str]) -> None:
    token = made(house, stories.drafted(house))

    with pytest.raises(NotFound, match="not one of ours"):
        said(house, change(token))
    said(house, token)


def test_a_reviewer_comments_by_name_on_the_revision_they_were_shown(house: House) -> None:
    message = stories.drafted(house)
    token = made(house, message)
    with house.database.transaction() as session:
        messages.revise(session, message, stories.words(subject="Other"), by=house.drafter, at=NOON)

    said(house, token)

    with house.database.reading() as session:
        (comment,) = comments.of_message(session, message)
        assert reviews.said_through(session, row(house)) == [comment]
        assert reviews.names(session, message)[comment.by_id] == "Head of Health, Adur"
        assert "Head of Health, Adur" not in {entry.by for entry in log.history(session, message)}
    assert (comment.by_name, comment.revision, comment.is_reviewers) == ("A reviewer", 1, True)
    with pytest.raises(Invalid, match="Write your comment"):
        said(house, token, " ")


def test_one_link_cannot_bury_a_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviews, "MOST_COMMENTS", 2)
    message = stories.drafted(house)
    token, other = made(house, message), made(house, message)
    said(house, token)
    said(house, token)

    with pytest.raises(Invalid, match="as many comments as it may"):
        said(house, token)
    said(house, other)


@pytest.mark.parametrize(
    ("reviewer", "until", "sentence"),
    [
        (" ", None, "Enter who will read it"),
        ("x" * 121, None, "Enter who will read it"),
        ("two\nlines", None, "Enter who will read it"),
        ("A", NOON, "has not passed"),
        ("A", NOON + 92 * DAY, "three months"),
    ],
)
def test_a_link_for_nobody_or_for_no_time_is_refused(house: House, reviewer: str, until: datetime | None, sentence: str) -> None:
    message = stories.drafted(house)

    with pytest.raises(Invalid, match=sentence):
        made(house, message, reviewer=reviewer, until=until)


def test_the_name_on_a_link_that_has_ended_is_erased_once_and_what_was_said_stays(house: House) -> None:
    message = stories.drafted(house)
    said(house, made(house, message))

    def forget(by: Officer, at: datetime) -> None:
        with house.database.transaction() as session:
            reviews.forget(session, row(house).id, by=by, at=at)

    with pytest.raises(NotAllowedNow, match="Take it back first"):
        forget(house.drafter, NOON)
    with pytest.raises(NotYours):
        forget(house.observer, NOON + 15 * DAY)
    forget(house.drafter, NOON + 15 * DAY)

    with pytest.raises(NotAllowedNow, match="already"):
        forget(house.drafter, NOON + 15 * DAY)
    with house.database.reading() as session:
        assert set(reviews.names(session, message).values()) == {"Somebody since erased"}
        assert [comment.text for comment in comments.of_message(session, message)] == ["Which councils?"]
        assert log.history(session, message)[-1].kind == ReviewerForgotten.__name__


def test_an_observer_makes_no_link_and_takes_none_back(house: House) -> None:
    message = stories.drafted(house)
    made(house, message)

    with house.database.transaction() as session, pytest.raises(NotYours):
        reviews.make(session, message, reviewer="A", by=house.observer, at=NOON)
    with house.database.transaction() as session, pytest.raises(NotYours):
        reviews.take_back(session, row(house).id, by=house.observer, at=NOON)
    with house.database.transaction() as session, pytest.raises(NotFound):
        reviews.take_back(session, uuid4(), by=house.drafter, at=NOON)
    assert row(house).taken_back_at is None

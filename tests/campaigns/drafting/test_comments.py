"""A comment belongs to one revision, is resolved or not, and changes neither words nor signatures."""

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from campaigns.agreement import releases, signatures
from campaigns.drafting import comments, messages
from campaigns.drafting.comments import CommentMade, CommentReopened, CommentResolved
from campaigns.foundation import log
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from campaigns.foundation.officers import Officer
from tests.campaigns import stories
from tests.campaigns.stories import HOUR, NOON, House


def made(house: House, message: UUID, text: str = "Which councils?", *, revision: int = 1, by: Officer | None = None) -> UUID:
    with house.database.transaction() as session:
        return comments.add(session, message, text, revision=revision, by=by or house.lacors, at=NOON)


def test_officers_signatories_and_observers_of_both_bodies_comment_and_it_is_in_the_history(house: House) -> None:
    message = stories.drafted(house)
    for by in (house.drafter, house.hse, house.lacors, house.observer):
        made(house, message, f"  Said by {by.name}.\r\nTwice. ", by=by)

    with house.database.reading() as session:
        found = {comment.by_name: (comment.text, comment.revision) for comment in comments.of_message(session, message)}
        told = [log.read(entry) for entry in log.history(session, message) if entry.kind == CommentMade.__name__]
    assert found["A visitor"] == ("Said by A visitor.\nTwice.", 1)
    assert len(found) == len(told) == 4


def test_administrators_do_not_comment(house: House) -> None:
    message = stories.drafted(house)

    with pytest.raises(NotYours, match="does not comment"):
        made(house, message, by=house.administrator)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write your comment"),
        (" \n", "Write your comment"),
        ("x" * 4001, "yours has 4,001"),
        ("a\u202eb", "RIGHT-TO-LEFT"),
        ("a\0b", "U\\+0000"),
    ],
)
def test_a_comment_that_cannot_be_used_is_refused_with_a_sentence(house: House, text: str, said: str) -> None:
    message = stories.drafted(house)

    with pytest.raises(Invalid, match=said):
        made(house, message, text)


def test_a_comment_belongs_to_the_revision_that_was_read(house: House) -> None:
    message = stories.drafted(house)
    with house.database.transaction() as session:
        messages.revise(session, message, stories.words(subject="Other"), by=house.drafter, at=NOON)

    made(house, message, revision=1)

    with house.database.reading() as session:
        assert [comment.revision for comment in comments.of_message(session, message)] == [1]
    with pytest.raises(NotFound, match="no such revision"):
        made(house, message, revision=3)


def test_a_comment_is_resolved_by_name_once_and_opened_again_once(house: House) -> None:
    message = stories.drafted(house)
    comment = made(house, message)

    with house.database.transaction() as session:
        assert comments.resolve(session, comment, by=house.drafter, at=NOON + HOUR) == message
    with house.database.reading() as session:
        kept = comments.get(session, comment)
        assert (kept.resolved_by, kept.resolved_at) == ("HSE drafter", NOON + HOUR)
    with house.database.transaction() as session, pytest.raises(NotAllowedNow, match="HSE drafter resolved this comment already"):
        comments.resolve(session, comment, by=house.lacors, at=NOON + HOUR)
    with house.database.transaction() as session:
        comments.reopen(session, comment, by=house.lacors, at=NOON + HOUR)
    with house.database.transaction() as session, pytest.raises(NotAllowedNow, match="open already"):
        comments.reopen(session, comment, by=house.lacors, at=NOON + HOUR)

    with house.database.reading() as session:
        assert comments.get(session, comment).resolved_at is None
        kinds = [entry.kind for entry in log.history(session, message)]
    assert kinds[-3:] == [CommentMade.__name__, CommentResolved.__name__, CommentReopened.__name__]


def test_an_observer_resolves_nothing_and_nobody_resolves_what_is_not_there(house: House) -> None:
    comment = made(house, stories.drafted(house))

    for step in (comments.resolve, comments.reopen):
        with house.database.transaction() as session, pytest.raises(NotYours):
            step(session, comment, by=house.observer, at=NOON)
        with house.database.transaction() as session, pytest.raises(NotFound):
            step(session, uuid4(), by=house.drafter, at=NOON)


def test_a_comment_changes_no_words_and_voids_no_signature(house: House) -> None:
    story = stories.half_signed_release(house)
    with house.database.transaction() as session:
        comments.resolve(session, made_in(session, house, story.message), by=house.hse, at=NOON)

    story.sign(house.lacors)
    story.schedule()

    with house.database.reading() as session:
        assert messages.get(session, story.message).revision == 1
        assert len(signatures.on(session, story.release, releases.get(session, story.release).digest)) == 2
    assert story.state() == "scheduled"


def made_in(session: stories.Session, house: House, message: UUID) -> UUID:
    return comments.add(session, message, "Which councils?", revision=1, by=house.lacors, at=NOON)


def test_what_was_said_is_never_rewritten(house: House) -> None:
    made(house, stories.drafted(house))

    for change in ("UPDATE comments SET text = 'other'", "UPDATE comments SET by_name = 'other'", "DELETE FROM comments"):
        with pytest.raises(sa.exc.DBAPIError, match="what was said or done does not change"), house.database.engine.begin() as connection:
            connection.exec_driver_sql(change)

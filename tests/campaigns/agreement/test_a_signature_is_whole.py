"""The second signature is there whole or not at all, wherever on its way it is cut off (approval_drill kills real processes)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from campaigns.agreement import releases, signatures
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.log import Untold
from tests.campaigns import stories
from tests.campaigns.stories import Story

MOST = 200  # statements of one signature


class CutOff(Exception):
    """As far as the database is concerned, the process is gone."""


@contextmanager
def cut_off(database: Database, number: int) -> Iterator[list[str]]:
    """Let so many statements through; gives those that came."""
    came: list[str] = []

    def statement(_connection: Any, _cursor: Any, words: str, *_: Any) -> None:
        if len(came) == number:
            raise CutOff
        came.append(words.split(None, 1)[0])

    event.listen(database.engine, "before_cursor_execute", statement)
    try:
        yield came
    finally:
        event.remove(database.engine, "before_cursor_execute", statement)


def there(story: Story) -> tuple[list[str], list[str], int]:
    """Who has signed, what is told of the release, and how much of it is still to be told."""
    with story.database.reading() as session:
        history = log.history(session, story.release)
        told = session.exec(select(Untold.entry_id)).all()
        signed = [one.party for one in signatures.given(session, story.release)]
        return signed, [entry.kind for entry in history], sum(entry.id in told for entry in history)


@pytest.mark.long
def test_a_signature_that_is_cut_off_anywhere_leaves_nothing_and_can_be_given_again(database: Database) -> None:
    story = stories.half_signed_release(stories.house(database))
    before, cuts = there(story), 0

    for number in range(MOST):
        with cut_off(database, number) as came:
            try:
                story.sign(story.house.lacors)
                break
            except CutOff:
                cuts += 1
        assert there(story) == before, came

    signed, told, untold = there(story)
    assert cuts == len(came) > 10 and came[-1] == "INSERT"
    assert (signed, told) == (["hse", "lacors"], [*before[1], "ReleaseSigned", "ReleaseAgreed"])
    assert untold == before[2] + 2
    with database.reading() as session:
        assert not releases.missing(session, releases.get(session, story.release))


@pytest.mark.parametrize("number", [0, 3])
def test_the_cut_itself_is_seen(database: Database, number: int) -> None:
    story = stories.half_signed_release(stories.house(database))

    with cut_off(database, number) as came, pytest.raises(CutOff):
        story.sign(story.house.lacors)

    assert len(came) == number

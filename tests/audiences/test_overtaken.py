"""Whoever left a post since a release was submitted gets no letter of it, and nobody gets it in their place; what they are owed still goes."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from audiences import guesses, importing, invitees, leavers, overtaken, people
from audiences.contacts import Given
from audiences.definitions import GUESSED
from audiences.leavers import LEFT
from audiences.roles import Place
from campaigns.agreement import releases
from campaigns.agreement.manifest import Original
from campaigns.briefings import cancellations
from campaigns.delivery.claims import Waiting
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation.database import Database
from tests.audiences import invited
from tests.audiences.bringing import HEADER, bring_in
from tests.audiences.posts import OFFICER
from tests.campaigns import coming_back, posting, stories
from tests.campaigns.stories import NOON, READERS, Story

HOUR = timedelta(hours=1)


def leaves(database: Database, person: Any, *, at: Any = NOON) -> None:
    with database.transaction() as session:
        people.leave(session, person, by=OFFICER, at=at)


def became(story: Story) -> dict[int, tuple[str, str | None]]:
    """What became of each letter, and why."""
    with story.database.reading() as session:
        rows = session.exec(select(Delivery).where(Delivery.release_id == story.release).order_by(col(Delivery.position)))
        return {row.position: (row.state, row.reply) for row in rows}


def test_whoever_left_since_it_was_submitted_gets_no_letter_and_their_successor_neither(database: Database) -> None:
    story = coming_back.letters(database)
    with database.transaction() as session:
        people.succeed(
            session, READERS[0].person_id, name="Next", address="next@council0.test", by=OFFICER, at=NOON, test_domains_allowed=True
        )
    leaves(database, READERS[2].person_id)
    wire = RecordingTransport()

    posting.send(story, wire)

    assert [one.recipient for one in wire.sent] == [READERS[1].address]
    found = became(story)
    assert [state for state, _ in found.values()] == ["removed", "accepted", "removed"]
    assert {found[0][1], found[2][1]} == {LEFT}


@pytest.mark.parametrize(
    ("other", "gone"),
    [
        ({}, 3),
        ({"name": "Somebody else"}, 2),
        ({"address": "elsewhere@council0.test"}, 2),
        ({"role": "elected_member"}, 2),
        ({"place": READERS[1].authority_code}, 2),
        ({"confirmed": False}, 2),
    ],
)
def test_whoever_is_back_in_the_very_post_gets_it_and_nobody_else_at_their_address(
    database: Database, other: dict[str, Any], gone: int
) -> None:
    story, who = coming_back.letters(database), READERS[0]
    leaves(database, who.person_id)
    with database.transaction() as session:
        same = Given(who.name, who.role, Place(str(who.authority_code), who.organisation, None), who.address).row(source="tests")
        people.insert(session, [same | other], at=NOON)
    wire = RecordingTransport()

    posting.send(story, wire)

    assert len(wire.sent) == gone


@pytest.mark.parametrize("is_taken_back", [False, True])
def test_whose_address_is_only_a_guess_again_since_gets_no_letter(database: Database, is_taken_back: bool) -> None:
    story, who = coming_back.letters(database), READERS[1]
    with database.transaction() as session:
        people.get(session, who.person_id).sqlmodel_update({"source": guesses.SOURCE, "confirmed": False})
    brought = bring_in(database, f"{HEADER}{who.name},{who.role},{who.authority_code},{who.address}\n")
    if is_taken_back:
        with database.transaction() as session:
            importing.undo(session, brought.import_id, by=OFFICER, at=NOON)

    posting.send(story, RecordingTransport())

    assert became(story)[1] == (("removed", GUESSED) if is_taken_back else ("accepted", became(story)[0][1]))


@pytest.mark.parametrize(("before", "gone"), [(timedelta(seconds=1), 3), (timedelta(0), 2)])
def test_only_who_left_since_then_is_asked_for(sqlite: Database, before: timedelta, gone: int) -> None:
    story = coming_back.letters(sqlite)
    leaves(sqlite, READERS[0].person_id, at=NOON - before)
    wire = RecordingTransport()

    posting.send(story, wire)

    assert len(wire.sent) == gone


def test_of_letters_that_are_not_asked_about_nothing_is_said(sqlite: Database) -> None:
    story = coming_back.letters(sqlite)
    leaves(sqlite, READERS[1].person_id)

    with sqlite.reading() as session:
        assert [leavers.among(session, story.release, asked) for asked in ({0, 2}, {0, 1})] == [{}, {1: LEFT}]


def test_whoever_left_since_keeps_back_no_letter_but_theirs(sqlite: Database) -> None:
    """Neither that of somebody who had left before, nor one at the same place in another release."""
    story = coming_back.letters(sqlite)
    beside = stories.sending_release(story.house, stories.words(title="Beside it"), READERS[1:])
    leaves(sqlite, READERS[0].person_id, at=NOON - timedelta(seconds=1))
    leaves(sqlite, READERS[1].person_id)

    with sqlite.reading() as session:
        found = [leavers.among(session, release, {0, 1, 2}) for release in (story.release, beside.release)]

    assert found == [{1: LEFT}, {0: LEFT}]


def test_a_cancellation_goes_to_whoever_left_since_they_were_invited_and_a_reminder_does_not(sqlite: Database) -> None:
    made, story = invited.gone(sqlite)
    leaves(sqlite, made.person("head@leeds.test"))
    leaves(sqlite, made.person("inspector@swansea.test"))
    by: dict[str, Any] = {"by": made.house.drafter, "at": NOON}
    with sqlite.transaction() as session:
        invitees.remind(session, made.briefing(invited.WALES).id, [], **by)
        cancellations.call_off(session, made.briefing(invited.YORKSHIRE).id, reason="Snow", **by)
        assert invitees.cancel(session, made.briefing(invited.YORKSHIRE).id, at=NOON) == 1
    made.transport.sent.clear()

    made.send(story.release)

    assert sorted(one.recipient for one in made.transport.sent) == ["head@cardiff.test", "head@leeds.test", "inspector@cardiff.test"]


def test_a_correction_goes_to_whoever_had_the_original_and_left_since(sqlite: Database) -> None:
    story = coming_back.letters(sqlite)
    letters = [Waiting(0, "", "", "", (str(READERS[0].person_id),), "a@b.test", {}, b"", 0, 0, None)]
    leaves(sqlite, READERS[0].person_id)
    with sqlite.reading() as session:
        said = releases.read(releases.get(session, story.release))
        original = Original(release=said.release, reference="ABCD2345")

        assert overtaken.letters(session, said, letters, at=NOON) == {0: LEFT}
        assert overtaken.letters(session, said.model_copy(update={"corrects": original}), letters, at=NOON) == {}

"""A release's way to both parties: submitted, returned, superseded, withdrawn; and what an edit does to signatures."""

from typing import Any

import pytest

from campaigns.agreement import gate, releases
from campaigns.drafting import messages
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, Invalid, NotAllowedNow, NotYours, Stale
from tests.campaigns import stories
from tests.campaigns.stories import NOON, Story


def revise(story: Story, **changes: Any) -> bool:
    with story.database.transaction() as session:
        return messages.revise(session, story.message, stories.words(**changes), by=story.house.drafter, at=NOON)


def missing(story: Story) -> list[str]:
    with story.database.reading() as session:
        return [party.name for party in releases.missing(session, releases.get(session, story.release))]


def gate_says(story: Story) -> str:
    with story.database.reading() as session:
        try:
            gate.check(session, releases.get(session, story.release), at=NOON)
        except GateClosed as closed:
            return closed.sentence
    return "open"


def test_submitting_waits_for_sealing_and_then_for_both(database: Database) -> None:
    house = stories.house(database)
    message = stories.drafted(house)

    story = Story(house, message, stories.submitted(house, message))

    assert story.state() == "sealing" and gate_says(story) == "The release is not sealed."
    digest = stories.seal(house, story.release)
    assert story.state() == "sealed" and story.digest() == digest and missing(story) == ["HSE", "LACoRS"]


def test_what_was_submitted_stands_in_the_row_and_is_told(database: Database) -> None:
    house = stories.house(database)
    release = stories.submitted(house, stories.drafted(house, stories.words(not_before=NOON + stories.DAY)))

    with database.reading() as session:
        row = releases.get(session, release)
        assert (row.not_before, row.latest_send, row.revision) == (NOON + stories.DAY, stories.LATEST, 1)
        assert log.read(log.history(session, release)[-1]) == releases.RevisionSubmitted(release=release)


def test_a_message_is_submitted_once(database: Database) -> None:
    house = stories.house(database)
    message = stories.drafted(house)
    stories.submitted(house, message)

    with pytest.raises(NotAllowedNow, match="submitted"):
        stories.submitted(house, message)


def test_words_whose_time_has_passed_are_not_submitted(database: Database) -> None:
    house = stories.house(database)
    message = stories.drafted(house)

    with pytest.raises(Invalid, match="must be in the future"):
        stories.submitted(house, message, at=stories.LATEST)

    with database.reading() as session:
        assert messages.get(session, message).state == "draft" and releases.of_message(session, message) == []


def test_an_edit_voids_both_signatures(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    assert gate_says(story) == "open"

    assert revise(story, core="Other words")

    assert "superseded" in gate_says(story)


def test_a_save_without_a_change_keeps_both_signatures(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    assert not revise(story)

    assert gate_says(story) == "open" and missing(story) == []


def test_editing_away_and_back_resurrects_no_signature(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    revise(story, core="Other words")
    revise(story)

    again = Story(story.house, story.message, stories.submitted(story.house, story.message))
    stories.seal(story.house, again.release)

    assert again.digest() != story.digest()
    assert missing(again) == ["HSE", "LACoRS"] and "has not signed" in gate_says(again)
    assert story.state() == "superseded" and gate_says(story) != "open"
    with pytest.raises(Stale, match="not what would be sent"):
        again.sign(story.house.hse, seen=story.digest())


@pytest.mark.parametrize("altered", [{"digest": "0" * 64}, {"manifest": b"{}"}], ids=str)
def test_both_the_stored_bytes_and_their_digest_must_be_what_was_shown(sqlite: Database, altered: dict[str, object]) -> None:
    story = stories.waiting_release(stories.house(sqlite))
    with sqlite.reading() as session:
        session.expunge(release := releases.get(session, story.release))
        releases.require_current(session, release, str(release.digest))
        with pytest.raises(Stale, match="not what would be sent"):
            releases.require_current(session, release.sqlmodel_update(altered), story.digest())


def test_a_message_s_releases_come_newest_first_those_in_a_state_oldest_first_and_only_its_own_follow_one(database: Database) -> None:
    story = stories.waiting_release(house := stories.house(database))
    other = stories.submitted(house, stories.drafted(house), at=NOON + stories.DAY)
    with database.reading() as session:
        assert not releases.is_followed(session, releases.get(session, story.release))
    revise(story, title="Newer")
    newer = stories.submitted(house, story.message, at=NOON + 2 * stories.DAY)

    with database.reading() as session:
        assert releases.is_followed(session, releases.get(session, story.release))
        assert [one.id for one in releases.of_message(session, story.message)] == [newer, story.release]
        assert [one.id for one in releases.in_state(session, "sealing")] == [other, newer]
        assert [one.id for one in releases.in_state(session, "sealing", "superseded")] == [story.release, other, newer]


def test_a_returned_release_takes_its_signatures_with_it(database: Database) -> None:
    story = stories.half_signed_release(stories.house(database))

    with database.transaction() as session:
        releases.return_(session, story.release, reason=" Say who\u00a0pays. ", by=story.house.lacors, at=NOON)

    assert story.state() == "returned" and gate_says(story) == "The release is returned."
    with database.reading() as session:
        assert messages.get(session, story.message).state == "draft"
        assert log.read(log.history(session, story.release)[-1]) == releases.ReleaseReturned(reason="Say who\u00a0pays.")
    with pytest.raises(NotAllowedNow, match="returned"):
        story.sign(story.house.lacors)
    again = Story(story.house, story.message, stories.submitted(story.house, story.message))
    stories.seal(story.house, again.release)
    assert missing(again) == ["HSE", "LACoRS"] and story.state() == "returned"


def test_what_was_replaced_is_not_returned(database: Database) -> None:
    story = stories.waiting_release(stories.house(database))
    revise(story, title="Other words")

    with pytest.raises(NotAllowedNow, match="This was replaced"), database.transaction() as session:
        releases.return_(session, story.release, reason="Say who pays.", by=story.house.lacors, at=NOON)

    assert story.state() == "sealed"


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 1001, "hidden\x00sign"])
@pytest.mark.parametrize("verb", [releases.return_, releases.withdraw])
def test_a_release_is_not_ended_without_a_reason_in_plain_words(database: Database, verb: Any, reason: str) -> None:
    story = stories.waiting_release(stories.house(database))

    with pytest.raises(Invalid) as refusal, database.transaction() as session:
        verb(session, story.release, reason=reason, by=story.house.lacors, at=NOON)

    assert [problem.field for problem in refusal.value.problems] == ["reason"] and story.state() == "sealed"


@pytest.mark.parametrize("who", ["observer", "administrator"])
def test_whoever_may_only_look_ends_nothing(database: Database, who: str) -> None:
    story = stories.waiting_release(stories.house(database))
    by = getattr(story.house, who)

    for verb in (releases.return_, releases.withdraw):
        with pytest.raises(NotYours), database.transaction() as session:
            verb(session, story.release, reason="No", by=by, at=NOON)
    with pytest.raises(NotYours), database.transaction() as session:
        releases.submit(session, story.message, by=by, at=NOON)


@pytest.mark.parametrize("who", ["hse", "lacors"])
def test_either_party_withdraws_for_good(database: Database, who: str) -> None:
    story = stories.agreed_release(stories.house(database))

    with database.transaction() as session:
        releases.withdraw(session, story.release, reason="Ministers changed their mind", by=getattr(story.house, who), at=NOON)

    assert story.state() == "withdrawn" and gate_says(story) == "The release is withdrawn."
    with database.reading() as session:
        assert messages.get(session, story.message).state == "withdrawn"
        row = releases.get(session, story.release)
        assert (row.reason, row.ended_at) == ("Ministers changed their mind", NOON)
        assert log.of_kinds(session, story.release, releases.ReleaseWithdrawn.__name__)[-1].at == NOON
    with pytest.raises(NotAllowedNow):
        revise(story, title="Once more")


def test_ending_an_older_release_leaves_the_newer_words_alone(database: Database) -> None:
    house = stories.house(database)
    old = stories.waiting_release(house)
    revise(old, title="Newer")

    with pytest.raises(NotYours), database.transaction() as session:
        releases.withdraw(session, old.release, reason="Replaced", by=house.observer, at=NOON)
    with database.transaction() as session:
        releases.withdraw(session, old.release, reason="Replaced", by=house.lacors, at=NOON)

    with database.reading() as session:
        assert messages.get(session, old.message).state == "draft"

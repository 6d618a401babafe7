"""A correction goes to exactly the readers the original may have reached, and copies no approval."""

from datetime import datetime
from typing import Any

import pytest

from campaigns.agreement import releases, schedules, sealed, signatures
from campaigns.delivery import corrections, decisions, reached
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.drafting import lint, messages
from campaigns.drafting.terms import Terms
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow
from campaigns.planning import milestones
from tests import crossings
from tests.campaigns import posting, stories
from tests.campaigns.stories import DAY, LATEST, NOON

GONE, REFUSED, UNCLEAR = Outcome("accepted", "dot", "250"), Outcome("rejected", "RCPT", "550"), Outcome("unknown", "dot", "?")


def sent(database: Database, outcomes: list[Outcome]) -> stories.Story:
    """A release that has gone out, each letter with its outcome; an officer decided what was unclear."""
    story = stories.sending_release(stories.house(database))
    posting.send(story, RecordingTransport(outcomes=list(outcomes)))
    with database.transaction() as session:
        for place in [place for place, outcome in enumerate(outcomes) if outcome is UNCLEAR]:
            decisions.decide(session, story.release, place, verdict="leave", by=story.house.drafter, at=NOON)
        assert schedules.finish(session, story.release, at=NOON)
    return story


def test_its_readers_are_those_whose_letter_went_or_was_left_unclear(database: Database) -> None:
    story = sent(database, [GONE, REFUSED, UNCLEAR])

    with database.reading() as session:
        found = reached.who(session, story.release)

    assert found == [stories.READERS[0], stories.READERS[2]]


def test_it_is_only_for_the_audiences_that_a_letter_reached(sqlite: Database) -> None:
    story = sent(sqlite, [GONE, REFUSED, REFUSED])

    with sqlite.transaction() as session:
        message = corrections.begin(session, story.release, by=story.house.drafter, at=NOON)

    with sqlite.reading() as session:
        said = messages.current(session, messages.get(session, message)).read()
        assert said.audiences == ["senior-managers"] and list(said.parts) == ["senior-managers"]


@pytest.mark.parametrize("state", ["sending", "stopped"])
def test_it_waits_until_no_more_letters_of_the_original_can_leave(sqlite: Database, state: str) -> None:
    story = stories.sending_release(stories.house(sqlite))
    posting.sent(story)
    with sqlite.transaction() as session:
        if state == "stopped":
            schedules.stop(session, story.release, by=story.house.lacors, at=NOON)

    with pytest.raises(NotAllowedNow, match="Withdraw it, or wait"), sqlite.transaction() as session:
        assert not corrections.may_begin(session, releases.get(session, story.release))
        corrections.begin(session, story.release, by=story.house.drafter, at=NOON)
    with sqlite.transaction() as session:
        releases.withdraw(session, story.release, reason="Wrong.", by=story.house.lacors, at=NOON)
        corrections.begin(session, story.release, by=story.house.drafter, at=NOON)


def test_what_has_reached_nobody_needs_no_correction(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    with pytest.raises(NotAllowedNow, match="nothing to correct"), database.transaction() as session:
        assert not corrections.may_begin(session, releases.get(session, story.release))
        corrections.begin(session, story.release, by=story.house.drafter, at=NOON)


def test_it_is_a_draft_of_its_own_that_nobody_has_signed_and_names_what_it_corrects(database: Database) -> None:
    story = sent(database, [GONE, GONE, GONE])

    with database.transaction() as session:
        message = corrections.begin(session, story.release, by=story.house.drafter, at=NOON)
        words = messages.current(session, messages.get(session, message)).read()
        assert words.core == stories.words().core.replace("Dear ((name)),", f"Dear ((name)),\n\n{corrections.OPENING}")
        said = words.model_copy(update={"core": words.core.replace(lint.TO_BE_SAID, "It is Monday.")})
        messages.revise(session, message, said, by=story.house.drafter, at=NOON)

    release = stories.submitted(story.house, message)
    stories.seal(story.house, release)
    with database.reading() as session:
        said = releases.said(releases.get(session, release))
        original = releases.get(session, story.release)
        assert said and said.purpose == "correction" and said.corrects
        assert (said.corrects.release, said.corrects.reference) == (str(story.release), original.reference)
        assert signatures.given(session, release) == [] and messages.get(session, message).reference != original.reference


def test_one_is_begun_at_a_time_and_another_once_that_is_withdrawn(sqlite: Database) -> None:
    story = sent(sqlite, [GONE, REFUSED, REFUSED])
    with sqlite.transaction() as session:
        releases.withdraw(session, story.release, reason="Wrong.", by=story.house.lacors, at=NOON)
        first = corrections.begin(session, story.release, by=story.house.drafter, at=NOON)

    with sqlite.transaction() as session:
        release = releases.get(session, story.release)
        with pytest.raises(NotAllowedNow, match="begun already"):
            corrections.begin(session, story.release, by=story.house.drafter, at=NOON)
        assert (corrections.may_begin(session, release), corrections.wanted(session)) == (False, [])
        messages.withdraw(session, first, reason="Not so.", by=story.house.drafter, at=NOON)
        session.flush()
        assert (corrections.may_begin(session, release), corrections.wanted(session)) == (True, [release])
        assert corrections.begin(session, story.release, by=story.house.drafter, at=NOON) != first


def test_each_that_was_withdrawn_after_it_had_gone_wants_its_own_the_longest_ago_first(sqlite: Database) -> None:
    house = stories.house(sqlite)
    later, sooner, out = (stories.sending_release(house, stories.words(title=title)) for title in ("Later", "Sooner", "Not withdrawn"))
    for story in (later, sooner, out):
        posting.sent(story)
    with sqlite.transaction() as session:
        assert schedules.finish(session, out.release, at=NOON)
        releases.withdraw(session, sooner.release, reason="Wrong.", by=house.lacors, at=NOON)
        releases.withdraw(session, later.release, reason="Wrong.", by=house.lacors, at=NOON + DAY)

    with sqlite.transaction() as session:
        assert [one.id for one in corrections.wanted(session)] == [sooner.release, later.release]
        corrections.begin(session, sooner.release, by=house.drafter, at=NOON + DAY)
        assert [one.id for one in corrections.wanted(session)] == [later.release]


def test_of_two_who_begin_one_at_once_the_second_is_refused(on_postgres: Database) -> None:
    story = sent(on_postgres, [GONE, REFUSED, REFUSED])

    def begin() -> None:
        with on_postgres.transaction() as session:
            corrections.begin(session, story.release, by=story.house.lacors, at=NOON)

    with crossings.other(on_postgres, begin) as other, on_postgres.transaction() as session:
        corrections.begin(session, story.release, by=story.house.drafter, at=NOON)
        session.flush()
        second = other()
    with pytest.raises(NotAllowedNow, match="begun already"):
        second.result()


@pytest.mark.parametrize(("at", "latest"), [(NOON, LATEST), (LATEST, LATEST + 14 * DAY)])
def test_there_is_time_to_send_it_and_the_longest_title_stays_one(sqlite: Database, at: datetime, latest: datetime) -> None:
    story = stories.sending_release(stories.house(sqlite), stories.words(title="T" * 150, subject="S" * 150, not_before=NOON))
    posting.sent(story)
    with sqlite.transaction() as session:
        schedules.finish(session, story.release, at=NOON)
        message = messages.get(session, corrections.begin(session, story.release, by=story.house.drafter, at=at))
        said = messages.current(session, message).read()

    assert (said.not_before, said.latest_send) == (None, latest)
    assert said.title == f"Correction: {'T' * 138}" and said.subject == f"Correction: {'S' * 138}"


def test_it_waits_for_nothing_that_its_original_waited_for(sqlite: Database) -> None:
    house = stories.house(sqlite)
    by: dict[str, Any] = {"by": house.drafter, "at": NOON}
    with sqlite.transaction() as session:
        milestone = milestones.add(session, house.campaign, name="The rules are laid", **by)
        milestones.reach(session, milestone, evidence="Hansard", **by)
    story = stories.sending_release(house, stories.words(terms=Terms(waits_for="The rules are laid", stage="basics")))
    posting.sent(story)

    with sqlite.transaction() as session:
        milestones.take_back(session, milestone, reason="Not laid yet", **by)
        releases.withdraw(session, story.release, reason="They are not laid.", by=house.lacors, at=NOON)
        message = messages.get(session, corrections.begin(session, story.release, **by))

        assert messages.current(session, message).read().terms == Terms(stage="basics")


def test_none_is_wanted_of_what_reached_nobody_who_is_known_yet(sqlite: Database) -> None:
    story = sent(sqlite, [GONE, REFUSED, GONE])
    with sqlite.transaction() as session:
        releases.withdraw(session, story.release, reason="Wrong.", by=story.house.lacors, at=NOON)

    for erased, wanted in ((stories.READERS[0], [story.release]), (stories.READERS[2], [])):
        with sqlite.transaction() as session:
            sealed.erase(session, [erased.person_id])
            assert [one.id for one in corrections.wanted(session)] == wanted

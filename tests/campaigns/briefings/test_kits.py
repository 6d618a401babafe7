"""What is in a kit, who holds it, and when its note is superseded."""

from uuid import UUID, uuid4

import pytest

from campaigns.agreement import releases
from campaigns.briefings import arranging, kit_holders, kits, supersessions, tours
from campaigns.briefings.supersessions import Superseded
from campaigns.delivery.acknowledgements import ReadingConfirmed
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from tests.campaigns import stories
from tests.campaigns.briefings import kit_stories
from tests.campaigns.briefings.kit_stories import ADDRESS, GROUPS, POST
from tests.campaigns.stories import DAY, HOUR, NOON, Story

pytestmark = pytest.mark.long


def superseded(story: Story) -> Superseded | None:
    with story.database.reading() as session:
        return supersessions.of(session, releases.get(session, story.release))


def may_be_chosen(*versions: Story) -> list[UUID]:
    with versions[0].database.reading() as session:
        found = [releases.get(session, one.release) for one in versions]
        return [release.id for release in supersessions.readable(session, found)]


def kinds(story: Story, briefing: UUID) -> list[str]:
    with story.database.reading() as session:
        return [entry.kind for entry in log.history(session, briefing)]


def held_by(story: Story, briefing: UUID) -> list[tuple[str, str, int]]:
    with story.database.reading() as session:
        return [(holder.post, holder.address, release.revision) for holder, release in kit_holders.of_briefing(session, briefing)]


def test_words_are_superseded_once_newer_ones_are_agreed_and_not_before(database: Database) -> None:
    old = stories.agreed_release(stories.house(database))
    assert superseded(old) is None

    half = kit_stories.newer(old, signed=False)
    assert superseded(old) is None
    half.sign(old.house.hse, at=NOON)
    half.sign(old.house.lacors, at=NOON + DAY)

    found = superseded(old)
    assert found == Superseded(NOON + DAY, half.release, 2)
    assert found.sentence == "Superseded by revision 2, agreed on Wednesday 13 May 2026, 12:00; do not read from this."
    assert superseded(half) is None


def test_words_taken_back_are_superseded_by_nothing(database: Database) -> None:
    old = stories.agreed_release(stories.house(database))
    new = kit_stories.newer(old)

    kit_stories.withdraw(new)

    assert superseded(new) == superseded(old) == Superseded(NOON + DAY)
    assert "Taken back on Wednesday 13 May 2026, 12:00; do not read" in Superseded(NOON + DAY).sentence


def test_words_that_were_taken_back_were_so_on_their_own_day_whatever_became_of_newer_ones_and_of_readers(database: Database) -> None:
    old = stories.agreed_release(stories.house(database))
    with database.transaction() as session:
        releases.return_(session, old.release, reason="No", by=old.house.hse, at=NOON + HOUR)
    new = kit_stories.newer(old)
    with database.transaction() as session:
        releases.withdraw(session, new.release, reason="No", by=old.house.hse, at=NOON + 3 * DAY)
        log.record(session, ReadingConfirmed(position=0), subject=new.release, by="A reader", at=NOON + 4 * DAY)

    assert (superseded(old), superseded(new)) == (Superseded(NOON + HOUR), Superseded(NOON + 3 * DAY))


def test_words_stay_superseded_while_the_newer_ones_are_stopped(database: Database) -> None:
    old = stories.agreed_release(stories.house(database))
    new = kit_stories.newer(old)
    with database.transaction() as session:
        releases.get(session, new.release).state = "stopped"

    assert superseded(old) == Superseded(NOON + DAY, new.release, 2, is_stopped=True)
    with database.reading() as session:
        assert supersessions.readable(session, [releases.get(session, one.release) for one in (old, new)]) == []


def test_words_stay_superseded_by_the_agreed_ones_while_a_third_version_waits_for_its_signatures(database: Database) -> None:
    old = stories.agreed_release(stories.house(database))
    second = kit_stories.newer(old)
    third = kit_stories.newer(old, stories.words(core="Dear ((name)),\n\nThird words. ((your part))"), signed=False)

    assert superseded(old) == Superseded(NOON + DAY, second.release, 2, is_changed=True) and superseded(second) is None

    third.sign(old.house.hse, at=NOON)
    third.sign(old.house.lacors, at=NOON + 2 * DAY)
    assert superseded(old) == superseded(second) == Superseded(NOON + 2 * DAY, third.release, 3)


def test_words_whose_latest_time_passed_may_be_chosen_until_newer_ones_are_agreed(database: Database) -> None:
    old = stories.agreed_release(stories.house(database))
    with database.transaction() as session:
        releases.get(session, old.release).state = "missed"
    new = kit_stories.newer(old, signed=False)
    assert may_be_chosen(old, new) == [old.release]

    new.sign(old.house.hse, at=NOON)
    new.sign(old.house.lacors, at=NOON)
    assert may_be_chosen(old, new) == may_be_chosen(new) == [new.release] and may_be_chosen(old) == []


def test_a_note_is_pinned_anew_in_one_step_and_never_in_silence(database: Database) -> None:
    old = stories.agreed_release(stories.house(database))
    briefing, by = kit_stories.dated(old), old.house.drafter
    new = kit_stories.newer(old)
    assert kinds(old, briefing).count("NotePinned") == 1

    with database.transaction() as session:
        assert tours.get(session, briefing).note_release_id == old.release
        for _ in range(2):
            arranging.use_note(session, briefing, new.release, by=by, at=NOON + DAY)

    with database.reading() as session:
        found = tours.get(session, briefing)
        assert (found.note_release_id, found.state, found.place) == (new.release, "dated", "Town hall")
        pinned = [entry for entry in log.history(session, briefing) if entry.kind == "NotePinned"]
    assert [entry.payload["revision"] for entry in pinned] == [1, 2]


def test_a_note_that_is_not_agreed_or_a_briefing_that_is_over_is_not_pinned(database: Database) -> None:
    old = stories.agreed_release(stories.house(database))
    briefing, by = kit_stories.dated(old), old.house.drafter
    new = kit_stories.newer(old, signed=False)

    with database.transaction() as session:
        with pytest.raises(Invalid, match="both HSE and LACoRS have signed"):
            arranging.use_note(session, briefing, new.release, by=by, at=NOON)
        with pytest.raises(NotFound):
            arranging.use_note(session, briefing, uuid4(), by=by, at=NOON)
    for officer in (old.house.hse, old.house.lacors):
        new.sign(officer)
    with database.transaction() as session:
        tours.hold(session, briefing, by=by, at=NOON + DAY)
        with pytest.raises(NotAllowedNow):
            arranging.use_note(session, briefing, new.release, by=by, at=NOON + DAY)


def test_whoever_takes_the_kit_holds_it_once_in_each_version(database: Database) -> None:
    old = stories.agreed_release(stories.house(database))
    briefing, by = kit_stories.dated(old), old.house.drafter
    new = kit_stories.newer(old)

    for release in (old.release, old.release, new.release):
        with database.transaction() as session:
            arranging.use_note(session, briefing, release, by=by, at=NOON) if release == new.release else None
            kit_holders.take(session, briefing, by=by, at=NOON)
    kit_stories.give(old.house, briefing, address=f" {ADDRESS.upper()} ")

    assert sorted(held_by(old, briefing)) == [("HSE drafter", "", 1), ("HSE drafter", "", 2), (POST, ADDRESS, 2)]
    assert kinds(old, briefing).count("KitGiven") == 3


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b", "a@b.test, c@d.test", "a b@c.test", "a@b.test\r\nBcc: x@y.test", "<a@b.test>", "ä@b.test"]
)
def test_a_holder_who_cannot_be_written_to_is_not_written_down(sqlite: Database, address: str) -> None:
    story = stories.agreed_release(stories.house(sqlite))
    briefing = kit_stories.dated(story)

    with pytest.raises(Invalid) as refusal:
        kit_stories.give(story.house, briefing, post="Two\nlines", address=address)

    assert [problem.field for problem in refusal.value.problems] == ["post", "address"]
    assert held_by(story, briefing) == []


def test_a_holder_is_taken_off_the_list(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))
    briefing = kit_stories.dated(story)
    kit_stories.give(story.house, briefing)

    with database.transaction() as session:
        ((holder, _),) = kit_holders.of_briefing(session, briefing)
        assert kit_holders.take_back(session, holder.id, by=story.house.drafter, at=NOON) == briefing
        with pytest.raises(NotFound):
            kit_holders.take_back(session, uuid4(), by=story.house.drafter, at=NOON)

    assert held_by(story, briefing) == [] and "KitTakenBack" in kinds(story, briefing)


def test_only_agreed_words_of_the_same_campaign_travel_as_answers(database: Database) -> None:
    house = stories.house(database)
    note, answer, waiting = stories.agreed_release(house), stories.agreed_release(house), stories.waiting_release(house)
    briefing, by = kit_stories.dated(note), house.drafter

    with database.transaction() as session:
        for wrong in (waiting.release, note.release, uuid4()):
            with pytest.raises(Invalid):
                kits.choose(session, briefing, [wrong], by=by, at=NOON)
        assert kits.choose(session, briefing, [answer.release], by=by, at=NOON)
        assert not kits.choose(session, briefing, [answer.release], by=by, at=NOON)
    kit_stories.newer(answer)

    with database.transaction() as session:
        assert [one.id for one in kits.answers(session, briefing)] == [answer.release]
        assert not kits.choose(session, briefing, [answer.release], by=by, at=NOON)  # it may stay, and says that it is superseded
        assert kits.choose(session, briefing, [], by=by, at=NOON)
        assert kits.answers(session, briefing) == []
    assert kinds(note, briefing).count("KitChosen") == 2


def test_a_briefing_without_a_note_has_no_kit(sqlite: Database) -> None:
    house = stories.house(sqlite)
    with sqlite.transaction() as session:
        tour = tours.open_tour(session, house.campaign, name="Spring", groups=GROUPS, by=house.drafter, at=NOON)
        briefing = tours.briefings(session, tour)[0].id
        with pytest.raises(NotFound, match="no speaking note yet"):
            kit_holders.take(session, briefing, by=house.drafter, at=NOON)


def test_an_observer_takes_and_gives_nothing(sqlite: Database) -> None:
    story = stories.agreed_release(stories.house(sqlite))
    briefing, by = kit_stories.dated(story), story.house.observer
    kit_stories.give(story.house, briefing)

    with sqlite.transaction() as session:
        ((holder, _),) = kit_holders.of_briefing(session, briefing)
        for step in (
            lambda: kit_holders.take(session, briefing, by=by, at=NOON),
            lambda: kit_holders.give(session, briefing, post=POST, address=ADDRESS, by=by, at=NOON),
            lambda: kit_holders.take_back(session, holder.id, by=by, at=NOON),
            lambda: kits.choose(session, briefing, [], by=by, at=NOON),
            lambda: arranging.use_note(session, briefing, story.release, by=by, at=NOON),
        ):
            with pytest.raises(NotYours):
                step()

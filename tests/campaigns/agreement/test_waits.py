"""Who has yet to sign: only what can still be signed, the oldest first, and how long each party took lately."""

from datetime import datetime, timedelta

from campaigns.agreement import releases, reminders, roster_changes, waits
from campaigns.agreement.waits import Awaited
from campaigns.drafting import messages
from tests.campaigns import stories
from tests.campaigns.stories import DAY, HOUR, MINUTE, NOON, House


def awaited(house: House, at: datetime = NOON + DAY) -> dict[str, Awaited]:
    with house.database.reading() as session:
        return {one.party.code: one for one in waits.of_each_party(session, at=at)}


def test_each_party_s_missing_signatures_are_listed_with_since_when_and_until_when(house: House) -> None:
    both, one = stories.waiting_release(house), stories.half_signed_release(house, stories.words(title="Another"))
    with house.database.transaction() as session:
        reminders.remind(session, one.release, at=NOON + 2 * DAY)

    found = awaited(house, NOON + 3 * DAY)

    assert [wait.release.id for wait in found["hse"].waits] == [both.release]
    assert {wait.release.id: (wait.since, wait.due, wait.reminders, wait.able) for wait in found["lacors"].waits} == {
        both.release: (NOON, NOON + 14 * DAY, 0, 2),
        one.release: (NOON, NOON + 14 * DAY, 1, 2),
    }


def test_what_was_sealed_first_stands_first_and_its_life_begins_when_it_was_sealed(house: House) -> None:
    late, early = (
        stories.submitted(house, stories.drafted(house, stories.words(title=title)), at=NOON + number * MINUTE)
        for number, title in enumerate(("Late", "Early"))
    )
    for hours, release in ((1, early), (2, late)):
        stories.seal(house, release, at=NOON + hours * HOUR)

    found = awaited(house)["hse"].waits

    assert [(wait.release.id, wait.since, wait.due) for wait in found] == [
        (early, NOON + HOUR, NOON + HOUR + 14 * DAY),
        (late, NOON + 2 * HOUR, NOON + 2 * HOUR + 14 * DAY),
    ]
    with house.database.reading() as session:
        assert reminders.due(session, at=NOON + 3 * DAY) == [early, late]


def test_what_can_no_longer_be_signed_waits_for_nobody(house: House) -> None:
    stories.agreed_release(house)
    returned, replaced = stories.waiting_release(house), stories.waiting_release(house)
    assert [len(one.waits) for one in awaited(house).values()] == [2, 2]
    with house.database.transaction() as session:
        releases.return_(session, returned.release, reason="Other words.", by=house.lacors, at=NOON)
        messages.revise(session, replaced.message, stories.words(subject="Other"), by=house.drafter, at=NOON)

    assert [one.waits for one in awaited(house).values()] == [[], []]


def test_a_release_that_nobody_of_a_party_may_sign_says_so(house: House) -> None:
    stories.waiting_release(house)
    with house.database.transaction() as session:
        for officer in (house.hse, house.hse_other):
            roster_changes.suspend(session, officer.id, reason="Key stolen.", by=house.drafter, at=NOON)

    found = awaited(house)

    assert (found["hse"].waits[0].able, found["lacors"].waits[0].able) == (0, 2)


def test_the_median_counts_each_party_s_signatures_of_the_last_ninety_days(house: House) -> None:
    assert (awaited(house)["hse"].signed, awaited(house)["hse"].usual) == (0, None)
    for number, took in enumerate((HOUR, 2 * DAY, 5 * DAY)):
        story = stories.waiting_release(house, stories.words(title=f"Number {number}"))
        story.sign(house.hse, at=NOON + took)
        if not number:
            story.sign(house.lacors, at=NOON + 3 * DAY)

    found, later, gone = (awaited(house, NOON + span) for span in (10 * DAY, 90 * DAY + HOUR, timedelta(days=200)))

    assert {code: (one.signed, one.usual) for code, one in found.items()} == {"hse": (3, 2 * DAY), "lacors": (1, 3 * DAY)}
    assert (later["hse"].signed, later["hse"].usual) == (2, 3.5 * DAY)
    assert (gone["hse"].signed, gone["lacors"].usual) == (0, None)

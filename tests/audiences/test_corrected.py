"""What the pages say of a correction is counted without reading its readers, and is what the sealer would read."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from audiences import corrected, definitions, invitees, sealing
from audiences.people import Person
from campaigns.agreement import releases, schedules, sealed
from campaigns.agreement.addressees import Addressee
from campaigns.agreement.releases import Release
from campaigns.briefings import cancellations
from campaigns.delivery import corrections, plans, reached, removals
from campaigns.delivery.acknowledgements import Acknowledgement
from campaigns.delivery.deliveries import Delivery
from campaigns.drafting import messages
from campaigns.drafting.terms import Terms
from campaigns.drafting.words import Words
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, Refused
from tests.audiences import invited
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON, Story

NATIONS = ("England", "Scotland", "")
READERS = [
    stories.reader(
        number,
        "practitioners" if number % 3 else "senior-managers",
        nation=NATIONS[number % 3],
        region="" if number % 4 else "North West",
        authority_code=f"E0700000{number // 3}" if number % 5 else None,
    )
    for number in range(24)
]
HOLDING = {"core": "Dear ((name)), ((date))\n\n((your part))", "holding_line": True, "closed": {"date": ["12 May", "14 May"]}}
CORRECTION = stories.words(core="Dear ((name)) of ((organisation)), ((region))\n\n((your part))")


def gone(database: Database, states: dict[int, str], said: Words | None = None, *, queued: int = 100) -> Story:
    """A release that was withdrawn once so many of its letters were queued: they are accepted, or in these states by place."""
    house = stories.house(database)
    beside = stories.sending_release(house, stories.words(title="Beside it"), READERS[1:14])  # nobody at the place they have in the other
    story = stories.agreed_release(house, said, READERS)
    story.schedule(case={"date": "14 May"} if said else None)
    with database.transaction() as session:
        schedules.begin_due(session, at=NOON)
        plans.plan_next(session, story.release, size=queued, at=NOON)
        definitions.found(session, by=house.drafter, at=NOON)
        session.exec(sa.update(Delivery).values(state="accepted"))
        for number, state in states.items():
            session.exec(sa.update(Delivery).where(col(Delivery.position) == (number * 2 + 1 if said else number)).values(state=state))
        theirs = col(Delivery.release_id) == beside.release, col(Delivery.position) == 2
        session.exec(sa.update(Delivery).where(*theirs).values(state="rejected"))
        posting.recount(session, beside.release)
        posting.recount(session, story.release)
        releases.withdraw(session, story.release, reason="Wrong.", by=house.hse, at=NOON)
    return story


def stop(database: Database, story: Story) -> None:
    """Of its readers two are erased, one wants nothing about this campaign, one wants nothing at all, one is a guess, one's address is veiled, and one has
    read their letter, which may have come back."""
    with database.transaction() as session:
        session.add_all(Acknowledgement(release_id=story.release, position=place, kind="read", answer="yes", at=NOON) for place in (5, 11))
        sealed.erase(session, [READERS[1].person_id, READERS[20].person_id])
        removals.add(session, READERS[4].address.upper(), reason="they asked", by="x", at=NOON, campaign_id=story.house.campaign)
        removals.add(session, READERS[7].address, reason="they complained", by="x", at=NOON)
        removals.add(session, "nobody@council.test", reason="they asked", by="x", at=NOON)
        removals.add(session, READERS[10].address, reason="they asked", by="x", at=NOON)
        removals.veil(session, READERS[10].address)
        for number, confirmed in ((13, False), (2, True)):
            one = READERS[number]
            person = {"name": one.name, "role": one.role, "place": "E07000004", "address": one.address, "source": "a file"}
            session.add(Person(id=one.person_id, **person, since=NOON, confirmed=confirmed))


@pytest.mark.long
@pytest.mark.parametrize("said", [None, stories.words(**HOLDING)], ids=["a letter", "a holding line"])
@pytest.mark.parametrize(
    ("states", "queued"),
    [
        ({}, 100),
        ({3: "rejected", 5: "returned", 6: "left"}, 100),
        ({3: "rejected"}, 20),
        (dict.fromkeys(range(3, 20), "missed"), 100),
        ({}, 7),
    ],
    ids=["all gone", "a few not", "the last never queued", "most not", "most never queued"],
)
def test_the_figures_and_the_readers_are_those_the_sealer_would_read(
    database: Database, states: dict[int, str], queued: int, said: Words | None
) -> None:
    story = gone(database, states, said, queued=queued)
    stop(database, story)

    with database.reading() as session:
        whole = corrected.listed(sealing.of_a_correction(session, story.release, CORRECTION), CORRECTION)
        found = corrected.read(session, story.release, CORRECTION)
        readers, number = found.sifted.addressees, len(whole.sifted.addressees)

        assert (found.nations, found.roles, found.places, found.blanks) == (whole.nations, whole.roles, whole.places, whole.blanks)
        assert (found.sifted.left_out, found.sifted.twice) == (whole.sifted.left_out, [])
        assert len(readers) == number and list(readers[:number]) == whole.sifted.addressees
        assert readers[2:4] == whole.sifted.addressees[2:4] and readers[2] == whole.sifted.addressees[2]
        for key in CORRECTION.audiences:
            assert [*found.of(key)] == [reader for reader in whole.sifted.addressees if reader.variant == key]


def test_to_begin_one_and_to_count_its_readers_reads_none_of_them(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    story, read, who = gone(sqlite, {}), list[int](), reached.who

    def counting(*asked: Any, **how: Any) -> list[Addressee]:
        found = who(*asked, **how)
        read.append(len(found))
        return found

    monkeypatch.setattr(reached, "who", counting)
    with sqlite.transaction() as session:
        corrections.begin(session, story.release, by=story.house.drafter, at=NOON)
        found = corrected.read(session, story.release, stories.words())

        assert found.roles == {"senior_manager": 8, "practitioner": 16} and len(found.sifted.addressees) == 24
        theirs = {key: len(found.of(key)) for key in ("senior-managers", "practitioners", "unions")}
        assert theirs == {"senior-managers": 8, "practitioners": 16, "unions": 0}
        assert sum(read) == 0 and len(found.sifted.addressees[10:12]) == sum(read) == 2
        assert found.of("practitioners")[0] == READERS[1] and found.sifted.addressees[23] == READERS[23] and sum(read) == 4


def test_a_blank_in_the_words_to_one_audience_is_empty_for_its_readers_alone(sqlite: Database) -> None:
    story = gone(sqlite, {})
    words = stories.words(parts={"practitioners": "In ((region)).", "senior-managers": "For managers."})

    with sqlite.reading() as session:
        found = corrected.read(session, story.release, words)
        whole = corrected.listed(sealing.of_a_correction(session, story.release, words), words)

    assert found.blanks == whole.blanks and len(found.blanks) == 1 and "practitioners" in found.blanks[0]


def test_a_correction_for_other_audiences_is_refused_and_so_is_one_while_more_letters_may_leave(sqlite: Database) -> None:
    story = gone(sqlite, {})
    with sqlite.reading() as session, pytest.raises(Refused, match="no more and no fewer: Practitioners, Senior managers"):
        corrected.read(session, story.release, stories.words(audiences=["practitioners"], parts={"practitioners": "Less paper."}))

    with sqlite.transaction() as session:
        session.exec(sa.update(Release).values(state="stopped"))
    with sqlite.reading() as session, pytest.raises(NotAllowedNow, match="More letters of this release may leave"):
        corrected.read(session, story.release, stories.words())


def test_an_audience_none_of_whose_letters_may_have_left_was_not_reached(sqlite: Database) -> None:
    story = gone(sqlite, dict.fromkeys(range(0, len(READERS), 3), "rejected"))

    with sqlite.reading() as session:
        assert reached.audiences(session, story.release) == {"practitioners"}


def test_whoever_has_read_a_letter_that_came_back_is_among_those_it_reached(sqlite: Database) -> None:
    story = gone(sqlite, dict.fromkeys(range(len(READERS)), "returned"))
    with sqlite.transaction() as session:
        assert reached.audiences(session, story.release) == set() and reached.who(session, story.release) == []
        session.add(Acknowledgement(release_id=story.release, position=5, kind="read", answer="yes", at=NOON))

    with sqlite.reading() as session:
        assert reached.audiences(session, story.release) == {READERS[5].variant}
        assert [one.person_id for one in reached.who(session, story.release)] == [READERS[5].person_id]


def test_a_correction_goes_once_to_whoever_was_invited_reminded_and_told_that_it_is_off(sqlite: Database) -> None:
    tour, story = invited.gone(sqlite)
    by, briefing = {"by": tour.house.drafter, "at": NOON}, tour.briefing().id
    with sqlite.transaction() as session:
        invitees.remind(session, briefing, [], **by)
        cancellations.call_off(session, briefing, reason="Flooded", **by)
        invitees.cancel(session, briefing, at=NOON)
    tour.send(story.release)

    with sqlite.transaction() as session:
        releases.withdraw(session, story.release, reason="Wrong.", by=tour.house.hse, at=NOON)
        message = corrections.begin(session, story.release, **by)
        words = messages.current(session, messages.get(session, message)).read()
        found = corrected.read(session, story.release, words)

    assert sorted(reader.address for reader in found.sifted.addressees) == sorted(address.lower() for *_, address in invited.PEOPLE)
    assert found.sifted.left_out == found.sifted.twice == [], "nobody who gets it is said to be left out"


def test_a_correction_of_a_follow_up_goes_to_whoever_was_sent_one_of_its_letters(sqlite: Database) -> None:
    lines = ["You came.", "You did not.", "You were sorry."]
    words = stories.words(
        core="Dear ((name)),\n\n((attendance))\n\n((your part))", terms=Terms(follows_up=str(UUID(int=9))), closed={"attendance": lines}
    )
    story = stories.agreed_release(stories.house(sqlite), words)
    story.schedule()
    stories.begin(story)
    came, sorry = (reader.person_id for reader in (stories.READERS[0], stories.READERS[2]))
    with sqlite.transaction() as session:
        definitions.found(session, by=story.house.drafter, at=NOON)
        plans.plan_these(session, story.release, f"attendance: {lines[0]}", [came], at=NOON)
        plans.plan_these(session, story.release, f"attendance: {lines[2]}", [sorry], at=NOON)
    posting.sent(story)

    with sqlite.transaction() as session:
        releases.withdraw(session, story.release, reason="Wrong.", by=story.house.hse, at=NOON)
        found = corrected.read(session, story.release, CORRECTION)

    assert {reader.person_id for reader in found.sifted.addressees} == {came, sorry}
    assert found.places == {("E07000000", "senior_manager"), ("E07000002", "practitioner")}
    assert [[reader.person_id for reader in found.of(key)] for key in ("practitioners", "senior-managers")] == [[sorry], [came]]
    assert found.nations == {("senior-managers", "England"): 1, ("practitioners", "England"): 1}

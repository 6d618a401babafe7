"""A suspension: both parties' signatories hear of it, once, and whatever the suspended person signed goes no further."""

from collections.abc import Callable

import pytest

from campaigns.agreement import releases, roster_changes
from campaigns.agreement.releases import ReleaseReturned
from campaigns.agreement.roster_changes import ROSTER, RosterGivenUp, SignatorySuspended
from campaigns.briefings import arranging, kits, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.tours import Group
from campaigns.foundation import log
from tests.campaigns import stories
from tests.campaigns.posting import reachable
from tests.campaigns.stories import HOUR, NOON, House, Story
from tests.workers.facts import WRITERS, every, fact
from tests.workers.letters import reads_as_agreed
from workers import sending, telling
from workers.tools import Tools


def test_signatories_of_both_parties_are_told_who_was_suspended_and_what_it_means_for_the_roster_that_waited(
    house: House, tools: Tools
) -> None:
    reachable(house)
    with house.database.transaction() as session:
        roster_changes.suspend(session, house.lacors.id, reason="Key stolen.", by=house.drafter, at=NOON)

    for _ in range(2):
        telling.tell_signatories_one_is_suspended(fact(house.database, SignatorySuspended), tools)

    found = every(house.database)
    assert [notice.to for notice in found] == [f"{name}@posts.test" for name in WRITERS if name != "hse-drafter"]
    assert reads_as_agreed("signatory_suspended", found[0])


def test_words_that_a_briefing_is_read_from_stay_though_somebody_who_signed_them_is_suspended(house: House, tools: Tools) -> None:
    note, answer = (stories.agreed_release(house, stories.words(title=title)) for title in ("Note", "Answer"))
    by = {"by": house.drafter, "at": NOON}
    with house.database.transaction() as session:
        tour = tours.open_tour(session, house.campaign, name="Spring", groups=[Group("group-wales", "Wales", "Wales")], **by)
        (briefing,) = (one.id for one in tours.briefings(session, tour))
        arranging.arrange(session, briefing, Arrangement(NOON, "Hall", "Head", "Officer", note=note.release), **by)
        kits.choose(session, briefing, [answer.release], **by)
        roster_changes.suspend(session, house.hse.id, reason="Lost.", **by)

    sending.hold_what_was_signed(fact(house.database, SignatorySuspended), tools)

    assert note.state() == answer.state() == "sealed"


def test_a_suspension_heard_of_late_holds_nothing_that_was_signed_since(house: House, tools: Tools) -> None:
    story = stories.agreed_release(house)
    story.schedule(when=NOON + HOUR)
    before = SignatorySuspended(officer=house.lacors.id, reason="Key stolen.")
    with house.database.transaction() as session:
        entry = log.record(session, before, subject=ROSTER, by=house.drafter.name, at=NOON - HOUR)

    sending.hold_what_was_signed(entry, tools)

    assert story.state() == "scheduled"


@pytest.mark.parametrize("made", [stories.half_signed_release, stories.agreed_release])
def test_what_they_signed_and_still_waits_goes_back_to_be_signed_anew_and_nothing_else(
    house: House, tools: Tools, made: Callable[[House], Story]
) -> None:
    story, other = made(reachable(house)), stories.waiting_release(house, stories.words(title="Another"))
    with house.database.transaction() as session:
        roster_changes.suspend(session, house.hse.id, reason="Stolen. " * 60, by=house.drafter, at=NOON)

    sending.hold_what_was_signed(fact(house.database, SignatorySuspended), tools)
    telling.tell_both_parties(fact(house.database, ReleaseReturned), tools)

    assert (story.state(), other.state()) == ("returned", "sealed")
    told = " ".join(str(every(house.database)[0].text).split())
    assert "It was returned: “Somebody who signed it was suspended, so both parties must sign it anew: Stolen." in told
    again = stories.submitted(house, story.message)
    stories.seal(house, again)
    with house.database.reading() as session:
        assert [party.code for party in releases.missing(session, releases.get(session, again))] == ["hse", "lacors"]


def test_a_roster_that_is_given_up_takes_with_it_what_was_signed_under_it(house: House, tools: Tools) -> None:
    going, agreed = stories.sending_release(house), stories.agreed_release(house, stories.words(title="Another"))
    waits = stories.waiting_release(house, stories.words(title="A third"))
    with house.database.transaction() as session:
        roster_changes.found_anew(session, by="operator", at=NOON)

    sending.hold_what_was_signed(fact(house.database, RosterGivenUp), tools)

    assert (going.state(), agreed.state(), waits.state()) == ("stopped", "returned", "sealed")
    with house.database.reading() as session:
        given = "The roster it was signed under was given up"
        reasons = [releases.get(session, one.release).reason for one in (going, agreed)]
        assert reasons == [given, f"{given}, so both parties must sign it anew"]

"""Both parties are told what happened to a release, once; signers hear that theirs is void; a suspension holds what was signed."""

from dataclasses import replace

from campaigns.agreement import releases, roster_changes, schedules, seals
from campaigns.agreement.releases import ReleaseAgreed, ReleaseWithdrawn
from campaigns.agreement.roster_changes import RosterGivenUp, SignatorySuspended
from campaigns.agreement.schedules import ReleaseScheduled, SendingResumed, SendingStopped
from campaigns.agreement.seals import SealingFailed
from campaigns.drafting import messages
from campaigns.drafting.messages import MessageRevised
from campaigns.drafting.risks import Risk
from campaigns.foundation import log, officers
from campaigns.foundation.clock import say
from tests.campaigns import stories
from tests.campaigns.agreement.test_holding_lines import holding_line
from tests.campaigns.posting import reachable
from tests.campaigns.stories import DAY, HOUR, NOON, House, Story
from tests.workers.facts import WRITERS, every, fact, written
from tests.workers.letters import reads_as_agreed
from workers import sending, telling
from workers.tools import Tools


def test_a_release_the_gate_stopped_is_told_to_both_parties_once_with_the_reason(house: House, tools: Tools) -> None:
    story = stories.agreed_release(reachable(house))
    story.schedule(when=NOON + HOUR)
    with house.database.transaction() as session:
        schedules.hold(session, story.release, reason="HSE has not signed.", at=NOON)

    for _ in range(2):
        telling.tell_both_parties(fact(house.database, SendingStopped), tools)

    found = written(house.database)
    assert sorted(found) == [f"{name}@posts.test" for name in WRITERS]
    notice = found["lacors-chair@posts.test"]
    assert reads_as_agreed("what_happened", notice, the_release=story.release)


def test_of_a_release_that_is_stopped_as_its_words_were_changed_nobody_is_told_to_let_it_go_on(house: House, tools: Tools) -> None:
    story = stories.agreed_release(reachable(house))
    story.schedule(when=NOON + HOUR)
    with house.database.transaction() as session:
        messages.revise(session, story.message, stories.words(title="Newer"), by=house.drafter, at=NOON)
        schedules.begin_due(session, at=NOON + HOUR)

    telling.tell_both_parties(fact(house.database, SendingStopped), tools)

    assert (said := every(house.database)) and all("the new words must be signed first" in (one.text or "") for one in said)
    assert not any("resumed" in (one.text or "") for one in said)


def test_a_withdrawal_is_told_with_its_reason(house: House, tools: Tools) -> None:
    story = stories.waiting_release(reachable(house))
    with house.database.transaction() as session:
        releases.withdraw(session, story.release, reason="No longer true.", by=house.lacors, at=NOON)

    telling.tell_both_parties(fact(house.database, ReleaseWithdrawn), tools)

    assert "“No longer true.”" in (written(house.database)["hse-director@posts.test"].text or "")


def test_the_observers_a_high_risk_names_are_told_when_it_is_agreed(house: House, tools: Tools) -> None:
    risk = Risk(kind="high", hold_hours=4, observers=["A visitor"])
    stories.agreed_release(reachable(house), stories.words(risk=risk))

    telling.tell_both_parties(fact(house.database, ReleaseAgreed), tools)

    assert "a-visitor@posts.test" in written(house.database)


def test_a_holding_line_that_is_let_go_is_told_to_both_parties_with_the_case_that_goes(house: House, tools: Tools) -> None:
    story = holding_line(reachable(house))
    with house.database.transaction() as session:
        case = {"date": "14 May", "place": "Leeds"}
        schedules.schedule(session, story.release, when=NOON + HOUR, case=case, by=house.drafter, at=NOON)

    telling.tell_both_parties(fact(house.database, ReleaseScheduled), tools)

    found = written(house.database)
    assert sorted(found) == [f"{name}@posts.test" for name in WRITERS]
    assert reads_as_agreed("let_go", found["lacors-chair@posts.test"], the_release=story.release)


def test_what_is_let_go_on_is_told_to_both_parties(house: House, tools: Tools) -> None:
    story = stories.agreed_release(reachable(house))
    story.schedule(when=NOON + HOUR)
    with house.database.transaction() as session:
        schedules.stop(session, story.release, by=house.hse, at=NOON)
        schedules.resume(session, story.release, by=house.hse, at=NOON + HOUR)

    telling.tell_both_parties(fact(house.database, SendingResumed), tools)

    text = " ".join((written(house.database)["lacors-chair@posts.test"].text or "").split())
    assert f"HSE director resumed it. It goes out on {say(NOON + HOUR)}." in text
    assert "Letters leave again" not in text


def test_what_could_not_be_sealed_is_told_to_the_party_that_submitted_it(house: House, tools: Tools) -> None:
    release = stories.submitted(reachable(house), stories.drafted(house))
    with house.database.transaction() as session:
        order = seals.take(session, release, at=NOON)
        assert order is not None
        seals.fail(session, order, reasons=["Nobody is in these audiences.", "It needs a region."], by="test", at=NOON)

    for _ in range(2):
        telling.tell_who_submitted(fact(house.database, SealingFailed), tools)

    found = every(house.database)
    assert [notice.to for notice in found] == [f"{name}@posts.test" for name in WRITERS if name.startswith("hse")]
    assert "Nobody is in these audiences. It needs a region. The message is a draft again." in (found[0].text or "")


def test_of_two_officers_of_one_name_whoever_drafted_it_says_which_party_submitted_it(house: House, tools: Tools) -> None:
    with house.database.transaction() as session:
        added = officers.add(session, name="Drafter", party="lacors", duty="officer", by="test", at=NOON)
        session.get_one(
            officers.OfficerRecord, added.id
        ).name = house.drafter.name  # as may be in a database of before names were told apart
        namesake = replace(added, name=house.drafter.name)
    theirs = replace(reachable(house), drafter=namesake)
    release = stories.submitted(theirs, stories.drafted(theirs))
    with house.database.transaction() as session:
        order = seals.take(session, release, at=NOON)
        assert order is not None
        seals.fail(session, order, reasons=["It needs a region."], by="test", at=NOON)

    telling.tell_who_submitted(fact(house.database, SealingFailed), tools)

    assert {"lacors-chair@posts.test", "lacors-deputy@posts.test"} <= set(written(house.database))
    assert "hse-director@posts.test" not in written(house.database)


def test_signatories_of_both_parties_are_told_that_the_roster_was_given_up(house: House, tools: Tools) -> None:
    reachable(house)
    with house.database.transaction() as session:
        roster_changes.found_anew(session, by="the operator", at=NOON)

    for _ in range(2):
        telling.tell_signatories_the_roster_is_given_up(fact(house.database, RosterGivenUp), tools)

    found = every(house.database)
    assert [notice.to for notice in found] == [f"{name}@posts.test" for name in WRITERS if name != "hse-drafter"]
    assert reads_as_agreed("roster_given_up", found[0])


def test_whoever_signed_words_that_changed_is_told_that_it_is_void_and_what_changed(house: House, tools: Tools) -> None:
    story = stories.half_signed_release(reachable(house))
    with house.database.transaction() as session:
        other = stories.words(subject="Other", title="Another", latest_send=stories.LATEST + DAY)
        messages.revise(session, story.message, other, by=house.drafter, at=NOON)

    for _ in range(2):
        telling.tell_signers_theirs_is_void(fact(house.database, MessageRevised), tools)

    (notice,) = written(house.database).values()
    assert notice.to == "hse-director@posts.test"
    assert "HSE drafter changed the latest send, subject and title. Your signature on the earlier words is void" in (notice.text or "")


def test_a_signer_is_told_of_the_change_that_made_theirs_void_and_of_no_later_one(house: House, tools: Tools) -> None:
    story = stories.half_signed_release(reachable(house))
    for subject in ("Other", "Another"):
        with house.database.transaction() as session:
            messages.revise(session, story.message, stories.words(subject=subject), by=house.drafter, at=NOON)
        telling.tell_signers_theirs_is_void(fact(house.database, MessageRevised), tools)

    assert len(every(house.database)) == 1


def test_whoever_signed_what_was_returned_since_is_not_told_that_edits_of_the_draft_make_it_void(house: House, tools: Tools) -> None:
    story = stories.half_signed_release(reachable(house))
    with house.database.transaction() as session:
        releases.return_(session, story.release, reason="Other words.", by=house.lacors, at=NOON)
        messages.revise(session, story.message, stories.words(subject="Other"), by=house.drafter, at=NOON)

    telling.tell_signers_theirs_is_void(fact(house.database, MessageRevised), tools)

    assert every(house.database) == []


def test_a_change_that_is_heard_of_late_is_told_all_the_same(house: House, tools: Tools) -> None:
    story = stories.half_signed_release(reachable(house))
    with house.database.transaction() as session:
        messages.revise(session, story.message, stories.words(subject="Other"), by=house.drafter, at=NOON)
    stories.submitted(house, story.message)

    telling.tell_signers_theirs_is_void(fact(house.database, MessageRevised), tools)

    assert [notice.to for notice in every(house.database)] == ["hse-director@posts.test"]


def test_an_edit_of_what_nobody_signed_is_told_to_nobody(house: House, tools: Tools) -> None:
    story = stories.waiting_release(reachable(house))
    with house.database.transaction() as session:
        messages.revise(session, story.message, stories.words(subject="Other"), by=house.drafter, at=NOON)

    telling.tell_signers_theirs_is_void(fact(house.database, MessageRevised), tools)

    assert written(house.database) == {}


def test_a_suspension_stops_at_once_what_the_person_signed_and_sends_back_what_has_not_begun(house: House, tools: Tools) -> None:
    story = stories.sending_release(house)
    other = _also_scheduled(house)
    with house.database.transaction() as session:
        roster_changes.suspend(session, house.lacors.id, reason="Key stolen.", by=house.drafter, at=NOON)

    sending.hold_what_was_signed(fact(house.database, SignatorySuspended), tools)

    assert (story.state(), other.state()) == ("stopped", "returned")
    with house.database.reading() as session:
        assert releases.get(session, story.release).reason == "Somebody who signed it was suspended: Key stolen."
        assert officers.get(session, house.lacors.id)
        assert log.read(log.history(session, story.release)[-1]) == SendingStopped(
            reason="Somebody who signed it was suspended: Key stolen."
        )


def _also_scheduled(house: House) -> Story:
    story = stories.agreed_release(house, stories.words(title="Another"))
    story.schedule(when=NOON + HOUR)
    return story


def test_of_an_agreed_holding_line_the_readers_are_counted_and_not_the_letters_of_every_case(house: House, tools: Tools) -> None:
    core = "Dear ((name)),\n\nThe briefing is moved to ((date)).\n\n((your part))"
    stories.agreed_release(reachable(house), stories.words(core=core, holding_line=True, closed={"date": ["12 May", "14 May"]}))

    telling.tell_both_parties(fact(house.database, ReleaseAgreed), tools)

    assert "Both parties have signed it, for 3 readers." in (written(house.database)["hse-director@posts.test"].text or "")

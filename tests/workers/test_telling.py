"""Both parties are told what happened to a release, once; signers hear that theirs is void; a suspension holds what was signed."""

import os
from pathlib import Path

from sqlmodel import select

from campaigns.agreement import releases, roster_changes, schedules
from campaigns.agreement.releases import ReleaseAgreed, ReleaseWithdrawn
from campaigns.agreement.roster_changes import SignatorySuspended
from campaigns.agreement.schedules import SendingStopped
from campaigns.delivery.notices import Notice
from campaigns.drafting import messages
from campaigns.drafting.messages import MessageRevised
from campaigns.drafting.risks import Risk
from campaigns.foundation import log, officers
from campaigns.foundation.database import Database
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import OfficerRecord
from tests.campaigns import stories
from tests.campaigns.stories import HOUR, NOON, House, Story
from workers import telling
from workers.tools import Tools

GOLDEN = Path(__file__).parents[1] / "golden"


def reachable(house: House) -> House:
    """Everybody has an address."""
    with house.database.transaction() as session:
        for record in session.exec(select(OfficerRecord)):
            record.email = record.name.lower().replace(" ", "-") + "@posts.test"
            session.add(record)
    return house


def fact(database: Database, kind: type[Event]) -> LogEntry:
    with database.reading() as session:
        return session.exec(select(LogEntry).where(LogEntry.kind == kind.__name__).order_by(LogEntry.id.desc())).first()  # type: ignore[union-attr,return-value]


def written(database: Database) -> dict[str, Notice]:
    with database.reading() as session:
        return {notice.to: notice for notice in session.exec(select(Notice))}


WRITERS = ["hse-deputy", "hse-director", "hse-drafter", "lacors-chair", "lacors-deputy"]


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
    for part, words in (("subject.txt", notice.subject + "\n"), ("body.txt", notice.text), ("body.html", notice.html)):
        path, words = GOLDEN / f"what_happened.{part}", (words or "").replace(str(story.release), "THE-RELEASE")
        if os.environ.get("COUNTERSIGN_GOLDEN") == "write":
            path.write_text(words, encoding="utf-8")
        assert words == path.read_text(encoding="utf-8")


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


def test_whoever_signed_words_that_changed_is_told_that_it_is_void_and_what_changed(house: House, tools: Tools) -> None:
    story = stories.half_signed_release(reachable(house))
    with house.database.transaction() as session:
        messages.revise(session, story.message, stories.words(subject="Other"), by=house.drafter, at=NOON)

    for _ in range(2):
        telling.tell_signers_theirs_is_void(fact(house.database, MessageRevised), tools)

    (notice,) = written(house.database).values()
    assert notice.to == "hse-director@posts.test"
    assert "HSE drafter changed the subject. Your signature on the words before is void" in (notice.text or "")


def test_an_edit_of_what_nobody_signed_is_told_to_nobody(house: House, tools: Tools) -> None:
    story = stories.waiting_release(reachable(house))
    with house.database.transaction() as session:
        messages.revise(session, story.message, stories.words(subject="Other"), by=house.drafter, at=NOON)

    telling.tell_signers_theirs_is_void(fact(house.database, MessageRevised), tools)

    assert written(house.database) == {}


def test_a_suspension_holds_at_once_whatever_the_person_signed(house: House, tools: Tools) -> None:
    story = stories.sending_release(house)
    other = _also_scheduled(house)
    with house.database.transaction() as session:
        roster_changes.suspend(session, house.lacors.id, reason="Key stolen.", by=house.drafter, at=NOON)

    telling.hold_what_they_signed(fact(house.database, SignatorySuspended), tools)

    assert story.state() == other.state() == "stopped"
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

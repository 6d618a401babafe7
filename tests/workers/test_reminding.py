"""The clock reminds by e-mail, in agreed words, in the transaction that records it; and silence sends nothing."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import col, select

from campaigns.agreement import releases, signatures
from campaigns.agreement.reminders import PartyReminded, Reminder
from campaigns.delivery import notices
from campaigns.delivery.notices import Notice
from campaigns.delivery.transport import RecordingTransport
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid
from campaigns.foundation.settings import Settings
from tests import armed
from tests.campaigns import posting, stories
from tests.campaigns.agreement.test_reminders import deputy
from tests.campaigns.posting import Clock
from tests.campaigns.stories import DAY, HOUR, NOON, House
from tests.workers.conftest import Lane
from tests.workers.letters import reads_as_agreed
from tests.workers.test_scheduler import heard
from workers import reminding, scheduler
from workers.tools import Tools

BOTH = ["hse-deputy", "hse-director", "lacors-chair", "lacors-deputy"]


@pytest.fixture
def reachable(house: House) -> House:
    """Everybody has an address."""
    return posting.reachable(house)


def written(database: Database) -> list[Notice]:
    with database.reading() as session:
        reminders = select(Notice).where(col(Notice.subject).startswith("Still waiting"))  # the clock mails heads of the log, too
        return list(session.exec(reminders.order_by(col(Notice.written_at), col(Notice.to))))


def to(found: list[Notice]) -> list[str]:
    return [notice.to.removesuffix("@posts.test") for notice in found]


@pytest.mark.parametrize(("number", "name"), [(1, "still_waits"), (3, "still_waits_for_long")])
def test_the_reminder_reads_as_agreed(reachable: House, tools: Tools, clock: Clock, number: int, name: str) -> None:
    deputy(reachable, "lacors", ends=NOON + 30 * DAY)
    story = stories.waiting_release(reachable)
    for _ in range(number):
        clock.at += 2 * DAY
        reminding.remind(tools)

    notice = written(tools.database)[-1]
    assert reads_as_agreed(name, notice, the_release=story.release)


def test_a_tick_of_the_clock_reminds_when_two_days_have_passed_and_not_again(reachable: House, tools: Tools, clock: Clock) -> None:
    stories.waiting_release(reachable)
    found = []
    for span in (2 * DAY - HOUR, HOUR, HOUR, DAY):
        clock.at += span
        scheduler.tick(tools)
        found.append(to(written(tools.database)))

    assert found == [[], BOTH, BOTH, BOTH]


def test_a_reminder_whose_letter_cannot_be_written_is_not_recorded_either(
    reachable: House, tools: Tools, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories.half_signed_release(reachable)
    clock.at += 2 * DAY
    genuine = notices.write

    def refuses_the_second(*args: object, **told: object) -> object:
        if told["to"] == "lacors-deputy@posts.test":
            raise Invalid([])
        return genuine(*args, **told)  # type: ignore[arg-type]

    monkeypatch.setattr(notices, "write", refuses_the_second)
    with pytest.raises(Invalid):
        reminding.remind(tools)
    before = (to(written(tools.database)), _recorded(tools.database))
    monkeypatch.setattr(notices, "write", genuine)

    assert reminding.remind(tools) == 1
    assert before == ([], (0, 0))
    assert (to(written(tools.database)), _recorded(tools.database)) == (["lacors-chair", "lacors-deputy"], (1, 1))


def _recorded(database: Database) -> tuple[int, int]:
    with database.reading() as session:
        entries = session.exec(select(log.LogEntry).where(log.LogEntry.kind == PartyReminded.__name__)).all()
        return len(session.exec(select(Reminder)).all()), len(entries)


def test_two_clocks_at_once_write_to_nobody_twice(database: Database, settings: Settings, transport: RecordingTransport) -> None:
    house = posting.reachable(stories.house(database))
    for number in range(3):
        stories.waiting_release(house, stories.words(title=f"Number {number}"))
    start, counts = threading.Barrier(2), list[int]()

    def one_clock() -> None:
        start.wait(timeout=10)
        counts.append(reminding.remind(Tools(settings, database, transport, lambda: NOON + 2 * DAY, arming=armed.ALWAYS)))

    clocks = [threading.Thread(target=one_clock) for _ in range(2)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join(timeout=30)

    assert sum(counts) == 6 and len(counts) == 2
    assert sorted(to(written(database))) == sorted(BOTH * 3)


@pytest.mark.long
def test_many_reminders_later_nothing_is_signed_and_nothing_goes_until_somebody_signs(
    reachable: House, tools: Tools, lanes: dict[str, Lane], clock: Clock, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding.notifying.workshop, "connect", lambda *_: RecordingTransport())
    silent, answered = stories.half_signed_release(reachable), stories.half_signed_release(reachable, stories.words(title="Another"))
    for _ in range(13 * 4):
        clock.at += timedelta(hours=6)
        scheduler.tick(tools)
        heard(tools, lanes)
    assert (_recorded(tools.database), transport.sent) == ((12, 12), [])

    answered.sign(reachable.lacors, at=clock.at)
    answered.schedule(at=clock.at)
    for _ in range(3):
        scheduler.tick(tools)
        heard(tools, lanes)
        clock.at += DAY

    with tools.database.reading() as session:
        assert [one.party for one in signatures.given(session, silent.release)] == ["hse"]
        assert releases.get(session, silent.release).state == "lapsed"
    assert (len(transport.sent), answered.state()) == (3, "sent")

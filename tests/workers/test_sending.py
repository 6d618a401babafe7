"""Sending fails closed: whatever goes wrong stops the release, says why, and tells both parties; a database that is away is tried again."""

from datetime import datetime
from email import message_from_bytes
from email.policy import SMTP

import pytest
from dramatiq.middleware import TimeLimitExceeded
from sqlalchemy.exc import OperationalError

from campaigns.agreement import releases, schedules, sealed, standing
from campaigns.agreement.schedules import SendingStopped
from campaigns.delivery import claims
from campaigns.delivery.deliveries import ChunkPlanned
from campaigns.delivery.transport import Envelope, MayGo, Outcome, RecordingTransport
from campaigns.drafting.programs import Program
from campaigns.foundation import log
from campaigns.foundation.errors import TryLater
from campaigns.foundation.log import LogEntry, Untold
from campaigns.foundation.officers import OfficerRecord
from tests.campaigns import posting, stories
from tests.campaigns.agreement.removals import lifted
from tests.campaigns.posting import Clock
from tests.campaigns.stories import HOUR, NOON, House, Story
from tests.workers.conftest import Lane
from tests.workers.test_scheduler import heard
from workers import actors, notifying, sending
from workers.tools import Tools

GONE = OperationalError("SELECT 1", {}, Exception("the server closed the connection"))


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError("a fault nobody thought of")


def words_of(envelope: Envelope) -> str:
    """What a mail says, as plain text on one line."""
    text = message_from_bytes(envelope.message, policy=SMTP).get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    return " ".join(text.split())


def planned(story: Story) -> LogEntry:
    with story.database.reading() as session:
        return next(entry for entry in log.history(session, story.release) if entry.kind == ChunkPlanned.__name__)


def ended(story: Story) -> tuple[str, list[log.Event]]:
    """Its state, and every stop that was recorded."""
    with story.database.reading() as session:
        stops = [log.read(entry) for entry in log.history(session, story.release) if entry.kind == SendingStopped.__name__]
        return releases.get(session, story.release).state, stops


@pytest.mark.parametrize(
    ("place", "name"),
    [(claims, "_due"), (claims, "_without_removed"), (sealed, "leaves_under"), (sealed, "programs_of"), (Program, "joined")],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_a_fault_while_letters_are_made_stops_the_release_and_sends_nothing(
    house: House, tools: Tools, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch, place: object, name: str
) -> None:
    story = stories.sending_release(house)
    monkeypatch.setattr(place, name, broken)

    for _ in range(2):
        sending.send_chunk(planned(story), tools)

    state, (stop,) = ended(story)
    assert (state, transport.sent) == ("stopped", [])
    assert "ZeroDivisionError: a fault nobody thought of" in stop.reason  # type: ignore[attr-defined]


def test_a_fault_of_the_transport_itself_stops_the_release_and_sends_no_other_letter(
    house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, tried = stories.sending_release(house), []

    def deliver(envelope: Envelope, *, may_go: MayGo, **_: object) -> Outcome:
        assert may_go()
        tried.append(envelope.recipient)
        raise ZeroDivisionError("a fault nobody thought of")

    monkeypatch.setattr(tools.transport, "deliver", deliver)

    sending.send_chunk(planned(story), tools)

    reason = "Sending failed (ZeroDivisionError: a fault nobody thought of)."
    assert ended(story) == ("stopped", [SendingStopped(reason=reason)])
    assert len(tried) == 1
    assert (story.tally()["unknown"], story.tally()["queued"]) == (1, 2)


def test_fields_that_cannot_be_read_stop_the_release_instead_of_being_tried_for_ever(
    house: House, tools: Tools, transport: RecordingTransport
) -> None:
    story = stories.sending_release(house)
    with tools.database.transaction() as session:
        lifted(session)
        session.connection().exec_driver_sql("UPDATE particulars SET fields = '{' WHERE position = 1")

    sending.send_chunk(planned(story), tools)

    state, (stop,) = ended(story)
    assert (state, transport.sent) == ("stopped", [])
    assert stop.reason.startswith("Sending failed (JSONDecodeError: ")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("place", "name", "fault"),
    [(claims, "_due", GONE), (standing, "chain", GONE), (claims, "_due", TryLater("not now")), (claims, "_due", TimeLimitExceeded())],
    ids=lambda one: type(one).__name__ if isinstance(one, BaseException) else getattr(one, "__name__", one),
)
def test_what_may_pass_by_itself_stops_nothing_and_is_heard_again(
    house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch, place: object, name: str, fault: BaseException
) -> None:
    story = stories.sending_release(house)

    def away(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(place, name, away)

    with pytest.raises(type(fault)):
        sending.send_chunk(planned(story), tools)

    assert ended(story) == ("sending", [])


def test_what_is_still_going_at_its_latest_time_is_missed_and_not_stopped_before(house: House, tools: Tools, clock: Clock) -> None:
    story = stories.sending_release(house)
    with story.database.reading() as session:
        clock.at = releases.get(session, story.release).latest_send

    sending.send_chunk(planned(story), tools)
    with tools.database.transaction() as session:
        schedules.end_overdue(session, at=clock())

    assert ended(story) == ("missed", [])


def test_what_the_gate_refuses_at_a_claim_reaches_both_parties_as_mail(
    house: House, tools: Tools, lanes: dict[str, Lane], monkeypatch: pytest.MonkeyPatch
) -> None:
    story, mail = stories.sending_release(house), RecordingTransport()
    monkeypatch.setattr(notifying.workshop, "connect", lambda *_: mail)
    with tools.database.transaction() as session:
        lifted(session)
        for officer in (house.hse, house.lacors):
            session.get_one(OfficerRecord, officer.id).email = f"{officer.party}@posts.test"
        row = session.get_one(sealed.SealedProgram, (story.release, "practitioners"))
        row.program = row.program.replace(b"less paper", b"more paper")

    heard(tools, lanes)

    assert (story.state(), tools.transport.sent) == ("stopped", [])  # type: ignore[attr-defined]
    why = "A stored letter is not the one that was signed."
    assert sorted(envelope.recipient for envelope in mail.sent if why in words_of(envelope)) == ["hse@posts.test", "lacors@posts.test"]


def test_a_worker_asked_to_stop_while_it_plans_leaves_the_rest_to_another(house: House, tools: Tools) -> None:
    story = stories.agreed_release(house)
    story.schedule()
    with tools.database.transaction() as session:
        schedules.begin_due(session, at=NOON)
    with tools.database.reading() as session:
        began = next(entry for entry in log.history(session, story.release) if entry.kind == "SendingBegan")
    tools.stopping.set()

    actors.hear(log.number(began), tools)
    with tools.database.reading() as session:
        assert session.get_one(Untold, log.number(began)).attempts == 1 and posting.chunks(story) == []
    tools.stopping.clear()
    actors.hear(log.number(began), tools)

    assert len(posting.chunks(story)) == 1


@pytest.mark.parametrize(("when", "held", "begins"), [(NOON, False, True), (NOON + HOUR, False, False), (NOON, True, False)])
def test_what_is_let_go_now_begins_as_soon_as_a_worker_hears_of_it_and_not_in_a_copy(
    house: House, tools: Tools, monkeypatch: pytest.MonkeyPatch, when: datetime, held: bool, begins: bool
) -> None:
    story = stories.agreed_release(house)
    story.schedule(when=when)
    monkeypatch.setattr(Tools, "is_held", lambda _: held)
    with tools.database.reading() as session:
        let_go = next(entry for entry in log.history(session, story.release) if entry.kind == "ReleaseScheduled")

    actors.hear(log.number(let_go), tools)

    assert story.state() == ("sending" if begins else "scheduled")

"""A relay that is not there, or says nothing after one letter and another, is left alone for a while; a domain's own silence is not the relay's."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from campaigns.agreement import releases
from campaigns.delivery import brakes, sender
from campaigns.delivery.brakes import Brake
from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.plain import PlainTransport
from campaigns.delivery.transport import Envelope, Outcome, RecordingTransport
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.delivery import relays
from tests.campaigns.delivery.test_sender import rows
from tests.campaigns.stories import NOON

SILENT, CUT = Outcome("unknown", "dot", "TimeoutError: timed out"), Outcome("unknown", "dot", "LineFault: the relay closed the connection")
AWAY, YES, NOT_TO_GO = Outcome("unsent", "connection", "refused"), Outcome("accepted", "dot", "250 ok"), Outcome("unsent", "here", "")


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds since boot."""
    moment = [1000.0]
    monkeypatch.setattr(brakes, "seconds", lambda: moment[0])
    return moment


def heard(brake: Brake, *letters: tuple[str, Outcome]) -> list[bool]:
    return [brake.heard(f"somebody@{domain}", outcome) for domain, outcome in letters]


def test_a_relay_that_is_not_there_is_tried_again_after_one_second_then_two_and_at_most_ten(now: list[float]) -> None:
    brake, waits = Brake(), []
    for _ in range(6):
        assert heard(brake, ("a.test", AWAY)) == [True]
        waits.append(brake.left)
        now[0] += brake.left
    assert waits == [1, 2, 4, 8, 10, 10] and brake.left == 0

    heard(brake, ("a.test", YES), ("a.test", AWAY))
    assert brake.left == 1


@pytest.mark.parametrize(("outcome", "most"), [(AWAY, brakes.LONGEST_DOWN), (SILENT, brakes.LONGEST_QUIET)])
def test_a_relay_that_is_away_for_hours_is_still_asked_as_often(now: list[float], outcome: Outcome, most: float) -> None:
    brake = Brake(silent_from=1)

    assert heard(brake, *[("a.test", outcome)] * 1500) == [True] * 1500 and brake.left == most


def test_the_log_says_once_why_letters_stay_however_long_the_relay_is_away(now: list[float]) -> None:
    brake = Brake()

    with capture_logs() as logs:
        for outcome in (AWAY, AWAY, AWAY, YES, AWAY, YES, *[SILENT] * 5):
            heard(brake, ("a.test", outcome), ("b.test", outcome), ("c.test", outcome))

    assert [(one["log_level"], one["said"]) for one in logs] == [("warning", outcome.said) for outcome in (AWAY, AWAY, SILENT)]


def test_a_relay_that_is_silent_after_letters_to_three_domains_in_a_row_is_left_alone_each_time_for_longer(now: list[float]) -> None:
    brake, waits = Brake(), []
    assert heard(brake, ("a.test", SILENT), ("b.test", SILENT), ("c.test", SILENT)) == [False, False, True]
    for _ in range(6):
        waits.append(brake.left)
        now[0] += brake.left
        assert heard(brake, ("d.test", SILENT)) == [True]
    assert waits == [10, 20, 40, 80, 160, 160]


def test_whatever_it_says_releases_the_brake(now: list[float]) -> None:
    brake = Brake()
    heard(brake, *((f"{name}.test", SILENT) for name in "abc"))
    now[0] += brake.left
    assert heard(brake, ("d.test", YES), ("e.test", SILENT), ("f.test", SILENT)) == [False] * 3


@pytest.mark.parametrize("between", [YES, CUT, Outcome("deferred", "RCPT", "450 later"), Outcome("rejected", "dot", "550 no")])
def test_silence_that_something_is_heard_between_is_not_the_relay_s(now: list[float], between: Outcome) -> None:
    letters = [(f"{number}.test", outcome) for number in range(9) for outcome in (SILENT, SILENT, between)]
    assert not any(heard(Brake(), *letters))


def test_one_domain_s_silence_is_its_own(now: list[float]) -> None:
    assert not any(heard(Brake(), *[("A.test", SILENT), ("a.TEST", SILENT), ("a.test", SILENT)] * 5))


def test_a_letter_that_was_not_to_go_says_nothing(now: list[float]) -> None:
    brake = Brake()
    assert heard(brake, ("a.test", SILENT), ("b.test", SILENT), ("x.test", NOT_TO_GO), ("c.test", SILENT)) == [False, False, False, True]


def test_a_relay_that_is_not_there_is_left_alone_whatever_letter_was_to_go(now: list[float]) -> None:
    brake = Brake()
    assert brake.heard("somebody@a.test", AWAY, probe=True) and brake.left == 1
    assert not brake.heard("somebody@a.test", SILENT, probe=True) and not brake.silent


def test_the_rest_of_a_chunk_waits_once_the_brake_is_on(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    brake = Brake(silent={"a.test", "b.test"})
    claim = posting.claimed(story)

    posting.sender(database, RecordingTransport(outcomes=[SILENT]), brake=brake).send(claim)

    assert [state for state, _ in rows(story)] == ["unknown", "queued", "queued"] and brake.left > 0


def test_a_withdrawal_while_its_claim_was_being_made_is_asked_for_before_the_first_letter(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    began, transport = sender.seconds() - 0.6, RecordingTransport()
    claim = posting.claimed(story)
    with database.transaction() as session:
        releases.withdraw(session, story.release, reason="No", by=story.house.hse, at=NOON)

    posting.sender(database, transport, ask_every=0.5).send(claim, asked=began)

    assert transport.sent == []


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("kind", [PlainTransport, PipelinedTransport])
def test_what_each_transport_says_of_a_silent_relay_is_known_for_silence(
    kind: type[PlainTransport | PipelinedTransport], stage: str
) -> None:
    said: dict[str, str] = {"EHLO": relays.PIPELINING, stage: relays.SILENT}
    with relays.relay(**said) as there:
        transport = kind(there.url, timeout=1)
        outcome = transport.deliver(Envelope("a@b.test", "c@d.test", b"Subject: x\r\n\r\nx\r\n"))
        transport.close()

    assert heard(Brake(), ("d.test", outcome), ("e.test", outcome), ("f.test", outcome)) == [False, False, True], outcome


def test_what_a_server_says_of_its_own_waits_is_no_silence() -> None:
    words = Outcome("deferred", "dot", "421 4.4.2 relay.test Error: timed out")
    assert not any(heard(Brake(), *((f"{name}.test", words) for name in "abcd")))


def test_a_letter_that_tries_a_silent_domain_again_tells_nothing_of_the_relay(database: Database) -> None:
    story = stories.sending_release(stories.house(database))
    brake, claim = Brake(rests=1), posting.claim(story)
    assert claim is not None
    claim = replace(claim, room=replace(claim.room, probes=frozenset({0})))

    posting.sender(database, RecordingTransport(outcomes=[SILENT]), brake=brake).send(claim)

    assert [state for state, _ in rows(story)] == ["unknown", "accepted", "accepted"]

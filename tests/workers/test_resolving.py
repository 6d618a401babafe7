"""A letter whose reply was not heard: the relay's log settles it, or an officer is asked; and nothing is sent again on a guess."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from campaigns.agreement import releases
from campaigns.agreement.sealed import Particulars
from campaigns.delivery import claims, deliveries, returns, unclear
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.delivery.transport import Outcome, RecordingTransport
from campaigns.delivery.unclear import LettersResolved
from campaigns.delivery.verp import Place, ReturnAddress
from campaigns.drafting.terms import Terms
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import TryLater
from campaigns.foundation.log import LogEntry
from campaigns.foundation.settings import Settings
from tests.campaigns import posting, stories
from tests.campaigns.delivery import relays
from tests.campaigns.posting import Clock
from tests.campaigns.stories import NOON, Story
from workers import projecting, resolving, sending
from workers.tools import Tools

WAIT = 60.0
SECOND = timedelta(seconds=1)
CUT = Outcome("unknown", "dot", "LineFault: the relay closed the connection")


class Scene:
    """A release of three letters on whose first no reply was heard, a log, and a clock."""

    def __init__(self, database: Database, settings: Settings, folder: Path, terms: Terms | None = None) -> None:
        self.log, self.clock = folder / "mail.log", Clock()
        told = {"relay_log": self.log, "smtp_url": "smtp://127.0.0.1:1", "unclear_seconds": WAIT}
        self.tools = Tools(settings.model_copy(update=told), database, RecordingTransport(), self.clock)
        said = stories.words(terms=terms) if terms else None
        self.story: Story = stories.sending_release(stories.house(database), said)
        self.send(CUT)
        self.write(-1, "postfix/master", "daemon started -- version 3.7.11")

    def send(self, *outcomes: Outcome) -> int:
        transport = RecordingTransport(outcomes=list(outcomes))
        posting.send(self.story, transport, self.clock)
        return len(transport.sent)

    def write(self, seconds: float, program: str, text: str) -> None:
        """A line of the relay's log, so many seconds after the letter was cut."""
        at = NOON + seconds * SECOND
        with self.log.open("a") as lines:
            lines.write(f"{at.isoformat()} mail {program}[42]: {text}\n")
        os.utime(self.log, (at.timestamp(), at.timestamp()))

    def took(self, seconds: float, *, sender: str = "", secret: str = "") -> None:
        place = self.story.release, 0
        own = ReturnAddress(self.tools.settings.returns_to, secret or self.tools.settings.secret_key).of(*place)
        self.write(seconds, "postfix/cleanup", f"4A2: message-id={self.message_id()}")
        self.write(seconds, "postfix/qmgr", f"4A2: from=<{sender or own}>, size=293, nrcpt=1 (queue active)")

    def knocked(self, seconds: float) -> None:
        noops = resolving.noops(self.tools)
        words = f"disconnect from unknown[127.0.0.1] ehlo=1 noop={noops} quit=1 commands={noops + 2}"
        self.write(seconds, "postfix/smtpd", words)

    def message_id(self) -> str:
        with self.story.database.reading() as session:
            (one, *_) = unclear.waiting(session, before=NOON + timedelta(days=9))
            return one.message_id

    def look(self, seconds: float) -> str:
        """What the first letter is, after a look so many seconds later."""
        self.clock.at = NOON + seconds * SECOND
        resolving.resolve(self.tools)
        return self.row().state

    def row(self) -> Delivery:
        with self.story.database.reading() as session:
            return session.get_one(Delivery, (self.story.release, 0))

    def resolved(self) -> list[LettersResolved]:
        with self.story.database.reading() as session:
            entries = session.exec(select(LogEntry).where(LogEntry.kind == "LettersResolved")).all()
            return [event for entry in entries if isinstance(event := log.read(entry), LettersResolved)]


@pytest.fixture
def scene(database: Database, settings: Settings, tmp_path: Path) -> Scene:
    return Scene(database, settings, tmp_path)


@pytest.fixture
def willing(database: Database, settings: Settings, tmp_path: Path) -> Scene:
    """Of which both parties signed: better twice than never."""
    return Scene(database, settings, tmp_path, Terms(when_unclear="better twice"))


def test_a_letter_the_log_shows_is_counted_as_sent_once_the_log_covers_its_time(scene: Scene) -> None:
    scene.took(2)
    assert scene.look(59) == "unknown"
    scene.knocked(59)
    assert scene.look(61) == "unknown"
    scene.knocked(61)

    assert scene.look(62) == "accepted"

    assert scene.row().reply == "The mail relay’s log shows that it took it (4A2)"
    (event,) = scene.resolved()
    assert (event.accepted, event.queued, event.held, event.missed) == (1, 0, 0, 0)
    assert scene.look(63) == "accepted" and len(scene.resolved()) == 1


def test_a_letter_that_a_log_which_goes_on_does_not_show_goes_again(scene: Scene) -> None:
    scene.write(1, "postfix/cleanup", f"4A2: message-id={scene.message_id()}")
    scene.knocked(61)

    assert scene.look(62) == "queued"

    assert scene.send() == 1 and scene.story.tally()["accepted"] == 3
    assert scene.row().maybe_twice is False


def test_a_log_that_is_slow_is_waited_for(scene: Scene) -> None:
    assert [scene.look(seconds) for seconds in (61, 120, 599)] == ["unknown"] * 3
    scene.took(3)
    scene.knocked(599)

    assert scene.look(600) == "accepted"


def test_a_log_in_which_nothing_new_appears_is_given_up_and_an_officer_is_asked(scene: Scene) -> None:
    assert scene.look(601) == "held"

    assert scene.row().reply == f"{unclear.SILENT}. What was heard last: {CUT.said}"
    assert scene.resolved()[0].held == 1


def test_what_a_log_shows_that_was_given_up_counts_all_the_same(scene: Scene) -> None:
    scene.took(1)

    assert scene.look(601) == "accepted"


def test_a_log_that_cannot_be_read_leaves_the_letter_to_an_officer(scene: Scene) -> None:
    scene.log.unlink()
    assert scene.look(119) == "unknown"

    assert scene.look(121) == "held"

    assert "could not be read (No such file or directory)" in (scene.row().reply or "")


def test_where_no_log_is_set_up_an_officer_is_asked_at_the_next_look(scene: Scene) -> None:
    scene.tools.settings = scene.tools.settings.model_copy(update={"relay_log": None})

    assert scene.look(0) == "held"

    assert (scene.row().reply or "").startswith(unclear.NO_LOG)


def test_a_log_that_begins_too_late_leaves_the_letter_to_an_officer(scene: Scene) -> None:
    scene.log.unlink()
    scene.knocked(61)

    assert scene.look(62) == "held"

    assert (scene.row().reply or "").startswith(unclear.TOO_SHORT)


def test_somebody_else_s_letter_with_our_message_id_neither_counts_nor_lets_ours_go_again(scene: Scene) -> None:
    scene.took(1, sender="forger@elsewhere.test")
    scene.knocked(61)

    assert scene.look(62) == "held"

    assert (scene.row().reply or "").startswith(unclear.DOUBTFUL)


@pytest.mark.parametrize(("kept", "state"), [("a former secret of the house, long enough", "accepted"), (None, "held")])
def test_a_letter_that_went_under_a_secret_replaced_since_is_never_sent_again(scene: Scene, kept: str | None, state: str) -> None:
    scene.tools.settings = scene.tools.settings.model_copy(update={"former_secret_keys": kept})
    scene.took(1, secret="a former secret of the house, long enough")
    scene.knocked(61)

    assert scene.look(62) == state


def test_the_clock_of_a_relay_that_is_slow_makes_nothing_go_twice(scene: Scene) -> None:
    scene.write(-400, "postfix/master", "reload")
    scene.took(-290)  # five minutes slow
    scene.knocked(61)

    assert scene.look(361) == "accepted"


def test_the_relay_is_knocked_at_until_the_log_covers_the_time(scene: Scene) -> None:
    with relays.relay() as relay:
        scene.tools.settings = scene.tools.settings.model_copy(update={"smtp_url": relay.url})
        scene.look(61)
        asked = [words.split()[0] for words in relay.asked]
        scene.knocked(61)
        scene.look(62)

    noops = resolving.noops(scene.tools)
    assert asked == ["ehlo", *["NOOP"] * noops, "QUIT"] == [words.split()[0] for words in relay.asked]
    assert relay.taken == []


def test_a_letter_of_a_release_that_has_ended_does_not_go_again(scene: Scene) -> None:
    with scene.story.database.transaction() as session:
        releases.withdraw(session, scene.story.release, reason="No", by=scene.story.house.hse, at=NOON)
    scene.knocked(61)

    assert scene.look(62) == "missed"

    assert scene.resolved()[0].missed == 1


def test_an_officer_who_was_quicker_is_not_overruled(scene: Scene) -> None:
    with scene.story.database.reading() as session:
        (letter,) = unclear.waiting(session, before=NOON)
    with scene.story.database.transaction() as session:
        deliveries.decide(session, scene.story.release, 0, verdict="leave", by=scene.story.house.drafter, at=NOON)
    finding = unclear.Finding(unclear.AGAIN, unclear.NOT_TAKEN)

    with scene.story.database.transaction() as session:
        assert unclear.settle(session, [(letter, finding)], seen=NOON, at=NOON) == 0

    assert scene.row().state == "left" and scene.resolved() == []


def test_a_letter_that_became_unclear_again_after_it_was_looked_at_is_another_question(scene: Scene) -> None:
    with scene.story.database.reading() as session:
        (letter,) = unclear.waiting(session, before=NOON)
    with scene.story.database.transaction() as session:
        session.get_one(Delivery, (scene.story.release, 0)).at = NOON + SECOND
    finding = unclear.Finding(unclear.AGAIN, unclear.NOT_TAKEN)

    with scene.story.database.transaction() as session:
        assert unclear.settle(session, [(letter, finding)], seen=NOON, at=NOON + 2 * SECOND) == 0


def test_a_letter_whose_reader_was_erased_is_left_to_an_officer(scene: Scene) -> None:
    with scene.story.database.transaction() as session:
        session.get_one(Particulars, (scene.story.release, 0)).fields = None
    scene.knocked(61)

    assert scene.look(62) == "held"


def test_coverage_and_the_release_follow_what_was_found_out(scene: Scene) -> None:
    scene.took(1)
    scene.knocked(61)
    scene.look(62)
    with scene.story.database.reading() as session:
        entry = session.exec(select(LogEntry).where(LogEntry.kind == "LettersResolved")).one()

    projecting.recount_reach(entry, scene.tools)
    sending.close_release(entry, scene.tools)

    assert scene.story.state() == "sent"
    with scene.story.database.reading() as session:
        assert len(deliveries.written(session, session.exec(select(Chunk.id)).one())) == 3


def test_a_reply_that_comes_late_settles_a_letter_that_waits_for_an_officer(scene: Scene) -> None:
    scene.tools.settings = scene.tools.settings.model_copy(update={"relay_log": None})
    taken = _claim_again(scene)
    scene.look(1)

    with scene.story.database.transaction() as session:
        claims.settle(session, taken, 0, Outcome("accepted", "dot", "250 ok"), at=NOON)

    assert scene.row().state == "accepted"


def _claim_again(scene: Scene) -> claims.Claim:
    with scene.story.database.transaction() as session:
        session.get_one(Delivery, (scene.story.release, 0)).state = "queued"
    taken = posting.claim(scene.story)
    assert taken is not None
    with scene.story.database.transaction() as session:
        session.get_one(Delivery, (scene.story.release, 0)).state = "unknown"
    return taken


@pytest.mark.parametrize("state", ["unknown", "held"])
def test_what_the_reader_s_own_server_says_settles_an_unclear_letter(scene: Scene, state: str) -> None:
    with scene.story.database.transaction() as session:
        session.get_one(Delivery, (scene.story.release, 0)).state = state

    with scene.story.database.transaction() as session:
        assert returns.arrive(session, Place(scene.story.release, 0), at=NOON)

    assert (scene.row().state, scene.row().reply) == ("accepted", unclear.ARRIVED)
    assert [event.accepted for event in scene.resolved()] == [1]


@pytest.mark.parametrize("state", ["left", "queued", "missed"])
def test_it_settles_no_other(scene: Scene, state: str) -> None:
    with scene.story.database.transaction() as session:
        session.get_one(Delivery, (scene.story.release, 0)).state = state

    with scene.story.database.transaction() as session:
        assert not returns.arrive(session, Place(scene.story.release, 0), at=NOON)

    assert scene.row().state == state


def _no_log(scene: Scene) -> None:
    scene.tools.settings = scene.tools.settings.model_copy(update={"relay_log": None})


def _unreadable(scene: Scene) -> None:
    scene.log.unlink()


def _too_short(scene: Scene) -> None:
    scene.log.unlink()
    scene.knocked(61)


@pytest.mark.parametrize("without", [_no_log, _unreadable, _too_short])
def test_where_both_signed_better_twice_than_never_it_goes_once_more_and_is_flagged(
    willing: Scene, without: Callable[[Scene], None]
) -> None:
    without(willing)
    assert willing.look(130) == "queued"
    assert willing.row().maybe_twice and (willing.row().reply or "").startswith(unclear.TWICE)

    assert willing.send() == 1

    assert willing.row().state == "accepted" and willing.row().maybe_twice
    with willing.story.database.reading() as session:
        assert unclear.maybe_twice(session, willing.story.release) == 1


def test_better_twice_is_no_better_three_times(willing: Scene) -> None:
    _no_log(willing)
    willing.look(1)
    willing.send(CUT)

    assert willing.look(2) == "held"
    assert willing.row().maybe_twice


@pytest.mark.parametrize(("shown", "state"), [(True, "accepted"), (False, "queued")])
def test_where_there_is_evidence_better_twice_changes_nothing(willing: Scene, shown: bool, state: str) -> None:
    if shown:
        willing.took(1)
    willing.knocked(61)

    assert willing.look(62) == state

    assert not willing.row().maybe_twice


def test_better_twice_sends_nothing_of_a_release_that_has_ended(willing: Scene) -> None:
    _no_log(willing)
    with willing.story.database.transaction() as session:
        releases.withdraw(session, willing.story.release, reason="No", by=willing.story.house.hse, at=NOON)

    assert willing.look(1) == "held"


def test_all_letters_of_a_chunk_are_settled_at_one_look_and_told_of_together(database: Database, settings: Settings, tmp_path: Path) -> None:
    scene = Scene(database, settings, tmp_path)
    _no_log(scene)
    with database.transaction() as session:
        for row in session.exec(select(Delivery)):
            row.sqlmodel_update({"state": "unknown", "reply": None})

    scene.look(1)

    assert scene.story.tally()["held"] == 3 and [event.held for event in scene.resolved()] == [3]


def test_a_doubted_clock_settles_nothing(scene: Scene) -> None:
    scene.tools.doubt = lambda: "The clock jumped"
    _no_log(scene)

    with pytest.raises(TryLater, match="The clock jumped"):
        scene.look(99)

    assert scene.row().state == "unknown"

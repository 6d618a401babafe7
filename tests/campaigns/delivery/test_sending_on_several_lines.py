"""The sender with several letters under way: each gets its own outcome, nothing is open in the database meanwhile, and no more than lines are unclear."""

import gc
import weakref
from collections import deque
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select

from campaigns.agreement import schedules
from campaigns.delivery import journals, sender, settling
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.manners import Manners
from campaigns.delivery.pacing import Limits
from campaigns.delivery.transport import Awaited, Ends, Envelope, MayGo, Outcome, RecordingTransport, always, nothing
from campaigns.drafting.programs import Joined, Program
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, TryLater
from tests.campaigns import posting, stories
from tests.campaigns.posting import Clock
from tests.campaigns.stories import NOON, Story

LETTERS, LINES = 12, 3
READERS = [stories.reader(0, person_id=stories.reader(place).person_id, address=f"post{place}@council.test") for place in range(LETTERS)]
TAKEN = Outcome("accepted", "dot", "250 taken")


class Overlapping(RecordingTransport):
    """Takes each letter at once, and says later what became of it: in turn, as it was asked."""

    lines = LINES

    def __init__(self, says: Callable[[Envelope], Outcome] = lambda _: TAKEN) -> None:
        super().__init__()
        self.says, self.under_way = says, deque[Envelope]()
        self.most, self.announced = 0, list[Ends | None]()

    def start(
        self, envelope: Envelope, *, may_go: MayGo = always, following: Ends | None = None, alone: Callable[[], object] = nothing
    ) -> Outcome | Awaited:
        self.announced.append(following)
        if not may_go():
            return Outcome("unsent", "here", "")
        self.sent.append(envelope)
        self.under_way.append(envelope)
        self.most = max(self.most, len(self.under_way))

        def answer() -> Outcome:
            assert self.under_way.popleft() is envelope, "the oldest is heard first"
            return self.says(envelope)

        return answer

    def deliver(self, envelope: Envelope, *, may_go: MayGo = always, following: Ends | None = None) -> Outcome:
        said = self.start(envelope, may_go=may_go, following=following)
        return said if isinstance(said, Outcome) else said()


def story_of(database: Database) -> Story:
    return stories.sending_release(stories.house(database), size=100, readers=READERS)


def send(story: Story, transport: Overlapping) -> None:
    """Claim and send its one chunk; the database is asked at its beginning, where letters were heard of, and at its end."""
    claim = posting.claimed(story)
    posting.sender(story.database, transport, ask_every=60).send(claim)


def states(story: Story) -> list[str]:
    with story.database.reading() as session:
        rows = select(Delivery.state).where(Delivery.release_id == story.release).order_by(col(Delivery.position))
        return list(session.exec(rows))


def place(envelope: Envelope) -> int:
    return int(envelope.recipient.partition("@")[0].removeprefix("post"))


def test_each_letter_goes_once_gets_its_own_outcome_and_is_announced_where_its_line_is(database: Database) -> None:
    kinds = {0: "rejected", 4: "deferred", 5: "unknown", LETTERS - 1: "rejected"}
    transport = Overlapping(lambda envelope: Outcome(kinds.get(place(envelope), "accepted"), "dot", f"said of {place(envelope)}"))
    story = story_of(database)

    send(story, transport)

    expected = ["queued" if kind == "deferred" else kind for kind in (kinds.get(number, "accepted") for number in range(LETTERS))]
    assert states(story) == expected and sum(story.tally().values()) == LETTERS
    assert [place(envelope) for envelope in transport.sent] == list(range(LETTERS))
    assert [ends and ends.recipient for ends in transport.announced] == [*(reader.address for reader in READERS[LINES:]), *[None] * LINES]
    with database.reading() as session:
        replies = session.exec(select(Delivery.reply).where(Delivery.release_id == story.release).order_by(col(Delivery.position))).all()
    assert replies == [f"said of {number}" for number in range(LETTERS)]


def test_so_many_are_under_way_as_there_are_lines_and_none_while_the_database_is_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, transport, renew, asked = story_of(database), Overlapping(), settling.renew, list[int]()

    def watched(*args: object, **how: object) -> bool:
        asked.append(len(transport.under_way))
        return renew(*args, **how)

    monkeypatch.setattr(settling, "renew", watched)
    monkeypatch.setattr(sender, "BATCH", 4)
    send(story, transport)

    assert transport.most == LINES and asked and set(asked) == {0} and states(story) == ["accepted"] * LETTERS


def test_the_journal_says_of_no_more_letters_than_lines_that_their_dot_went_unanswered(database: Database) -> None:
    unclear = list[int]()

    def says(_: Envelope) -> Outcome:
        (evidence,) = journals.read(posting.journal().path).claims
        unclear.append(sum(outcome is None for outcome in evidence.letters.values()))
        return TAKEN

    story = story_of(database)
    send(story, Overlapping(says))

    assert max(unclear) == LINES and states(story) == ["accepted"] * LETTERS


def test_after_a_stop_those_under_way_are_heard_and_no_other_is_begun(database: Database) -> None:
    story = story_of(database)

    def says(envelope: Envelope) -> Outcome:
        if place(envelope) == 0:
            with database.transaction() as session:
                schedules.stop(session, story.release, by=story.house.lacors, at=NOON)
        return TAKEN

    transport = Overlapping(says)
    posting.send(story, transport)

    assert states(story) == ["accepted"] * len(transport.sent) + ["queued"] * (LETTERS - len(transport.sent))
    assert len(transport.sent) <= LINES and not transport.under_way


def test_a_fault_while_one_answer_is_read_leaves_that_letter_unclear_and_the_others_are_heard(database: Database) -> None:
    def says(envelope: Envelope) -> Outcome:
        if place(envelope) == 4:
            raise ZeroDivisionError
        return TAKEN

    story, transport = story_of(database), Overlapping(says)

    with pytest.raises(ZeroDivisionError):
        send(story, transport)

    begun = len(transport.sent)
    assert states(story) == [*["accepted"] * 4, "unknown", *["accepted"] * (begun - 5), *["queued"] * (LETTERS - begun)]
    assert begun == 4 + LINES and journals.read(posting.journal().path).claims == []


def test_where_the_relay_is_gone_for_one_those_under_way_are_heard_all_the_same(database: Database) -> None:
    class Gone(Overlapping):
        def start(self, envelope: Envelope, **how: object) -> Outcome | Awaited:
            if place(envelope) == 2:
                raise TryLater("nobody answers")
            return super().start(envelope, **how)

    story = story_of(database)
    send(story, Gone())

    assert states(story) == ["accepted", "accepted", *["queued"] * (LETTERS - 2)]


def test_a_letter_that_may_end_the_process_is_put_together_with_nothing_under_way(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, transport, joined, meanwhile = story_of(database), Overlapping(), Program.joined, dict[str, int]()
    with database.transaction() as session:
        session.get_one(Delivery, (story.release, 1)).falls = 1

    def counted(program: Program, values: dict[str, str]) -> object:
        meanwhile[values["address"]] = len(transport.under_way)
        return joined(program, values)

    monkeypatch.setattr(Program, "joined", counted)
    send(story, transport)

    assert place(transport.sent[-1]) == 1 and meanwhile[READERS[1].address] == 0 and max(meanwhile.values()) == LINES
    assert READERS[1].address not in [ends.recipient for ends in transport.announced if ends]


def test_as_many_in_a_row_are_put_together_as_there_are_lines_and_one_that_is_wrong_stops_all_at_its_own_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, transport, joined, meanwhile = story_of(database), Overlapping(), Program.joined, list[tuple[str, int]]()

    def spoiled(program: Program, values: dict[str, str]) -> Joined:
        meanwhile.append((values["address"], len(transport.sent)))
        said = joined(program, values)
        return said._replace(message=said.message + b"more") if values["address"] == READERS[7].address else said

    monkeypatch.setattr(Program, "joined", spoiled)
    with pytest.raises(GateClosed, match="Letter 8 is not the one that was signed"):
        send(story, transport)

    before = [(READERS[number].address, number // LINES * LINES) for number in range(8)]
    assert meanwhile == [*before, (READERS[7].address, 7)]  # the last again, as its turn came
    assert [place(envelope) for envelope in transport.sent] == list(range(7)) and states(story)[7:] == ["queued"] * (LETTERS - 7)


def test_a_chunk_s_letters_are_forgotten_once_it_is_sent(sqlite: Database) -> None:
    story = story_of(sqlite)
    claim = posting.claimed(story)
    kept = weakref.ref(claim)

    gc.disable()
    try:
        posting.sender(sqlite, Overlapping(), ask_every=60).send(claim)
        del claim
        assert kept() is None  # at once, and not when Python looks for cycles: there may be thousands
    finally:
        gc.enable()


HOW = {"a slow pace": Limits(), "turns": Limits(own={"council.test": 1000}), "connections": Limits(connections=2)}


@pytest.mark.long
@pytest.mark.parametrize("how", HOW)
def test_at_a_slow_pace_where_letters_have_turns_and_where_connections_are_counted_one_goes_at_a_time(database: Database, how: str) -> None:
    story, transport = story_of(database), Overlapping()
    manners = Manners(limits=HOW[how])
    claim = posting.claimed(story, manners=manners)
    sending = posting.sender(database, transport, Clock(NOON, step=timedelta(milliseconds=1)), ask_every=60)
    sending.pace = 49.0 if how == "a slow pace" else sending.pace
    sending.send(claim)

    assert transport.most == 1 and transport.sent
    ahead = [reader.address for reader in READERS[1:]] if how == "connections" else [None] * (len(transport.sent) - 1)
    assert [ends and ends.recipient for ends in transport.announced] == [*ahead, None]


def test_no_further_letter_is_begun_once_one_is_heard_of_that_could_not_go(database: Database) -> None:
    story, transport = story_of(database), Overlapping(lambda envelope: TAKEN if place(envelope) else Outcome("unsent", "here", "away"))

    send(story, transport)

    assert [place(envelope) for envelope in transport.sent] == [0, 1, 2]
    assert states(story) == ["queued", "accepted", "accepted", *["queued"] * (LETTERS - LINES)]

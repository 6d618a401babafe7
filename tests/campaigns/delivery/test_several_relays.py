"""Several relays: the next takes over at once, the first comes back bit by bit, and no letter that may have gone is given to another."""

from collections.abc import Callable
from typing import Any

import pytest

from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.relays import BEFORE_THE_BODY, IN_A_ROW, LONGEST_REST, SHORTEST_REST, WHOLE, Relays, Way
from campaigns.delivery.transport import Envelope, Outcome, RecordingTransport, always
from campaigns.foundation import clock
from campaigns.foundation.errors import TryLater
from campaigns.foundation.settings import Settings
from tests.campaigns.delivery.relays import CUT, PIPELINING, relay
from workers import tools

LETTER = Envelope("lopp@countersign.test", "post@council.test", b"Subject: x\r\n\r\nwords\r\n")
CLOSING = Outcome("deferred", "MAIL", "421 closing")


class Scripted(RecordingTransport):
    """One relay of a test: it does as it is told until it is told otherwise. `asked`: what came with each letter."""

    def __init__(self, does: Callable[[], Outcome] | None = None) -> None:
        super().__init__()
        self.does, self.asked = does, list[dict[str, Any]]()

    def deliver(self, envelope: Envelope, **further: Any) -> Outcome:
        self.asked.append({name: word for name, word in further.items() if word not in (None, always)})
        return self.does() if self.does else super().deliver(envelope)


def unreachable() -> Outcome:
    raise TryLater("nobody answers")


class Stage:
    """Two relays and a clock that a test moves."""

    def __init__(self, first: Callable[[], Outcome] | None = None, second: Callable[[], Outcome] | None = None) -> None:
        self.at, self.first, self.second = 0.0, Scripted(first), Scripted(second)
        self.relays = Relays([("one:25", self.first), ("two:25", self.second)], now=lambda: self.at)

    def send(self, letters: int = 1, **further: Any) -> list[Outcome]:
        return [self.relays.deliver(LETTER, **further) for _ in range(letters)]

    @property
    def asked(self) -> tuple[int, int]:
        """How often each was asked since this was last looked at."""
        counts = len(self.first.asked), len(self.second.asked)
        self.first.asked.clear()
        self.second.asked.clear()
        return counts


def test_while_the_first_works_the_second_is_not_asked() -> None:
    stage = Stage()

    assert {one.said for one in stage.send(50)} == {"250 recorded [one:25]"} and stage.asked == (50, 0)


def test_when_the_first_cannot_be_reached_the_second_takes_over_with_the_same_letter() -> None:
    stage = Stage(unreachable)

    outcomes = stage.send(20)

    assert {(one.kind, one.said) for one in outcomes} == {("accepted", "250 recorded [two:25]")}
    assert stage.asked == (1, 20)


def test_a_first_that_turns_everything_away_is_asked_three_times_and_then_rests() -> None:
    stage = Stage(lambda: CLOSING)

    assert {one.kind for one in stage.send(20)} == {"accepted"} and stage.asked == (IN_A_ROW, 20)


def test_one_letter_turned_away_now_and_then_gives_nobody_a_rest() -> None:
    stage = Stage()
    stage.first.outcomes = [CLOSING, Outcome("accepted", "dot", "250 ok")] * 10

    assert {one.kind for one in stage.send(20)} == {"accepted"}
    assert stage.asked == (20, 10)


def test_the_first_is_tried_again_after_a_rest_that_grows_to_ten_minutes() -> None:
    stage = Stage(unreachable)
    rests = []
    for _ in range(10):
        stage.send()
        assert stage.asked == (1, 1)
        rest = next(seconds for seconds in (10, 20, 40, 80, 160, 320, 600) if stage.relays.ways[0].rested_at == stage.at + seconds)
        rests.append(rest)
        stage.at += rest - 0.1
        stage.send(WHOLE)
        assert stage.asked == (0, WHOLE)
        stage.at += 0.1
        stage.send(WHOLE - stage.relays._letters % WHOLE - 1)
        stage.asked  # noqa: B018 - looked at, so that the next count begins at nought

    assert rests == sorted(rests) and rests[0] == SHORTEST_REST and rests[-1] == LONGEST_REST


def test_the_first_comes_back_slowly_and_has_everything_in_the_end() -> None:
    stage = Stage(unreachable)
    stage.send()
    stage.first.does, stage.at = None, SHORTEST_REST

    shares = []
    for _ in range(6):
        stage.asked  # noqa: B018 - looked at, so that the next count begins at nought
        stage.send(WHOLE)
        shares.append(stage.asked[0])

    assert shares[0] < WHOLE / 2 and shares == sorted(shares) and shares[-1] == WHOLE


@pytest.mark.parametrize("stage_of_it", ["dot", "body", "MAIL", "DATA"])
@pytest.mark.parametrize("kind", ["unknown", "deferred", "rejected", "accepted"])
def test_only_a_letter_that_was_turned_away_before_its_body_goes_on_to_the_next_relay(kind: str, stage_of_it: str) -> None:
    stage = Stage(lambda: Outcome(kind, stage_of_it, "421 closing"))

    (outcome,) = stage.send()

    moved = kind == "deferred" and stage_of_it in BEFORE_THE_BODY
    assert stage.asked == (1, 1 if moved else 0)
    assert outcome.said.endswith("[two:25]" if moved else "[one:25]") and outcome.kind == ("accepted" if moved else kind)


def test_an_unclear_letter_names_the_relay_that_may_have_it_and_three_in_a_row_give_it_a_rest() -> None:
    stage = Stage(lambda: Outcome("unknown", "dot", "TimeoutError: the relay took too long"))

    assert stage.send(4)[0].said == "TimeoutError: the relay took too long [one:25]" and stage.asked == (3, 1)


@pytest.mark.parametrize(
    ("outcome", "asked"),
    [
        (Outcome("deferred", "RCPT", "450 4.2.0 greylisted"), (4, 0)),
        (Outcome("unsent", "here", ""), (4, 0)),
        (Outcome("deferred", "RCPT", "LineFault: the relay closed the connection"), (3, 1)),
    ],
    ids=["a reader put off", "not to go", "broken off"],
)
def test_what_is_the_reader_s_or_ours_gives_no_relay_a_rest_and_breaking_off_does(outcome: Outcome, asked: tuple[int, int]) -> None:
    stage = Stage(lambda: outcome)

    assert stage.send(4)[0].kind == outcome.kind and stage.asked == asked


def test_a_relay_that_rests_is_asked_all_the_same_where_no_other_answers() -> None:
    stage = Stage(unreachable)
    stage.send()
    stage.first.does, stage.second.does = None, unreachable

    assert stage.send()[0].said.endswith("[one:25]")


def test_a_first_that_failed_slowly_leaves_no_room_in_the_lease_so_the_letter_is_tried_later_and_the_next_one_goes_on() -> None:
    def slowly() -> Outcome:
        stage.at += 3.5
        raise TryLater("no greeting")

    stage = Stage(slowly)

    with pytest.raises(TryLater, match="no greeting"):
        stage.send()
    assert stage.send()[0].said.endswith("[two:25]") and stage.asked == (1, 1)


def test_when_none_can_be_reached_that_is_said_and_when_all_turn_away_the_letter_is_deferred() -> None:
    with pytest.raises(TryLater):
        Stage(unreachable, unreachable).send()
    assert Stage(lambda: CLOSING, lambda: CLOSING).send() == [Outcome("deferred", "MAIL", "421 closing [two:25]")]


def test_a_relay_that_was_shown_the_letter_that_follows_gets_it_and_one_that_comes_back_is_shown_none() -> None:
    stage = Stage(unreachable)
    stage.send(following="next")
    assert stage.second.asked == [{"following": "next"}]

    stage.first.does, stage.at = None, SHORTEST_REST
    stage.relays._letters = WHOLE - 2
    stage.asked  # noqa: B018 - looked at, so that the next count begins at nought
    stage.send(following="next", may_go=True)
    assert stage.second.asked == [{"following": "next", "may_go": True}]
    stage.relays._letters = WHOLE - 1  # the first's turn, but the second has begun this letter
    stage.send(may_go=True)
    assert stage.asked == (0, 2)
    stage.relays._letters = WHOLE - 1
    stage.send(following="next", may_go=True)
    assert stage.first.asked == [{"may_go": True}]


def test_two_real_relays_one_of_which_closes_and_cuts() -> None:
    with relay(MAIL="421 closing", EHLO=PIPELINING) as first, relay(EHLO=PIPELINING) as second:
        through = tools.connect(Settings(env="test", smtp_url=f"{first.url} {second.url}?client=plain", smtp_timeout=2), clock.now)
        assert isinstance(through, Relays)
        assert {through.deliver(LETTER).said for _ in range(5)} == {f"250 taken [127.0.0.1:{second.port}]"}
        assert (len(first.taken), len(second.taken)) == (0, 5)
        through.close()

    with relay(dot=CUT, EHLO=PIPELINING) as first, relay() as second:
        through = Relays([(one.url, PipelinedTransport(one.url, timeout=2)) for one in (first, second)])
        outcome = through.deliver(LETTER)
        through.close()

    assert outcome.kind == "unknown" and outcome.said.endswith(f"[{first.url}]") and second.taken == []


def test_a_relay_rests_longer_each_time_until_it_has_had_all_letters_again_and_fails_three_times_before_each() -> None:
    way, rested = Way("one", RecordingTransport()), list[float]()
    for answers in (0, 0, 3, 4):
        for _ in range(answers):
            way.answered()
        for _ in range(IN_A_ROW - 1):
            way.failed(0)
        before = way.rests
        way.failed(0)
        rested.append(way.rested_at)
        assert way.rests == before + 1

    assert rested == [10, 20, 40, 10]

"""The walk: whatever is done in whatever order, nothing leaves that two entitled people did not both sign, byte for byte.

Hypothesis strings together the product's own steps, time, changes of duty and rows changed behind its back. An independent model judges
every letter at the moment it is handed to the relay. The walk is biased towards signing and waiting, or it would prove little.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from campaigns.agreement import releases
from campaigns.delivery import deliveries
from campaigns.drafting import letters
from campaigns.foundation.database import Database
from campaigns.foundation.officers import Officer
from tests.campaigns.agreement import remembering
from tests.campaigns.agreement.stage import Stage
from tests.campaigns.agreement.tampering import Tamper
from tests.campaigns.agreement.walk import WORDS, Walk
from tests.campaigns.stories import READERS

SEQUENCES = int(os.environ.get("COUNTERSIGN_TEST_WALKS", "40"))  # `make storms` walks 5,000
STEPS = 8
HALF_AN_HOUR, DAY = timedelta(minutes=30), timedelta(days=1)
NUMBERS = st.integers(0, len(WORDS) - 1)
PEOPLE = st.sampled_from(["drafter", "hse", "hse_other", "lacors", "lacors_other", "observer", "administrator"])
SIGNATORIES = st.sampled_from(["hse", "hse_other", "lacors", "lacors_other"])
BEGINNINGS = ["draft", "sealed", "half", "half", "agreed", "agreed", "scheduled", "scheduled", "going"]
TAMPERINGS = [
    "the_manifest",
    "the_manifest_and_its_digest",
    "a_program",
    "a_leaf",
    "the_address",
    "the_address_and_its_leaf",
    "the_words_and_every_leaf",
    "a_signature_s_digest",
    "the_message_s_revision",
]


class GateWalk(RuleBasedStateMachine):
    """One sequence of moves."""

    stage: Stage
    tally: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.walk: Walk = self.stage.walk(READERS[1:])  # one of each variant
        self.tamper = Tamper(self.walk)

    def officer(self, name: str) -> Officer:
        found = getattr(self.walk.house, name)
        assert isinstance(found, Officer)
        return found

    def release(self, oldest: bool) -> UUID:
        return self.walk.releases[0 if oldest else -1]

    @initialize(begin=st.sampled_from(BEGINNINGS))
    def begin_somewhere_along_the_way(self, begin: str) -> None:
        moves: list[Callable[[], object]] = [
            self.walk.submit,
            lambda: self.walk.sign(self.walk.house.hse),
            lambda: self.walk.sign(self.walk.house.lacors),
            self.walk.schedule,
            self.walk.tick,
        ]
        for move in moves[: ["draft", "sealed", "half", "agreed", "scheduled", "going"].index(begin)]:
            move()

    def is_released(self) -> bool:
        return bool(self.walk.releases)

    @rule(by=PEOPLE, number=NUMBERS)
    def somebody_edits(self, by: str, number: int) -> None:
        self.walk.edit(self.officer(by), number)

    @rule()
    def the_drafter_submits(self) -> None:
        self.walk.submit()

    @precondition(is_released)
    @rule(by=SIGNATORIES)
    def a_signatory_signs_what_is_shown(self, by: str) -> None:
        self.walk.sign(self.officer(by))

    @precondition(is_released)
    @rule(by=PEOPLE, oldest=st.booleans(), seen=st.sampled_from(["shown", "first", "made up"]))
    def anybody_signs_anything(self, by: str, oldest: bool, seen: str) -> None:
        release = self.release(oldest)
        first = self.walk.model.releases[self.walk.releases[0]].digest
        self.walk.sign(self.officer(by), release, seen={"shown": None, "first": first, "made up": "f" * 64}[seen])

    @rule()
    def they_do_it_properly(self) -> None:
        self.both_agree()
        self.it_is_tried()

    @rule(number=NUMBERS)
    def they_change_the_words_and_do_it_properly(self, number: int) -> None:
        self.walk.edit(self.walk.house.drafter, number)
        self.both_agree()
        self.it_is_tried()

    @rule(by=SIGNATORIES, number=NUMBERS)
    def a_signatory_proposes_and_the_author_accepts(self, by: str, number: int) -> None:
        self.walk.propose(self.officer(by), self.walk.house.drafter, number)

    @precondition(is_released)
    @rule(by=PEOPLE, how=st.sampled_from(["returned", "withdrawn"]), oldest=st.booleans())
    def somebody_ends_it(self, by: str, how: str, oldest: bool) -> None:
        self.walk.end(self.officer(by), how, self.release(oldest))

    @rule(by=PEOPLE, sure=st.integers(0, 4))
    def somebody_gives_the_message_up(self, by: str, sure: int) -> None:
        if sure == 4:
            self.walk.give_up_the_message(self.officer(by))

    @precondition(is_released)
    @rule(by=PEOPLE, oldest=st.booleans(), minutes=st.sampled_from([None, None, 30, 180, -5, 60 * 24 * 31]))
    def somebody_schedules(self, by: str, oldest: bool, minutes: int | None) -> None:
        when = None if minutes is None else self.walk.at + timedelta(minutes=minutes)
        self.walk.schedule(self.officer(by), self.release(oldest), when=when)

    @precondition(is_released)
    @rule(by=PEOPLE, oldest=st.booleans())
    def somebody_stops_it(self, by: str, oldest: bool) -> None:
        self.walk.stop(self.officer(by), self.release(oldest))

    @precondition(is_released)
    @rule(by=PEOPLE, oldest=st.booleans())
    def somebody_lets_it_go_on(self, by: str, oldest: bool) -> None:
        self.walk.resume(self.officer(by), self.release(oldest))

    @rule(delta=st.sampled_from([HALF_AN_HOUR, HALF_AN_HOUR, 4 * HALF_AN_HOUR, DAY, 15 * DAY, 31 * DAY]))
    def time_passes_and_the_clock_ticks(self, delta: timedelta) -> None:
        self.walk.wait(delta)
        self.walk.tick()

    @rule()
    def the_clock_ticks(self) -> None:
        self.walk.tick()

    @rule(who=SIGNATORIES, party=st.sampled_from(["hse", "lacors", None]), duty=st.sampled_from(["signatory", "officer", "observer"]))
    def a_duty_changes(self, who: str, party: str | None, duty: str) -> None:
        self.both_agree()
        self.tamper.the_register(self.officer(who), party=party, duty=duty)
        self.it_is_tried()

    @rule(who=SIGNATORIES)
    def an_officer_leaves(self, who: str) -> None:
        self.tamper.an_officer_leaves(self.officer(who))

    @rule(what=st.sampled_from(TAMPERINGS), later=st.booleans())
    def a_stored_row_is_changed(self, what: str, later: bool) -> None:
        self.both_agree()
        if self.walk.releases:
            self.walk.schedule(when=self.walk.at + HALF_AN_HOUR if later else None)
            getattr(self.tamper, what)()
        self.it_is_tried()

    @precondition(is_released)
    @rule(who=st.sampled_from(["observer", "administrator", "drafter"]), party=st.sampled_from(["hse", "lacors"]))
    def a_signature_is_forged(self, who: str, party: str) -> None:
        self.tamper.a_signature(self.officer(who), party)
        self.both_agree()  # whoever has not signed, does
        self.it_is_tried()

    @rule(days=st.sampled_from([1, 13, 15]))
    def the_second_signature_comes_days_later(self, days: int) -> None:
        if self.walk.submit():
            self.walk.sign(self.walk.house.hse)
            self.walk.wait(days * DAY)
            self.walk.sign(self.walk.house.lacors)
        self.it_is_tried()

    def both_agree(self) -> None:
        """The usual way to an agreement, as far as it is open."""
        self.walk.submit()
        if self.walk.releases:
            house = self.walk.house
            _ = self.walk.sign(house.hse) or self.walk.sign(house.hse_other)
            _ = self.walk.sign(house.lacors) or self.walk.sign(house.lacors_other)

    def it_is_tried(self) -> None:
        """What was changed behind the gate's back is tried at once: let it go, wait a little, and let the clock tick."""
        if self.walk.releases:
            self.walk.schedule()
            self.walk.wait(HALF_AN_HOUR)
            self.walk.tick()

    @invariant()
    def nothing_went_that_might_not(self) -> None:
        assert self.walk.model.violations == []

    def teardown(self) -> None:
        with self.walk.house.database.reading() as session:
            for release in (releases.get(session, release_id) for release_id in self.walk.releases):
                assert sum(deliveries.tally(session, release).values()) == release.people
        self.tally["sequences"] += 1
        self.tally["sent"] += bool(self.walk.transport.sent)
        self.tally["letters"] += len(self.walk.transport.sent)


@pytest.mark.slow
def test_nothing_is_sent_without_two_valid_signatures_whatever_the_order(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    monkeypatch.setattr(letters, "compile_letter", remembering.compiler())
    GateWalk.stage, GateWalk.tally = Stage(sqlite), Counter()

    run_state_machine_as_test(
        GateWalk,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # shrinking a walk takes minutes; the sequence that failed is printed as it was
            suppress_health_check=list(HealthCheck),
        ),
    )

    tally = GateWalk.tally
    share = tally["sent"] / tally["sequences"]
    record_property(
        "figure", f"the gate walk: {tally['sequences']} sequences, {share:.0%} of them sent, {tally['letters']} letters, 0 violations"
    )
    assert tally["sequences"] >= SEQUENCES
    assert share >= 0.25

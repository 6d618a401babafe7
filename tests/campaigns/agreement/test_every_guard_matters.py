"""Removing any one guard lets something through that must not be: shown for each guard, by the walk's own model."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from campaigns.agreement import gate, signatures
from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.agreement import guards, removals, scenarios
from tests.campaigns.agreement.guards import Scenario
from tests.campaigns.agreement.stage import Stage

pytestmark = pytest.mark.long  # `make test` stays within five minutes

EVERY = [*guards.OF_THE_GATE, *guards.LATER, *guards.OF_ADMISSION]


@pytest.fixture
def stage(sqlite: Database) -> Stage:
    return Stage(sqlite)


@pytest.fixture
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def found(stage: Stage, scenario: Scenario) -> bool:
    walk = stage.walk()
    scenario.walk(walk)
    return any(scenario.says in violation for violation in walk.model.violations)


@pytest.mark.parametrize("scenario", EVERY, ids=lambda scenario: scenario.guard)
def test_a_guard_keeps_out_what_comes_in_without_it(
    stage: Stage, patch: pytest.MonkeyPatch, scenario: Scenario, record_property: Callable[[str, object], None]
) -> None:
    assert not found(stage, scenario)
    for removal in scenario.also:
        removal(patch)
    assert not found(stage, scenario), "the guard does not hold by itself"

    scenario.remove(patch)

    assert found(stage, scenario), "nothing happened without the guard"
    record_property("guard", scenario.guard)


def test_no_guard_is_without_its_scenario() -> None:
    shown = {scenario.guard for scenario in EVERY}

    assert {guard.__name__ for guard in (*gate.GUARDS, *signatures.ADMISSION)} <= shown


def test_the_table_itself_refuses_a_second_signature_by_one_person(stage: Stage, patch: pytest.MonkeyPatch) -> None:
    walk = stage.walk()
    assert walk.submit() and walk.sign(walk.house.hse)
    for name in ("the_party_has_not_signed_yet", "the_person_has_not_signed_yet"):
        removals.no_admission(patch, name)

    with pytest.raises(IntegrityError):
        walk.sign(walk.house.hse)


def test_without_any_guard_of_the_gate_a_half_signed_release_goes(stage: Stage, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "GUARDS", ())
    walk = stage.walk()

    scenarios.only_one_party_signs(walk)

    assert len(walk.transport.sent) == len(stories.READERS)

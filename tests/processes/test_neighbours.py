"""What mail servers see of us, in short: paces kept over two workers, a dead domain's letters waited for by nobody, storms and greylists outlasted."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from campaigns.delivery import retries
from campaigns.delivery.retries import Plan
from tests.campaigns.posting import most_tries
from tests.processes import clusters, neighbour_drill, services
from tests.processes.neighbour_drill import CONNECTIONS, DEAD, NEIGHBOURLY, PACE, SHORT_TRIES, Scene

pytestmark = pytest.mark.long
PEOPLE = 100
NOTHING_WRONG = dict.fromkeys(("lost", "unexpected", "duplicated", "altered", "unsigned", "disagreement"), 0)
MOST_TRIES = most_tries(Plan(retries.read(SHORT_TRIES["COUNTERSIGN_TRIES"])))


def play(scene: Scene, record_property: Callable[[str, object], None]) -> dict[str, Any]:
    if not services.answers(services.AMQP_URL):
        pytest.skip("no RabbitMQ answers at COUNTERSIGN_TEST_AMQP_URL")
    if reason := clusters.why_not():
        pytest.skip(reason)
    found = neighbour_drill.play(scene)
    record_property("figure", f"neighbours, {scene.weather or 'fair'}: {json.dumps(found)}")
    return found


def wrong(found: dict[str, Any]) -> dict[str, int]:
    return {name: found[name] for name in NOTHING_WRONG}


def paced(found: dict[str, Any]) -> bool:
    """Whether the pace was kept; a mail server that was kept from looking sees together what came apart, and shows nothing."""
    if found["a second at most"] > PACE and found["stood still at most"] > 0.2:
        pytest.skip(f"the mail server stood still for {found['stood still at most']} s")
    return bool(found["a second at most"] <= PACE)


def test_no_second_sees_more_letters_to_a_domain_than_were_allowed(record_property: Callable[[str, object], None]) -> None:
    found = play(Scene(PEOPLE * 2, settings=NEIGHBOURLY), record_property)

    assert wrong(found) == NOTHING_WRONG and found["taken"] == PEOPLE * 2
    assert found["at once at most"] <= CONNECTIONS and paced(found)


def test_a_dead_domain_stops_no_other(record_property: Callable[[str, object], None]) -> None:
    found = play(Scene(PEOPLE, {"dead": json.dumps({DEAD: "silent"})}, NEIGHBOURLY, DEAD), record_property)

    assert found["taken"] == PEOPLE * 19 // 20 and paced(found)


def test_what_is_refused_for_good_is_tried_once(record_property: Callable[[str, object], None]) -> None:
    found = play(Scene(PEOPLE, {"dead": json.dumps({DEAD: "550 5.1.1 nobody here"})}, dead=DEAD, ends=True), record_property)

    assert found["tries of refused readers"] == 1 and found["tally"]["rejected"] == found["lost"] == PEOPLE // 20


def test_a_storm_of_refusals_at_every_stage_loses_and_doubles_nothing(record_property: Callable[[str, object], None]) -> None:
    found = play(Scene(PEOPLE, {"storm": "0.06", "storm-for": "20"}, SHORT_TRIES), record_property)

    assert wrong(found) == NOTHING_WRONG and found["taken"] == PEOPLE
    assert 1 < found["tries at most"] <= MOST_TRIES


def test_a_greylist_is_outlasted(record_property: Callable[[str, object], None]) -> None:
    found = play(Scene(PEOPLE, {"greylist": "8"}, SHORT_TRIES), record_property)

    assert wrong(found) == NOTHING_WRONG and found["taken"] == PEOPLE and 2 <= found["tries at most"] <= MOST_TRIES

"""Of a campaign's letters a real Postfix returns five; exactly those five are marked, and nobody else."""

from collections.abc import Callable

import pytest

from tests.processes import bounce_drill, postfixes

pytestmark = pytest.mark.long


@pytest.mark.skipif(bool(postfixes.why_not()), reason=postfixes.why_not())
def test_exactly_the_five_dead_addresses_are_marked(record_property: Callable[[str, object], None]) -> None:
    found = bounce_drill.play(people=40, dead=5)

    record_property("figure", f"bounce drill: {found}")
    assert (found["dead"], found["marked"], found["taken_off"]) == (5, 5, 5)
    assert (found["marked_wrongly"], found["missed"], found["taken_off_wrongly"], found["waiting_for_an_officer"]) == (0, 0, 0, 0)
    assert found["accepted_by_the_relay"] == 40
    assert found["tally"] == {"accepted": 35, "returned": 5}
    assert found["still_counted_as_written"] == 35

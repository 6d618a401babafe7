"""A web process killed while the second party signs, and a release that nobody leaves alone: their drills, in short."""

from collections.abc import Callable

import pytest

from tests.processes import approval_drill, clusters, pausing_drill

pytestmark = pytest.mark.long
Kept = Callable[[str, object], None]


def test_a_kill_around_the_second_signature_leaves_nothing_of_it_or_all_and_all_is_sent_once(record_property: Kept) -> None:
    found = approval_drill.play(None, points=8, kills=1, twice=2)

    record_property("figure", f"kills around a signature: {found}")
    assert (approval_drill.wrong(found), approval_drill.void(found)) == ([], [])
    assert found["kills"] == 8 and found["letters"] == 3 * found["releases"]


def test_stops_kills_and_other_settings_in_any_order_lose_and_double_nothing(record_property: Kept) -> None:
    if reason := pausing_drill.why_not():
        pytest.skip(reason)
    with clusters.opened() as cluster:
        found = pausing_drill.play(cluster, 8)

    record_property("figure", f"random sequences: {found}")
    assert pausing_drill.wrong(found) == []
    if void := pausing_drill.void(found):  # a machine too busy to act in time shows nothing, and nothing wrong
        pytest.skip("; ".join(void))

"""Letters cut off at their dot before a real Postfix: its log settles every one, and without it every one waits for an officer (P13)."""

from collections.abc import Callable

import pytest

from tests.processes import postfixes, unclear_drill

pytestmark = pytest.mark.long


@pytest.mark.skipif(bool(postfixes.why_not()), reason=postfixes.why_not())
def test_each_unclear_letter_is_accepted_once_by_the_log_and_without_it_left_to_an_officer(
    record_property: Callable[[str, object], None],
) -> None:
    found = unclear_drill.every(people=40, before=10)

    record_property("figure", f"unclear drill: {found}")
    assert unclear_drill.wrong(found, 40) == []
    assert found["after the dot"]["tally"] == {"accepted": 40}
    assert (found["log unreadable"]["tally"], found["log unreadable"]["unclear"]) == ({"held": 40}, 40)
    assert found["before the dot"]["tally"] == {"accepted": 10}
    assert [one["release"] for one in found.values()] == ["sent", "sending", "sent"]

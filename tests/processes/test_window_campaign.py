"""A campaign across the May elections goes to each authority on its own first day, and comes back where there is none: the drill, in short."""

from collections.abc import Callable

import pytest

from campaigns.foundation.database import Database
from tests.processes import window_drill

pytestmark = pytest.mark.long
COUNT = 40


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_forty_authorities_are_written_to_on_their_own_first_days(
    engine: str, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    empty: Database | None = request.getfixturevalue("on_postgres") if engine == "postgresql" else None
    found = window_drill.play(empty.url if empty else None, count=COUNT)

    record_property("figure", f"each within its own next window, {engine}: {found}")
    assert window_drill.faults(found) == {}
    assert (found["sent on its first allowed day"], found["returned for a decision"]) == (36, 4)
    assert found["sent in March"] > 0 < found["after the elections"]

"""Two officers at the same moment, in short; `python -m tests.processes.races` plays a thousand rounds of each."""

from collections.abc import Callable

import pytest

from campaigns.foundation.database import Database
from tests import conftest
from tests.processes import races


@pytest.mark.long
@pytest.mark.parametrize("name", races.RACES)
def test_whoever_comes_second_meets_what_the_first_did(
    postgres: Database | None, name: str, record_property: Callable[[str, object], None]
) -> None:
    if postgres is None:
        pytest.skip("no PostgreSQL answers at COUNTERSIGN_TEST_POSTGRES_URL")
    conftest.empty(postgres)

    found = races.play(postgres, name, 15)

    record_property("figure", f"race: {found}")
    assert found["bad"] == []

"""Bad input 54: a time at which nobody is at work is shown to whoever signs it."""

from datetime import UTC, datetime

import pytest

from campaigns.drafting import lint
from campaigns.drafting.lint import Finding
from tests.campaigns import stories


def noticed(first: datetime | None, latest: datetime) -> list[Finding]:
    return [found for found in lint.findings(stories.words(not_before=first, latest_send=latest), {}) if found.code == "hours"]


@pytest.mark.parametrize(
    ("first", "latest"),
    [
        (datetime(2026, 6, 5, 17, tzinfo=UTC), datetime(2026, 6, 8, 7, tzinfo=UTC)),  # Friday 18:00 to Monday 8:00, in summer
        (datetime(2026, 12, 3, 18, tzinfo=UTC), datetime(2026, 12, 4, 8, tzinfo=UTC)),
        (datetime(2026, 10, 24, 9, tzinfo=UTC), datetime(2026, 10, 25, 17, tzinfo=UTC)),  # the clocks go back
    ],
)
def test_a_window_of_nights_and_weekends_alone_is_a_note(first: datetime, latest: datetime) -> None:
    (found,) = noticed(first, latest)

    assert not found.must and found.said.startswith("Only before 8:00, after 18:00 or at a weekend: from ")


@pytest.mark.parametrize(
    ("first", "latest"),
    [
        (datetime(2026, 6, 5, 16, 59, tzinfo=UTC), datetime(2026, 6, 8, 7, tzinfo=UTC)),
        (datetime(2026, 6, 5, 17, tzinfo=UTC), datetime(2026, 6, 8, 7, 1, tzinfo=UTC)),
        (datetime(2026, 12, 3, 18, tzinfo=UTC), datetime(2027, 12, 3, 18, tzinfo=UTC)),
        (None, datetime(2026, 12, 5, 20, tzinfo=UTC)),  # from its signatures on
    ],
)
def test_a_window_with_a_moment_of_work_in_it_is_none(first: datetime | None, latest: datetime) -> None:
    assert noticed(first, latest) == []

"""Who acts in these tests, when, and what they start from: posts, one noon, and campaigns by id."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from campaigns.foundation.officers import Officer

NOON = datetime(2026, 5, 12, 11, 0, tzinfo=UTC)
OFFICER = Officer(id=UUID(int=1), name="HSE drafting officer", party="hse", duty="officer")
OBSERVER = Officer(id=UUID(int=2), name="Observer", party=None, duty="observer")
CAMPAIGN = UUID(int=7)

REAL = Path(__file__).parents[3] / "shared" / "data"


def real(name: str) -> Path:
    """A file of the real inputs, which are kept beside the project and not in it."""
    if not (REAL / name).exists():
        pytest.skip(f"the real input {name} is not beside this checkout")
    return REAL / name

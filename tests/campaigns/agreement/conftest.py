"""What the verifier's tests work with."""

import pytest

from tests.campaigns.agreement.forging import Forge


@pytest.fixture(scope="session")
def forge() -> Forge:
    """One forge for all: RSA keys take a while to make."""
    return Forge()

"""The tables of moves make sense: every state can be reached, and every verb leads somewhere."""

import pytest

from campaigns.foundation import lifecycles
from tests.house import readme


@pytest.mark.parametrize("name", lifecycles.LIVES)
def test_every_state_can_be_reached_from_the_first(name: str) -> None:
    moves = lifecycles.LIVES[name]
    reached = {readme.first_state(moves)}
    while True:
        further = {after for steps in moves.values() for before, after in steps.items() if before in reached} - reached
        if not further:
            break
        reached |= further
    assert reached == readme.states(moves)

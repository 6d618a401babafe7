"""The room that mail domains have for a claimed chunk."""

from datetime import timedelta

from campaigns.delivery.claims import Waiting
from campaigns.delivery.pacing import KEPT
from campaigns.delivery.rooms import Room
from tests.campaigns.posting import Clock
from tests.campaigns.stories import NOON

SECOND = timedelta(seconds=1)


def test_a_letter_waits_for_its_turn_in_hand_and_takes_another_when_it_is_over() -> None:
    letter = Waiting(0, "", "", "", (), "a@la.test", {}, b"", 0, 0, None)
    clock, waited = Clock(), list[float]()
    room = Room({0: NOON + SECOND})

    assert room.admits(letter, clock=clock, wait=waited.append) and waited == [1.0]
    clock.at = NOON + SECOND + KEPT
    assert room.admits(letter, clock=clock, wait=waited.append) and waited == [1.0]
    clock.at += SECOND / 1000
    assert not room.admits(letter, clock=clock, wait=waited.append)

"""How considerate we are of those we write to: how fast letters go to one domain, and how often and how long each is tried."""

from dataclasses import dataclass, field
from datetime import timedelta

from campaigns.delivery import pacing, retries
from campaigns.delivery.pacing import UNLIMITED, Limits, Stride
from campaigns.delivery.retries import USUAL, Plan
from campaigns.foundation.settings import BadSettings, Settings


@dataclass(frozen=True)
class Manners:
    """What the operator set. `pause`: between two letters of one worker. `stride`: how this worker has been going."""

    plan: Plan = USUAL
    limits: Limits = UNLIMITED
    pause: timedelta = timedelta(0)
    stride: Stride = field(default_factory=Stride)

    @property
    def step(self) -> timedelta:
        """What this worker needs for a letter, with a little to spare."""
        return self.pause + timedelta(seconds=1.2 * self.stride.seconds)


UNHURRIED = Manners()


def of(settings: Settings) -> Manners:
    """As set; refuses, with the setting's name, what cannot be read."""
    try:
        pace, own = pacing.read(settings.domain_pace or "")
    except ValueError as fault:
        raise BadSettings(f"COUNTERSIGN_DOMAIN_PACE is to be like `5 council.example=2`, letters a second ({fault})") from None
    try:
        tries = retries.read(settings.tries)
    except ValueError as fault:
        raise BadSettings(f"COUNTERSIGN_TRIES is to be like `1 5 15 30 60`, minutes that grow ({fault})") from None
    plan = Plan(tries, timedelta(hours=settings.give_up_hours))
    return Manners(plan, Limits(pace, own, settings.domain_connections), timedelta(seconds=1 / settings.pace))

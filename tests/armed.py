"""A machine that may send, for tests of everything but arming: those of arming have a keeper that looks."""

from campaigns.delivery.armed import Keeper


class Armed(Keeper):
    """Never looks, and never finds that anything is to be held."""

    def __init__(self) -> None:
        self.place, self.said = "", None

    def held(self) -> None:
        """Nothing keeps a worker from beginning."""

    def held_from_claiming(self) -> None:
        """Nothing keeps it from claiming."""

    def watch(self) -> None:
        """Nobody is asked."""


ALWAYS = Armed()

"""Waiting for something in a drill, and not for ever."""

import time
from collections.abc import Callable

WITHIN = 60.0  # seconds


def until(so: Callable[[], object], what: str, *, within: float = WITHIN, every: float = 0.02) -> float:
    """Wait until it is so; gives the seconds that took, and refuses after so many, saying what was waited for."""
    began = time.monotonic()
    while not so():
        if time.monotonic() - began > within:
            raise TimeoutError(f"not within {within:.0f} s: {what}")
        time.sleep(every)
    return time.monotonic() - began

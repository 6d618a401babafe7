"""A fault met at look after look is said in the log at once, and then once a minute while it lasts: an hour without a database would otherwise
be thirty thousand lines, in which nobody finds the first.
"""

from dataclasses import dataclass, field

from campaigns.foundation.timekeeper import seconds

AGAIN = 60.0  # seconds


@dataclass
class Complaints:
    """What was said lately: by whom, of what, and when, in seconds since boot."""

    said: dict[str, tuple[str, float]] = field(default_factory=dict)

    def is_due(self, who: str, fault: Exception) -> bool:
        """Whether this fault is to be said now: another one than the last of the same place, or the same a minute later."""
        words, now = f"{type(fault).__name__}: {fault}", seconds()
        before, when = self.said.get(who, ("", now))
        if words == before and now - when < AGAIN:
            return False
        self.said[who] = words, now
        return True

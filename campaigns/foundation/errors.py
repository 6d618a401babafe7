"""How Countersign says no: one tree, each refusal a sentence an officer can act on.

CountersignError
├── Refused            an officer asked for something that may not be; nothing was changed
│   ├── Invalid        what was typed or uploaded cannot be used; `problems` names each field
│   ├── NotAllowedNow  the thing is at another point of its life
│   │   └── NotYet     its day has not come; the sentence says when it comes
│   ├── NotYours       another party's, or another person's, to do
│   ├── Stale          it changed since it was shown; `changes` says how
│   ├── GateClosed     the two-party gate will not let it out
│   └── NotFound       there is no such thing
└── TryLater           the world outside is not ready; trying again may help
"""

from collections.abc import Iterable
from dataclasses import dataclass


class CountersignError(Exception):
    """Anything Countersign itself raises."""


class Refused(CountersignError):
    """A request that may not be carried out. `sentence` is shown to the officer; `field` names where, if anywhere."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was typed or uploaded: the field it stands in, and what to do about it."""

    field: str
    sentence: str


class Invalid(Refused):
    """Input that cannot be used; carries every problem found, so that all can be mended in one go."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(problem.sentence for problem in self.problems))


class NotAllowedNow(Refused):
    """The thing is at a point of its life where this cannot be done."""


class NotYet(NotAllowedNow):
    """Its day has not come; the sentence says when it comes."""


class NotYours(Refused):
    """This is for somebody else to do."""


class Stale(Refused):
    """What was shown is no longer current. `changes` are sentences saying what is different; `now`: the sighting of it as it stands."""

    def __init__(self, sentence: str, *, changes: Iterable[str] = (), now: str = "") -> None:
        super().__init__(sentence)
        self.changes = list(changes)
        self.now = now


class GateClosed(Refused):
    """The two-party gate refuses; the sentence is the first reason met."""


class NotFound(Refused):
    """There is nothing here by that name."""


class TryLater(CountersignError):
    """A failure outside that may pass."""

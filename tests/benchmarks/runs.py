"""One run of one sender, whether it counts, and what several of them come to. Pure: no process is started here.

A run is void if a command failed, it took less than 0.05 s, the sink used no CPU, the sink's count is another than the sender's, or the
letters were too short to be the letter that everybody sends.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

SHORTEST = 0.05  # seconds
FULL = 0.9  # of the octets a letter should have


@dataclass(frozen=True)
class Run:
    """What was measured. `cpu`: seconds by whose they are; `beside`: CPU seconds that are shown and not counted; `peak_mb`: of one process."""

    asked: int
    accepted: int
    sunk: int
    seconds: float
    cpu: dict[str, float]
    sink_cpu: float
    octets: int
    size: int
    failed: str = ""
    beside: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    load: float = 0.0
    sealed: float = 0.0

    @property
    def rate(self) -> float:
        """Letters a second."""
        return self.sunk / self.seconds

    @property
    def cost(self) -> float:
        """CPU microseconds a letter, the sender's and its database's."""
        return sum(self.cpu.values()) / self.sunk * 1e6

    @property
    def sink_cost(self) -> float:
        """The sink's own CPU microseconds a letter."""
        return self.sink_cpu / self.sunk * 1e6


@dataclass(frozen=True)
class Spread:
    """A figure over several runs."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{shown(self.median)} ({shown(self.least)}–{shown(self.most)})"


def void(run: Run) -> list[str]:
    """Why a run does not count; nothing when it does."""
    reasons = {
        f"failed: {run.failed}": bool(run.failed),
        f"it took {run.seconds:.3f} s": run.seconds < SHORTEST,
        "the sink used no CPU": run.sink_cpu <= 0,
        f"{run.asked} were asked for, the sender counts {run.accepted} and the sink {run.sunk}": not run.asked == run.accepted == run.sunk,
        f"letters of {run.octets // max(run.sunk, 1)} octets": run.octets < FULL * run.size * run.sunk,
    }
    return [reason for reason, so in reasons.items() if so]


def valid(played: Sequence[Run]) -> list[Run]:
    """Those that count."""
    return [run for run in played if not void(run)]


def spread(played: Sequence[Run], of: Callable[[Run], float]) -> Spread:
    """Median, smallest and largest of a figure; there must be a run."""
    return of_all([of(run) for run in played])


def of_all(figures: Sequence[float]) -> Spread:
    """The same of figures."""
    return Spread(median(figures), min(figures), max(figures))


def shown(figure: float) -> str:
    """A figure in three digits, or all of them where there are more."""
    if abs(figure) >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if abs(figure) >= 10 else f"{figure:.2f}"

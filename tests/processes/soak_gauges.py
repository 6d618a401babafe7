"""What a process holds, watched for a long time: memory and open files, sampled, and how fast they grow."""

import statistics
import time
from dataclasses import dataclass, field

import psutil

EVERY = 2.0  # seconds between two samples
MB = 1024 * 1024


@dataclass
class Gauge:
    """One process, by what it is. Each sample: minutes since the first, MB, open files."""

    name: str
    process: psutil.Process
    samples: list[tuple[float, float, int]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def sample(self) -> None:
        """Once, unless that was just done. A process that is gone gives none: whoever reads the samples sees that they end."""
        minutes = (time.monotonic() - self.began) / 60
        if self.samples and (minutes - self.samples[-1][0]) * 60 < EVERY:
            return
        if self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE:
            self.samples.append((minutes, self.process.memory_info().rss / MB, self.process.num_fds()))

    def figures(self, *, warm_after: float) -> dict[str, float]:
        """MB and open files at the end, and how many more there are a minute, from when it is warm: in its first minutes a process reads its code."""
        warm = [sample for sample in self.samples if sample[0] >= warm_after]
        minutes, megabytes, files = zip(*warm, strict=True)
        return {
            "minutes": round(minutes[-1] - minutes[0], 1),
            "MB": round(megabytes[-1], 1),
            "MB a minute": round(slope(minutes, megabytes), 3),
            "open files": files[-1],
            "more open files": round(growth(files), 1),
        }


def slope(at: tuple[float, ...], values: tuple[float, ...]) -> float:
    """By least squares."""
    return statistics.linear_regression(at, values).slope


def growth(values: tuple[int, ...]) -> float:
    """How much more there usually is in the last third than in the first: a connection that comes and goes is none."""
    third = max(len(values) // 3, 1)
    return statistics.median(values[-third:]) - statistics.median(values[:third])

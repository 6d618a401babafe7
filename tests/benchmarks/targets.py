"""What delivery is asked for: each target with what it must reach and what it aims at, and how far a figure is from both. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import runs, senders
from tests.benchmarks.runs import Run, shown

LISTMONK_RATE, LISTMONK_COST = 5_100.0, 252.0  # its core on sink A, measured elsewhere, where smtp-source reached:
LIMIT_ELSEWHERE = 14_200.0
SMALL, BIG, MIDDLE = 10_000, 1_000_000, 100_000


@dataclass(frozen=True)
class Target:
    """A figure that must reach one bound and aims at another; `at_most`: smaller is better."""

    said: str
    must: float
    aim: float
    at_most: bool = False

    def line(self, figure: float | None) -> str:
        """Its row: the figure, both bounds, and for each whether it is met, and how many times better than the bound it is."""
        if figure is None:
            return f"| {self.said} | not measured | {self._bound(self.must)} | | {self._bound(self.aim)} | |"
        cells = [cell for bound in (self.must, self.aim) for cell in (self._bound(bound), self.met(figure, bound))]
        return " | ".join([f"| {self.said}", shown(figure), *cells]) + " |"

    def met(self, figure: float, bound: float) -> str:
        """Yes or no, and how far."""
        reached = figure <= bound if self.at_most else figure >= bound
        said = "yes" if reached else "**no**"
        if not figure or not bound or math.isinf(bound):
            return said
        return f"{said} ({shown(bound / figure if self.at_most else figure / bound)} ×)"

    def _bound(self, bound: float) -> str:
        return "–" if math.isinf(bound) else f"{'≤' if self.at_most else '≥'} {bound:g}"


TARGETS = {
    "limit": Target("letters/s against `smtp-source -d -s 16`", 0.6, 1.0),
    "listmonk wall": Target("letters/s against listmonk's core, 5,100/s measured elsewhere", 1.5, 3),
    "listmonk scaled": Target("the same, as if listmonk's core were to `smtp-source` here as it was there", 1.5, 3),
    "listmonk cpu": Target("CPU of listmonk's core, 252 µs measured elsewhere, against ours", 2.5, 5),
    "nodemailer wall": Target("letters/s against Nodemailer's pool", 7, 12),
    "nodemailer cpu": Target("CPU of Nodemailer's pool against ours", 10, 20),
    "post-office": Target("letters/s against django-post-office", 18, 30),
    "loop": Target("letters/s against the smtplib loop", 22, 35),
    "cpu": Target("CPU µs a recipient, workers + database", 100, 60, at_most=True),
    "peak": Target("peak memory of a worker that sends, MB, 2 workers", 150, 80, at_most=True),
    "peak growth": Target("its growth from 10,000 to 1,000,000, %", 20, 20, at_most=True),
    "peak growth MB": Target("the same, MB", float("inf"), 5, at_most=True),
    "time": Target("time for 1,000,000 over time for 10,000", 115, 105, at_most=True),
    "sealing": Target("sealing 100,000 recipients, s", 60, 10, at_most=True),
    "empty or double": Target("empty or double letters, and letters that one side counts and the other does not", 0, 0, at_most=True),
}


def measured(
    played: Mapping[str, Sequence[Run]], growth: Mapping[int, Mapping[str, Any]], counted: Mapping[str, Any] | None
) -> dict[str, float]:
    """The figure of each target for which there are runs; medians over those that count."""
    counting = {name: valid for name, some in played.items() if (valid := runs.valid(some))}
    rates = {name: runs.spread(valid, lambda run: run.rate).median for name, valid in counting.items()}
    costs = {name: runs.spread(valid, lambda run: run.cost).median for name, valid in counting.items()}
    found = _against(rates, costs) | _grown(growth)
    if counted:
        found["empty or double"] = counted["empty"] + counted["doubled"] + abs(counted["letters"] - counted["accepted"])
    return found


def _against(rates: Mapping[str, float], costs: Mapping[str, float]) -> dict[str, float]:
    if senders.OURS not in rates:
        return {}
    ours, cost = rates[senders.OURS], costs[senders.OURS]
    found = {"listmonk wall": ours / LISTMONK_RATE, "listmonk cpu": LISTMONK_COST / cost, "cpu": cost}
    by = {"nodemailer wall": senders.NODEMAILER, "post-office": senders.POST_OFFICE, "loop": senders.LOOP, "limit": senders.LIMIT}
    found |= {target: ours / rates[sender] for target, sender in by.items() if sender in rates}
    if senders.NODEMAILER in costs:
        found["nodemailer cpu"] = costs[senders.NODEMAILER] / cost
    if senders.LIMIT in rates:
        found["listmonk scaled"] = found["limit"] * LIMIT_ELSEWHERE / LISTMONK_RATE
    return found


def _grown(growth: Mapping[int, Mapping[str, Any]]) -> dict[str, float]:
    found = {}
    if growth:
        found["peak"] = max(float(figures["peak MB"]) for figures in growth.values())
    if MIDDLE in growth:
        found["sealing"] = float(growth[MIDDLE]["sealing s"])
    if SMALL in growth and BIG in growth:
        small, big = growth[SMALL], growth[BIG]
        found["peak growth MB"] = big["peak MB"] - small["peak MB"]
        found["peak growth"] = found["peak growth MB"] / small["peak MB"] * 100
        found["time"] = big["sending s"] / small["sending s"]
    return found

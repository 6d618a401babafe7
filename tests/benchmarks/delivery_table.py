"""The one table of the delivery protocol: who sends how fast and at what cost, what was asked for, and growth. Pure: figures in, words out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks import runs, targets
from tests.benchmarks.runs import Run
from tests.benchmarks.senders import SENDERS

HEAD = """# Delivery

What `make bench` found: the delivery protocol of `tests/benchmarks/delivery.py`, which writes this file.

Senders took turns, each on a `smtp-sink` of its own; after a warm-up every figure is a median over the runs that count, with the smallest and
the largest. The letter is multipart, text and HTML, about 20 kB, with each reader's own name, organisation and links. Ours is a whole release:
sealed, signed by both parties, the gate on, {pace} (an operator's setting; it slows nothing here), everything flushed to disk, timed from "let
it go" to the last outcome in the database by workers that ran before; its CPU is that of the workers with their children and of PostgreSQL's
processes, until the release is closed and every subscriber has heard. Others are timed from their first letter to their last, without starting
up. RabbitMQ's CPU and the sink's are shown beside. RabbitMQ is the machine's own, shared with whatever else runs.

A run is void if a command failed, it took less than 0.05 s, the sink used no CPU, or the sink's count is not the sender's.
"""
SENDERS_HEAD = (
    "| sender | letters | runs | void | letters/s | CPU µs a letter | of that | beside | sink's CPU µs | peak MB of a worker | load |\n"
    + "|---" * 11
    + "|"
)
TARGETS_HEAD = "| target | measured | must | met | aim | met |\n|---|---|---|---|---|---|"
GROWTH_HEAD = (
    "| people | planned | accepted | sink | sealing s | sealer's peak MB | sending s | letters/s | CPU µs | peak MB of a worker that sends "
    + "| release page ms, before → meanwhile | delivery page ms | commit |\n"
    + "|---" * 13
    + "|"
)
ELSEWHERE = f"on two cores where `smtp-source` sent {targets.LIMIT_ELSEWHERE:,.0f} a second"
LISTMONK = (
    f"| listmonk's core, 10 workers, records nothing: not measured here but elsewhere, {ELSEWHERE} | | | "
    + f"| {targets.LISTMONK_RATE:,.0f} | {targets.LISTMONK_COST:.0f} | | | | | |"
)


@dataclass(frozen=True)
class Figures:
    """All that was found: runs by sender, growth by people, what our own sink counted, and on what machine."""

    played: Mapping[str, Sequence[Run]]
    growth: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    counted: Mapping[str, Any] | None = None
    machine: Mapping[str, str] = field(default_factory=dict)


def write(found: Figures, *, pace: str) -> str:
    """The whole file."""
    reached = targets.measured(found.played, found.growth, found.counted)
    parts = [
        HEAD.format(pace=f"`{pace}`"),
        "; ".join(f"{name} {value}" for name, value in found.machine.items()) + ".",
        "\n".join([SENDERS_HEAD, *_senders(found.played), LISTMONK]),
        *_voided(found.played),
        "## Targets\n\nEach is for PostgreSQL and two workers. In brackets: how many times better than the bound (below 1: worse).",
        "\n".join([TARGETS_HEAD, *(target.line(reached.get(name)) for name, target in targets.TARGETS.items())]),
        _counted(found.counted),
        "## Growth\n\nPostgreSQL, two workers; pages are asked for five times a second meanwhile, and 95 of 100 looks took at most so long.",
        "\n".join([GROWTH_HEAD, *(_grown(figures) for _, figures in sorted(found.growth.items()))]),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _senders(played: Mapping[str, Sequence[Run]]) -> Iterable[str]:
    for name, sender in SENDERS.items():
        every = played.get(name, [])
        counting = runs.valid(every)
        if not counting:
            why = "void" if every else "not played yet"
            yield f"| {sender.said} | | 0 | {len(every)} | {why} | | | | | | |"
            continue
        yield f"| {sender.said} | {counting[0].asked:,} | {len(counting)} | {len(every) - len(counting)} | {_measured(counting)} |"


def _measured(counting: Sequence[Run]) -> str:
    peak = runs.spread(counting, lambda run: run.peak_mb)
    cells = [
        str(runs.spread(counting, lambda run: run.rate)),
        str(runs.spread(counting, lambda run: run.cost)),
        _parts(counting, [dict(run.cpu) for run in counting]),
        _parts(counting, [dict(run.beside) for run in counting]),
        str(runs.spread(counting, lambda run: run.sink_cost)),
        str(peak) if peak.most else "",
        str(runs.spread(counting, lambda run: run.load)),
    ]
    return " | ".join(cells)


def _parts(counting: Sequence[Run], parts: Sequence[Mapping[str, float]]) -> str:
    """CPU by whose it is, in microseconds a letter: medians."""
    sunk = [run.sunk for run in counting]
    names = [name for name in parts[0] if len(parts[0]) > 1 or name != "sender"]
    each = {name: runs.of_all([part[name] / letters * 1e6 for part, letters in zip(parts, sunk, strict=True)]) for name in names}
    return ", ".join(f"{name} {runs.shown(spread.median)}" for name, spread in each.items())


def _voided(played: Mapping[str, Sequence[Run]]) -> list[str]:
    said = [f"* {SENDERS[name].said}: {'; '.join(why)}" for name, every in played.items() for run in every if (why := runs.void(run))]
    return ["Void:\n\n" + "\n".join(said)] if said else []


def _counted(counted: Mapping[str, Any] | None) -> str:
    if not counted:
        return ""
    return (
        f"Postfix's sink cannot tell an empty letter from another, nor who got two: a sink of our own took {counted['letters']:,} letters, of "
        f"which {counted['empty']} were empty and {counted['doubled']} doubled; the database counts {counted['accepted']:,} (commit "
        f"{counted['commit']}). A sink B in C was left out: what is asked for is asked on sink A."
    )


def _grown(figures: Mapping[str, Any]) -> str:
    counts = [f"{figures[name]:,}" for name in ("people", "planned", "accepted", "sunk")]
    cpu, before, meanwhile = figures["CPU us"], figures["page ms before"], figures["page ms meanwhile"]
    cells = [
        *counts,
        figures["sealing s"],
        figures["sealing MB"],
        figures["sending s"],
        runs.shown(figures["people"] / figures["sending s"]),
        ", ".join(f"{whose} {runs.shown(microseconds)}" for whose, microseconds in cpu.items()),
        figures["peak MB"],
        *(f"{before.get(page, '')} → {meanwhile.get(page, '')}" for page in ("release", "delivery")),
        figures["commit"],
    ]
    return f"| {' | '.join(map(str, cells))} |"

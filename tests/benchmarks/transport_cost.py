"""What a letter costs on the wire: letters a second over one connection, and CPU microseconds of ours a letter, by each transport.

Both in turn, as often as `--rounds` says, after a warm-up; medians with the smallest and the largest. Void where the sink's count differs.
Asked for: the fast transport takes at most three quarters of the reference's CPU.
"""

import argparse
import json
import os
import sys
import time
from statistics import median
from typing import Any

from campaigns.delivery.pipelined import PipelinedTransport
from campaigns.delivery.plain import PlainTransport
from campaigns.delivery.transport import Envelope, framed
from tests.benchmarks.sink import Sink

AT_MOST = 0.75
KINDS = {"plain": PlainTransport, "pipelined": PipelinedTransport}


def letter(number: int, size: int) -> Envelope:
    """So many octets in lines of 74, as a sealed letter has them."""
    line = b"One lead authority speaks for each organisation, and each one is told. ="
    return Envelope(
        "lopp@countersign.test", f"post{number}@council.test", b"Subject: x\r\n\r\n" + (line + b"\r\n") * (size // (len(line) + 2))
    )


def send(sink: Sink, kind: str, letters: list[Envelope]) -> tuple[float, float]:
    """Letters a second, and CPU seconds a letter; refuses a run that did not do what it says."""
    transport, before = KINDS[kind](sink.url, timeout=30), sink.swallowed()
    began, used = time.monotonic(), time.process_time()
    accepted = sum(transport.deliver(letter).kind == "accepted" for letter in letters)
    took, cpu = time.monotonic() - began, time.process_time() - used
    transport.close()
    after = sink.swallowed()
    whole = accepted == after["letters"] - before["letters"] == len(letters)
    if not whole or after["empty"] or after["cpu"] <= before["cpu"] or took < 0.05:
        raise SystemExit(f"void: {accepted} accepted of {len(letters)}, sink {before} then {after}, {took:.3f} s")
    return len(letters) / took, cpu / len(letters)


def measure(letters: list[Envelope], rounds: int) -> dict[str, Any]:
    """The figures of each transport, and of the framing that both do."""
    rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
    costs: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with Sink() as sink:
        for played in range(rounds + 1):
            for kind in KINDS:
                rate, cost = send(sink, kind, letters)
                if played:  # the first is the warm-up
                    rates[kind].append(rate)
                    costs[kind].append(cost * 1e6)
    began = time.process_time()
    for one in letters:
        framed(one.message)
    spent = (time.process_time() - began) / len(letters) * 1e6
    return {kind: {"letters/s": _spread(rates[kind]), "CPU us": _spread(costs[kind])} for kind in KINDS} | {
        "of that framing us": round(spent, 1)
    }


def _spread(figures: list[float]) -> list[int]:
    return [round(median(figures)), round(min(figures)), round(max(figures))]


def main() -> None:
    """Print the figures; the exit code is 1 above what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=5_000)
    parser.add_argument("--bytes", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    found = measure([letter(number, asked.bytes) for number in range(asked.letters)], asked.rounds)
    ratio = found["pipelined"]["CPU us"][0] / found["plain"]["CPU us"][0]
    size = len(letter(0, asked.bytes).message)
    print(
        json.dumps({"letters": asked.letters, "bytes": size, **found, "CPU ratio": round(ratio, 2), "load": round(os.getloadavg()[0], 1)})
    )
    sys.exit(0 if ratio <= AT_MOST else 1)


if __name__ == "__main__":
    main()

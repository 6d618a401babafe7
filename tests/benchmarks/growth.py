"""From 10,000 readers to 1,000,000: one release on PostgreSQL with two workers, measured while somebody looks at its pages.

`python -m tests.benchmarks.growth 1000000` plays one size and keeps its figures for the table of `tests.benchmarks.delivery`; without a size
it plays 10,000, 100,000 and 1,000,000, those that this commit has not played. The workers that seal stop before those that send begin, so
that the memory of each is known: sealing reads its audience at once, sending a chunk at a time.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from campaigns.agreement import releases
from campaigns.delivery import deliveries
from tests.benchmarks import errands, ledger, ours, page_watch, postfix_sink, usage
from tests.benchmarks.errands import Errand
from tests.benchmarks.ours import Setup
from tests.processes.clusters import Cluster
from workers.rehearsal import Rehearsal

SIZES = (10_000, 100_000, 1_000_000)
SETUP = Setup("postgresql", 2)
LOOKS_BEFORE = 10


def play(people: int) -> dict[str, Any]:
    """One size; gives its figures."""
    with tempfile.TemporaryDirectory(prefix="countersign-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the sink is nobody
        with postfix_sink.opened(folder) as sink, ours.staged(SETUP, Errand(people, sink.port, folder, folder)) as (played, cluster):
            figures = _prepared(played)
            figures |= _sent(played, cluster)
            sunk = sink.seen()
            counts = _tally(played)
    return figures | {"people": people, "planned": sum(counts.values()), "accepted": counts["accepted"], "sunk": sunk.letters}


def _prepared(played: Rehearsal) -> dict[str, Any]:
    played.start_workers()
    began = time.monotonic()
    played.gather()
    gathered = time.monotonic() - began
    sealing = ours.seal(played)
    peak = max(usage.peak_mb(worker.process.pid) for worker in played.workers)
    ours.change_shift(played)
    return {"gathering s": round(gathered, 1), "sealing s": round(sealing, 1), "sealing MB": round(peak)}


def _sent(played: Rehearsal, cluster: Cluster | None) -> dict[str, Any]:
    with page_watch.opened(played) as watch:
        for name in [*watch.paths] * LOOKS_BEFORE:
            watch.look(name)
        still = watch.slow_ms()
        with watch.meanwhile():
            sent = ours.let_go(played, cluster, 0.0)
        meanwhile = watch.slow_ms()
    return {
        "sending s": round(sent.seconds, 2),
        "CPU us": {whose: round(cpu / sent.accepted * 1e6, 1) for whose, cpu in sent.cpu.items()},
        "peak MB": round(sent.peak_mb, 1),
        "page ms before": still,
        "page ms meanwhile": meanwhile,
        "looks": sum(map(len, watch.seconds.values())),
        "faults": watch.faults[:5],
    }


def _tally(played: Rehearsal) -> dict[str, int]:
    with played.stage.database.reading() as session:
        return deliveries.tally(session, releases.get(session, played.release_id))


def is_whole(figures: dict[str, Any]) -> bool:
    """Whether everybody was planned for, every letter was accepted, the sink counts the same, and every page was a page."""
    people = figures["people"]
    return people == figures["planned"] == figures["accepted"] == figures["sunk"] and not figures["faults"]


def main() -> None:
    """Play and print them; the exit code is 1 when one is not whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=int, nargs="*", help="Default: 10000 100000 1000000, those not played yet.")
    asked, book = parser.parse_args().people, ledger.of_this_commit()
    wrong = reason = postfix_sink.why_not()
    if reason:
        sys.exit(reason)
    for people in asked or [size for size in SIZES if (book.noted(f"growth-{size}") or {}).get("commit") != book.commit]:
        try:
            figures = play(people)
        except errands.GONE_WRONG as fault:
            sys.exit(f"{people}: {type(fault).__name__}: {fault}")
        print(json.dumps(figures), flush=True)
        if is_whole(figures):
            book.note(f"growth-{people}", figures)
        else:
            wrong = "void"
    sys.exit(int(bool(wrong)))


if __name__ == "__main__":
    main()

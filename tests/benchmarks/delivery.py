"""The delivery protocol: ours and the others in turn, A B A B …, on Postfix's sink; its figures go into DELIVERY.md.

`python -m tests.benchmarks.delivery` plays what this commit has not played yet, one run at a time, and can be ended and begun again at any
moment; `--letters 500 --rounds 1` is a quick look, and names of senders (see senders.py) play those alone. `--table` plays nothing.
Growth is played by `tests.benchmarks.growth`; its figures stand in the same file.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import counted, delivery_table, errands, growth, ledger, machine, postfix_sink, runs
from tests.benchmarks.delivery_table import Figures
from tests.benchmarks.ledger import Ledger
from tests.benchmarks.ours import PACE, Setup
from tests.benchmarks.senders import SENDERS

TABLE = Path(__file__).with_name("DELIVERY.md")
TOOLS = Path(".data/bench/tools").absolute()
LETTERS, ROUNDS = 30_000, 3
WARM = 10  # one in so many letters of a run is sent before, to warm up
COUNTED, COUNTED_ONE_IN = "counted", 3


def play(book: Ledger, names: Sequence[str], letters: int, rounds: int) -> None:
    """Every run that is still to be played, in turns; a sender's first is preceded by its warm-up."""
    due = [(turn, name) for turn in range(rounds) for name in names if not book.is_played(name, turn, SENDERS[name].letters(letters))]
    for name in dict.fromkeys(name for _, name in due):
        sender = SENDERS[name]
        _say(f"{name}, to warm up", errands.play(sender.send, max(sender.letters(letters) // WARM, 100), tools=TOOLS))
    for turn, name in due:
        sender = SENDERS[name]
        run = errands.play(sender.send, sender.letters(letters), tools=TOOLS)
        book.keep(name, turn, run)
        _say(f"{name}, {turn + 1} of {rounds}", run)


def play_counted(book: Ledger, letters: int) -> None:
    """Ours once more, before a sink that counts empty letters and doubled ones."""
    try:
        found = counted.count(letters, Setup("postgresql", 2))
    except errands.GONE_WRONG as fault:
        print(f"{COUNTED}: {type(fault).__name__}: {fault}", flush=True)
        return
    print(COUNTED, json.dumps(found), flush=True)
    book.note(COUNTED, found)


def gather(book: Ledger, rounds: int) -> Figures:
    """What is kept, for the table."""
    played = {name: book.runs(name, rounds) for name in SENDERS}
    grown = {size: found for size in growth.SIZES if (found := book.noted(f"growth-{size}"))}
    return Figures(played, grown, book.noted(COUNTED), {"commit": book.commit} | machine.described(TOOLS))


def main() -> None:
    """Play, write the table; the exit code is 1 when something was asked for and could not be played, or is void."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("senders", nargs="*", help=f"Default: all of {', '.join([*SENDERS, COUNTED])}.")
    parser.add_argument("--letters", type=int, default=LETTERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--table", action="store_true", help="Only write the table.")
    parser.add_argument("--to", type=Path, default=TABLE)
    asked, book = parser.parse_args(), ledger.of_this_commit()
    if reason := postfix_sink.why_not():
        sys.exit(reason)
    if unknown := set(asked.senders) - {*SENDERS, COUNTED}:
        parser.error(f"no such sender: {', '.join(sorted(unknown))}")
    names = [name for name in SENDERS if name in (asked.senders or SENDERS)]
    if not asked.table:
        play(book, names, asked.letters, asked.rounds)
        if COUNTED in (asked.senders or [COUNTED]) and (book.noted(COUNTED) or {}).get("commit") != book.commit:
            play_counted(book, max(asked.letters // COUNTED_ONE_IN, 100))
    found = gather(book, asked.rounds)
    asked.to.write_text(delivery_table.write(found, pace=PACE), encoding="utf-8")
    sys.exit(any(len(runs.valid(found.played[name])) < asked.rounds for name in names))


def _say(what: str, run: runs.Run) -> None:
    said = f"{run.rate:.0f} letters/s, {run.cost:.0f} µs" if run.sunk else ""
    print(f"{what}: {said} {'; '.join(f'VOID: {reason}' for reason in runs.void(run))}", flush=True)


if __name__ == "__main__":
    main()

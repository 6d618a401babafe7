"""A rehearsal whose every letter is held against its release's bundle by the verifier that outsiders run.

`python -m tests.processes.proofs --people 5000`: real processes, a real mail server's Maildir, and one bundle exported from what is left.
"""

import argparse
import json
import sys
import time
from collections import Counter
from typing import Any

from campaigns.agreement import bundles, verifier
from tests.processes import kill_drill
from workers import rehearsal
from workers.rehearsal import Plan, Rehearsal

REHEARSED = verifier.Rules(rehearsal=True)


def play(people: int) -> dict[str, Any]:
    """Rehearse, export, and check every letter that the mail server was given; gives the figures."""
    with rehearsal.opened(Plan(people=people)) as played:
        played.start_workers()
        played.gather()
        played.seal()
        played.agree()
        played.await_outcomes()
        played.finish()
        played.stop_workers()
        began = time.monotonic()
        counts = check(played)
        return {"people": people, **counts, "checker": kill_drill.count(played), "verified in seconds": round(time.monotonic() - began, 1)}


def check(played: Rehearsal) -> dict[str, int]:
    """Every letter against the bundle: how many are signed as they arrived, altered, or belong to no agreed release."""
    with played.stage.database.reading() as session:
        raw = bundles.pack(bundles.gather(session, played.release_id))
    proof, tally = verifier.check(raw, REHEARSED), Counter[str](verified=0, altered=0, unsigned=0)
    mine = played.release_id.hex.encode()
    for path in (played.stage.settings.mail_dir / "new").iterdir():
        letter = path.read_bytes()
        try:
            verifier.check_letter(letter, proof)
            tally["verified"] += 1
        except verifier.Fault:
            tally["altered" if mine in letter else "unsigned"] += 1
    return {"letters": tally.total(), **tally}


def main() -> None:
    """Print the figures; the exit code is 1 unless every letter verifies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5000)
    found = play(parser.parse_args().people)
    print(json.dumps(found))
    sys.exit(0 if found["verified"] == found["people"] == found["letters"] else 1)


if __name__ == "__main__":
    main()

"""Sealing 100,000 recipients of about 5 kB, in a process of its own: seconds and peak memory. Asked for: at most 60 s and 300 MB."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any
from uuid import UUID

from audiences.sealing import Sealer
from campaigns.agreement import releases
from campaigns.foundation import clock
from campaigns.foundation.database import Database
from tests import conftest
from tests.benchmarks import usage
from tests.campaigns import stories
from workers import rehearsal_cast as casting

SECONDS, MEGABYTES = 60.0, 300.0
KEY = "a key for links that nobody follows"


def seal(url: str, release: UUID) -> dict[str, Any]:
    """Seal it here; gives what came of it, how long it took, and the most memory this process ever had."""
    database, began = Database(url), time.monotonic()
    Sealer(database, stories.SENDER, KEY, clock.now).seal(release)
    took, used = time.monotonic() - began, time.process_time()
    with database.reading() as session:
        sealed = releases.get(session, release)
    return {
        "state": sealed.state,
        "people": sealed.people,
        "seconds": round(took, 1),
        "cpu": round(used, 1),
        "peak MB": int(usage.peak_mb(os.getpid())),
    }


def main() -> None:
    """Print the figures; the exit code is 1 above what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seal", nargs=2, metavar=("URL", "RELEASE"))
    asked = parser.parse_args()
    if asked.seal:
        return print(json.dumps(seal(asked.seal[0], UUID(asked.seal[1]))))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/sealing.db"
        database = Database(url)
        conftest.found(database)
        cast = casting.gather(database, people=asked.people)
        release = casting.submit(database, cast, variants=casting.MOST_VARIANTS)
        database.dispose()
        command = [sys.executable, "-m", "tests.benchmarks.sealing_cost", "--seal", url, str(release)]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    print(json.dumps(found))
    wanted = found["state"] == "sealed" and found["people"] >= asked.people
    sys.exit(0 if wanted and found["seconds"] <= SECONDS and found["peak MB"] <= MEGABYTES else 1)


if __name__ == "__main__":
    main()

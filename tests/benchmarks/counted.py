"""The count that Postfix's sink cannot do: empty letters, and readers who got two, by a sink of our own, for a whole release of ours."""

import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import long_letter
from tests.benchmarks.errands import Errand
from tests.benchmarks.ours import Setup
from tests.benchmarks.sink import Sink


def count(letters: int, setup: Setup) -> dict[str, Any]:
    """Send a release to it; gives its count beside the database's."""
    with tempfile.TemporaryDirectory(prefix="countersign-bench-") as name, Sink() as sink:
        folder = Path(name)
        sent = setup.send(Errand(letters, int(sink.url.rpartition(":")[2]), folder, folder))
        took = sink.swallowed()
    doubled = took["letters"] - took["recipients"]
    return {"letters": took["letters"], "accepted": sent.accepted, "empty": took["empty"], "doubled": doubled, "size": long_letter.SIZE}

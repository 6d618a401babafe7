"""A process of its own that reads one uploaded file and ends, so that a hostile file exhausts this process and no other.

The file comes on standard input; out go a line of JSON about the whole, then one for each row; or one line that refuses it.
"""

import json
import resource
import sys
from typing import Any, TextIO

from audiences import sheets
from campaigns.foundation.errors import Refused

MEMORY = 512 * 1024 * 1024  # bytes
SECONDS = 20  # of the processor's time
MOST_WRITTEN = 256 * 1024 * 1024  # bytes of JSON
EXHAUSTED = 3  # the exit code when there was no more memory


def read(raw: bytes, out: TextIO, *, encoding: str | None, sheet: str | None) -> None:
    """Write the file's rows as JSON."""
    try:
        found = sheets.rows_of(raw, encoding, sheet)
        head = {"header": found.header, "remarks": found.remarks, "encoding": found.encoding, "certain": found.certain}
        _say(out, {**head, "sheets": found.sheets, "sheet": found.sheet})
        for line in found.lines:
            _say(out, [line.number, *line.cells])
    except Refused as refusal:
        out.seek(0)  # what was read before the refusal goes: nobody is to make anything of it
        out.truncate()
        _say(out, {"refused": refusal.sentence, "field": refusal.field})


def _say(out: TextIO, what: Any) -> None:
    out.write(json.dumps(what, separators=(",", ":")) + "\n")


def main() -> None:
    """Take the limits, then read."""
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, MOST_WRITTEN)):
        resource.setrlimit(limit, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.loads(sys.argv[1])
    try:
        read(sys.stdin.buffer.read(), sys.stdout, encoding=asked["encoding"], sheet=asked["sheet"])
        sys.stdout.flush()
    except MemoryError:
        sys.exit(EXHAUSTED)


if __name__ == "__main__":
    main()

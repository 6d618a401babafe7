"""A process of its own that reads one iCalendar file and ends, so that a hostile file exhausts this process and no other.

The file comes on standard input; out goes one line of JSON: what it says, or the sentence that refuses it. `opened` starts it and reads its
answer.
"""

import json
import resource
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from typing import Any

from audiences import calendar_files
from audiences.calendar_events import Entry
from audiences.calendar_files import LARGEST, Reading
from campaigns.foundation.errors import Refused

MEMORY = 512 * 1024 * 1024  # bytes
SECONDS = 5  # of the processor's time, most of it spent on starting where the machine is slow
PATIENCE = 20.0  # seconds to wait
EXHAUSTED = 3
TOO_MUCH = "This calendar needs more memory or time to read than one file may take. Export fewer years, or one calendar at a time."


def opened(raw: bytes) -> Reading:
    """What a file says, read apart. Refuses an empty one, one that is too big, and one that cannot be read."""
    if not raw:
        raise Refused("Choose an iCalendar file; this one is empty.", field="file")
    if len(raw) > LARGEST:
        raise Refused(f"The file is bigger than {LARGEST // 1024**2} MB. Export fewer years or one calendar at a time.", field="file")
    command = [sys.executable, "-I", "-m", "audiences.calendar_parsing"]
    try:
        ended = subprocess.run(command, input=raw, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise Refused(TOO_MUCH, field="file") from None
    if ended.returncode:
        raise Refused(TOO_MUCH, field="file")
    answer = json.loads(ended.stdout)
    if "sentence" in answer:
        raise Refused(answer["sentence"], field="file")
    return Reading([entry(each) for each in answer["entries"]], [tuple(each) for each in answer["refused"]], answer["remarks"])


def entry(value: dict[str, Any]) -> Entry:
    """An entry from JSON."""
    days = {name: date.fromisoformat(value[name]) for name in ("first", "last")}
    return Entry(**{**value, **days, "excepted": tuple(date.fromisoformat(day) for day in value["excepted"])})


def written(found: Entry) -> dict[str, Any]:
    """An entry for JSON."""
    days = {"first": found.first.isoformat(), "last": found.last.isoformat()}
    return {**asdict(found), **days, "excepted": [day.isoformat() for day in found.excepted]}


def _answer(raw: bytes) -> dict[str, Any]:
    try:
        found = calendar_files.read(raw)
    except Refused as refusal:
        return {"sentence": refusal.sentence}
    return {"entries": [written(each) for each in found.entries], "refused": found.refused, "remarks": found.remarks}


def main() -> None:
    """Take the limits, then read."""
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        resource.setrlimit(limit, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sys.stdout.write(json.dumps(_answer(sys.stdin.buffer.read())))
        sys.stdout.flush()
    except MemoryError:
        sys.exit(EXHAUSTED)


if __name__ == "__main__":
    main()

"""Writes the fault sink's journal down as Postfix would, live, so that a storm's workers resolve what is unclear by the product's own means.

`python -m tests.processes.sink_maillog --journal sink.jsonl --log mail.log` follows until it is killed. Standard library only. Lines stand in the
order of the journal, which is that of the acts: a letter with a 2xx reply was taken, whether or not the reply was heard.
"""

import argparse
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LOOK_EVERY = 0.05  # seconds
Line = dict[str, Any]


class Clerk:
    """What Postfix would write; remembers each open letter's sender."""

    def __init__(self) -> None:
        self.senders: dict[int, str] = {}

    def write(self, line: Line) -> Iterator[str]:
        """The log's lines for one of the journal's."""
        number, queue = line["n"], f"4F{line['n']:08X}"
        if line.get("begun"):
            self.senders[number] = line["sender"]
            yield _entry(line, "smtpd", f"{queue}: client=unknown[127.0.0.1]")
        elif "noops" in line:
            yield _entry(line, "smtpd", "connect from unknown[127.0.0.1]")
            words = f"ehlo=1 noop={line['noops']} quit=1 commands={line['noops'] + 2}"
            yield _entry(line, "smtpd", f"disconnect from unknown[127.0.0.1] {words}")
        elif line.get("message_id"):
            yield _entry(line, "cleanup", f"{queue}: message-id={line['message_id']}")
            if line["reply"].startswith("2"):
                yield _entry(line, "qmgr", f"{queue}: from=<{self.senders.get(number, '')}>, size=1000, nrcpt=1 (queue active)")
            else:
                yield _entry(line, "smtpd", f"{queue}: reject: END-OF-MESSAGE from unknown[127.0.0.1]: {line['reply']}")
            yield _entry(line, "smtpd", "disconnect from unknown[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 commands=4")


def follow(journal: Path, log: Path) -> None:
    """For ever; a line of the journal that is not finished is waited for."""
    clerk, place = Clerk(), 0
    with log.open("a", encoding="utf-8") as lines:
        lines.write(_entry({"at": time.time()}, "master", "daemon started -- version 3.7.11"))
        while True:
            lines.flush()
            octets = _from(journal, place)
            whole = octets[: octets.rfind(b"\n") + 1]
            place += len(whole)
            for line in whole.splitlines():
                lines.writelines(clerk.write(json.loads(line)))
            if not whole:
                time.sleep(LOOK_EVERY)


def _from(journal: Path, place: int) -> bytes:
    if not journal.exists():
        return b""
    with journal.open("rb") as octets:
        octets.seek(place)
        return octets.read()


def _entry(line: Line, process: str, text: str) -> str:
    return f"{datetime.fromtimestamp(line['at'], UTC).isoformat()} sink postfix/{process}[1]: {text}\n"


if __name__ == "__main__":
    words = argparse.ArgumentParser(description="Write the fault sink's journal down as Postfix would.")
    words.add_argument("--journal", type=Path, required=True)
    words.add_argument("--log", type=Path, required=True)
    given = words.parse_args()
    follow(given.journal, given.log)

"""The books of a real Postfix: which letters it took from us and how often, by its log; and how often each came out behind it.

Two witnesses before it and behind it: the wire (postfix_wire.py) saw what we sent and heard, a fault sink without faults what Postfix handed on.
Together they make one journal such as the fault sink's, in which a letter is *accepted* once for each queue id that Postfix gave it. What Postfix
itself hands on twice, because it was killed before it could cross it off, is one acceptance; a letter that it took and never handed on, or that
came out though no log speaks of it, is not left out of the count.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Line = dict[str, Any]
NAMED = re.compile(r"postfix/cleanup\[\d+\]: (\w+): message-id=(\S+)")
ACTIVE = re.compile(r"postfix/qmgr\[\d+\]: (\w+): from=<.+>, .*\(queue active\)")
NEVER = "taken and never handed on"
QUEUED = re.compile(r"queued as (\w+)")


@dataclass(frozen=True)
class Books:
    """The files of the three."""

    wire: Path
    log: Path
    behind: Path

    def journal(self) -> Iterator[Line]:
        """Lines such as the fault sink's. Only the log knows of a letter that was taken and not answered: its line stands at the end."""
        taken, arrivals, open_dots, times = self.taken(), self.arrivals(), dict[int, Line](), defaultdict[str, int](int)
        for line in _lines(self.wire):
            if "dot" in line:
                open_dots[line["n"]] = line
                continue
            if "reply" in line:
                open_dots.pop(line["n"], None)
                if line["reply"].startswith("2"):
                    name = line["message_id"]
                    taken.get(name, set()).discard(_queue(line["reply"]))
                    line, times[name] = _seen(line, arrivals[name], times[name]), times[name] + 1
            yield line
        unheard = {line["dot"]: line for line in open_dots.values()}
        for name in [*taken, *(arrivals.keys() - taken.keys())]:
            queues = sorted(taken.get(name, ())) or ([] if times[name] or not arrivals[name] else ["no queue id"])
            for queue in queues:
                begun = unheard.get(name, {"n": 0, "at": 0.0})
                said = {"n": begun["n"], "at": begun["at"], "message_id": name, "reply": f"250 by its log, queued as {queue}"}
                yield _seen(said, arrivals[name], times[name])
                yield {"n": begun["n"], "at": begun["at"], "written": False}
                times[name] += 1

    def taken(self) -> dict[str, set[str]]:
        """By Message-ID, the queue ids under which Postfix has or had a whole letter; an id stands for one letter only (long queue ids)."""
        names, taken = dict[str, str](), defaultdict[str, set[str]](set)
        for text in self.log.read_text("utf-8", "replace").splitlines():
            if found := NAMED.search(text):
                names[found[1]] = found[2]
            elif (found := ACTIVE.search(text)) and found[1] in names:
                taken[names[found[1]]].add(found[1])
        return taken

    def arrivals(self) -> dict[str, list[Line]]:
        """By Message-ID, what came out."""
        found = defaultdict[str, list[Line]](list)
        for line in _lines(self.behind):
            if line.get("reply", "").startswith("2"):
                found[line["message_id"]].append(line)
        return found

    def figures(self) -> dict[str, int]:
        """What is Postfix's own doing: letters it handed on more often than it took them, or not at all."""
        lines = [line for line in self.journal() if "reply" in line]
        taken = Counter(line["message_id"] for line in lines if line["reply"].startswith("2"))
        arrivals = self.arrivals()
        return {
            "handed on twice by Postfix": sum(len(arrivals[name]) > times for name, times in taken.items()),
            NEVER: sum(line["reply"].startswith(NEVER) for line in lines),
        }


def write(books: Books, journal: Path) -> None:
    """The one journal, anew."""
    journal.write_text("".join(json.dumps(line) + "\n" for line in books.journal()), encoding="utf-8")


def _queue(reply: str) -> str:
    found = QUEUED.search(reply)
    return found[1] if found else ""


def _seen(line: Line, arrived: list[Line], place: int) -> Line:
    """The line, with what the sink behind saw of the letter; one that never came out is lost, whatever was replied."""
    if not arrived:
        return line | {"reply": f"{NEVER}: {line['reply']}"}
    one = arrived[min(place, len(arrived) - 1)]
    return line | {name: one[name] for name in ("to", "sha256", "canonical_sha256")}


def _lines(path: Path) -> Iterator[Line]:
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.endswith("\n"))

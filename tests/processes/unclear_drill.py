"""The drill of the unclear: every letter is cut off at its dot on its way to a real Postfix, and only Postfix's log knows which it took.

`python -m tests.processes.unclear_drill` plays it with 500 letters cut after the dot, with 500 whose log cannot be read, and with 50 cut before
the dot; `--people` changes the first two. The witness is the mail that Postfix delivered: how often each Message-ID stands in its boxes.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any

from sqlmodel import select

from campaigns.agreement.sealed import Particulars
from tests.processes import cutting_proxy, postfixes
from tests.processes.cutting_proxy import AFTER, BEFORE
from tests.processes.postfixes import Postfix
from workers import rehearsal
from workers.rehearsal import Plan, Rehearsal

WAIT = 2.0  # seconds for which a letter may still turn up
SETTLES_WITHIN = 120.0
STILL_FOR = 4.0  # seconds in which something might wrongly be sent again


def play(people: int, cut: str, *, readable: bool = True) -> dict[str, Any]:
    """Send to `people`, the first attempt of each cut; gives what the log settled, and what arrived."""
    with postfixes.postfix() as own, cutting_proxy.between(own.port, lambda letter: cut if letter <= people else "") as proxy:
        log = own.folder / "mail.log" if readable else own.folder / "nothing.log"
        with _told({"RELAY_LOG": str(log), "UNCLEAR_SECONDS": str(WAIT)}), rehearsal.opened(_plan(people, proxy.port)) as played:
            began = time.monotonic()
            _go(played, own)
            _until(played, lambda tally: tally["accepted"] + tally["held"] == people)
            time.sleep(STILL_FOR)
            arrived = _arrived(own)
            return {
                "people": people,
                "cut": dict(proxy.cuts),
                "tally": {state: number for state, number in played.tally().items() if number},
                "arrived": len(arrived),
                "arrived twice": sum(times > 1 for times in arrived.values()),
                "never arrived": len(_signed(played) - arrived.keys()),
                "unclear": played.counts()["unknown"],
                "release": played.release().state,
                "seconds": round(time.monotonic() - began, 1),
            }


def _plan(people: int, port: int) -> Plan:
    return Plan(people=people, smtp=f"127.0.0.1:{port}")


def _go(played: Rehearsal, own: Postfix) -> None:
    played.start_workers()
    played.gather()
    played.seal()
    own.know(address for address, _ in _readers(played))
    played.agree()


def _until(played: Rehearsal, settled: Callable[[dict[str, int]], bool]) -> None:
    since = time.monotonic()
    while not settled(played.tally()):
        assert time.monotonic() - since < SETTLES_WITHIN, played.tally()
        time.sleep(0.2)


def _readers(played: Rehearsal) -> list[tuple[str, str]]:
    with played.stage.database.reading() as session:
        mine = session.exec(select(Particulars).where(Particulars.release_id == played.release_id))
        return [(one.address or "", (one.fields or {})["message_id"]) for one in mine]


def _signed(played: Rehearsal) -> set[str]:
    return {name for _, name in _readers(played)}


def _arrived(own: Postfix) -> Counter[str]:
    """How often each Message-ID was delivered."""
    letters: list[Path] = [*(own.folder / "boxes").glob("others/*/new/*")]
    return Counter(str(message_from_bytes(letter.read_bytes())["Message-ID"]) for letter in letters)


@contextmanager
def _told(settings: dict[str, str]) -> Iterator[None]:
    said = {f"COUNTERSIGN_{name}": value for name, value in settings.items()}
    os.environ |= said
    try:
        yield
    finally:
        for name in said:
            del os.environ[name]


def wrong(found: dict[str, dict[str, Any]], people: int) -> list[str]:
    """What a drill broke."""
    log, blind, before = found["after the dot"], found["log unreadable"], found["before the dot"]
    reasons = {
        "the harm did not land": log["cut"].get(AFTER) != people or before["cut"].get(BEFORE) != before["people"],
        "not each was accepted": log["tally"] != {"accepted": people} or before["tally"] != {"accepted": before["people"]},
        "something was sent again": log["cut"] != {AFTER: people} or blind["cut"] != {AFTER: people},
        "something arrived twice": bool(log["arrived twice"] + blind["arrived twice"] + before["arrived twice"]),
        "something never arrived": bool(log["never arrived"] + before["never arrived"]),
        "not all were put before an officer": blind["tally"] != {"held": people} or blind["unclear"] != people,
    }
    return [reason for reason, so in reasons.items() if so]


def every(people: int, before: int) -> dict[str, dict[str, Any]]:
    """All three."""
    return {
        "after the dot": play(people, AFTER),
        "log unreadable": play(people, AFTER, readable=False),
        "before the dot": play(before, BEFORE),
    }


def main() -> int:
    """Play it and print what came of it; 1 when anything was guessed, lost or doubled."""
    parser = argparse.ArgumentParser(description="Cut letters off at their dot, and let the relay's log say what became of them.")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--before", type=int, default=50)
    given = parser.parse_args()
    found = every(given.people, given.before)
    print(json.dumps(found | {"wrong": (faults := wrong(found, given.people))}))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())

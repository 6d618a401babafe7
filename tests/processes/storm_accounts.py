"""What a storm comes to: the checker's six figures, and from the sink's journal whether the harm landed and every unclear letter has a cause."""

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlmodel import select

from campaigns.delivery import settling
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.recovery import FELL
from tests.processes import fault_sink, kill_drill
from tests.processes.storm_scene import Storm
from workers import checker, rehearsal_accounts
from workers.rehearsal import Rehearsal

Line = dict[str, Any]
ROUNDS = 8  # of deciding what is unclear, the relay misbehaving all the while
SETTLES_WITHIN = 90.0


def figures(storm: Storm, seconds: float) -> dict[str, Any]:
    """How it went, before and after somebody who can read the sink's log decides about what stayed unclear."""
    cell, played = storm.cell, storm.played
    tally, counts, own = played.tally(), count(storm), storm.relay.write_up()
    journal = read(played.stage.journal)
    audience = read(played.stage.audience)[1:]
    release = played.release()
    found = {
        "people": cell.people,
        "seed": cell.seed,
        "engine": f"{cell.engine} + {cell.broker}" + (" through Postfix" if cell.relay == "postfix" else ""),
        "log": cell.log,
        "workers": cell.workers,
        "seconds": round(seconds, 1),
        **counts,
        "said accepted, reply never written": unheard(journal, audience),
        "kills": len(storm.kills),
        "kills in mid-send": in_mid_send(journal, storm.kills),
        "wipes": storm.wipes,
        "crashes": storm.crashes,
        **own,
        "workers that fell": storm.fell,
        "accepted without reply": accepted_without_reply(journal),
        "could be unclear": could_be_unclear(journal) + len(storm.kills) + (storm.crashes + storm.relay.kills) * cell.workers,
        "tally": {state: number for state, number in tally.items() if number},
        "held because": why_held(played),
        "uneven": f"{storm.uneven} of {storm.samples}",
        "release": f"{release.state} {release.reason or ''}".strip(),
    }
    return found | {"decided by the log": decide(storm)}


def why_held(played: Rehearsal) -> dict[str, int]:
    """What an officer is told of letters that are held, and of how many."""
    with played.stage.database.reading() as session:
        said = session.exec(select(Delivery.reply).where(Delivery.release_id == played.release_id, Delivery.state == "held"))
        return dict(Counter(reply or "" for reply in said))


def count(storm: Storm) -> dict[str, int]:
    """The checker's counts as things stand."""
    storm.relay.write_up()
    rehearsal_accounts.export(storm.played.stage.database, storm.played.release_id, storm.played.stage.audience)
    return rehearsal_accounts.by_the_journal(storm.played.stage.journal, storm.played.stage.audience)


def six(counts: dict[str, int]) -> dict[str, int]:
    """The checker's six figures, with how many were accepted and how many are unclear."""
    return {name: counts[name] for name in ("accepted", *checker.FAULTS, "unknown")}


def faults(found: dict[str, Any]) -> list[str]:
    """Those of the six that are not zero, in words, and whatever stayed unclear."""
    return [f"{name} {found[name]}" for name in (*checker.FAULTS, "unknown") if found[name]]


def decide(storm: Storm) -> dict[str, int]:
    """An officer who can read the sink's log: count as sent what it accepted, send again what it did not, until nothing is unclear."""
    played = storm.played
    for _ in range(ROUNDS):
        if not (unclear := kill_drill.unknown_positions(played)):
            break
        count(storm)
        letters = read(played.stage.audience)[1:]
        has = {line["message_id"] for line in read(played.stage.journal) if line.get("reply", "").startswith("2")}
        for position in unclear:
            kill_drill.decide(played, position, "count as sent" if letters[position]["message_id"] in has else "send again")
        until = time.monotonic() + SETTLES_WITHIN
        while storm.watch() and time.monotonic() < until:
            time.sleep(0.2)
    return count(storm)


def unheard(journal: list[Line], audience: list[Line]) -> int:
    """Letters we call accepted though the sink never wrote a reply that said so: a guess."""
    written = {line["n"] for line in journal if line.get("written")}
    heard = {line["message_id"] for line in journal if line.get("reply", "").startswith("2") and line["n"] in written}
    return sum(letter["state"] == "accepted" and letter["message_id"] not in heard for letter in audience)


def in_mid_send(journal: list[Line], kills: list[tuple[float, set[int]]]) -> int:
    """Kills at a moment at which the sink had a letter of the killed worker open: begun, and neither answered nor broken off."""
    clients = {line["n"]: line["client"] for line in journal if "begun" in line}
    begun = {line["n"]: line["at"] for line in journal if "begun" in line}
    ended = {line["n"]: line["at"] for line in journal if "written" in line or "gone" in line}
    return sum(any(clients[n] in ports and since <= at <= ended.get(n, at) for n, since in begun.items()) for at, ports in kills if ports)


def accepted_without_reply(journal: list[Line]) -> int:
    """Letters the sink accepted and then said nothing, or said it to nobody."""
    silent = {line["n"] for line in journal if line.get("written") is False}
    return sum(line["n"] in silent and line.get("reply", "").startswith("2") for line in journal)


def could_be_unclear(journal: list[Line]) -> int:
    """Letters that the sink itself left without a reply after their dot, or whose reply it held back, or whose body it cut: the dot may be under way."""
    silent = {line["n"] for line in journal if line.get("written") is False}
    late = {line["n"] for line in journal if line.get("fault") in {fault_sink.SLOW, fault_sink.CUT}}
    return len(silent | late)


def void(found: dict[str, Any], quiet: float, *, least_quiet: float, least_kills: int) -> list[str]:
    """Why a storm showed nothing: its harm did not land."""
    reasons = {
        f"the quiet run took under {least_quiet:.0f} s": quiet < least_quiet,
        f"under {least_kills} kills fell in mid-send": found["kills in mid-send"] < least_kills,
        "no letter was accepted without reply": not found["accepted without reply"],
    }
    return [reason for reason, so in reasons.items() if so]


def wrong(found: dict[str, Any], quiet: float, *, lease: float) -> list[str]:
    """What a storm broke, in words; empty when nothing. A letter that happened to be in hand at three kills is held as one that ends its workers, as
    no log says that it is none: there is one for three kills, at most.
    """
    resolved = found["decided by the log"]
    died = found.get("kills of Postfix", 0) * found["workers"]  # letters that it began, and of which no log says more
    fell = min(found["held because"].get(FELL.said, 0), (found["kills"] + found["crashes"]) // settling.MOST_FALLS)
    unresolved = found["log"] == "yes" and found["unknown"] > died + fell
    reasons = {fault: found[fault] > 0 for fault in checker.FAULTS}
    reasons |= {f"{fault} when decided by the log": resolved[fault] > 0 for fault in (*checker.FAULTS, "unknown")}
    reasons |= {
        "said accepted without a reply or a log that says so": found["log"] != "yes" and found["said accepted, reply never written"] > 0,
        "something stayed unclear, with a log to read": unresolved,
        "not all that stayed unclear is held": found["unknown"] != found["tally"].get("held", 0),
        "more unknown than can be unclear": found["unknown"] > found["could be unclear"],
        "figures did not add up": not found["uneven"].startswith("0 of") or found["uneven"] == "0 of 0",
        f"over six times the quiet run and three leases of {lease:.0f} s": found["seconds"] > 6 * quiet + 3 * lease,
    }
    return [reason for reason, so in reasons.items() if so]


def read(path: Path) -> list[Line]:
    """Lines of JSON; the one that is being written at this moment is none yet."""
    whole, _, _ = path.read_text("utf-8").rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()]

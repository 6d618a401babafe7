"""The schedule drill: many agreed releases, each at its own moment, three workers with a clock each, one of them killed
every few seconds (as soon as all three work again).

`python -m tests.processes.schedule_drill` plays it on SQLite and on PostgreSQL: 200 releases of one to three readers over 80 seconds, a
kill every four; then with the clock of one worker set an hour and a year forward and back in mid-run (where libfaketime is installed), and
an outage over the latest time. `--releases`, `--seconds` and `--only kills|clocks|outage` change that. Lateness: of the beginning, and of
a letter, which after a kill also waits for the dead worker's lease. The mail server's journal is the witness of what left, and when.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from sqlmodel import col, select

from campaigns.agreement import releases, schedules
from campaigns.delivery import decisions, listings
from campaigns.delivery.deliveries import Delivery
from campaigns.drafting import letters
from campaigns.foundation import clock
from campaigns.foundation.errors import Refused
from campaigns.foundation.log import LogEntry
from tests import conftest
from tests.campaigns import stories
from tests.campaigns.agreement import remembering
from tests.campaigns.stories import House, Story
from tests.processes import kill_drill
from tests.processes.schedule_scene import FAKETIME, SECOND, WORKERS, Scene, agreed, house, opened, works

LATE = 5.0  # seconds after which P17 calls a beginning late
TOLD_WITHIN = 60.0  # P9
JUMPS = {"+1 hour": 3600, "-1 hour": -3600, "+1 year": 31_536_000, "-1 year": -31_536_000}
WRONG = ("twice", "never", "early", "expired", "begun twice", "begun never", "missed")
FAULTS = (*WRONG, f"begun over {LATE:.0f} s late")


def play(
    database_url: str | None, *, count: int, seconds: float, kill_every: float | None = None, jump: int | None = None
) -> dict[str, Any]:
    """So many schedules over so many seconds, with kills or with one clock that jumps in mid-run; gives the figures."""
    with opened(database_url) as scene, mock.patch.object(letters, "compile_letter", remembering.compiler()):
        home = house(scene.stage.database)
        planned = [agreed(home, number % 3 + 1) for number in range(count)]
        scene.start_all(movable=jump is not None)
        first = clock.now() + 5 * SECOND
        due = {story.release.hex: first + timedelta(seconds=place * seconds / count) for place, story in enumerate(planned)}
        for story in planned:
            story.schedule(when=due[story.release.hex], at=clock.now())
        kills = _disturb(scene, first + timedelta(seconds=seconds), kill_every=kill_every, jump=jump)
        scene.until(lambda: _settled(scene), "every letter has its outcome")
        figures = _figures(scene, planned, due)
        return {"schedules": count, "workers": WORKERS, "kills": kills} | ({"jump": jump} if jump else {}) | figures


def outage(database_url: str | None) -> dict[str, Any]:
    """Nobody works over the latest time of one release; the others' window opens a second after the workers are back."""
    with opened(database_url) as scene, mock.patch.object(letters, "compile_letter", remembering.compiler()):
        home = house(scene.stage.database)
        missed, latest = _to_be_missed(home)
        time.sleep(max(0.0, (latest - clock.now()).total_seconds()) + 1)
        scene.start_all()
        recovered = scene.until(lambda: missed.state() == "missed" and not scene.untold(), "missed and told")
        said = [letter["to"][0] for letter in scene.arrived()]
        opens = clock.now() + 8 * SECOND
        early = agreed(home, 3, not_before=opens)
        early.schedule(when=opens, at=clock.now())
        for worker in scene.workers:
            worker.kill()
        time.sleep(max(0.0, (opens - clock.now()).total_seconds() - 1.5))
        scene.workers = [scene.start(number) for number in range(WORKERS)]
        scene.until(lambda: early.state() == "sent", "the window opened")
        window = _letters(scene).get(early.release.hex, [])
        return {
            "state": missed.state(),
            "sent over the latest time": len(_letters(scene).get(missed.release.hex, [])),
            "told": {party: sum(address.endswith(f"@{party}.test") for address in said) for party in ("hse", "lacors")},
            "told within": round(recovered, 1),
            "sent before the window": sum(one["at"] < opens.timestamp() for one in window),
            "sent in the window": sum(one["at"] >= opens.timestamp() for one in window),
        }


def _to_be_missed(home: House) -> tuple[Story, datetime]:
    """A release that is to go a second before its latest time, and that time: as soon as this machine can have it agreed and scheduled before."""
    lead = 6 * SECOND
    while True:
        latest = clock.now() + lead
        try:
            story = agreed(home, 3, latest_send=latest)
            story.schedule(when=latest - SECOND, at=clock.now())
        except Refused:
            lead *= 2
        else:
            return story, latest


def _disturb(scene: Scene, ends: datetime, *, kill_every: float | None, jump: int | None) -> int:
    """Until all schedules came due: kill somebody now and then, or move one clock in the middle, and put it right near the end."""
    began, whole, kills, last = time.monotonic(), (ends - clock.now()).total_seconds(), 0, 0.0
    while (passed := time.monotonic() - began) < whole:
        if jump is not None:
            scene.clock_file.write_text(f"{jump:+d}\n" if 0.15 < passed / whole < 0.85 else "+0\n")
        if kill_every and passed > last + kill_every and all(map(works, scene.workers)):
            place = random.randrange(len(scene.workers))
            scene.workers[place].kill()
            scene.workers[place] = scene.start(place)
            kills, last = kills + 1, passed
        time.sleep(0.2)
    return kills


def _settled(scene: Scene) -> bool:
    states = scene.states()
    return not any(states[one] for one in ("scheduled", "queued letters", "attempting letters", "queued")) and not scene.untold()


def _letters(scene: Scene) -> dict[str, list[dict[str, Any]]]:
    """The letters that arrived, by release."""
    found: dict[str, list[dict[str, Any]]] = {}
    for letter in scene.arrived():
        found.setdefault(letter["message_id"].strip("<>").partition(".")[0], []).append(letter)
    return found


def _decide(scene: Scene, home: House) -> int:
    """What an officer does about unclear letters who can ask the mail server: count as sent what it has, send again what it has not."""
    with scene.stage.database.reading() as session:
        unclear = deliveries_unclear(session)
    has = {(letter["message_id"].strip("<>").split(".")[0], letter["to"][0]) for letter in scene.arrived()}
    for release_id, position in unclear:
        with scene.stage.database.transaction() as session:
            (_, sealed_letter), *_ = listings.of_state(session, release_id, kill_drill.UNCLEAR, limit=1, after=position - 1)
            address = stories.READERS[_reader(sealed_letter.person_id)].address
            verdict = "count as sent" if (release_id.hex, address) in has else "send again"
            decisions.decide(session, release_id, position, verdict=verdict, by=home.drafter, at=clock.now())
    if unclear:
        scene.until(lambda: _settled(scene), "what was decided was done")
    return len(unclear)


def deliveries_unclear(session: Any) -> list[Any]:
    """The letters an officer is asked about."""
    return list(session.exec(select(Delivery.release_id, Delivery.position).where(col(Delivery.state).in_(kill_drill.UNCLEAR))))


def _reader(person_id: Any) -> int:
    return next(place for place, reader in enumerate(stories.READERS) if reader.person_id == person_id)


def _figures(scene: Scene, planned: list[Story], due: dict[str, datetime]) -> dict[str, Any]:
    unclear = _decide(scene, planned[0].house)
    scene.until(lambda: all(story.state() == "sent" for story in planned), "every release was sent")
    arrived = _letters(scene)
    with scene.stage.database.reading() as session:
        began = Counter(session.exec(select(LogEntry.subject).where(LogEntry.kind == schedules.SendingBegan.__name__)))
        rows = {story.release.hex: releases.get(session, story.release) for story in planned}
    begun = [(row.began_at - due[key]).total_seconds() for key, row in rows.items() if row.began_at]
    per_reader = Counter((key, letter["to"][0]) for key, found in arrived.items() if key in due for letter in found)
    wanted = sum(row.people for row in rows.values())
    waits = [letter["at"] - due[key].timestamp() for key, found in arrived.items() if key in due for letter in found]
    return {
        "fired once": sum(began[story.release] == 1 for story in planned),
        "begun twice": sum(began[story.release] > 1 for story in planned),
        "begun never": sum(began[story.release] == 0 for story in planned),
        "letters": len(per_reader),
        "twice": sum(times > 1 for times in per_reader.values()),
        "never": wanted - len(per_reader),
        "early": sum(wait < 0 for wait in [*waits, *begun]),
        "expired": sum(one["at"] >= row.latest_send.timestamp() for key, row in rows.items() for one in arrived.get(key, [])),
        "missed": sum(row.state == "missed" for row in rows.values()),
        "unclear, then decided": unclear,
        "begun late, at most": round(max(begun), 2),
        f"begun over {LATE:.0f} s late": sum(wait > LATE for wait in begun),
        "letter late, at most": round(max(waits), 2),
        f"letters over {LATE:.0f} s late": sum(wait > LATE for wait in waits),
    }


def faults(found: dict[str, Any]) -> dict[str, Any]:
    """What went wrong in a play; empty when nothing did."""
    return {name: found[name] for name in FAULTS if found[name]}


def wrong(found: dict[str, Any]) -> dict[str, Any]:
    """The same without how long it took, which a busy machine decides."""
    return {name: found[name] for name in WRONG if found[name]}


def outage_is_well(found: dict[str, Any]) -> bool:
    """Nothing went that was too late or too early, and both parties heard of it."""
    nothing = (found["sent over the latest time"], found["sent before the window"]) == (0, 0)
    return (
        nothing
        and found["state"] == "missed"
        and all(found["told"].values())
        and found["sent in the window"] == 3
        and found["told within"] <= TOLD_WITHIN
    )


def main() -> None:
    """Print the figures; the exit code is 1 when anything went early, late, twice or not at all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=80.0)
    parser.add_argument("--only", choices=["kills", "clocks", "outage"])
    parser.add_argument("--engine", choices=["SQLite", "PostgreSQL"])
    asked = parser.parse_args()
    servers, well = conftest.own_postgres(), True
    on_postgres = next(servers)
    urls = {"SQLite": None} | ({"PostgreSQL": on_postgres.url} if on_postgres else {})
    for name, url in urls.items():
        if asked.engine in {None, name}:
            for what, found, good in _plays(asked, url):
                print(json.dumps({"play": f"{what}, {name}"} | found), flush=True)
                well = well and good
    next(servers, None)
    sys.exit(0 if well and on_postgres else 1)


def _plays(asked: argparse.Namespace, url: str | None) -> Iterator[tuple[str, dict[str, Any], bool]]:
    if asked.only in {None, "kills"}:
        found = play(url, count=asked.releases, seconds=asked.seconds, kill_every=4.0)
        yield "kills", found, not faults(found)
    for said, jump in JUMPS.items() if asked.only in {None, "clocks"} and FAKETIME else ():
        found = play(url, count=asked.releases // 5, seconds=asked.seconds / 4, jump=jump)
        yield f"one clock {said}", found, not faults(found)
    if asked.only in {None, "outage"}:
        found = outage(url)
        yield "outage", found, outage_is_well(found)


if __name__ == "__main__":
    main()

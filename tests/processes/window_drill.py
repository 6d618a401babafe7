"""The window drill: a publicity letter to 350 authorities, each within its own next window before 30 June 2026, across the May elections.

`python -m tests.processes.window_drill` plays it on SQLite and on PostgreSQL: the shipped register, the product's own polls, calendars of the
authorities' own, both signatures collected before the first day. The product's clock, relay and senders run over real SMTP by a clock that the
drill moves, seven times a day for a hundred days; on 15 April an officer hears of by-elections. The caught letters are the witnesses: when
each went is held against tests/processes/window_answers.py, and what each says against the bundle, by the verifier that outsiders run.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from random import Random
from typing import Any
from unittest import mock

from campaigns.agreement import bundles, releases, signatures, verifier
from campaigns.delivery import windowless
from campaigns.drafting import letters
from campaigns.foundation import clock
from tests import conftest
from tests.campaigns.agreement import remembering
from tests.campaigns.planning.day_by_day import days
from tests.processes.window_answers import CALLED, GOES, LATEST
from tests.processes.window_scene import Drill, agree, found, hear_of_by_elections, opened

HOURS = ((0, 0), (7, 59), (8, 0), (12, 0), (17, 59), (18, 0), (23, 0))  # of a London clock, every day
WRONG = (
    "on another day",
    "outside its hours",
    "in a quiet period",
    "after the latest moment",
    "twice",
    "altered or unsigned",
    "returned wrongly",
    "not returned",
)


def play(database_url: str | None, *, count: int, seed: int = 2026) -> dict[str, Any]:
    """The campaign to so many of the 350 authorities, from founding to the day after its latest moment; gives the figures."""
    with opened(database_url) as drill, mock.patch.object(letters, "compile_letter", remembering.compiler()):
        found(drill, count, Random(seed))
        agree(drill)
        for moment in _moments():
            if moment == CALLED:
                hear_of_by_elections(drill)
            drill.look(moment)
        return _figures(drill)


def _moments() -> Iterator[datetime]:
    """From the moment it goes to the day after the latest: seven a day, and the one at which by-elections are called."""
    shown = {
        clock.from_london(day, datetime.min.time().replace(hour, minute))
        for day in days(GOES.date(), date(2026, 7, 1))
        for hour, minute in HOURS
    }
    yield from sorted(moment for moment in {GOES, CALLED, *shown} if moment >= GOES)


def _figures(drill: Drill) -> dict[str, Any]:
    sent, told, unsigned, times = _caught(drill)
    expected = {code: year.first_moment() for code, year in drill.years.items()}
    returned = _returned(drill)
    with drill.stage.database.reading() as session:
        release = releases.get(session, drill.release)
        signed = [one.at for one in signatures.on(session, drill.release, str(release.digest))]
    never = {code for code, moment in expected.items() if moment is None}
    shown = {code: clock.london(moment) for code, moment in sent.items()}
    return {
        "authorities": len(drill.years),
        "sent on its first allowed day": sum(_day(moment) == _day(expected[code]) for code, moment in sent.items()),
        "at its first allowed moment": sum(moment == expected[code] for code, moment in sent.items()),
        "days of sending": len({moment.date() for moment in shown.values()}),
        "sent in March": sum(moment.month == 3 for moment in shown.values()),
        "after the elections": sum(moment.date() > date(2026, 5, 7) for moment in shown.values()),
        "held anew by a by-election": sum(
            year.first_moment() != replace(year, called=None).first_moment() for year in drill.years.values()
        ),
        "on another day": sum(_day(moment) != _day(expected[code]) for code, moment in sent.items()),
        "outside its hours": sum(not 8 <= moment.hour < 18 for moment in shown.values()),
        "in a quiet period": sum(drill.years[code].quiet(moment) for code, moment in sent.items()),
        "after the latest moment": sum(moment >= LATEST for moment in sent.values()),
        "twice": sum(number > 1 for number in times.values()),
        "altered or unsigned": unsigned,
        "returned for a decision": len(returned),
        "expected to be": len(never),
        "returned wrongly": len(returned - never),
        "not returned": len(never - returned) + len(set(expected) - never - set(sent)),
        "signatures": len(signed),
        "all before the first letter": bool(signed) and max(signed) < min(sent.values()),
        "told": dict(told),
        "release": release.state,
    }


def _caught(drill: Drill) -> tuple[dict[str, datetime], Counter[str], int, Counter[str]]:
    """When each authority's letter went; which party was told of letters without a window; letters that do not verify; letters an authority."""
    with drill.stage.database.reading() as session:
        proof = verifier.check(bundles.pack(bundles.gather(session, drill.release)), verifier.Rules(rehearsal=True))
    sent, times, told, unsigned = {}, Counter[str](), Counter[str](), 0
    for path in (drill.stage.settings.mail_dir / "new").iterdir():
        raw = path.read_bytes()
        message = message_from_bytes(raw)
        local, _, domain = str(message["To"]).rpartition("<")[2].rstrip(">").partition("@")
        if domain in {"hse.test", "lacors.test"}:
            told[domain.removesuffix(".test")] += "no window" in str(message["Subject"])
            continue
        code = domain.removesuffix(".test").rpartition(".")[2].upper()
        sent[code], times[code] = parsedate_to_datetime(str(message["Date"])).astimezone(UTC), times[code] + 1
        try:
            verifier.check_letter(raw, proof)
        except verifier.Fault:
            unsigned += 1
        assert local
    return sent, told, unsigned, times


def _returned(drill: Drill) -> set[str]:
    """The authorities whose letters came back for a decision, as officers see them."""
    with drill.stage.database.reading() as session:
        return {one.authority_code for one in windowless.of(session, drill.release)}


def _day(moment: datetime | None) -> date | None:
    return clock.london(moment).date() if moment else None


def faults(found: dict[str, Any]) -> dict[str, Any]:
    """What went wrong in a play; empty when nothing did."""
    wrong = {name: found[name] for name in WRONG if found[name]}
    if found["at its first allowed moment"] + found["returned for a decision"] != found["authorities"]:
        wrong["neither sent nor returned"] = True
    if not found["all before the first letter"] or not (found["told"].get("hse") and found["told"].get("lacors")):
        wrong["signed late, or not told"] = True
    return wrong


def main() -> None:
    """Print the figures; the exit code is 1 when any letter went on another day than its own, or did not come back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--authorities", type=int, default=350)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--engine", choices=["SQLite", "PostgreSQL"])
    asked = parser.parse_args()
    servers, well = conftest.own_postgres(), True
    on_postgres = next(servers)
    urls = {"SQLite": None} | ({"PostgreSQL": on_postgres.url} if on_postgres else {})
    for name, url in urls.items():
        if asked.engine in {None, name}:
            began = time.monotonic()
            found = play(url, count=asked.authorities, seed=asked.seed)
            print(json.dumps({"play": name} | found | {"seconds": round(time.monotonic() - began, 1)}), flush=True)
            well = well and not faults(found)
    next(servers, None)
    sys.exit(0 if well and on_postgres else 1)


if __name__ == "__main__":
    main()

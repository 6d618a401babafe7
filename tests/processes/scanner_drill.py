"""The scanner drill: a mail gateway opens every link of every letter as it comes, Chromium sends the first form it sees; then one person answers.

`python -m tests.processes.scanner_drill` plays it at full length: 2,000 letters to a real mail server, scanned while they arrive by GET and
HEAD; Chromium with some of them; 1,000,000 random and altered tokens, every tenth by way of the database. `--people`, `--chromium` and `--tokens` change that.
"""

import argparse
import json
import random
import re
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from playwright.sync_api import Browser, sync_playwright
from sqlmodel import Session, select

from audiences.preferences import Preference
from audiences.suggestions import Suggestion
from campaigns.agreement import bearers
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.acknowledgements import Acknowledgement
from campaigns.delivery.removals import Removal
from campaigns.drafting import letters
from campaigns.foundation import reader_links
from campaigns.foundation.errors import NotFound
from campaigns.foundation.log import Untold
from campaigns.foundation.reader_links import LinkKey
from campaigns.reach.touches import STANDING, Touch
from tests.browser.conftest import CHROMIUM, QUIET
from tests.processes import kill_drill, pages
from tests.processes.pages import Visitor
from tests.web import scanning
from workers import rehearsal
from workers.rehearsal import Plan, Rehearsal
from workers.rehearsal_processes import HOST

BASE = "http://localhost:8000"  # what a rehearsal's letters say; the pages are elsewhere
OWN = re.compile(rf"{BASE}(/(stop|read|share)/[\w-]+)")
MOVES_WITHIN = 60.0
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass
class Scanner:
    """Watches a mailbox, and opens every link of a letter as soon as it is there."""

    mailbox: Path
    visitor: Visitor
    statuses: Counter[int] = field(default_factory=Counter)
    late: list[float] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until it is stopped and has seen every letter."""
        seen: set[str] = set()
        with ThreadPoolExecutor(6) as gateways:
            while True:
                last = self.stopping.is_set()
                fresh = [path for path in (self.mailbox / "new").glob("*") if path.name not in seen]
                seen.update(path.name for path in fresh)
                list(gateways.map(self._open, fresh))
                if last and not fresh:
                    return
                time.sleep(0.05)

    def _open(self, path: Path) -> None:
        found = Counter(scanning.scan([path.read_bytes()], BASE, self.visitor.fetch))
        self.statuses.update(found)
        self.late.append(time.time() - path.stat().st_mtime)


def play(people: int, chromium: int, tokens: int) -> dict[str, Any]:
    """Send, scan, look with Chromium, guess, and answer once; gives the figures."""
    with rehearsal.opened(Plan(people=people)) as played, pages.served(played) as visitor:
        began = time.monotonic()
        scanner = Scanner(played.stage.settings.mail_dir, visitor)
        watching = threading.Thread(target=scanner.run)
        watching.start()
        kill_drill.start(played)
        played.await_outcomes()
        played.finish()
        scanner.stopping.set()
        watching.join()
        settle(played)
        links = own_links(played)
        found: dict[str, Any] = {"letters": len(links), "links opened": dict(scanner.statuses), **lateness(scanner.late)}
        found["after the scanner"] = changed(played)
        found["forms sent by Chromium"] = submit_first_forms(visitor.port, links[:chromium]) if chromium else 0
        settle(played)
        found["after Chromium"] = changed(played)
        found |= {"tokens tried": tokens, "tokens taken": guess(played, tokens)}
        found["404 apart, ms"] = apart(visitor, links)
        found["human"] = visitor.fetch("POST", links[0]["read"], {}, "read=yes")
        settle(played)
        found["after one person"] = changed(played)
        return {**found, "seconds": round(time.monotonic() - began, 1)}


def own_links(played: Rehearsal) -> list[dict[str, str]]:
    """Of every letter that arrived, its reader's own links."""
    paths = sorted((played.stage.settings.mail_dir / "new").iterdir())
    return [{kind: path for path, kind in OWN.findall(letters.open_letter(letter.read_bytes()).text)} for letter in paths]


def lateness(late: list[float]) -> dict[str, float]:
    """How long after its arrival a letter's links had all been opened."""
    ordered = sorted(late)
    return {"median seconds late": round(statistics.median(ordered), 2), "most": round(ordered[-1], 2)}


def changed(played: Rehearsal) -> dict[str, int]:
    """How much readers have changed so far."""
    with played.stage.database.reading() as session:
        tables = {table.__tablename__: _count(session, table) for table in (Removal, Preference, Acknowledgement, Suggestion)}
        standing = select(Touch.grade, sa.func.count()).where(STANDING, Touch.grade != "written")
        return {**tables, "grades": sum(number for _, number in session.exec(standing.group_by(Touch.grade)))}


def settle(played: Rehearsal) -> None:
    """Until every fact has been heard."""
    since = time.monotonic()
    while True:
        with played.stage.database.reading() as session:
            if not _count(session, Untold):
                return
        assert time.monotonic() - since < MOVES_WITHIN, "facts stay untold"
        time.sleep(0.1)


def submit_first_forms(port: int, links: list[dict[str, str]]) -> int:
    """Chromium opens each link and presses the first button of the first form; gives how many it pressed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        pressed = sum(_press(browser, port, number, letter) for number, letter in enumerate(links))
        browser.close()
    return pressed


def _press(browser: Browser, port: int, number: int, letter: dict[str, str]) -> int:
    """One letter's links, from an address of its own."""
    context = browser.new_context(extra_http_headers={"X-Forwarded-For": f"11.0.{number // 250}.{number % 250}"})
    page = context.new_page()
    for path in letter.values():
        page.goto(f"http://{HOST}:{port}{path}")
        page.locator("form").first.locator("button, input[type=submit]").first.click()
        page.wait_for_load_state()
        assert "Error: " in page.title(), page.title()
    context.close()
    return len(letter)


def guess(played: Rehearsal, tries: int) -> int:
    """Random tokens, and true ones with a sign or a place changed; gives how many were taken for a reader's. Every tenth asks the database."""
    chance, taken, secrets = random.Random(34), 0, played.stage.settings.secrets
    good = [path.rpartition("/")[2] for letter in own_links(played)[:200] for path in letter.values()]
    with played.stage.database.reading() as session:
        letters_out = select(SealedLetter.position, SealedLetter.person_id).where(SealedLetter.release_id == played.release_id)
        people, key = dict(session.exec(letters_out).all()), reader_links.key(secrets[0])
        assert all(_is_taken(token, people, key) for token in good)
        for number in range(tries):
            token = _bent(chance, good, number)
            taken += _is_taken(token, people, key)
            taken += number % 10 == 0 and _is_known(session, token, secrets)
    return taken


def _is_taken(token: str, people: dict[int, UUID], key: LinkKey) -> bool:
    said = reader_links.read(token)
    return any(reader_links.is_ours(said, key, link, people.get(said.position, UUID(int=0))) for link in reader_links.LINKS)


def _is_known(session: Session, token: str, secrets: Sequence[str]) -> bool:
    try:
        bearers.known(session, token, "read", secrets=secrets)
    except NotFound:
        return False
    return True


def _bent(chance: random.Random, good: list[str], number: int) -> str:
    one, other, place = chance.choice(good), chance.choice(good), chance.randrange(48)
    match number % 4:
        case 0:
            return "".join(chance.choices(SIGNS, k=48))
        case 1:
            return one[:27] + "".join(chance.choices(SIGNS, k=21))
        case 2:
            return one[:place] + chance.choice(SIGNS.replace(one[place], "")) + one[place + 1 :]
    return one[:27] + other[27:] if one[:27] != other[:27] else one[:-1]


def apart(visitor: Visitor, links: list[dict[str, str]], times: int = 300) -> float:
    """By how many milliseconds the median time of a refusal differs, over five ways in which a token is none of ours."""
    good, other = (links[place]["read"].rpartition("/")[2] for place in (0, 1))
    kinds = ["null", "A" * 48, good[:27] + other[27:], good[:-1], str(UUID(int=1))]
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(times):
        for kind in kinds:
            began = time.perf_counter()
            assert visitor.fetch("GET", f"/read/{kind}", {}) == 404
            took[kind].append(time.perf_counter() - began)
    medians = [statistics.median(of_kind) * 1000 for of_kind in took.values()]
    return round(max(medians) - min(medians), 2)


def _count(session: Session, table: Any) -> int:
    return session.exec(select(sa.func.count()).select_from(table)).one()


def main() -> int:
    """Print the figures; 1 unless machines changed nothing and one person exactly one grade."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--chromium", type=int, default=300)
    parser.add_argument("--tokens", type=int, default=1_000_000)
    given = parser.parse_args()
    found = play(given.people, given.chromium, given.tokens)
    print(json.dumps(found))
    machines = [*found["after the scanner"].values(), *found["after Chromium"].values(), found["tokens taken"]]
    person = found["after one person"]
    return int(any(machines) or person["grades"] != 1 or person["acknowledgements"] != 1 or found["letters"] != given.people)


if __name__ == "__main__":
    sys.exit(main())

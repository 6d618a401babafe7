"""Approved means it will be sent: the web process is killed with -9 at twenty points around the second party's signature, on each
engine, and each time either nothing of it is there or all of it; then what was not signed is signed, all are let go, and every letter arrives
once. A button pressed twice at once, and two browsers, make one signature.

`python -m tests.processes.approval_drill` kills 500 and prints one JSON object; exit code 1 when one was left in between, when a letter was
lost or doubled, or when all the kills fell on one side.
"""

import argparse
import http.client
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlmodel import col, func, select

from campaigns.agreement import releases, signatures
from campaigns.agreement.nonces import Nonce
from campaigns.agreement.releases import ReleaseAgreed, ReleaseSigned
from campaigns.drafting import letters
from campaigns.foundation import clock, log
from campaigns.foundation.log import Untold
from tests.campaigns.agreement import remembering
from tests.campaigns.stories import House, Story
from tests.processes import clusters, ending, schedule_scene, web_nursery
from tests.processes.browsers import Browser
from tests.processes.schedule_scene import Scene
from tests.processes.web_nursery import WebNursery
from web import accounts
from web.app import create_app
from workers import rehearsal_processes as processes

POINTS, KILLS = 20, 25
TWICE = 20  # buttons pressed twice, and as many times two browsers
PASSWORD = "a password for drills"
MOST_AFTER = 0.003  # seconds between a mark and the kill, at most
NONE, ALL, BETWEEN = "not approved", "approved, with everything", "IN BETWEEN"


class Play:
    """One engine: releases that HSE has signed, a web process that stays, and one after another that is killed."""

    def __init__(self, scene: Scene, nursery: WebNursery, *, seed: int) -> None:
        self.scene, self.nursery, self.database, self.chance = scene, nursery, scene.stage.database, random.Random(seed)
        self.home: House = schedule_scene.house(self.database, written_to=False)
        self.made: list[Story] = []
        self.ends: Counter[str] = Counter()
        self.browsers = {name: Browser(getattr(self.home, name).id) for name in ("lacors", "lacors_other", "drafter")}
        self.browsers["another"] = Browser(self.home.lacors.id)

    def sign_in(self) -> None:
        """Each signs in once; their session is good on every server."""
        pages = create_app(self.scene.stage.settings, self.database)
        with pages.test_request_context(), self.database.transaction() as session:
            for name in ("lacors", "lacors_other", "drafter"):
                officer = getattr(self.home, name)
                accounts.add(session, officer, email=_email(name), password=PASSWORD, at=clock.now())
        with self.serving() as port:
            for name, browser in self.browsers.items():
                browser.sign_in(port, _email("lacors" if name == "another" else name), PASSWORD)

    @contextmanager
    def serving(self) -> Iterator[int]:
        """A server that is left alone."""
        port = processes.free_port()
        self.nursery.serve(port)
        yield port
        self.nursery.end()

    def half_signed(self) -> Story:
        """Another release that waits for LACoRS."""
        self.made.append(schedule_scene.half_agreed(self.home, 3))
        return self.made[-1]

    def marks(self) -> list[str]:
        """Sign one in peace, and see what its server comes to on the way."""
        story = self.half_signed()
        with self.serving() as port:
            fields = self.browsers["lacors"].signature(port, story.release, story.digest())
        port = processes.free_port()
        self.nursery.serve(port)
        assert self.send(port, story, fields) == 302
        return self.nursery.end()

    def kill_at(self, mark: int, *, stories: int) -> None:
        """So many servers, each killed a little after it came to this mark."""
        made = [self.half_signed() for _ in range(stories)]
        with self.serving() as port:
            asked = [self.browsers["lacors"].signature(port, story.release, story.digest()) for story in made]
        for story, fields in zip(made, asked, strict=True):
            port = processes.free_port()
            self.nursery.serve(port, mark=mark, delay=self.chance.random() * MOST_AFTER)
            answered = self.send(port, story, fields)
            self.nursery.end()
            end = self.found(story, fields["nonce"])
            self.ends[end] += 1
            self.ends["answered, and not approved"] += answered == 302 and end != ALL

    def send(self, port: int, story: Story, fields: Mapping[str, str], *, who: str = "lacors") -> int | None:
        """The form that signs; None when the server was gone before it answered."""
        try:
            return self.browsers[who].post(port, f"/releases/{story.release}/sign", dict(fields))[0]
        except (http.client.HTTPException, OSError):
            return None

    def found(self, story: Story, nonce: str = "") -> str:
        """Whether nothing of the second signature is there, or all of it: the signature, its facts, that they are to be told, and the nonce spent."""
        with self.database.transaction() as session:
            release = releases.lock(session, story.release)  # whoever was killed in the middle holds it no more
            facts = {entry.kind: entry.id for entry in log.history(session, story.release)[-2:]}
            signed = [entry for entry in log.history(session, story.release) if entry.kind == ReleaseSigned.__name__]
            agreed = facts.get(ReleaseAgreed.__name__)
            told = select(func.count()).select_from(Untold).where(col(Untold.entry_id) == agreed)
            spent = session.exec(select(Nonce.used_at).where(Nonce.nonce == nonce)).first() if nonce else None
            signs = [
                len(signatures.given(session, story.release)) == 2,
                not releases.missing(session, release),
                len(signed) == 2,
                agreed is not None and session.exec(told).one() == 1,
                *([spent is not None] if nonce else []),
            ]
        return ALL if all(signs) else BETWEEN if any(signs) else NONE

    def twice(self, number: int) -> dict[str, int]:
        """A button pressed twice at once, and two browsers at once (of one officer, or of two of the same party): each makes one signature."""
        pairs = [("lacors", "lacors"), ("lacors", "another"), ("lacors", "lacors_other")]
        more = 0
        with self.serving() as port, ThreadPoolExecutor(2) as hands:
            for place in range(2 * number):
                who = pairs[0] if place < number else pairs[1 + place % 2]
                story = self.half_signed()
                asked = [self.browsers[name].signature(port, story.release, story.digest()) for name in who]
                if place < number:
                    asked[1] = asked[0]
                list(hands.map(lambda name, fields, of=story: self.send(port, of, fields, who=name), who, asked))  # type: ignore[misc]
                more += self.found(story) != ALL
        return {"pressed twice": number, "two browsers": number, "not one signature": more}

    def finish(self) -> dict[str, int]:
        """Sign what is not signed, let everything go, by a button pressed twice, and see that every letter arrives once."""
        refused = 0
        with self.serving() as port, ThreadPoolExecutor(2) as hands:
            for story in self.made:
                if self.found(story) != ALL:
                    fields = self.browsers["lacors"].signature(port, story.release, story.digest())
                    refused += self.send(port, story, fields) != 302
                path = f"/releases/{story.release}/schedule"
                list(hands.map(lambda _, to=path: self.browsers["drafter"].post(port, to, {"when": "now"}), range(2)))  # type: ignore[misc]
        self.scene.start_all()
        self.scene.until(lambda: set(self.scene.states()) == {"sent", "accepted letters"}, "every release has gone")
        arrived = Counter((one["message_id"], one["to"][0]) for one in self.scene.arrived())
        return {
            "could not be signed afterwards": refused,
            "letters": len(arrived),
            "lost": 3 * len(self.made) - len(arrived),
            "duplicated": sum(times > 1 for times in arrived.values()),
        }


def chosen_of(marks: list[str], points: int) -> list[int]:
    """Which of the marks, counted from 1, a server is killed at: half of them all along the request, half from its first change to its commit."""
    first = next(place for place, mark in enumerate(marks) if mark in {"before UPDATE", "before INSERT"})
    rounds = points // 2
    writing = _spread(first, marks.index("before the commit") + 1, points - rounds)
    others = [place for place in range(len(marks)) if place not in writing]
    return sorted(place + 1 for place in [*writing, *(others[place] for place in _spread(0, len(others) - 1, rounds))])


def _spread(first: int, last: int, number: int) -> list[int]:
    return [round(first + place * (last - first) / max(number - 1, 1)) for place in range(number)]


def _email(name: str) -> str:
    return f"{name.replace('_', '-')}@posts.test"


def play(database_url: str | None, *, points: int, kills: int, twice: int, seed: int = 1) -> dict[str, Any]:
    """So many points around the signature, so many kills at each; gives what was found after each, and what arrived in the end."""
    with (
        schedule_scene.opened(database_url) as scene,
        mock.patch.object(letters, "compile_letter", remembering.compiler()),
        web_nursery.opened(scene.stage.environment(), scene.stage.folder / "pages.log") as nursery,
    ):
        one = Play(scene, nursery, seed=seed)
        one.sign_in()
        marks = one.marks()
        chosen = chosen_of(marks, points)
        for mark in chosen:
            one.kill_at(mark, stories=kills)
        doubled, last = one.twice(twice), one.finish()
    return {
        "marks on the way": len(marks),
        "points": len(chosen),
        "kills": len(chosen) * kills,
        **{end: one.ends[end] for end in (NONE, ALL, BETWEEN, "answered, and not approved")},
        **doubled,
        "releases": len(one.made),
        **last,
    }


def wrong(found: dict[str, Any]) -> list[str]:
    """What must not be."""
    never = (BETWEEN, "answered, and not approved", "not one signature", "could not be signed afterwards", "lost", "duplicated")
    return [f"{name} {found[name]}" for name in never if found[name]]


def void(found: dict[str, Any]) -> list[str]:
    """Why nothing was shown."""
    return [f"no kill left it {end}" for end in (NONE, ALL) if not found[end]]


def main() -> None:
    """Both engines, half of the kills on each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=POINTS)
    parser.add_argument("--kills", type=int, default=KILLS, help="at each point")
    parser.add_argument("--twice", type=int, default=TWICE)
    asked = parser.parse_args()
    if reason := clusters.why_not():
        sys.exit(reason)
    half = asked.kills // 2
    found = {"SQLite": play(None, points=asked.points, kills=half, twice=asked.twice)}
    with clusters.opened() as cluster:
        found["PostgreSQL"] = play(cluster.url, points=asked.points, kills=asked.kills - half, twice=asked.twice)
    wrongs = [f"{name}: {fault}" for name, one in found.items() for fault in wrong(one)]
    ending.leave(found, wrong=wrongs, void=[f"{name}: {why}" for name, one in found.items() for why in void(one)])


if __name__ == "__main__":
    main()

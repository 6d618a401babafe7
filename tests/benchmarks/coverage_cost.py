"""What looking at coverage costs: 408 authorities in 8 roles and 50 messages on a page, and a campaign of 1,000,000 deliveries counted from nothing.

On SQLite and, where one answers, PostgreSQL; medians. Asked for: at most 300 ms of the server's time a page, 50 ms a map, 10 s a recount.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice, product
from statistics import median
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import select

from audiences import coverage, coverage_views, founding, map_layout, progress
from audiences.authorities import IN_FORCE, Authority
from audiences.coverage_views import View
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from campaigns.reach import cells, slices
from campaigns.reach.touches import Touch
from tests import conftest
from tests.campaigns import stories
from tests.campaigns.stories import NOON, House
from tests.web import visitors
from web import coverage_looks, maps
from web.app import create_app

PAGE_AT_MOST, MAP_AT_MOST, RECOUNT_AT_MOST = 0.3, 0.05, 10.0
AUTHORITIES, MESSAGES = 408, 50
ROLES = ("senior_manager", "elected_member", "practitioner", "account_manager", "liaison_officer", "lead_officer", "trainer", "secretary")
GRADES = ("written", "delivered", "unreturned")
AT_ONCE = 50_000
ROUNDS = 9


@contextmanager
def databases() -> Iterator[dict[str, Database]]:
    """An empty database on each engine that answers."""
    with tempfile.TemporaryDirectory() as folder:
        sqlite = Database(f"sqlite:///{folder}/coverage.db")
        conftest.found(sqlite)
        server = conftest.own_postgres()
        postgres = next(server)
        yield {"sqlite": sqlite} | ({"postgresql": postgres} if postgres else {})
        sqlite.dispose()
        next(server, None)


def settle(database: Database) -> tuple[House, list[str]]:
    """A founded house whose register has as many enforcing authorities as in 2006; gives their codes."""
    house = stories.house(database)
    with database.transaction() as session:
        founding.found(session, by=house.drafter, at=NOON)
        standing = session.exec(select(Authority).where(Authority.enforces, IN_FORCE)).all()
        missing = range(AUTHORITIES - len(standing))
        old = standing[0].model_dump()
        session.add_all(Authority(**{**old, "code": f"E8{n:07}", "name": f"Old district {n}"}) for n in missing)
    return house, [one.code for one in standing] + [f"E8{n:07}" for n in missing]


def fill(database: Database, campaign: UUID, places: Iterable[tuple[str, str, str, UUID]]) -> int:
    """A touch for every authority, role, grade and message given, as letters leave them, and every slice marked."""
    number, places = 0, iter(places)
    while batch := list(islice(places, AT_ONCE)):
        rows = [
            {
                "campaign_id": campaign, "authority_code": code, "role": role, "grade": grade, "channel": "letter",
                "message_id": message, "evidence": f"{campaign}:{number + n}", "at": NOON + timedelta(seconds=number + n), "by": "Countersign",
            }
            for n, (code, role, grade, message) in enumerate(batch)
        ]  # fmt: skip
        with database.transaction() as session:
            session.connection().execute(sa.insert(Touch), rows)
            slices.mark(session, {(campaign, row["authority_code"]) for row in rows})
        number += len(rows)
    return number


def timed(what: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Seconds it takes, the median and the best of some rounds after one to warm up."""
    what()
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        what()
        took.append(time.perf_counter() - began)
    return round(median(took), 3), round(min(took), 3)


def looked(database: Database, campaign: UUID, message: UUID, rounds: int) -> dict[str, tuple[float, float]]:
    """Seconds for a page, whole and by fifty rows, and for what a map, a filter by message, a chart and a day gone by ask of the database."""
    client = create_app(Settings(env="test", database_url=database.url), database).test_client()
    client.application.config["WTF_CSRF_ENABLED"] = False
    visitors.sign_in(client, "observer", None)

    def read(question: Callable[..., object], view: View) -> Callable[[], object]:
        def look() -> None:
            with database.reading() as session:
                question(session, campaign, view)

        return look

    def grid(session: Any, campaign_id: UUID, view: View) -> None:
        assert coverage.grid(session, campaign_id, view).totals.denominator == AUTHORITIES

    def drawn() -> None:
        with client.application.test_request_context(), database.reading() as session:
            found = maps.draw(coverage.grid(session, campaign))
            picture = client.application.jinja_env.get_template("components/cartogram.html").module.cartogram(
                found, map_layout.size(), "Map"
            )  # type: ignore[attr-defined]
        assert picture.count("cs-map__link") == 350

    def page(address: str) -> Callable[[], object]:
        return lambda: client.get(address).get_data(as_text=True).index(f"of {AUTHORITIES} authorities")

    return {
        "page": timed(page(f"/coverage?campaign={campaign}"), rounds),
        "page of all rows": timed(page(f"/coverage?campaign={campaign}&all=1"), rounds),
        "map drawn": timed(drawn, rounds),
        "asked of the database": timed(read(grid, View()), rounds),
        "of one role": timed(read(grid, View(role="practitioner")), rounds),
        "of one message": timed(read(grid, View(message=message)), rounds),
        "over time": timed(read(progress.over_time, View()), rounds),
        "as at a day gone by": timed(read(grid, View(on=date(2026, 5, 14))), min(rounds, 3)),
    }


def measure(database: Database, deliveries: int, messages_on_a_page: int, rounds: int) -> dict[str, tuple[float, float]]:
    """The figures of one engine."""
    house, codes = settle(database)
    messages = [UUID(int=1000 + number) for number in range(messages_on_a_page)]
    busy = UUID(int=99)
    fill(database, house.campaign, product(codes, ROLES, GRADES, messages))
    places = list(product(messages, ROLES, codes))
    fill(database, busy, ((code, role, "written", message) for n in range(deliveries) for message, role, code in [places[n % len(places)]]))
    if not database.is_sqlite:
        with database.transaction() as session:
            session.execute(sa.text("ANALYZE"))  # as its own housekeeping would have by then
    figures = {"recount": timed(lambda: recount(database, busy), min(rounds, 3))}
    recount(database, house.campaign)
    return figures | looked(database, house.campaign, messages[-1], rounds)


def recount(database: Database, campaign: UUID) -> None:
    """A campaign from nothing."""
    with database.transaction() as session:
        cells.recount(session, campaign)


def main() -> None:
    """Print the figures; the exit code is 1 above what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=1_000_000)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    for module in (coverage_views, coverage_looks):
        module.AUTHORITY_ROLES = ROLES  # type: ignore[attr-defined]
    coverage_looks.ROLES = [(role, role) for role in ROLES]
    worst: list[bool] = []
    with databases() as found:
        for engine, database in found.items():
            figures = measure(database, asked.deliveries, asked.messages, asked.rounds)
            print(json.dumps({"engine": engine, "median, best": figures}), flush=True)
            worst += [figures["recount"][0] > RECOUNT_AT_MOST, figures["page"][0] > PAGE_AT_MOST, figures["map drawn"][0] > MAP_AT_MOST]
    sys.exit(int(any(worst)))


if __name__ == "__main__":
    main()

"""Counting an audience among 1,000,000 people on PostgreSQL: by nation and role, with the authorities covered. Asked for: at most 1 s.

The plain rule is practitioners; the composite one practitioners at authorities in Wales whose area holds a Tesco, not yet written to by a
message. The first page and the last of the list are timed too, and the list of all audiences.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Session

from audiences import authorities, footprints, founding, headcounts, rules
from audiences.people import Person
from audiences.roles import AUTHORITY_ROLES
from audiences.rules import Condition, Rule
from campaigns.drafting import messages
from campaigns.foundation import clock
from campaigns.foundation.database import Database
from campaigns.reach import touches
from campaigns.reach.touches import Fact
from tests import conftest
from tests.campaigns import stories

SECONDS = 1.0
ROUNDS = 5
TOUCHED = 5  # of the authorities, every so manieth has been written to


def fill(database: Database, people: int) -> UUID:
    """The register, so many people over its authorities and roles in one statement, sites, and touches of one message; gives its id."""
    house = stories.house(database)
    now = clock.now()
    with database.transaction() as session:
        founding.found(session, by=house.drafter, at=now)
        message = messages.draft(session, house.campaign, stories.words(latest_send=now + stories.DAY), by=house.drafter, at=now)
        councils = [authority.code for authority in authorities.every(session)]
        footprints.put(session, "tesco", dict.fromkeys(councils[::2], 3), by=house.drafter, at=now)
        touches.put(session, _facts(house.campaign, message, councils))
        session.execute(sa.text(CROWD), {"roles": list(AUTHORITY_ROLES), "people": people, "at": now})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE people")
        connection.exec_driver_sql("VACUUM ANALYZE touches")
    return message


CROWD = """
    INSERT INTO people (id, name, role, place, authority_code, address, source, since)
    SELECT gen_random_uuid(), 'Officer ' || number, role, code, code, 'post' || number || '@' || lower(code) || '.test', 'benchmark', :at
    FROM generate_series(1, :people) AS number
    JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS place FROM authorities WHERE enforces) AS councils
      ON councils.place = number % (SELECT count(*) FROM authorities WHERE enforces)
    CROSS JOIN LATERAL (SELECT (CAST(:roles AS text[]))[1 + (number / 350) % 3] AS role) AS held
"""


def _facts(campaign: UUID, message: UUID, councils: list[str]) -> Iterator[Fact]:
    for code in councils[::TOUCHED]:
        for role in AUTHORITY_ROLES:
            yield Fact(campaign, code, role, touches.WRITTEN, f"letter:{uuid4()}", clock.now(), "benchmark", message_id=message)


def timed(database: Database, ask: Callable[[Session], object]) -> tuple[float, object]:
    """The median of several rounds, in seconds, each in a transaction of its own; and the answer."""
    took, answer = [], object()
    for _ in range(ROUNDS):
        with database.reading() as session:
            began = time.perf_counter()
            answer = ask(session)
            took.append(time.perf_counter() - began)
    return statistics.median(took), answer


def composite(message: UUID) -> Rule:
    """The audience that the builder's own example asks for."""
    return rules.all_of(
        Condition(asks=rules.ROLE, of=("practitioner",)),
        Condition(asks=rules.NATION, of=("Wales",)),
        Condition(asks=rules.SITE, of=("tesco",)),
        rules.not_yet(touches.WRITTEN, f"{rules.MESSAGE}{message}"),
    )


def measure(database: Database, people: int) -> dict[str, float | int]:
    """The figures, with how many people each rule found."""
    message = fill(database, people)
    figures: dict[str, float | int] = {"people": people}
    for name, rule in (("plain", rules.ticked(roles=["practitioner"])), ("composite", composite(message)), ("everybody", Rule())):
        took, count = timed(database, lambda session, rule=rule: headcounts.of_rule(session, rule))  # type: ignore[misc]
        assert isinstance(count, headcounts.Count)
        figures |= {f"{name} s": round(took, 3), f"{name} found": count.people, f"{name} authorities": count.authorities}
    pages = {"first page s": 1, "last page s": people}
    for name, number in pages.items():
        took, _ = timed(database, lambda session, number=number: headcounts.members(session, "practitioners", number))  # type: ignore[misc]
        figures[name] = round(took, 3)
    figures["all audiences s"] = round(timed(database, headcounts.counts)[0], 3)
    figures["left out s"] = round(timed(database, lambda session: headcounts.left_out(session, "practitioners"))[0], 3)
    with database.reading() as session:
        figures["in the table"] = session.execute(sa.select(sa.func.count()).select_from(Person)).scalar_one()
    return figures


def main() -> None:
    """Print the figures; the exit code is 1 above what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    asked = parser.parse_args()
    for database in conftest.own_postgres():
        if database is None:
            sys.exit("no PostgreSQL answers at COUNTERSIGN_TEST_POSTGRES_URL")
        found = measure(database, asked.people)
    print(json.dumps(found))
    counted = found["in the table"] == asked.people == found["everybody found"]
    sys.exit(0 if counted and all(found[f"{name} s"] <= SECONDS for name in ("plain", "composite", "everybody")) else 1)


if __name__ == "__main__":
    main()

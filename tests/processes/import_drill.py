"""Imports that are killed, and imports at the same moment: all or nothing, nobody twice, nobody lost.

`python -m tests.processes.import_drill` kills an import with -9 at ten random points on each engine, then begins it again; and lets two
officers import overlapping files, in opposite orders, at once, a hundred times on PostgreSQL.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from uuid import UUID

from sqlmodel import delete, select

from audiences import founding, importing, imports
from audiences.people import Person
from audiences.staging import Stager
from campaigns.foundation.database import Database
from tests import conftest
from tests.audiences.posts import NOON, OFFICER

PEOPLE = 6_000
OVERLAP, ALONE = 30, 15  # rows of a pair of files: in both, and in one only
HEADER = "name,role,authority,email\n"


def file_of(numbers: list[int]) -> bytes:
    """A person for each number."""
    return (HEADER + "".join(f"Post {number},practitioner,Adur,post.{number}@adur.gov.uk\n" for number in numbers)).encode()


def bring_in(url: str, path: str) -> None:
    """Stage and apply, saying when each is done."""
    database = Database(url)
    import_id = Stager(database).stage(Path(path).read_bytes(), name="drill.csv", by=OFFICER, at=NOON)
    with database.transaction() as session:
        importing.apply(session, import_id, by=OFFICER, at=NOON)


def addresses(database: Database) -> list[str]:
    """Of everybody who holds a role."""
    with database.reading() as session:
        return list(session.exec(select(Person.address)))


def nobody(database: Database) -> None:
    """Forget everybody, and every import."""
    with database.transaction() as session:
        session.exec(delete(Person))
        imports.delete(session, session.exec(select(imports.Import.id)).all())


def kills(database: Database, rounds: int) -> Counter[str]:
    """Kill an import at random points; what is there afterwards is all or nothing, and beginning again completes it."""
    found: Counter[str] = Counter()
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(file_of(list(range(PEOPLE))))
        file.flush()
        command = [sys.executable, "-m", "tests.processes.import_drill", "--bring-in", database.url, file.name]
        began = time.monotonic()
        subprocess.run(command, check=True)
        took = time.monotonic() - began
        for number in range(rounds):
            nobody(database)
            running = subprocess.Popen(command)
            # Half of the kills in the last third, where applying is.
            time.sleep(took * (random.uniform(0.1, 1.0) if number % 2 else random.uniform(0.65, 1.0)))
            running.kill()
            running.wait()
            there = len(addresses(database))
            found["none" if there == 0 else "all" if there == PEOPLE else "PART"] += 1
            bring_in(database.url, file.name)
            everybody = addresses(database)
            found["doubles"] += len(everybody) - len(set(everybody))
            found["losses"] += PEOPLE - len(set(everybody))
    return found


def race(database: Database, rounds: int) -> Counter[str]:
    """Two officers apply files that overlap, at once."""
    found: Counter[str] = Counter()
    both, stager = Barrier(2), Stager(database)

    def apply(import_id: UUID) -> int:
        both.wait()
        with database.transaction() as session:
            return importing.apply(session, import_id, by=OFFICER, at=NOON)[imports.NEW]

    with ThreadPoolExecutor(2) as pool:
        for _ in range(rounds):
            nobody(database)
            first, second = list(range(OVERLAP + ALONE)), list(range(ALONE, OVERLAP + 2 * ALONE))[::-1]
            staged = pool.map(lambda numbers: stager.stage(file_of(numbers), name="x.csv", by=OFFICER, at=NOON), (first, second))
            added = list(pool.map(apply, list(staged)))
            everybody = addresses(database)
            found["rounds"] += 1
            found["first came first" if added[0] == len(first) else "second came first"] += 1
            found["doubles"] += len(everybody) - len(set(everybody))
            found["losses"] += len(set(first) | set(second)) - len(set(everybody))
            found["counted wrongly"] += sum(added) != len(everybody)
    return found


@contextmanager
def databases() -> Iterator[dict[str, Database]]:
    """A founded database on each engine."""
    servers = conftest.own_postgres()
    on_postgres = next(servers)
    with tempfile.TemporaryDirectory() as folder:
        on_sqlite = Database(f"sqlite:///{folder}/imports.db")
        conftest.found(on_sqlite)
        each = {"SQLite": on_sqlite} | ({"PostgreSQL": on_postgres} if on_postgres else {})
        for database in each.values():
            with database.transaction() as session:
                founding.found(session, by=OFFICER, at=NOON)
        yield each
        on_sqlite.dispose()
    next(servers, None)


def main() -> None:
    """Print the figures; the exit code is 1 when anybody is there twice, is missing, or came in part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bring-in", nargs=2, metavar=("URL", "FILE"))
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=100)
    asked = parser.parse_args()
    if asked.bring_in:
        return bring_in(*asked.bring_in)
    with databases() as each:
        figures = {f"{asked.kills} kills, {name}": kills(database, asked.kills) for name, database in each.items()}
        if "PostgreSQL" in each:
            figures["two at once"] = race(each["PostgreSQL"], asked.rounds)
    print(json.dumps(figures))
    wrong = sum(found[what] for found in figures.values() for what in ("PART", "doubles", "losses", "counted wrongly"))
    sys.exit(1 if wrong or "two at once" not in figures else 0)


if __name__ == "__main__":
    main()

"""A council that comes to an end at the moment at which somebody is given a post there: nobody holds one afterwards, and neither waits for ever."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from types import ModuleType
from uuid import UUID

import pytest
from sqlmodel import Session

from audiences import contacts, founding, importing, people, reorganisations
from audiences.staging import Stager
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from tests import crossings, snapshots
from tests.audiences.bringing import HEADER
from tests.audiences.posts import NOON, OFFICER

ADUR = "E07000223"
ROW = f"Inspector,practitioner,{ADUR},inspector@adur.test\n"
Step = Callable[[Session, UUID, UUID], object]


def add(session: Session, *_: UUID) -> None:
    said = {"name": "Inspector", "role": "practitioner", "place": ADUR, "address": "inspector@adur.test"}
    people.add(session, **said, by=OFFICER, at=NOON, test_domains_allowed=True)


def succeed(session: Session, holder: UUID, _: UUID) -> None:
    people.succeed(session, holder, name="Inspector", address="inspector@adur.test", by=OFFICER, at=NOON, test_domains_allowed=True)


def bring_in(session: Session, _: UUID, file: UUID) -> None:
    importing.apply(session, file, by=OFFICER, at=NOON)


def end(session: Session) -> None:
    reorganisations.end(session, ADUR, on=NOON.date() - timedelta(days=1), successors=[], by=OFFICER, at=NOON)


@snapshots.beginning
def begun(database: Database) -> tuple[UUID, UUID]:
    """Somebody holds a post, and a file names another for the same place."""
    with database.transaction() as session:
        founding.found(session, by=OFFICER, at=NOON)
        said = {"name": "Head of Health", "role": "senior_manager", "place": ADUR, "address": "head@adur.test"}
        holder = people.add(session, **said, by=OFFICER, at=NOON, test_domains_allowed=True)
    stager = Stager(database, test_domains_allowed=True)
    return holder, stager.stage((HEADER + ROW).encode(), name="people.csv", by=OFFICER, at=NOON)


@pytest.mark.parametrize("step", [add, succeed, bring_in])
def test_whoever_comes_while_a_council_ends_is_refused(on_postgres: Database, step: Step) -> None:
    ids = begun(on_postgres)

    with pytest.raises(Refused, match=r"came to an end|has left already"):
        crossings.at_once(on_postgres, end, partial(_given, step, ids))

    assert _holders(on_postgres) == []


@pytest.mark.parametrize(
    ("step", "module", "half_way"), [(add, contacts, "check"), (succeed, contacts, "check"), (bring_in, importing, "compare")]
)
def test_a_council_that_ends_while_somebody_comes_waits_and_takes_their_post_too(
    on_postgres: Database, monkeypatch: pytest.MonkeyPatch, step: Step, module: ModuleType, half_way: str
) -> None:
    ids, looked = begun(on_postgres), getattr(module, half_way)

    with crossings.other(on_postgres, partial(_end, on_postgres)) as begin, on_postgres.transaction() as session:
        found: list[Future[None]] = []
        monkeypatch.setattr(module, half_way, lambda *given, **named: (found.append(begin()), looked(*given, **named))[1])
        step(session, *ids)
        session.commit()
        found[0].result(timeout=60)

    assert _holders(on_postgres) == []


def _end(database: Database) -> None:
    with database.transaction() as session:
        end(session)


def _given(step: Step, ids: tuple[UUID, UUID], session: Session) -> None:
    step(session, *ids)


def _holders(database: Database) -> list[str]:
    with database.reading() as session:
        return [person.address for person in people.at_place(session, ADUR)]

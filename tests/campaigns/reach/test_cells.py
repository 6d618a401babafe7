"""Cells are counted from touches, whole or slice by slice; whoever reads them reads what the touches say at that moment."""

import threading
from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from campaigns.foundation.database import Database
from campaigns.reach import cells, slices, touches
from campaigns.reach.touches import Fact
from tests.campaigns.stories import DAY, HOUR, MINUTE, NOON

CAMPAIGN, OTHER, MESSAGE = UUID(int=1), UUID(int=2), UUID(int=3)
FACT = Fact(CAMPAIGN, "E07000001", "practitioner", "written", "letter:1", NOON, "Countersign", message_id=MESSAGE)
SECOND = replace(FACT, evidence="letter:2", at=NOON + HOUR, message_id=None)


def put(database: Database, *facts: Fact) -> None:
    with database.transaction() as session:
        touches.put(session, facts)


def recounted(database: Database) -> int:
    with database.transaction() as session:
        return cells.recount_stale(session, limit=100)


def said(session: Session, **chosen: object) -> list[tuple[object, ...]]:
    return [
        (one.code, one.grade, one.touches, cells.moment(one.first), cells.moment(one.last))
        for one in cells.counted(session, CAMPAIGN, **chosen)
    ]  # type: ignore[arg-type]


def read(database: Database, **chosen: object) -> list[tuple[object, ...]]:
    with database.reading() as session:
        return said(session, **chosen)


def test_what_was_touched_is_read_before_and_after_it_is_counted(database: Database) -> None:
    put(database, FACT, SECOND)
    expected = [("E07000001", "written", 2, NOON, NOON + HOUR)]

    assert read(database) == expected
    assert (recounted(database), recounted(database)) == (1, 0)
    assert read(database) == expected
    assert read(database, message=MESSAGE) == [("E07000001", "written", 1, NOON, NOON)]
    assert read(database, role="elected_member") == read(database, channel="call") == []


def test_saying_the_same_again_marks_nothing(database: Database) -> None:
    put(database, FACT)
    recounted(database)

    put(database, FACT, FACT)

    with database.reading() as session:
        assert slices.of_campaign(session, FACT.campaign_id) == []


@pytest.mark.parametrize("change", [{"grade": "confirmed"}, {"at": NOON + DAY}, {"authority_code": "E07000002"}, {"campaign_id": OTHER}])
def test_evidence_brought_up_to_date_is_recounted_where_it_was_and_where_it_is(database: Database, change: dict[str, object]) -> None:
    put(database, FACT)
    recounted(database)
    put(database, replace(FACT, **change))  # type: ignore[arg-type]

    before = read(database)
    recounted(database)

    assert read(database) == before
    assert len(before) == (0 if "campaign_id" in change else 1)
    with database.transaction() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(cells.Cell)).scalar() == 1


def test_what_was_taken_back_counts_on_the_days_it_stood(database: Database) -> None:
    put(database, FACT)
    with database.transaction() as session:
        touches.take_back(session, ["letter:1", "letter:unheard-of"], at=NOON + DAY)
    put(database, replace(FACT, at=NOON + 2 * DAY))
    recounted(database)

    assert [len(read(database, at=NOON + days)) for days in (-MINUTE, 0 * DAY, DAY, 2 * DAY)] == [0, 1, 0, 1]
    assert [one[3] for one in read(database)] == [NOON + 2 * DAY]


def test_what_is_taken_back_after_it_was_counted_counts_no_more(database: Database) -> None:
    put(database, FACT)
    recounted(database)

    with database.transaction() as session:
        touches.take_back(session, ["letter:1"], at=NOON)

    assert read(database) == []


def test_what_a_query_finds_is_put_brought_up_to_date_and_counted(database: Database) -> None:
    put(database, FACT)
    recounted(database)
    as_it_is = [touches.Touch.evidence, *(getattr(touches.Touch, name) for name in touches.SAID if name != "grade")]

    for grade in ("delivered", "unreturned"):
        with database.transaction() as session:
            touches.put_found(session, sa.select(*as_it_is, sa.literal(grade).label("grade")))
        assert [one[1] for one in read(database)] == [grade]


def test_a_campaign_counted_from_nothing_is_as_it_was_counted_slice_by_slice(database: Database) -> None:
    put(database, *(replace(FACT, evidence=f"letter:{n}", authority_code=f"E0700000{n % 7}", at=NOON + n * MINUTE) for n in range(50)))
    with database.transaction() as session:
        while cells.recount_stale(session, limit=2):
            pass
        live = sorted(said(session))

    with database.transaction() as session:
        session.execute(sa.delete(cells.Sum))
        cells.recount(session, CAMPAIGN)

    assert sorted(read(database)) == live and len(live) == 7


def test_a_touch_put_while_its_slice_is_recounted_is_not_missed(on_postgres: Database) -> None:
    put(on_postgres, FACT)
    with on_postgres.transaction() as session:
        assert cells.recount_stale(session, limit=5) == 1  # counted, not committed
        late = threading.Thread(target=put, args=(on_postgres, SECOND))
        late.start()
        late.join(0.3)

        assert late.is_alive()  # it waits for the mark

    late.join()
    assert recounted(on_postgres) == 1
    assert read(on_postgres) == [("E07000001", "written", 2, NOON, NOON + HOUR)]


def test_a_slice_being_touched_is_left_for_the_next_look(on_postgres: Database) -> None:
    put(on_postgres, FACT)
    with on_postgres.transaction() as session:
        touches.put(session, [SECOND])

        assert recounted(on_postgres) == 0

    assert recounted(on_postgres) == 1

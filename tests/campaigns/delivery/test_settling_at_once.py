"""What settling a letter costs does not grow with its chunk."""

from campaigns.delivery import settling
from campaigns.foundation.database import Database


def test_on_sqlite_a_letter_is_found_by_its_own_key_and_not_by_looking_through_its_chunk(sqlite: Database) -> None:
    said = str(settling.ONE_BY_ONE.compile(dialect=sqlite.engine.dialect))
    with sqlite.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", tuple([None] * said.count("?"))).all()
    assert "release_id=? AND position=?" in plan[0].detail, plan

"""An installation that holds data is brought to the newest revision with everything it held."""

from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from campaigns import migrations
from campaigns.delivery import arming, deliveries
from campaigns.foundation import revisions
from campaigns.foundation.database import Database

PEOPLE = "INSERT INTO people (id, name, role, place, body_code, address, active, source) VALUES (:id, 'Officer', 'union_contact', 'gmb', 'gmb', :address, :active, 'test')"
BEFORE = (
    "INSERT INTO bodies (code, name, kind, nation, region, lead, status) VALUES ('gmb', 'GMB', 'union', '', '', '', '')",
    "INSERT INTO log_entries (id, kind, subject, \"by\", at, payload) VALUES (1, 'PeopleImported', '00000000000000000000000000000009', 'x', '2026-01-05 12:00:00', '{}'),"
    " (2, 'PersonLeft', '00000000000000000000000000000002', 'x', '2026-03-01 12:00:00', '{}')",
    "INSERT INTO preferences (id, person_id, address, choice, \"by\", at) VALUES ('00000000000000000000000000000005', '00000000000000000000000000000001', 'a@gmb.test', 'stop', 'x', '2026-02-01 12:00:00')",
    'INSERT INTO touches (id, campaign_id, authority_code, role, grade, evidence, at, "by", withdrawn) VALUES'
    " ('00000000000000000000000000000006', '00000000000000000000000000000007', 'E1', 'practitioner', 'briefed', 'attendance:1', '2026-02-01 12:00:00', 'x', 0)",
)
AGREED = (
    "INSERT INTO officers (id, name, duty, active, joined_at) VALUES ('00000000000000000000000000000001', 'x', 'officer', 1, '2026-01-01')",
    "INSERT INTO campaigns (id, name, objective, begun_at) VALUES ('00000000000000000000000000000002', 'LOPP', 'x', '2026-01-01')",
    "INSERT INTO messages (id, campaign_id, author_id, reference, title, revision, state, drafted_at, corrects) VALUES"
    " ('00000000000000000000000000000003', '00000000000000000000000000000002', '00000000000000000000000000000001', 'A', 'x', 1, 'submitted', '2026-01-01', NULL)",
    "INSERT INTO releases (id, message_id, campaign_id, revision, reference, title, state, latest_send, submitted_by, submitted_at, people, sealed, link_key, choice, in_windows)"
    " VALUES ('00000000000000000000000000000004', '00000000000000000000000000000003', '00000000000000000000000000000002', 1, 'A', 'x', 'sealed', '2026-06-01', 'x', '2026-01-01', 0, 0, '', '', 0)",
)
CHUNK = "INSERT INTO chunks (id, release_id, not_before) VALUES ('00000000000000000000000000000005', '00000000000000000000000000000004', '2026-01-01')"
LETTER = (
    "INSERT INTO deliveries (release_id, position, chunk_id, state, attempts, due_at, at) VALUES"
    " ('00000000000000000000000000000004', :place, '00000000000000000000000000000005', :state, 1, '2026-01-01', '2026-01-01')"
)


def test_who_was_known_before_keeps_their_time_and_their_wishes(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    migrations.upgrade(database.engine, "0004")
    with database.engine.execution_options(countersign_writing=True).begin() as connection:
        for statement in BEFORE[:2]:
            connection.execute(sa.text(statement))
        for number, active in ((1, True), (2, False)):
            connection.execute(sa.text(PEOPLE), {"id": f"{number:032}", "address": f"{number}@gmb.test", "active": active})
        for statement in BEFORE[2:]:
            connection.execute(sa.text(statement))

    migrations.upgrade(database.engine)

    with database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT address, since, until FROM people ORDER BY address")).all() == [
            ("1@gmb.test", "2026-01-05 12:00:00", None),
            ("2@gmb.test", "2026-01-05 12:00:00", "2026-03-01 12:00:00"),
        ]
        assert connection.execute(sa.text("SELECT count(*) FROM preferences")).scalar() == 1
        assert connection.execute(sa.text("SELECT channel FROM touches")).scalar() == "briefing"
        assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
    revisions.refuse_others(database.engine)
    database.dispose()


def test_a_letter_that_an_officer_left_unclear_stays_left_when_held_comes_to_mean_that_it_waits_for_one(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    migrations.upgrade(database.engine, "0026")
    with database.engine.execution_options(countersign_writing=True).begin() as connection:
        for statement in (*AGREED, CHUNK):
            connection.execute(sa.text(statement))
        for place, state in enumerate(("held", "unknown", "accepted")):
            connection.execute(sa.text(LETTER), {"place": place, "state": state})

    migrations.upgrade(database.engine)

    with database.reading() as session:
        assert deliveries.counted(session, UUID(int=4)) == {"left": 1, "unknown": 1, "accepted": 1}
    database.dispose()


def test_an_installation_that_had_releases_before_it_was_ever_armed_is_not_new(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    migrations.upgrade(database.engine, "0026")
    with database.engine.execution_options(countersign_writing=True).begin() as connection:
        for statement in AGREED:
            connection.execute(sa.text(statement))

    migrations.upgrade(database.engine)

    with database.reading() as session:
        assert not arming.is_new(session)
        assert (arming.waiting(session), arming.armed(session)) == ([], [])
    database.dispose()


def test_an_installation_without_a_release_is_new(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    migrations.upgrade(database.engine)
    with database.reading() as session:
        assert arming.is_new(session)
    database.dispose()

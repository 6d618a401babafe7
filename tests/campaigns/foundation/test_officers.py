"""Who acts: duties given and ended, and who may change anything."""

from typing import Any
from uuid import uuid4

import pytest

from campaigns.foundation import log, officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, NotFound, NotYours
from tests.campaigns.stories import NOON, house


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "Two\r\nlines"}, "name"),
        ({"name": "HSE\u202erotcerid"}, "name"),
        ({"duty": "king"}, "duty"),
        ({"party": None}, "party"),
        ({"party": None, "duty": "officer"}, "party"),
    ],
)
def test_a_duty_needs_a_name_a_known_duty_and_a_party(database: Database, asked: dict[str, Any], field: str) -> None:
    values = {"name": "A post", "party": "hse", "duty": "signatory"} | asked

    with database.transaction() as session, pytest.raises(Invalid) as refusal:
        officers.add(session, **values, by="test", at=NOON)

    assert [problem.field for problem in refusal.value.problems] == [field]


def test_an_observer_and_an_administrator_stand_for_no_party(database: Database) -> None:
    with database.transaction() as session:
        for duty in ("observer", "administrator"):
            assert officers.add(session, name=f"An {duty}", party="hse", duty=duty, by="test", at=NOON).party is None


def test_the_log_tells_those_who_act_apart_by_name_and_a_post_is_free_again_once_its_holder_has_left(database: Database) -> None:
    with database.transaction() as session:
        first = officers.add(session, name="Head of policy", party="hse", duty="officer", by="test", at=NOON)
        for taken in (" head of Policy ", "countersign"):
            with pytest.raises(Invalid, match="so that the log tells them apart"):
                officers.add(session, name=taken, party="lacors", duty="signatory", by="test", at=NOON)
        officers.leave(session, first.id, by="test", at=NOON)
        assert officers.add(session, name="Head of policy", party="hse", duty="officer", by="test", at=NOON).id != first.id


def test_whoever_has_left_acts_no_more_and_stays_on_record(database: Database) -> None:
    lopp = house(database)

    with database.transaction() as session:
        officers.leave(session, lopp.hse.id, by="test", at=NOON)

    with database.transaction() as session:
        with pytest.raises(NotFound):
            officers.get(session, lopp.hse.id)
        with pytest.raises(NotFound):
            officers.leave(session, lopp.hse.id, by="test", at=NOON)
        assert lopp.hse.name in {record.name for record in officers.everyone(session)}
        assert [record.id for record in officers.signatories(session, "hse")] == [lopp.hse_other.id]
        assert [entry.kind for entry in log.history(session, lopp.hse.id)] == ["OfficerJoined", "KeyEnrolled", "OfficerLeft"]


def test_only_officers_and_signatories_change_anything(database: Database) -> None:
    lopp = house(database)

    for officer in (lopp.drafter, lopp.hse, lopp.lacors, officers.COUNTERSIGN):
        officers.require_writer(officer)
    for officer in (lopp.observer, lopp.administrator):
        with pytest.raises(NotYours, match="may look at this but not change it"):
            officers.require_writer(officer)


def test_an_unknown_officer_is_refused(database: Database) -> None:
    with database.reading() as session, pytest.raises(NotFound):
        officers.get(session, uuid4())

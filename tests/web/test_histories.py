"""What happened, in plain sentences."""

from string import Formatter
from uuid import UUID

from audiences.importing import PeopleImported
from campaigns.foundation import log
from campaigns.foundation.database import Database
from tests.house import hearing
from tests.web.visitors import NOON
from web import histories


def test_every_event_is_told_in_a_sentence_or_is_the_machinerys_own() -> None:
    assert set(hearing.events()) == set(histories.SENTENCES) | histories.MACHINERY


def test_a_sentence_uses_only_what_its_event_says() -> None:
    for kind, event in hearing.events().items():
        used = {name for _, name, _, _ in Formatter().parse(histories.SENTENCES.get(kind, "")) if name}
        assert used <= set(event.model_fields), kind


def test_a_number_under_the_same_name_is_told_too(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        log.record(session, PeopleImported(added=3, changed=1), subject=UUID(int=1), by="Somebody", at=NOON)
        assert [line.what for line in histories.lines(log.latest(session))] == ["imported 3 people"]

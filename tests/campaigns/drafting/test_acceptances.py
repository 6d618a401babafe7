"""A finding that must be resolved stops a message until an officer takes it on their own name, for that revision alone."""

import pytest
import sqlalchemy as sa

from campaigns.drafting import acceptances, messages
from campaigns.drafting.lint import Finding
from campaigns.foundation import log
from campaigns.foundation.errors import Invalid, NotAllowedNow, NotFound, NotYours
from tests.campaigns import stories
from tests.campaigns.stories import NOON, House, words

MIXED = Finding("mixed-scripts", "Every letter", "“Micrоsoft” mixes letters")
HIDDEN = Finding("hidden", "Every letter", "Readers would not see these words")
NOTE = Finding("link-host", "Every letter", "Links lead to a.test")
ALL = [MIXED, HIDDEN, NOTE]


def test_open_findings_are_those_that_must_be_resolved_and_nobody_accepted(house: House) -> None:
    message = stories.drafted(house)

    with house.database.transaction() as session:
        assert acceptances.open_findings(session, messages.get(session, message), ALL) == [MIXED, HIDDEN]
        assert acceptances.accept(session, message, ALL, [MIXED.key], by=house.drafter, at=NOON) == 1

    with house.database.reading() as session:
        current = messages.get(session, message)
        assert acceptances.open_findings(session, current, ALL) == [HIDDEN]
        assert acceptances.accepted_by(session, message, 1) == {MIXED.key: "HSE drafter"}
        with pytest.raises(Invalid, match="Every letter: Readers would not see these words"):
            acceptances.require_none_open(session, current, ALL)
        acceptances.require_none_open(session, current, [MIXED, NOTE])


def test_an_acceptance_is_written_down_once_with_who_and_what(house: House) -> None:
    message = stories.drafted(house)

    for _ in range(2):
        with house.database.transaction() as session:
            acceptances.accept(session, message, ALL, [MIXED.key], by=house.hse, at=NOON)

    with house.database.reading() as session:
        facts = [entry for entry in log.history(session, message) if entry.kind == "FindingAccepted"]
    assert [(fact.by, fact.payload["said"], fact.payload["revision"]) for fact in facts] == [("HSE director", MIXED.said, 1)]


def test_other_words_need_another_acceptance(house: House) -> None:
    message = stories.drafted(house)
    with house.database.transaction() as session:
        acceptances.accept(session, message, ALL, [MIXED.key], by=house.drafter, at=NOON)
        messages.revise(session, message, words(subject="Other"), by=house.drafter, at=NOON)

    with house.database.reading() as session:
        assert acceptances.open_findings(session, messages.get(session, message), [MIXED]) == [MIXED]


def test_what_cannot_be_accepted_is_refused(house: House) -> None:
    message = stories.drafted(house)

    with pytest.raises(NotFound, match="words changed"), house.database.transaction() as session:
        acceptances.accept(session, message, [MIXED], [HIDDEN.key], by=house.drafter, at=NOON)
    with pytest.raises(NotYours), house.database.transaction() as session:
        acceptances.accept(session, message, ALL, [MIXED.key], by=house.observer, at=NOON)
    stories.submitted(house, message)
    with pytest.raises(NotAllowedNow, match="before a message is submitted"), house.database.transaction() as session:
        acceptances.accept(session, message, ALL, [MIXED.key], by=house.drafter, at=NOON)


def test_an_acceptance_is_never_changed(house: House) -> None:
    message = stories.drafted(house)
    with house.database.transaction() as session:
        acceptances.accept(session, message, ALL, [MIXED.key], by=house.drafter, at=NOON)

    for change in ("UPDATE acceptances SET by_name = 'x'", "DELETE FROM acceptances"):
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), house.database.transaction() as session:
            session.execute(sa.text(change))

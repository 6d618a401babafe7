"""A fact is told at least once: two workers that hear of one thing at the same moment leave what is so now, and nothing twice."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from audiences import suggestions, vacancies
from campaigns.briefings import arranging
from campaigns.briefings.arranging import NotePinned
from campaigns.delivery import acknowledgements, removals, returns
from campaigns.delivery.acknowledgements import NO, PULSE, READ, YES, Acknowledgement
from campaigns.delivery.deliveries import ChunkPlanned
from campaigns.delivery.removals import AddressRemoved
from campaigns.delivery.settling import ChunkSent
from campaigns.delivery.transport import RecordingTransport
from campaigns.delivery.verp import Place
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.settings import Settings
from campaigns.reach import touches
from campaigns.reach.touches import Touch
from tests import armed, crossings, snapshots
from tests.campaigns import posting, stories
from tests.campaigns.briefings import kit_stories
from tests.campaigns.stories import NOON, Story
from tests.web import grounds
from tests.workers.facts import every, fact, facts, written
from workers import notifying, projecting, recalling, telling
from workers.tools import Tools


@pytest.fixture
def workers(on_postgres: Database, settings: Settings) -> Tools:
    """What every worker works with."""
    return Tools(settings, on_postgres, RecordingTransport(), lambda: NOON, arming=armed.ALWAYS)


@pytest.fixture
@snapshots.beginning
def sent(on_postgres: Database) -> Story:
    """A release whose one letter the relay took."""
    story = stories.sending_release(stories.house(on_postgres), readers=stories.READERS[:1])
    posting.sent(story)
    return story


def standing(workers: Tools, kind: str) -> list[str]:
    """The evidence of this kind that counts."""
    with workers.database.reading() as session:
        return list(session.exec(select(Touch.evidence).where(touches.STANDING, Touch.evidence.startswith(f"{kind}:"))))  # type: ignore[attr-defined]


def meanwhile(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, begin: Callable[[], Any]) -> None:
    """The other begins when this worker comes to a step, which it then takes."""
    step = getattr(where, name)

    def once(*args: Any, **how: Any) -> Any:
        monkeypatch.setattr(where, name, step)
        begin()
        return step(*args, **how)

    monkeypatch.setattr(where, name, once)


def test_an_answer_changed_while_a_worker_counts_the_one_before_is_no_evidence(
    workers: Tools, sent: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = sent.release, 0
    with workers.database.transaction() as session:
        session.add(Acknowledgement(release_id=sent.release, position=0, kind=READ, answer=YES, at=NOON))
    with workers.database.transaction() as session:
        acknowledgements.answer(session, *place, YES, at=NOON)
    said = fact(workers.database, acknowledgements.PulseAnswered)

    def changes_it() -> None:
        with workers.database.transaction() as session:
            acknowledgements.answer(session, *place, NO, at=NOON)
        projecting.recount_answers(fact(workers.database, acknowledgements.PulseAnswered), workers)

    with crossings.other(workers.database, changes_it) as begin:
        found = list[Any]()
        meanwhile(monkeypatch, touches, "put", lambda: found.append(begin()))
        projecting.recount_answers(said, workers)
    found[0].result()

    assert standing(workers, PULSE) == []


@pytest.mark.parametrize("kind", ["letter", "delivered"])
def test_a_letter_that_comes_back_while_a_worker_counts_it_is_no_evidence(
    workers: Tools, sent: Story, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with workers.database.transaction() as session:
        assert returns.arrive(session, Place(sent.release, 0), at=NOON)
    counts = {"letter": (projecting.recount_reach, ChunkSent), "delivered": (projecting.put_arrived, returns.LetterArrived)}[kind]

    def comes_back() -> None:
        with workers.database.transaction() as session:
            returns.come_back(session, Place(sent.release, 0), permanent=True, status="5.1.1", reason="gone", at=NOON)
        projecting.recount_reach(fact(workers.database, returns.LetterReturned), workers)

    with crossings.other(workers.database, comes_back) as begin:
        found = list[Any]()
        meanwhile(monkeypatch, touches, "take_back" if kind == "letter" else "put", lambda: found.append(begin()))
        counts[0](fact(workers.database, counts[1]), workers)
    found[0].result()

    assert f"{kind}:{sent.release}:0" not in standing(workers, kind)


def test_two_addresses_taken_off_at_once_leave_one_role_with_nobody_and_are_told_once(workers: Tools) -> None:
    ground = grounds.found(workers.database)
    posting.reachable(ground.house)
    for address in ("one@adur.test", "other@adur.test"):
        ground.person(address=address)
    with workers.database.transaction() as session:
        for address in ("one@adur.test", "other@adur.test"):
            removals.add(session, address, reason=removals.GONE, by="tests", at=NOON)
    first, second = facts(workers.database, AddressRemoved)

    with crossings.other(workers.database, lambda: telling.tell_where_nobody_is_left(second, workers)) as begin:
        found = list[Any]()
        with pytest.MonkeyPatch.context() as patch:
            meanwhile(patch, telling, "note_told", lambda: found.append(begin()))
            telling.tell_where_nobody_is_left(first, workers)
    found[0].result()

    assert len(facts(workers.database, vacancies.NobodyLeft)) == 1
    assert len(every(workers.database)) == len(written(workers.database)) > 0


def test_two_letters_to_one_reader_that_come_back_at_once_ask_once_who_should_be_written_to(on_postgres: Database) -> None:
    person = grounds.found(on_postgres).person()

    def asks(done: Callable[[], Any] = lambda: None) -> None:
        with on_postgres.transaction() as session:
            kind, source = suggestions.NO_LONGER, "a letter that came back"
            suggestions.make(session, about=person, authority_code=grounds.ADUR, kind=kind, source=source, by="tests", at=NOON)
            done()

    found = list[Any]()
    with crossings.other(on_postgres, asks) as begin:
        asks(lambda: found.append(begin()))
    found[0].result()

    with on_postgres.reading() as session:
        assert len(suggestions.waiting(session)) == len(log.of_kinds(session, suggestions.waiting(session)[0].id, "SuggestionMade")) == 1


def test_what_one_worker_could_not_tell_and_another_told_meanwhile_is_told(workers: Tools) -> None:
    with workers.database.transaction() as session:
        entry = log.number(log.record(session, ChunkPlanned(chunk=uuid4()), subject=uuid4(), by="tests", at=NOON))

    def fails() -> None:
        with workers.database.transaction() as session:
            log.not_told(session, entry, error="It came too early.", at=NOON)

    with crossings.other(workers.database, fails) as begin, workers.database.transaction() as session:
        log.told(session, entry)
        found = begin()
    found.result()

    with workers.database.reading() as session:
        assert not log.is_untold(session, entry)


def test_whoever_holds_one_note_for_two_briefings_that_change_theirs_at_once_is_told_once(
    workers: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = stories.agreed_release(stories.house(workers.database))
    other = stories.agreed_release(old.house, stories.words(title="Something else"))
    for number in (0, 1):
        briefing = kit_stories.dated(old, number)
        kit_stories.give(old.house, briefing)
        with workers.database.transaction() as session:
            arranging.use_note(session, briefing, other.release, by=old.house.drafter, at=NOON)
    _, first, _, second = facts(workers.database, NotePinned)

    found = list[Any]()
    with crossings.other(workers.database, lambda: recalling.recall_replaced(second, workers)) as begin:
        meanwhile(monkeypatch, notifying, "write", lambda: found.append(begin()))
        recalling.recall_replaced(first, workers)
    found[0].result()

    assert [notice.to for notice in every(workers.database)] == [kit_stories.ADDRESS]

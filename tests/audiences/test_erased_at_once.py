"""Somebody is erased at the moment at which another officer erases them, or brings in a file that names them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from audiences import erasures, importing, incoming_post, people, preferences
from audiences.imports import NEW, RENAMED
from audiences.people import ERASED
from audiences.preferences import Preference
from audiences.sealing import Sealer
from audiences.staging import Stager
from campaigns.agreement.sealed import Particulars
from campaigns.delivery import bounces, incoming, removals
from campaigns.delivery.removals import Removal
from campaigns.delivery.verp import Found, Place
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotFound
from tests import crossings
from tests.campaigns import coming_back, posting, stories
from tests.web import grounds
from tests.web.grounds import Ground
from tests.web.visitors import NOON

FILE = b"name,role,organisation,email\nHealth Officer,practitioner,Adur,someone@adur.test\nAnother,practitioner,Adur,other@adur.test\n"


@pytest.fixture
def ground(on_postgres: Database) -> Ground:
    """A founded installation."""
    return grounds.found(on_postgres)


def erase(ground: Ground, person: UUID) -> None:
    with ground.database.transaction() as session:
        erasures.erase(session, person, by=ground.house.drafter, at=NOON)


def in_the_middle(monkeypatch: pytest.MonkeyPatch, begin: Callable[[], Any]) -> None:
    """The other begins while the first erasure is at work."""
    veil = removals.veil

    def once(*args: Any) -> None:
        monkeypatch.setattr(removals, "veil", veil)
        veil(*args)
        begin()

    monkeypatch.setattr(removals, "veil", once)


@pytest.mark.long
def test_who_is_erased_by_two_is_erased_once(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ground.person()

    began = []
    with crossings.other(ground.database, lambda: erase(ground, person)) as begin:
        in_the_middle(monkeypatch, lambda: began.append(begin()))
        erase(ground, person)

    with pytest.raises(NotAllowedNow, match="has been erased already"):
        began[0].result()
    with ground.database.reading() as session:
        assert len(log.of_kinds(session, person, "Erased")) == 1


def test_a_file_that_names_somebody_who_is_being_erased_waits_and_leaves_them_out(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ground.person(name="Old name")
    file = Stager(ground.database, test_domains_allowed=True).stage(FILE, name="people.csv", by=ground.house.drafter, at=NOON)

    def apply() -> dict[str, int]:
        with ground.database.transaction() as session:
            return importing.apply(session, file, by=ground.house.drafter, at=NOON)

    began = []
    with crossings.other(ground.database, apply) as begin:
        in_the_middle(monkeypatch, lambda: began.append(begin()))
        erase(ground, person)

    counts = began[0].result()
    assert (counts[NEW], counts[RENAMED]) == (1, 0)
    with ground.database.reading() as session:
        assert people.get(session, person).name == ERASED


def test_a_release_that_is_sealed_while_a_reader_is_erased_waits_and_freezes_nothing_of_them(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, _ = ground.person(), ground.person(address="other@adur.test")
    message = stories.drafted(ground.house, stories.words(audiences=["practitioners"], parts={}))
    release, sealer = stories.submitted(ground.house, message), Sealer(ground.database, stories.SENDER, "key", lambda: NOON, ".test")

    began = []
    with crossings.other(ground.database, lambda: sealer.seal(release)) as begin:
        in_the_middle(monkeypatch, lambda: began.append(begin()))
        erase(ground, person)

    assert began[0].result()
    with ground.database.reading() as session:
        assert session.exec(select(Particulars.address)).all() == ["other@adur.test"]


def test_who_says_stop_while_being_erased_leaves_no_address_behind(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ground.person()

    def stop() -> bool:
        with ground.database.transaction() as session:
            return preferences.stop(session, person, by="the reader", at=NOON)

    began = []
    with crossings.other(ground.database, stop) as begin:
        in_the_middle(monkeypatch, lambda: began.append(begin()))
        erase(ground, person)

    with pytest.raises(NotFound, match="have been erased"):
        began[0].result()
    with ground.database.reading() as session:
        assert session.exec(select(Removal)).all() == session.exec(select(Preference)).all() == []


def test_who_complains_of_a_letter_while_being_erased_leaves_no_address_behind(
    on_postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, reader = coming_back.letters(on_postgres), stories.READERS[0]
    posting.sent(story)
    raw = coming_back.mail("complaint", reader.address)

    def take() -> None:
        with on_postgres.transaction() as session:
            place = Found(Place(story.release, 0))
            incoming_post.take(session, incoming.digest(raw), bounces.read(raw), place, at=NOON)

    began = []
    with crossings.other(on_postgres, take) as begin:
        in_the_middle(monkeypatch, lambda: began.append(begin()))
        with on_postgres.transaction() as session:
            erasures.erase(session, reader.person_id, by=story.house.drafter, at=NOON)

    began[0].result()
    with on_postgres.reading() as session:
        assert session.exec(select(Removal)).all() == []

"""A sealing that another worker takes over: while its chunks go on it is nobody else's, and afterwards nothing of it stands or is added. And one
that waits while somebody is erased.
"""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlmodel import Session

from campaigns.agreement import releases, sealed, seals
from campaigns.agreement.addressees import LeftOut
from campaigns.agreement.seals import Order
from campaigns.drafting.invitations import Occasion
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow
from tests import crossings
from tests.campaigns import stories
from tests.campaigns.stories import MINUTE, NOON, READERS, House

LEFT_OUT = [LeftOut(READERS[2], "they asked")]
OCCASION = Occasion(uid="1", sequence=0, briefing="b", group="g", starts_at=NOON, ends_at=NOON)
STEPS: dict[str, Callable[[Session, Order], None]] = {
    "programs": lambda session, order: seals.keep_programs(session, order, _programs(order), people=2, at=NOON),
    "audiences": lambda session, order: seals.keep_audiences(session, order, stories.DEFINITIONS, at=NOON),
    "occasions": lambda session, order: seals.keep_occasions(session, order, [OCCASION], at=NOON),
    "who is left out": lambda session, order: seals.keep_left_out(session, order, LEFT_OUT, at=NOON),
    "letters": lambda session, order: _keep_letter(session, order, 0),
}


def _programs(order: Order) -> dict[str, seals.Program]:
    return seals.compile_variants(order, sender=stories.SENDER)


def _keep_letter(session: Session, order: Order, position: int, *, minutes: int = 0) -> None:
    chunk = [stories.letter(READERS[position], order)]
    seals.keep_letters(session, order, _programs(order), chunk, start=position, at=NOON + minutes * MINUTE)


def taken(house: House, release: UUID, *, minutes: int = 0) -> Order | None:
    with house.database.transaction() as session:
        return seals.take(session, release, at=NOON + minutes * MINUTE)


def begun(house: House) -> tuple[UUID, Order]:
    """A release of which a worker has kept everything but its second letter."""
    release = stories.submitted(house, stories.drafted(house))
    order = taken(house, release)
    assert order is not None
    for step in STEPS.values():
        with house.database.transaction() as session:
            step(session, order)
    return release, order


def test_every_chunk_renews_the_claim_and_says_how_far_it_has_come(database: Database) -> None:
    house = stories.house(database)
    release, order = begun(house)

    with database.transaction() as session:
        _keep_letter(session, order, 1, minutes=1)

    assert taken(house, release, minutes=2) is None
    with database.reading() as session:
        assert releases.get(session, release).sealed == 2


def test_whoever_takes_over_finds_nothing_of_what_was_kept_and_what_is_sealed_beside_it_stands(database: Database) -> None:
    house = stories.house(database)
    beside = stories.waiting_release(house, stories.words(title="Another"))
    release, _ = begun(house)

    stories.seal(house, release, READERS[:2], LEFT_OUT, occasions=[OCCASION], at=NOON + seals.CLAIM_LASTS)

    with database.reading() as session:
        assert len(sealed.leaves(session, release)) == 2 and len(sealed.leaves(session, beside.release)) == 3
        assert len(sealed.programs_of(session, beside.release)) == 2


@pytest.mark.parametrize("step", STEPS)
def test_whoever_was_taken_over_keeps_nothing_more(sqlite: Database, step: str) -> None:
    house = stories.house(sqlite)
    release = stories.submitted(house, stories.drafted(house))
    dead = taken(house, release)
    assert dead is not None and taken(house, release, minutes=2) is not None

    with pytest.raises(NotAllowedNow, match="Another worker"), sqlite.transaction() as session:
        STEPS[step](session, dead)


def test_of_two_workers_at_one_moment_one_has_it(on_postgres: Database) -> None:
    house = stories.house(on_postgres)
    release = stories.submitted(house, stories.drafted(house))

    with crossings.other(on_postgres, lambda: taken(house, release)) as begin, on_postgres.transaction() as session:
        first = seals.take(session, release, at=NOON)
        second = begin()

    assert first is not None and second.result() is None


def test_a_chunk_that_is_kept_while_another_takes_over_is_not(on_postgres: Database) -> None:
    house = stories.house(on_postgres)
    release, dead = begun(house)

    def keep() -> None:
        with on_postgres.transaction() as session:
            _keep_letter(session, dead, 1)

    with crossings.other(on_postgres, keep) as begin, on_postgres.transaction() as session:
        seals.take(session, release, at=NOON + seals.CLAIM_LASTS)
        kept = begin()

    with pytest.raises(NotAllowedNow, match="Another worker"):
        kept.result()


def test_no_letter_is_frozen_until_whoever_paused_it_is_done(on_postgres: Database) -> None:
    _, order = begun(stories.house(on_postgres))

    def keep() -> None:
        with on_postgres.transaction() as session:
            _keep_letter(session, order, 1)

    with crossings.other(on_postgres, keep) as begin, on_postgres.transaction() as session:
        seals.pause(session)
        kept = begin()
        assert not kept.done()
    kept.result()

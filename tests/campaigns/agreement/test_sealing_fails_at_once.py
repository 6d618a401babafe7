"""A sealing that fails at the moment at which an officer gives the release up: one waits for the other, and neither for ever."""

from campaigns.agreement import releases, seals
from campaigns.drafting import messages
from campaigns.foundation import log
from campaigns.foundation.database import Database
from tests import crossings
from tests.campaigns import stories
from tests.campaigns.stories import NOON


def test_a_release_withdrawn_while_its_sealing_fails_is_withdrawn(on_postgres: Database) -> None:
    house = stories.house(on_postgres)
    release = stories.submitted(house, message := stories.drafted(house))
    with on_postgres.transaction() as session:
        order = seals.take(session, release, at=NOON)
    assert order is not None

    def fail() -> bool:
        with on_postgres.transaction() as session:
            return seals.fail(session, order, reasons=["Nobody is in the audiences chosen."], by="Countersign", at=NOON)

    with crossings.other(on_postgres, fail) as begin, on_postgres.transaction() as session:
        messages.get(session, message, lock=True)
        failed = begin()
        releases.withdraw(session, release, reason="Not now.", by=house.lacors, at=NOON)

    assert not failed.result()
    with on_postgres.reading() as session:
        assert (releases.get(session, release).state, messages.get(session, message).state) == ("withdrawn", "withdrawn")
        assert log.of_kinds(session, release, "SealingFailed") == []

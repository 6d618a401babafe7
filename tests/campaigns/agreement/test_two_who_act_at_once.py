"""Two who act on a release at the same moment: the second waits for the first and then finds what it did, and neither waits for ever."""

from campaigns.agreement import releases, seals
from campaigns.agreement.releases import ReleaseAgreed
from campaigns.drafting import messages
from campaigns.foundation import log
from campaigns.foundation.database import Database
from tests import crossings
from tests.campaigns import stories
from tests.campaigns.stories import NOON


def test_two_parties_that_sign_at_one_moment_have_agreed_once(on_postgres: Database) -> None:
    story = stories.waiting_release(stories.house(on_postgres))
    hse, lacors = story.house.hse, story.house.lacors

    with crossings.other(on_postgres, lambda: story.sign(lacors)) as begin, on_postgres.transaction() as session:
        given = stories.evidence(session, story.release, hse)
        releases.sign(session, story.release, seen=story.digest(), evidence=given, by=hse, at=NOON)
        second = begin()
    second.result()

    with on_postgres.reading() as session:
        assert releases.missing(session, releases.get(session, story.release)) == []
        assert len(log.of_kinds(session, story.release, ReleaseAgreed.__name__)) == 1


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

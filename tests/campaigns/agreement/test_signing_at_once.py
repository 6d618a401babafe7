"""Both parties sign at the same moment: the second waits for the first, so that one of them finds both signatures, and says so."""

from campaigns.agreement import releases
from campaigns.agreement.releases import ReleaseAgreed
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

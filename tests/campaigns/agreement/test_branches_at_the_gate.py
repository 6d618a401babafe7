"""The branches over the readers' leaves: what the gate compared with the signed root is what it hands to whoever claims letters."""

from uuid import UUID

import pytest
from sqlmodel import Session

from campaigns.agreement import gate, merkle, releases, sealed
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed
from tests.campaigns import stories
from tests.campaigns.agreement.removals import lifted
from tests.campaigns.stories import NOON


def test_branches_that_somebody_changes_meanwhile_are_not_handed_out(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    story = stories.agreed_release(stories.house(sqlite))
    genuine, read = sealed.branches, list[int]()

    def changed_meanwhile(session: Session, release_id: UUID) -> list[bytes]:
        read.append(1)
        return genuine(session, release_id) if len(read) == 1 else [b"x" * 32]

    monkeypatch.setattr(sealed, "branches", changed_meanwhile)
    with sqlite.reading() as session:
        verified = gate.check(session, releases.get(session, story.release), at=NOON)

    assert merkle.root(verified.branches).hex() == verified.said.root


@pytest.mark.parametrize("positions", [[0], [4, 5], [0, 5, 8], [8, 1, 3, 0], list(range(9))])
def test_leaves_are_read_with_all_that_stand_under_the_same_branch_and_a_missing_one_is_found_out(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch, positions: list[int]
) -> None:
    monkeypatch.setattr(merkle, "BRANCH", 2)
    readers = [stories.reader(place, address=f"post{place}@council.test") for place in range(9)]
    story = stories.agreed_release(stories.house(sqlite), readers=readers)
    with sqlite.reading() as session:
        every, signed = sealed.leaves(session, story.release), sealed.branches(session, story.release)
        found = sealed.leaves_under(session, story.release, positions, signed)
    whole = {place for position in positions for place in (position // 2 * 2, position // 2 * 2 + 1) if place < 9}
    assert found == {place: every[place] for place in whole}

    for missing in whole:
        with pytest.raises(GateClosed), sqlite.transaction() as session:
            lifted(session)
            session.connection().exec_driver_sql(f"DELETE FROM sealed_letters WHERE position = {missing}")
            sealed.leaves_under(session, story.release, positions, signed)


def test_a_release_beside_it_is_not_looked_at_and_leaves_that_no_signed_branch_stands_over_are_refused(sqlite: Database) -> None:
    house = stories.house(sqlite)
    story, _ = (stories.agreed_release(house, stories.words(title=title)) for title in ("First", "Second"))

    with sqlite.reading() as session:
        signed = gate.check(session, releases.get(session, story.release), at=NOON).branches
        found = sealed.leaves_under(session, story.release, [0], signed)
        assert found == dict(enumerate(sealed.leaves(session, story.release)))
        with pytest.raises(GateClosed):
            sealed.leaves_under(session, story.release, [0], [])

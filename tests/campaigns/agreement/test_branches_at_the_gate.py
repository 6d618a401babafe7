"""The branches over the readers' leaves: what the gate compared with the signed root is what it hands to whoever claims letters."""

from uuid import UUID

import pytest
from sqlmodel import Session

from campaigns.agreement import gate, merkle, releases, sealed
from campaigns.foundation.database import Database
from tests.campaigns import stories
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

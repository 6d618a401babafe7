"""A captured signature is good for one revision of one release, for one party, by one person, for one purpose: 32 combinations, one accepted."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from campaigns.agreement import identity, manifest, passkeys, releases, standing
from campaigns.agreement.identity import Evidence
from campaigns.agreement.releases import Release
from campaigns.drafting import letters, messages
from campaigns.drafting.messages import Message, Revision
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from campaigns.foundation.officers import Officer, OfficerRecord
from tests.campaigns import stories
from tests.campaigns.agreement import remembering, removals
from tests.campaigns.stories import NOON, Story
from tests.snapshots import Snapshot


class Other(NamedTuple):
    """What is another than what was signed."""

    revision: bool
    release: bool
    party: bool
    person: bool
    purpose: bool


@pytest.fixture
def story(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setattr(letters, "compile_letter", remembering.compiler())
    return stories.waiting_release(stories.house(sqlite))


def replayed(story: Story, elsewhere: Story, given: Evidence, other: Other) -> str:
    """The captured evidence, offered once more with these things other; gives the sentence that refused it."""
    target = elsewhere if other.release else story
    by = _signer(story, other)
    with story.database.transaction() as session:
        removals.lifted(session)
        session.exec(sa.update(OfficerRecord).values(party=by.party).where(col(OfficerRecord.id) == by.id))
        if other.revision:
            _second_revision(session, target)
    try:
        with story.database.transaction() as session:
            if other.purpose:
                _as_a_roster(session, target, given, by)
            else:
                releases.sign(session, target.release, seen=target.digest(), evidence=given, by=by, at=NOON)
    except Refused as refusal:
        return refusal.sentence
    return ""


def _signer(story: Story, other: Other) -> Officer:
    house = story.house
    if other.person:
        return house.lacors if other.party else house.hse_other
    return replace(house.hse, party="lacors") if other.party else house.hse


def _second_revision(session: Session, story: Story) -> None:
    """The same release with the second revision of its message in its bytes, everywhere alike, so that nothing else refuses it."""
    release, message = releases.get(session, story.release, lock=True), messages.get(session, story.message, lock=True)
    first = messages.current(session, message)
    session.add(Revision(**(first.model_dump() | {"number": 2})))
    said = manifest.read(release.manifest or b"").model_copy(update={"revision": 2})
    release.sqlmodel_update({"revision": 2, "manifest": said.to_bytes(), "digest": manifest.digest(said.to_bytes())})
    message.revision = 2
    session.add_all([release, message])


def _as_a_roster(session: Session, story: Story, given: Evidence, by: Officer) -> None:
    """Over the same bytes, for the other thing that is ever signed: by the door that every signature goes through."""
    body, roster = releases.get(session, story.release).manifest or b"", standing.chain(session).current
    identity.admit(session, given, roster, tag=passkeys.ROSTER, body=body, digest=manifest.digest(body), by=by, at=NOON)


def everything(database: Database, *, without: set[str]) -> dict[str, list[object]]:
    """Every row of every table that a signature could be recorded in."""
    with database.reading() as session:
        tables = [table for table in SQLModel.metadata.sorted_tables if table.name not in without]
        return {table.name: [tuple(row) for row in session.connection().execute(sa.select(table))] for table in tables}


def test_of_32_replays_of_a_captured_signature_only_the_very_same_is_accepted(
    story: Story, record_property: Callable[[str, object], None]
) -> None:
    elsewhere = stories.waiting_release(story.house)
    with story.database.transaction() as session:
        given = stories.evidence(session, story.release, story.house.hse)
    captured, refused, recorded = Snapshot(story.database), {}, []
    for other in map(Other._make, product((False, True), repeat=5)):
        captured.back()
        before = everything(story.database, without=PREPARED)
        refused[other] = replayed(story, elsewhere, given, other)
        recorded += [other] if everything(story.database, without=PREPARED) != before else []

    same = Other(False, False, False, False, False)
    assert len(refused) == 32
    assert [other for other, sentence in refused.items() if not sentence] == [same] == recorded
    record_property(
        "figure", f"replays: {len(refused)} combinations, {sum(map(bool, refused.values()))} refused, nothing recorded of those"
    )


PREPARED = {table.__tablename__ for table in (Release, Message, Revision, OfficerRecord)}  # what a replay itself makes other

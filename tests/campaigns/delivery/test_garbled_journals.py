"""A journal of which a part cannot be read: what it does not speak of may have gone, and nothing of it is queued as if it had not."""

from pathlib import Path

import pytest

from campaigns.delivery import journals, recovery
from campaigns.delivery.claims import Claim
from campaigns.delivery.journals import Journal
from campaigns.delivery.transport import Outcome
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.delivery.test_sender import adds_up, rows
from tests.campaigns.posting import LEASE
from tests.campaigns.stories import NOON, Story

GARBLED = ("claim {token} {chunk}\n", "cla\0m {token} {chunk} {release}\n", "claim {token} {chunk} x\n")


def begun(database: Database, folder: Path, line: str) -> tuple[Story, Journal, Claim]:
    """A claim whose first line came onto the disk like this, with a letter that was heard and one whose dot went."""
    story, journal = stories.sending_release(stories.house(database)), Journal(folder)
    claim = posting.claimed(story, journal=journal.name)
    hand = claim.hand
    journal._write(line.format(token=hand.token, chunk=hand.chunk_id, release=hand.release_id))
    journal.dot(0)
    journal.heard(0, Outcome("accepted", "dot", "250 OK"))
    journal.dot(1)
    return story, journal, claim


@pytest.mark.parametrize("line", GARBLED)
def test_a_claim_whose_own_line_cannot_be_read_is_unknown_to_whoever_takes_over(database: Database, tmp_path: Path, line: str) -> None:
    story, journal, _ = begun(database, tmp_path, line)

    claims, whole = journals.read(journal.path)
    with database.transaction() as session:
        recovery.never_begun(session, journal.name, whole=whole, at=NOON)

    assert (claims, whole) == ([], False)
    assert [state for state, _ in rows(story)] == ["unknown"] * 3 and adds_up(story)


@pytest.mark.parametrize("line", GARBLED)
def test_so_it_is_when_its_lease_has_ended(database: Database, tmp_path: Path, line: str) -> None:
    story, _, _ = begun(database, tmp_path, line)

    with database.transaction() as session:
        assert recovery.lapse(session, tmp_path, at=NOON + LEASE) == 1

    assert [state for state, _ in rows(story)] == ["unknown"] * 3 and adds_up(story)


def test_what_follows_a_claim_that_cannot_be_read_is_not_said_of_the_one_before(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal._write(
        "claim " + " ".join(f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2, 3)) + "\ndot 0\nclaim 5\ndot 1\n"
    )

    (evidence,), whole = journals.read(journal.path)

    assert evidence.letters == {0: None} and not whole


@pytest.mark.parametrize("place", [5_000_000_000, -1])
def test_a_letter_of_no_possible_number_keeps_no_other_from_being_settled(database: Database, tmp_path: Path, place: int) -> None:
    story, journal, _ = begun(database, tmp_path, "claim {token} {chunk} {release}\ndot " + str(place) + "\n")

    with database.transaction() as session:
        recovery.lapse(session, tmp_path, at=NOON + LEASE)

    assert [state for state, _ in rows(story)] == ["accepted", "unknown", "unknown"] and adds_up(story)
    assert not journals.read(journal.path).whole

"""The envelope's sender: short enough, safe in lower case, and made by nobody else."""

from dataclasses import replace
from uuid import UUID

import pytest

from campaigns.delivery import verp
from campaigns.delivery.transport import RecordingTransport
from campaigns.delivery.verp import Found, Place, ReturnAddress
from campaigns.foundation.database import Database
from campaigns.foundation.settings import BadSettings, Settings, load
from tests import snapshots
from tests.campaigns import posting, stories
from tests.campaigns.stories import House, Story

RETURNS = ReturnAddress("lopp@countersign.test", "a key")


@pytest.fixture
def story(sqlite: Database) -> Story:
    message, release = snapshots.of(sqlite, "letters on their way", _on_their_way)
    return Story(House(sqlite, *[None] * 8), message, release)  # type: ignore[arg-type]


def _on_their_way(database: Database) -> tuple[UUID, UUID]:
    story = stories.sending_release(stories.house(database))
    return story.message, story.release


def read(story: Story, *addresses: str, by: ReturnAddress = RETURNS) -> Found:
    with story.database.reading() as session:
        return by.read(session, addresses)


def test_a_token_names_its_letter_however_its_letters_are_cased(story: Story) -> None:
    address = RETURNS.of_release(story.release)(2)

    assert address == address.lower()
    assert len(address.partition("@")[0]) <= 64
    assert read(story, "somebody@else.test", address.upper()) == Found(Place(story.release, 2))
    assert read(story, address, by=replace(RETURNS, address="LOPP@Countersign.test")) == Found(Place(story.release, 2))


def test_no_other_key_place_or_release_makes_the_token(story: Story) -> None:
    other_key = replace(RETURNS, key="another key").of_release(story.release)(2)
    other_release = RETURNS.of_release(UUID(int=story.release.int ^ 1))(2)  # begins as ours does

    before, _, domain = RETURNS.of_release(story.release)(2).rpartition("@")
    other_end = f"{before[:-3]}{'b' if before[-3] == 'a' else 'a'}{before[-2:]}@{domain}"

    assert read(story, other_key) == read(story, other_release) == read(story, other_end) == Found(forged=True)
    assert read(story, RETURNS.of_release(story.release)(1)).place == Place(story.release, 1)


def test_what_was_sent_under_a_former_secret_still_comes_back_and_nothing_more_is_sent_under_it(story: Story) -> None:
    before, other = RETURNS.of_release(story.release)(2), replace(RETURNS, key="another key").of_release(story.release)(2)
    in_use = replace(RETURNS, key="a new key", former=(RETURNS.key,))

    assert read(story, before, by=in_use) == read(story, in_use.of_release(story.release)(2), by=in_use) == Found(Place(story.release, 2))
    assert in_use.of_release(story.release)(2) == replace(in_use, former=()).of_release(story.release)(2) != before
    assert read(story, other, by=in_use) == Found(forged=True)


def test_a_true_token_counts_behind_false_ones_but_not_behind_many(story: Story) -> None:
    true, false = (returns.of_release(story.release)(2) for returns in (RETURNS, replace(RETURNS, key="another key")))

    assert read(story, *[false] * (verp.MOST_TOKENS - 1), true) == Found(Place(story.release, 2))
    assert read(story, *[false] * verp.MOST_TOKENS, true) == Found(forged=True)


def test_a_token_with_another_letter_names_nothing() -> None:
    token = RETURNS.token(UUID(int=7 << 64), 2)
    others = {token[:place] + letter + token[place + 1 :] for place in range(len(token)) for letter in verp.LETTERS} - {token}

    assert RETURNS._raw(f"lopp+{token}@countersign.test") not in {RETURNS._raw(f"lopp+{other}@countersign.test") for other in others}
    assert len(others) == 31 * verp.TOKEN_LETTERS


@pytest.mark.parametrize("local", ["lopp+", "lopp+x", "lopp+" + "a" * 37, "lopp+" + "ä" * 37, "lopp+" + "a" * 5000, "lopp+====", "lopp++"])
def test_what_is_no_token_is_forged_and_what_has_none_is_not(story: Story, local: str) -> None:
    assert read(story, f"{local}@countersign.test") == Found(forged=True)
    none = ("lopp@countersign.test", f"{local}@elsewhere.test", "lopp.x@countersign.test", f"x{local}@countersign.test")
    assert read(story, *none) == Found()


def test_a_letter_leaves_with_its_token_and_the_signed_words_are_as_they_were(story: Story) -> None:
    transport = RecordingTransport()
    sender = replace(posting.sender(story.database, transport), returns=RETURNS)
    claim = posting.claimed(story)

    sender.send(claim)

    assert [envelope.sender for envelope in transport.sent] == [RETURNS.of_release(story.release)(position) for position in range(3)]
    assert b'From: "LOPP' in transport.sent[0].message
    assert RETURNS.of_release(story.release)(0).encode() not in transport.sent[0].message


def test_an_address_too_long_for_a_token_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_BOUNCE_ADDRESS", "a" * 27 + "@countersign.test")

    with pytest.raises(BadSettings, match="COUNTERSIGN_BOUNCE_ADDRESS must have at most 26"):
        load()
    monkeypatch.delenv("COUNTERSIGN_BOUNCE_ADDRESS")
    assert Settings(sender_address="x@y.test").returns_to == "x@y.test"

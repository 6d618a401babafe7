"""The links in a reader's letter cannot be guessed, forged, or bent to another purpose, reader, release or key (bad input 55)."""

import random
import secrets
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.foundation import reader_links
from campaigns.foundation.reader_links import LINKS, NONE

KEY = reader_links.key("a secret for tests")
RELEASE, PERSON = UUID(int=1 << 100), UUID(int=2 << 90)
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
TRIES = 100_000


def made(link: str = "read", position: int = 7, person: UUID = PERSON, release: UUID = RELEASE, secret: str = "a secret for tests") -> str:
    return reader_links.token(reader_links.key(secret), link, release, position, person)


def opens(token: str, link: str = "read", person: UUID = PERSON) -> bool:
    """Whether it is taken for this reader's link."""
    return reader_links.is_ours(reader_links.read(token), KEY, link, person)


@given(st.uuids(), st.integers(0, 2**32 - 1), st.sampled_from(LINKS))
def test_a_token_names_its_place_and_is_good_for_one_link_of_one_reader(release: UUID, position: int, link: str) -> None:
    token = reader_links.token(KEY, link, release, position, PERSON)
    said = reader_links.read(token)

    assert (said.release_id, said.position, len(token)) == (release, position, 48)
    assert [other for other in LINKS if opens(token, other)] == [link]
    assert not opens(token, link, UUID(int=3))
    assert not reader_links.is_ours(said, reader_links.key("another secret"), link, PERSON)


@pytest.mark.long
def test_a_token_bent_in_any_bit_or_guessed_is_never_taken(record_property: Callable[[str, object], None]) -> None:
    good, chance = made(), random.Random(55)
    assert opens(good)

    taken = 0
    for place in range(48):
        taken += sum(opens(good[:place] + sign + good[place + 1 :]) for sign in SIGNS if sign != good[place])
    for _ in range(TRIES // 2):
        guess = good[:27] + "".join(chance.choices(SIGNS, k=21))  # the right place, another tag
        taken += guess != good and opens(guess)
        taken += opens(secrets.token_urlsafe(36))
    record_property("figure", f"reader's links: {TRIES + 48 * 63:,} altered or random tokens, {taken} taken")
    assert taken == 0


def test_there_is_one_way_to_write_a_token() -> None:
    good = made()
    spellings = [
        "", good[:-1], good[:-4], good + "A", good + "=", good + "==", good + "\n", " " + good, good.replace("-", "+").replace("_", "/") + "+",
        good + "%3D", good[:24] + "\n" + good[24:], good + good, "A" * 48, "=" * 48, "é" * 48, "\uff21" * 48, good[:47] + "\x00", "A" * 100_000,
    ]  # fmt: skip

    assert [spelling[:60] for spelling in spellings if opens(spelling)] == []
    assert reader_links.read("A" * 48) == NONE


def test_a_key_is_known_by_its_id_among_those_kept() -> None:
    former, current = reader_links.key("former"), reader_links.key("current")

    assert reader_links.named(["current", "former"], former.id) == former
    assert reader_links.named(["current", "former"], current.id) == current
    assert reader_links.named(["current"], former.id) not in (former, current)
    assert "former" not in former.id and len(former.id) == 8

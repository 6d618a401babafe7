"""Links that cannot be guessed, forged or bent to another purpose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.foundation import tokens
from campaigns.foundation.errors import NotFound

PARTS = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1f")), min_size=1, max_size=3)


@given(PARTS)
def test_a_token_gives_back_its_parts_for_its_purpose_alone(parts: list[str]) -> None:
    token = tokens.make("key", "stop", *parts)

    assert tokens.read(["key"], "stop", token) == tuple(parts) == tokens.read(["newer", "key"], "stop", token)
    for keys, purpose in ((["key"], "sign"), (["other"], "stop"), ([], "stop")):
        with pytest.raises(NotFound):
            tokens.read(keys, purpose, token)


@given(place=st.integers(0, 200), sign=st.sampled_from("AZaz09-_"))
def test_a_token_changed_anywhere_is_refused(place: int, sign: str) -> None:
    token = tokens.make("key", "stop", "a-person")
    place %= len(token)
    bent = token[:place] + sign + token[place + 1 :]
    if bent == token:
        return

    with pytest.raises(NotFound):
        tokens.read(["key"], "stop", bent)


@pytest.mark.parametrize("token", ["", "x", "é", "=", "AAAA", "A" * 5000, " ", "\n"])
def test_what_is_no_token_is_refused_politely(token: str) -> None:
    with pytest.raises(NotFound, match="not one of ours"):
        tokens.read(["key"], "stop", token)


@pytest.mark.parametrize("end", ["=", "\n", "A"])
def test_a_token_with_something_after_it_is_refused(end: str) -> None:
    with pytest.raises(NotFound):
        tokens.read(["key"], "stop", tokens.make("key", "stop", "a-person") + end)

"""What changed, word by word."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import differences
from web.differences import ADDED, SAME, STRUCK, Piece

TEXTS = st.text(alphabet="ab cé.\n", max_size=60)


def test_a_changed_word_is_struck_and_the_new_one_added() -> None:
    assert differences.words("One lead council.", "One lead authority.") == [
        Piece(SAME, "One lead "),
        Piece(STRUCK, "council"),
        Piece(ADDED, "authority"),
        Piece(SAME, "."),
    ]


def test_words_that_changed_together_are_struck_together() -> None:
    assert differences.words("Ask the lead council first.", "Ask a partner body first.") == [
        Piece(SAME, "Ask "),
        Piece(STRUCK, "the lead council"),
        Piece(ADDED, "a partner body"),
        Piece(SAME, " first."),
    ]


def test_equal_texts_have_no_difference() -> None:
    assert differences.words("The same", "The same") == [Piece(SAME, "The same")]
    assert differences.words("", "") == []


@given(TEXTS, TEXTS)
def test_without_the_struck_it_is_the_new_text_and_without_the_added_the_old(before: str, after: str) -> None:
    pieces = differences.words(before, after)

    assert "".join(piece.text for piece in pieces if piece.kind != STRUCK) == after
    assert "".join(piece.text for piece in pieces if piece.kind != ADDED) == before


@pytest.mark.parametrize(
    ("before", "after"), [("a b " * 3000, "c d " * 3000), ("a\n\n" * 6000, "a\n\n" * 6000 + "b\n"), ("a b " * 499, "b a a " * 330)]
)
def test_a_passage_beyond_measure_is_shown_whole_and_at_once(before: str, after: str) -> None:
    begun = process_time()

    assert differences.words(before, after) == [Piece(STRUCK, before), Piece(ADDED, after)]
    assert differences.words(before, before) == [Piece(SAME, before)]
    assert process_time() - begun < 1  # twelve thousand lines that are alike took six seconds

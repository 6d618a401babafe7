"""What may be typed, and what each refusal says of it."""

from collections.abc import Callable
from datetime import timedelta
from time import process_time
from typing import Any

import pytest

from campaigns.drafting import links, lint, placeholders
from campaigns.drafting.words import LONGEST_TEXT
from campaigns.foundation.errors import Invalid
from tests.campaigns import stories
from tests.campaigns.stories import NOON, words


def problems(**changes: Any) -> list[tuple[str, str]]:
    try:
        words(**changes).check(at=NOON)
    except Invalid as refusal:
        return [(problem.field, problem.sentence) for problem in refusal.problems]
    return []


def test_good_words_are_not_refused() -> None:
    assert problems() == []
    assert problems(core="M\u00f4n \u2013 100\u00a0% \U0001f600, \u65e5\u672c\u8a9e\u2028 ((name))") == []


@pytest.mark.parametrize("field", ["title", "subject"])
@pytest.mark.parametrize(
    "text", ["Two\r\nlines", "Two\nlines", "Bcc\r: me", "nul\x00", "line\u2028sep", "next\x85line", "rtl\u202eltr", "\ud800"]
)
def test_a_line_break_or_a_hidden_sign_in_a_line_is_refused(field: str, text: str) -> None:
    assert (field, f"The {field} must be on one line, without hidden characters") in problems(**{field: text})


@pytest.mark.parametrize("text", ["=?utf-8?q?Hi=0D=0ABcc:_a@b.test?=", "Hello =?us-ascii?b?aGk=?="])
def test_an_encoded_word_in_the_subject_is_refused(text: str) -> None:
    ((field, sentence),) = problems(subject=text)
    assert field == "subject" and "=?" in sentence


def test_a_blank_in_the_subject_is_refused() -> None:
    assert [field for field, _ in problems(subject="Dear ((name))")] == ["subject"]


@pytest.mark.parametrize("field", ["title", "subject", "core"])
def test_an_empty_field_is_refused(field: str) -> None:
    assert [found for found, _ in problems(**{field: "  \n " if field == "core" else "  "})] == [field]


def test_a_line_and_a_text_have_their_longest() -> None:
    assert [field for field, _ in problems(title="x" * 151)] == ["title"]
    assert problems(core="x" * LONGEST_TEXT) == []
    assert problems(core="x" * (LONGEST_TEXT + 1)) == [("core", "These words must be 40,000 characters or fewer")]


def test_hidden_characters_in_a_text_are_named() -> None:
    ((field, sentence),) = problems(parts={"practitioners": "a\x00b\u200bc"})
    assert field == "part-practitioners" and "U+0000, U+200B" in sentence


def test_a_problem_in_one_part_names_the_part_and_the_line() -> None:
    ((field, sentence),) = problems(parts={"practitioners": "one\ntwo ((wrong))"})
    assert field == "part-practitioners" and sentence.startswith("Line 2: ((wrong)) is not a blank")


def test_the_place_for_a_part_is_in_the_shared_words_and_there_once() -> None:
    assert problems(parts={"practitioners": "((your part))"}) == [("part-practitioners", "((your part)) belongs in the shared words only")]
    assert problems(core="((your part))\n\n(( Your Part ))") == [("core", "((your part)) can stand in one place only")]


@pytest.mark.parametrize(
    "core",
    ["[x](\n((name)))", "[x](<a ((name))>)", "<HTTPS://a.test/((name))>", "[x][y]\n\n[y]:\n((name))", "[x](https://a.test/\\((name)))"],
)
def test_no_way_of_writing_a_link_puts_a_blank_in_its_address(core: str) -> None:
    assert any("link's address" in sentence for _, sentence in problems(core=core))


def test_an_audience_is_needed_and_each_is_named_once() -> None:
    assert problems(audiences=[]) == [("audiences", "Choose at least one audience")]
    assert problems(audiences=["practitioners"] * 2) == [("audiences", "Choose each audience once")]


def test_the_window_lies_ahead_and_is_not_empty() -> None:
    assert problems(latest_send=NOON) == [("latest_send", "The latest time to send must be in the future")]
    later = NOON + timedelta(days=1)
    assert problems(latest_send=later, not_before=later) == [("latest_send", "The latest time to send must be after the earliest")]


def test_every_problem_is_told_at_once() -> None:
    assert {field for field, _ in problems(title="", subject="", core="", audiences=[], latest_send=NOON)} == {
        "title", "subject", "core", "audiences", "latest_send",
    }  # fmt: skip


@pytest.mark.parametrize(
    "tidy", [lambda text: text.replace("\n", "\r\n"), lambda text: text + "  \n\n", lambda text: text.replace(",", ",  ")]
)
def test_how_a_browser_writes_line_ends_is_not_a_change(tidy: Callable[[str], str]) -> None:
    assert words(core=tidy(words().core)).stored() == words().stored()


def test_a_part_for_an_audience_that_is_not_chosen_is_not_kept() -> None:
    assert list(words(audiences=["practitioners"]).stored()["parts"]) == ["practitioners"]


def test_a_moment_without_a_zone_is_no_moment() -> None:
    with pytest.raises(ValueError, match="timezone"):
        words(latest_send=stories.LATEST.replace(tzinfo=None))


@pytest.mark.parametrize("text", ["](", "]:", "<a:", "<a", "https://a.test/" + ")" * 100_000])
def test_a_long_line_is_looked_through_once(text: str) -> None:
    line = (text * (100_000 // len(text) + 1))[:100_000]
    begun = process_time()

    placeholders.problems(line, field="core")
    links.problems(line, field="core")
    lint.typed(words(core=line, parts={}))

    assert process_time() - begun < 1  # following each bracket to the end of the line took from one second to ten

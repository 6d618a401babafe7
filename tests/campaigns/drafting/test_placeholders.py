"""The closed list of blanks, and what is said of a blank that is not on it."""

import pytest

from campaigns.drafting import placeholders


def sentences(text: str) -> list[str]:
    return [problem.sentence for problem in placeholders.problems(text, field="core")]


@pytest.mark.parametrize("name", [*placeholders.PLACEHOLDERS, placeholders.YOUR_PART])
def test_every_blank_on_the_list_may_be_used(name: str) -> None:
    assert sentences(f"Dear (({name})), and (( {name.upper()} ))") == []


def test_an_unknown_blank_is_named_with_its_line() -> None:
    (problem,) = placeholders.problems("Dear ((name)),\n\nyour ((salary))", field="core")

    assert problem.field == "core"
    assert problem.sentence.startswith("Line 3: ((salary)) is not a blank. Use one of: ((name)), ((role))")
    assert problem.sentence.endswith(", ((your part))")
    assert "your part" not in placeholders.problems("((salary))", field="part-unions")[0].sentence


def test_a_blank_left_open_is_named_with_its_line() -> None:
    assert sentences("Dear ((name)),\nof ((organisation\nand so on))") == [
        "Line 2: a blank is opened with (( and not closed with )) on the same line"
    ]


@pytest.mark.parametrize("text", ["[here](https://a.test/((name)))", "[here]: https://a.test/((name))", "<https://a.test/((name))>"])
def test_a_blank_in_a_link_s_address_is_refused(text: str) -> None:
    assert "Line 1: a blank cannot stand in a link's address" in sentences(text)


def test_brackets_that_are_no_blank_are_left_alone() -> None:
    assert sentences("(see above) and f(x) and (a (b) c)") == []
    assert placeholders.split("a ((name)) b") == ["a ", "name", " b"]
